"""Checks that whoever may come in was let in: people, offices, tokens, calendars each have the entry that made them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlmodel import Session, col, select

from app.audit.entries import columns_of, document_of
from app.audit.events import Event
from app.audit.models import COLUMNS, AuditEntry, holding
from app.audit.sources import Fault
from app.cases.feeds import calendar_columns
from app.cases.models import CalendarFeed
from app.people.models import ApiToken, Office, Person
from app.people.told import ENDS_ON, HASH, account_columns, office_columns, password_columns, token_columns

MADE: tuple[tuple[str, type[Any], Event], ...] = (
    ("person", Person, Event.PERSON_ADDED),
    ("office", Office, Event.OFFICE_GIVEN),
    ("token", ApiToken, Event.TOKEN_ISSUED),
    ("calendar", CalendarFeed, Event.CALENDAR_ISSUED),
)
ENDED: tuple[tuple[str, type[Any], Any, Event], ...] = (
    ("office", Office, Office.ends_on, Event.OFFICE_ENDED),
    ("token", ApiToken, ApiToken.revoked_at, Event.TOKEN_REVOKED),
    ("calendar", CalendarFeed, CalendarFeed.revoked_at, Event.CALENDAR_REVOKED),
)
"""What is over for good once an entry says so, and the column that says the same."""
Columns = Callable[[Any], Mapping[str, str | None]]
COMPARED: tuple[tuple[str, type[Any], Columns, tuple[Event, ...], str], ...] = (
    ("office", Office, office_columns, (Event.OFFICE_GIVEN, Event.OFFICE_ENDED), COLUMNS),
    ("token", ApiToken, token_columns, (Event.TOKEN_ISSUED,), COLUMNS),
    ("calendar", CalendarFeed, calendar_columns, (Event.CALENDAR_ISSUED,), COLUMNS),
    ("person", Person, account_columns, (Event.PERSON_ADDED, Event.PERSON_CHANGED), COLUMNS),
    ("person", Person, password_columns, (Event.PASSWORD_SET, Event.SIGNED_IN), HASH),
)
"""Which entries say what of a row's columns, and the key that those have which do. Others are asked nothing."""
CLOCK_OFF = timedelta(days=1)
"""So far a clock may have been set back between two entries about a person, which are in no chain."""


def faults(session: Session) -> Iterator[Fault]:
    """What was put in, taken out, taken up again or given to somebody else past the trail."""
    for kind, table, event in MADE:
        told = select(AuditEntry.subject_id).where(AuditEntry.event == event, col(AuditEntry.subject_id).is_not(None))
        for row_id in session.exec(select(table.id).where(table.id.not_in(told)).order_by(table.id)):
            yield Fault(None, f"{kind} {row_id}", "no entry tells of it: it was put in")
        gone = select(AuditEntry.id, AuditEntry.subject_id).where(AuditEntry.event == event)
        for entry_id, row_id in session.exec(gone.where(col(AuditEntry.subject_id).not_in(select(table.id)))):
            yield Fault(entry_id, f"{kind} {row_id}", "the row that this entry tells of is missing: it was removed")
    for kind, table, over, event in ENDED:
        ended = select(AuditEntry.id, table.id).join(table, table.id == AuditEntry.subject_id)
        for entry_id, row_id in session.exec(ended.where(AuditEntry.event == event, over.is_(None))):
            yield Fault(
                entry_id, f"{kind} {row_id}", "this entry ended it, but its row says that it lasts: it was edited"
            )
    yield from _accounts(session)
    for kind, table, columns, events, key in COMPARED:
        spoken = _told(session, events, key)
        for row in session.exec(select(table).order_by(table.id)) if spoken else ():
            yield from _edited(f"{kind} {row.id}", columns(row), spoken.get(row.id, []))


class _Told(NamedTuple):
    """What one entry says of the columns of one row."""

    at: datetime
    entry_id: str
    ended: bool
    columns: Mapping[str, Any]


def _told(session: Session, events: tuple[Event, ...], key: str) -> dict[str, list[_Told]]:
    """By row, oldest first. A sign-in says something of its own account alone, and only where its password changed."""
    says = text(holding(key, session.get_bind().dialect.name))
    chosen = select(AuditEntry).where(col(AuditEntry.event).in_(events), says)
    found: dict[str, list[_Told]] = {}
    for row in session.exec(chosen.order_by(col(AuditEntry.recorded_at))):
        about = row.actor_id if row.event == Event.SIGNED_IN else row.subject_id
        columns = columns_of(document_of(row.entry))
        if about is not None and columns is not None:
            found.setdefault(about, []).append(_Told(row.recorded_at, row.id, row.event == Event.OFFICE_ENDED, columns))
    return found


def _edited(where: str, columns: Mapping[str, str | None], told: list[_Told]) -> Iterator[Fault]:
    """Columns that say another thing than the newest entry that speaks of them."""
    for name, stored in columns.items():
        speaking = [one for one in told if name == ENDS_ON or one.columns.keys() & columns.keys() - {ENDS_ON}]
        if not speaking or (name == ENDS_ON and stored is None and any(one.ended for one in told)):
            continue  # that it lasts although an entry ended it is told above
        if name == ENDS_ON:  # it only ever becomes earlier, and each entry that changes it names the day
            expected = {min((str(one.columns[name]) for one in speaking if name in one.columns), default=None)}
        else:
            since = speaking[-1].at - CLOCK_OFF
            expected = {one.columns.get(name) for one in speaking if one.at >= since}
        if stored not in expected:
            said = f"the column {name} of its row is not what this entry says: it was edited"
            yield Fault(speaking[-1].entry_id, where, said)


def _accounts(session: Session) -> Iterator[Fault]:
    """Accounts that were closed or opened past the trail. Opening one is told as a change of it, like others."""
    had = select(AuditEntry.subject_id).where(
        AuditEntry.event == Event.PASSWORD_SET, col(AuditEntry.subject_id).is_not(None)
    )
    with_one = select(Person.id).where(col(Person.password_hash).is_not(None))
    for person_id in session.exec(with_one.where(col(Person.id).not_in(had))):
        yield Fault(None, f"person {person_id}", "no entry tells of a password for this account: it was put in")
    closed, changed = (_newest(session, event) for event in (Event.PERSON_DISABLED, Event.PERSON_CHANGED))
    for person_id, disabled_at in session.exec(select(Person.id, Person.disabled_at).order_by(Person.id)):
        if disabled_at is not None and person_id not in closed:
            yield Fault(None, f"person {person_id}", "no entry closed this account: its row was edited")
        if disabled_at is None and person_id in closed:
            entry_id, at = closed[person_id]
            _, since = changed.get(person_id, ("", None))
            if since is None or since < at - CLOCK_OFF:
                yield Fault(entry_id, f"person {person_id}", "this entry closed the account, but its row was edited")


def _newest(session: Session, event: Event) -> dict[str, tuple[str, datetime]]:
    chosen = select(AuditEntry.subject_id, AuditEntry.id, AuditEntry.recorded_at).where(AuditEntry.event == event)
    rows = session.exec(chosen.order_by(col(AuditEntry.recorded_at)))
    return {str(subject): (entry_id, recorded_at) for subject, entry_id, recorded_at in rows}
