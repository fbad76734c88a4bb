"""How the record stands, for those who look after it: counts, times and alarms, no fact of a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal
from sqlmodel import Session, col, select

from app import clock
from app.audit import log_tables
from app.audit.checkpoints import Signed, read_note
from app.audit.entries import decode
from app.audit.events import Event
from app.audit.log import append
from app.audit.log_state import LogState, state_of
from app.audit.models import AuditEntry
from app.audit.notes import NoteWrong
from app.cases import trails
from app.installation import Installation
from app.oversight import checking, comparing
from app.oversight.comparing import Compared
from app.people.queries import Viewer

SHOWN = 10
_JUMP = b'"clock_back_us"'
_TOLD = (Event.BACKUP_MADE, Event.BACKUP_RESTORED, Event.LOSS_DECLARED, Event.LOG_REFUSED, Event.LOG_KEY_CHANGED)
SAME, OTHER = "same", "other"


@dataclass(frozen=True)
class Told:
    """Something that happened to the record as a whole."""

    event: str
    at: datetime


@dataclass(frozen=True)
class Seen:
    """The last comparison with a checkpoint from outside: whether it fitted, and how many other keys had signed it."""

    at: datetime
    same: bool
    witnesses: int


@dataclass(frozen=True)
class Soundness:
    """Everything that pages, statement and mail say of the record."""

    entries: int
    log: LogState
    alarm: str
    origin: str
    code: str
    days_waiting: int
    checked_at: datetime | None
    faults: int
    jumps: int
    compared: Seen | None
    told: Sequence[Told]


def soundness(home: Installation, session: Session) -> Soundness:
    """How the record stands now."""
    log, newest = state_of(session, home.log.folder), log_tables.newest_checkpoint(session)
    signed = _read(home, newest.note) if newest is not None else None
    checked = trails.newest(session, Event.RECORD_CHECKED)
    return Soundness(
        entries=checking.entry_count(session),
        log=log,
        alarm=log.alarm(clock.now()),
        origin=signed.checkpoint.origin if signed is not None else "",
        code=signed.checkpoint.code if signed is not None else "",
        days_waiting=(clock.today() - clock.local(log.oldest).date()).days if log.oldest else 0,
        checked_at=datetime.fromisoformat(checked["recorded_at"]) if checked else None,
        faults=checked.get("count", 0) if checked else 0,
        jumps=_jumps(session),
        compared=_seen(session),
        told=_told(session),
    )


def compare_note(home: Installation, viewer: Viewer, note: str, *, via: str) -> Compared:
    """Compares a whole checkpoint, and writes down that it was done and how many other keys had signed it."""
    with home.db.read() as session:
        found = comparing.with_note(home, session, note)
    signed = _read(home, f"{note.strip()}\n")
    others = signed.strangers + len(signed.by) - 1 if signed is not None else 0
    _write_down(home, viewer, found, others, via)
    return found


def compare_code(home: Installation, viewer: Viewer, size: int, code: str, *, via: str) -> Compared:
    """Compares a number of entries and a code as they stand in the minutes, and writes that down."""
    with home.db.read() as session:
        found = comparing.with_code(session, size, code)
    _write_down(home, viewer, found, 0, via)
    return found


def _write_down(home: Installation, viewer: Viewer, found: Compared, others: int, via: str) -> None:
    if not found.counts:
        return
    with home.db.write() as session:
        result = SAME if found.same else OTHER
        append(
            session,
            Event.CHECKPOINT_COMPARED,
            actor=viewer.actor(),
            via=via,
            subject=("result", result),
            sizes={"witnesses": others, "size": found.size},
        )


def _read(home: Installation, note: str) -> Signed | None:
    try:
        return read_note(note, home.log.folder.verifiers())
    except NoteWrong:
        return None


def _jumps(session: Session) -> int:
    """How many entries say that the clock stood behind that of the entry before."""
    entry: Any = col(AuditEntry.entry)
    sqlite = session.get_bind().dialect.name == "sqlite"
    found = func.instr(entry, _JUMP) if sqlite else func.position(literal(_JUMP).op("IN")(entry))
    return session.exec(select(func.count()).select_from(AuditEntry).where(found > 0)).one()


def _seen(session: Session) -> Seen | None:
    """The newest that did not fit and that nothing as large fitted after, else the newest; a declared loss ends all."""
    compared = Event.CHECKPOINT_COMPARED
    chosen = select(AuditEntry.entry).where(col(AuditEntry.event).in_((compared, Event.LOSS_DECLARED)))
    found: list[dict[str, Any]] = []
    for entry in map(decode, session.exec(chosen.order_by(col(AuditEntry.recorded_at), col(AuditEntry.id)))):
        if entry["event"] != compared:
            found = []
            continue
        if _fits(entry):
            found = [one for one in found if not _fits(one) and _size(one) > _size(entry)]
        found.append(entry)
    newest = next((one for one in reversed(found) if not _fits(one)), found[-1] if found else None)
    if newest is None:
        return None
    others = newest["sizes"].get("witnesses", 0)
    return Seen(datetime.fromisoformat(newest["recorded_at"]), _fits(newest), others)


def _fits(entry: dict[str, Any]) -> bool:
    return bool(entry["subject"]["id"] == SAME)


def _size(entry: dict[str, Any]) -> int:
    size: int = entry["sizes"].get("size", 0)
    return size


def _told(session: Session) -> list[Told]:
    chosen = select(AuditEntry).where(col(AuditEntry.event).in_(_TOLD)).order_by(col(AuditEntry.recorded_at).desc())
    return [Told(row.event, row.recorded_at) for row in session.exec(chosen.limit(SHOWN))]
