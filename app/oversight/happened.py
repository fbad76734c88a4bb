"""What happened to the record as a whole: restores, losses and new keys one by one, what comes every night counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from app.audit.endings import LAST_KNOWN, PRESENT
from app.audit.entries import sizes_of, told_by
from app.audit.events import Event
from app.audit.models import AuditEntry
from app.cases.sentences import KINDS

ONE_BY_ONE = (
    Event.BACKUP_RESTORED,
    Event.LOSS_DECLARED,
    Event.LOG_KEY_CHANGED,
    Event.WITNESS_NAMED,
    Event.WITNESS_REMOVED,
)
COUNTED = (Event.BACKUP_MADE, Event.LOG_REFUSED, Event.CHECKPOINT_MISSED)
"""What can come every day: one line each, or it would hide the others."""
GRAVE = frozenset({Event.BACKUP_RESTORED, Event.LOSS_DECLARED, Event.LOG_KEY_CHANGED, Event.LOG_REFUSED})
"""What nobody should sign for without having read it."""


@dataclass(frozen=True)
class Happened:
    """Something that happened, the last time at `at`."""

    event: str
    at: datetime
    times: int = 1
    sizes: Mapping[str, int] | None = None

    @property
    def grave(self) -> bool:
        """Whether it belongs on a statement."""
        return self.event in GRAVE

    @property
    def words(self) -> str:
        """What it was, without its day."""
        words, sizes = KINDS[Event(self.event)], self.sizes or {}
        if self.event == Event.LOSS_DECLARED and LAST_KNOWN in sizes:
            words += f": {sizes[LAST_KNOWN]:,} had been signed, {sizes.get(PRESENT, 0):,} were there; a new log began"
        return f"{words} ({self.times:,} times, this was the last)" if self.times > 1 else words


def happened(session: Session) -> list[Happened]:
    """All of it, newest first."""
    return sorted([*_one_by_one(session), *_counted(session)], key=lambda one: one.at, reverse=True)


def _one_by_one(session: Session) -> Iterator[Happened]:
    for row in session.exec(select(AuditEntry).where(col(AuditEntry.event).in_(ONE_BY_ONE))):
        yield Happened(row.event, row.recorded_at, sizes=sizes_of(told_by(row)))


def _counted(session: Session) -> Iterator[Happened]:
    chosen = select(AuditEntry.event, func.max(AuditEntry.recorded_at), func.count())
    for event, at, times in session.exec(chosen.where(col(AuditEntry.event).in_(COUNTED)).group_by(AuditEntry.event)):
        yield Happened(event, at, times)
