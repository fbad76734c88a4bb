"""Checks that every session and one-time link has the entry that made it, and that what is over stays over."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from app import clock
from app.audit.entries import columns_of, document_of
from app.audit.events import Event
from app.audit.models import AuditEntry
from app.audit.sources import Fault
from app.audit.stored import streamed
from app.people.models import SignInLink, SignInSession
from app.people.told import LINK, SESSION, link_columns, session_columns

PUT_IN = "no entry tells of it: it was put in"
EDITED = "the column {} of its row is not what this entry says: it was edited"
OPENED_AGAIN = "this entry ended it, but its row says that it is open: it was edited"
TWO_OPEN = "another link of theirs is open, and a new one ends those before it: a row was edited"


class _Made(NamedTuple):
    """The entry that made a row, and what it says of its columns."""

    entry: Any
    columns: Mapping[str, Any]


def faults(session: Session) -> Iterator[Fault]:
    """Sessions and links that were put in, given to somebody else, prolonged or opened again past the trail."""
    yield from _sessions(session)
    yield from _links(session)


def _sessions(session: Session) -> Iterator[Fault]:
    rows = session.exec(select(SignInSession).order_by(col(SignInSession.id))).all()
    known, events = {row.id for row in rows}, (Event.SIGNED_IN, Event.SIGNED_OUT, Event.PASSWORD_SET)
    opened, left, freed = (_made(session, one, SESSION, known) for one in events)
    for row in rows:
        where, made = f"{SESSION} {row.id}", opened.get(row.id)
        yield from _compared(where, session_columns(row), made)
        if made is not None and made.entry.subject_id is not None and not row.by_link and row.id not in freed:
            yield Fault(made.entry.id, where, EDITED.format("by_link"))
        if row.id in left:
            yield Fault(left[row.id].entry.id, where, OPENED_AGAIN)


def _links(session: Session) -> Iterator[Fault]:
    rows = session.exec(select(SignInLink).order_by(col(SignInLink.id))).all()
    issued, used = _made(session, Event.LINK_ISSUED, LINK, {row.id for row in rows}), _uses(session)
    now = clock.now()
    still = Counter(row.person_id for row in rows if row.used_at is None and now < row.expires_at)
    for row in rows:
        where, made = f"{LINK} {row.id}", issued.get(row.id)
        yield from _compared(where, link_columns(row), made)
        if row.used_at is None and row.id in used:
            yield Fault(used[row.id], where, OPENED_AGAIN)
        if made is not None and row.used_at is None and now < row.expires_at and still[row.person_id] > 1:
            yield Fault(made.entry.id, where, TWO_OPEN)


def _made(session: Session, event: Event, name: str, known: set[str]) -> dict[str, _Made]:
    """What entries tell of these rows, by their ids."""
    found = {}
    chosen: Any = select(AuditEntry.id, AuditEntry.entry, AuditEntry.subject_id, AuditEntry.recorded_at)
    for entry in streamed(session, chosen.where(AuditEntry.event == event)):
        columns = columns_of(document_of(entry.entry)) or {}
        if columns.get(name) in known:
            found[columns[name]] = _Made(entry, columns)
    return found


def _uses(session: Session) -> dict[str, str]:
    """Which entry tells that a link was used, by the link."""
    chosen = select(AuditEntry.subject_id, AuditEntry.id)
    chosen = chosen.where(AuditEntry.event == Event.SIGNED_IN, col(AuditEntry.subject_id).is_not(None))
    return {str(link): entry_id for link, entry_id in session.exec(chosen)}


def _compared(where: str, columns: Mapping[str, str | None], made: _Made | None) -> Iterator[Fault]:
    if made is None:
        yield Fault(None, where, PUT_IN)
        return
    for name, stored in columns.items():
        if made.columns.get(name) != stored:
            yield Fault(made.entry.id, where, EDITED.format(name))
