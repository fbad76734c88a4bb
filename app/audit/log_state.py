"""How the log stands: what waits for it, how far it is signed, and why it is not signed any more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from app.audit import log_tables
from app.audit.entries import decode
from app.audit.events import Event
from app.audit.log_folder import LogFolder
from app.audit.models import AuditEntry, AuditPending, Checkpoint, LogEntry, OldLogEntry
from app.audit.notes import NoteWrong
from app.errors import SettingsError

LONGEST_WAIT = timedelta(minutes=5)
"""So long an entry may wait to be signed before it is an alarm."""


class Refusal(StrEnum):
    """Why the log is not signed any more: each needs a person who looks."""

    SMALLER = "smaller_than_kept"
    DIFFERS = "differs_from_kept"
    KEPT_WRONG = "kept_checkpoint_wrong"
    KEY_WRONG = "key_missing_or_wrong"
    KEY_ENDED = "key_of_ended_log"
    INCOMPLETE = "tree_incomplete"


REFUSAL_WORDS = {
    Refusal.SMALLER: "the record has fewer entries than were signed before: it may come from an older copy",
    Refusal.DIFFERS: "the record is not the one that was signed before: entries were changed, removed or replaced",
    Refusal.KEPT_WRONG: "the last checkpoint that was kept is damaged or not of this log",
    Refusal.KEY_WRONG: "the log's key in the key folder is missing, damaged or open to others",
    Refusal.KEY_ENDED: "a loss was declared, but the key in the key folder is still that of the log that ended: put "
    "the newest copy of the key folder back, or, where the declaration broke off, run it again without a backup",
    Refusal.INCOMPLETE: "hashes of the log are missing from the database",
}

WAITING_WORDS = {
    "late": "Entries have waited too long for their place in the signed log.",
    "unkept": "The last checkpoint is not kept outside the database: look at the folder log in the key folder.",
}


@dataclass(frozen=True)
class LogState:
    """`pending` entries have no place yet; `oldest` is the time of the first that no checkpoint holds.

    `unkept` is when the first checkpoint was signed that is not kept in the key folder, too.
    """

    size: int
    signed: int
    signed_at: datetime | None
    pending: int
    oldest: datetime | None
    refused: Refusal | None
    unkept: datetime | None = None

    def standing(self, now: datetime) -> str:
        """For programs: why it is not signed, `late`, `unkept`, or `ok`."""
        if self.refused is not None:
            return self.refused.value
        for since, word in ((self.oldest, "late"), (self.unkept, "unkept")):
            if since is not None and now - since > LONGEST_WAIT:
                return word
        return "ok"

    def alarm(self, now: datetime) -> str:
        """In words what is wrong, empty where nothing is: nothing may be signed, or something waits too long."""
        if self.refused is not None:
            return f"The log is not signed any more: {REFUSAL_WORDS[self.refused]}."
        return WAITING_WORDS.get(self.standing(now), "")


def state_of(session: Session, folder: LogFolder | None = None) -> LogState:
    """How the log stands now; with its folder, also whether what was signed is kept there."""
    newest, size = log_tables.newest_checkpoint(session), log_tables.size_of(session)
    signed = newest.size if newest is not None else 0
    pending = session.exec(select(func.count()).select_from(AuditPending)).one()
    oldest = _time_at(session, signed) if size > signed else _oldest_pending(session) if pending else None
    unkept = _unkept(session, folder) if folder is not None else None
    return LogState(
        size, signed, newest.signed_at if newest is not None else None, pending, oldest, refused(session), unkept
    )


def something_waits(session: Session) -> bool:
    """Whether an entry waits for its place or for a signature."""
    if session.exec(select(AuditPending.entry_id).limit(1)).first() is not None:
        return True
    newest = log_tables.newest_checkpoint(session)
    return log_tables.size_of(session) > (newest.size if newest is not None else 0)


def refused(session: Session) -> Refusal | None:
    """Why the log was refused a signature and has had none since."""
    newest = log_tables.newest_checkpoint(session)
    chosen = select(AuditEntry.entry).where(AuditEntry.event == Event.LOG_REFUSED)
    if newest is not None:  # by places, not by times: a clock may have been set back
        chosen = chosen.join(LogEntry, col(LogEntry.entry_id) == AuditEntry.id, isouter=True)
        place = col(LogEntry.log_index)
        chosen = chosen.where(or_(place.is_(None), place >= newest.size))
    of_old = select(OldLogEntry.entry_id).where(OldLogEntry.entry_id == AuditEntry.id)
    chosen = chosen.where(~of_old.exists())  # what an ended log was refused is no matter of this one
    entry = session.exec(chosen.order_by(col(AuditEntry.recorded_at).desc()).limit(1)).first()
    if entry is None:
        return None
    try:
        return Refusal(decode(entry)["unmet"][0])
    except (ValueError, LookupError, TypeError):  # that entry was edited itself
        return Refusal.DIFFERS


def missed_since(session: Session, moment: datetime) -> bool:
    """Whether it was put on the trail since then that the checkpoint in the key folder was gone."""
    told = select(AuditEntry.id).where(AuditEntry.event == Event.CHECKPOINT_MISSED, AuditEntry.recorded_at > moment)
    return session.exec(told.limit(1)).first() is not None


def _unkept(session: Session, folder: LogFolder) -> datetime | None:
    try:
        kept = folder.kept()
    except (NoteWrong, OSError, SettingsError):  # whatever is there is no checkpoint to compare with
        kept = None
    size = kept.checkpoint.size if kept is not None else 0
    later = select(Checkpoint.signed_at).where(Checkpoint.size > size).order_by(col(Checkpoint.size))
    return session.exec(later.limit(1)).first()


def _time_at(session: Session, index: int) -> datetime | None:
    placed = select(AuditEntry.recorded_at).join(LogEntry, col(LogEntry.entry_id) == AuditEntry.id)
    return session.exec(placed.where(LogEntry.log_index == index)).first()


def _oldest_pending(session: Session) -> datetime | None:
    waiting = select(AuditEntry.recorded_at).join(AuditPending, col(AuditPending.entry_id) == AuditEntry.id)
    return session.exec(waiting.order_by(col(AuditEntry.recorded_at), col(AuditEntry.id)).limit(1)).first()
