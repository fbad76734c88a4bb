"""Checks that every session and one-time link has the entry that made it, and that what is over stays over."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from app.audit.entries import columns_of, document_of
from app.audit.events import Event
from app.audit.models import AuditEntry
from app.audit.sources import Fault
from app.oversight.people_check import CLOCK_OFF
from app.people.models import SignInLink, SignInSession
from app.people.told import LINK, SESSION, link_columns, session_columns

PUT_IN = "no entry tells of it: it was put in"
EDITED = "the column {} of its row is not what this entry says: it was edited"
OPENED_AGAIN = "this entry ended it, but its row says that it is open: it was edited"
TWO_OPEN = "another link of theirs is open, and a new one ends those before it: a row was edited"


class _Made(NamedTuple):
    """The entry that made a row, and what it says of its columns."""

    entry: AuditEntry
    columns: Mapping[str, Any]


def faults(session: Session) -> Iterator[Fault]:
    """Sessions and links that were put in, given to somebody else, prolonged or opened again past the trail."""
    signed_in, passwords = _entries(session, Event.SIGNED_IN), _newest_passwords(session)
    sessions, left = _made(signed_in, SESSION), _made(_entries(session, Event.SIGNED_OUT), SESSION)
    for row in session.exec(select(SignInSession).order_by(col(SignInSession.id))):
        where, made = f"{SESSION} {row.id}", sessions.get(row.id)
        yield from _compared(where, session_columns(row), made)
        if made is not None and made.entry.subject_id is not None and not row.by_link:
            password = passwords.get(row.person_id)
            if password is None or password < made.entry.recorded_at - CLOCK_OFF:
                yield Fault(made.entry.id, where, EDITED.format("by_link"))
        if row.id in left:
            yield Fault(left[row.id].entry.id, where, OPENED_AGAIN)
    links, used = _made(_entries(session, Event.LINK_ISSUED), LINK), {one.subject_id: one.id for one in signed_in}
    rows = session.exec(select(SignInLink).order_by(col(SignInLink.id))).all()
    still = Counter(row.person_id for row in rows if row.used_at is None)
    for one in rows:
        where, made = f"{LINK} {one.id}", links.get(one.id)
        yield from _compared(where, link_columns(one), made)
        if one.used_at is None and one.id in used:
            yield Fault(used[one.id], where, OPENED_AGAIN)
        if made is not None and one.used_at is None and still[one.person_id] > 1:
            yield Fault(made.entry.id, where, TWO_OPEN)


def _entries(session: Session, event: Event) -> list[AuditEntry]:
    return list(session.exec(select(AuditEntry).where(AuditEntry.event == event)))


def _made(entries: list[AuditEntry], name: str) -> dict[str, _Made]:
    """By the id of the row that they tell of."""
    told = (_Made(entry, columns_of(document_of(entry.entry)) or {}) for entry in entries)
    return {str(one.columns[name]): one for one in told if name in one.columns}


def _newest_passwords(session: Session) -> dict[str, datetime]:
    chosen = select(AuditEntry.subject_id, AuditEntry.recorded_at).where(AuditEntry.event == Event.PASSWORD_SET)
    return {str(person): at for person, at in session.exec(chosen.order_by(col(AuditEntry.recorded_at)))}


def _compared(where: str, columns: Mapping[str, str | None], made: _Made | None) -> Iterator[Fault]:
    if made is None:
        yield Fault(None, where, PUT_IN)
        return
    for name, stored in columns.items():
        if made.columns.get(name) != stored:
            yield Fault(made.entry.id, where, EDITED.format(name))
