"""Checks that whoever may come in was let in: people, offices and tokens each have the entry that made them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.audit.events import Event
from app.audit.models import AuditEntry
from app.audit.sources import Fault
from app.people.models import ApiToken, Office, Person

MADE: tuple[tuple[str, type[Any], Event], ...] = (
    ("person", Person, Event.PERSON_ADDED),
    ("office", Office, Event.OFFICE_GIVEN),
    ("token", ApiToken, Event.TOKEN_ISSUED),
)
ENDED: tuple[tuple[str, type[Any], Any, Event], ...] = (
    ("office", Office, Office.ends_on, Event.OFFICE_ENDED),
    ("token", ApiToken, ApiToken.revoked_at, Event.TOKEN_REVOKED),
)
"""What is over for good once an entry says so, and the column that says the same."""
CLOCK_OFF = timedelta(days=1)
"""So far a clock may have been set back between two entries about a person, which are in no chain."""


def faults(session: Session) -> Iterator[Fault]:
    """What was put in, taken out or taken up again past the trail; whose it is and which office no entry holds."""
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


def _accounts(session: Session) -> Iterator[Fault]:
    """Accounts that were closed or opened past the trail. Opening one is told as a change of it, like others."""
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
