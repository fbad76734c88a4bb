"""How the record stands, for those who look after it: counts, times and alarms, no fact of a case."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from app import clock
from app.audit import log_tables
from app.audit.checkpoints import Signed, read_note
from app.audit.cosignatures import Standing
from app.audit.entries import sizes_of, told_by
from app.audit.events import Event
from app.audit.log import append
from app.audit.log_state import LogState, state_of
from app.audit.models import CLOCK_BACK, AuditEntry, holding
from app.audit.notes import NoteWrong
from app.cases import trails
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.oversight import checking, comparing, stamping, witnesses
from app.oversight.comparing import Compared
from app.oversight.happened import Happened, happened
from app.oversight.saved_notes import NONE, SEVERAL, notes_in
from app.oversight.stamping import Failure, Stamped
from app.oversight.witnesses import Witness
from app.people.queries import Viewer

SAME, OTHER = "same", "other"


@dataclass(frozen=True)
class Seen:
    """The last comparison with a checkpoint from outside: whether it fitted, and who else had signed it."""

    at: datetime
    same: bool
    others: int
    """How many signatures of others stood under it."""
    verified: int
    """How many of them were good ones of witnesses named here."""


@dataclass(frozen=True)
class Soundness:
    """Everything that pages, statement and mail say of the record."""

    entries: int
    log: LogState
    alarm: str
    origin: str
    code: str
    waited: str
    """How long the oldest entry has waited for a signature, in words; empty where none waits."""
    checked_at: datetime | None
    faults: int
    jumps: int
    compared: Seen | None
    witnesses: Sequence[Witness]
    stamped: Stamped | None
    """The newest stamp of an outside authority."""
    unstamped: Failure | None
    happened: Sequence[Happened]


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
        waited=clock.in_words(max(clock.now() - log.oldest, timedelta(seconds=1))) if log.oldest else "",
        checked_at=datetime.fromisoformat(checked["recorded_at"]) if checked else None,
        faults=checked.get("count", 0) if checked else 0,
        jumps=_jumps(session),
        compared=_seen(session),
        witnesses=witnesses.witnesses(session),
        stamped=next(iter(stamping.stamps(session, 1)), None),
        unstamped=stamping.last_failure(session),
        happened=happened(session),
    )


def compare_note(home: Installation, viewer: Viewer, kept: str, *, via: str) -> Compared:
    """Compares the checkpoint in what was pasted, a mail or the note alone, and judges who else signed it.

    Writes down both, and witnesses' good signatures. Invalid where no checkpoint is in it, or several.
    """
    notes = notes_in(kept.encode())
    if len(notes) != 1:
        raise Invalid([FieldError("note", SEVERAL if notes else NONE)])
    [note] = notes
    with home.db.read() as session:
        found = comparing.with_note(home, session, note)
    signatures = witnesses.bring_in(home, note, actor=viewer.actor(), via=via)
    found = replace(found, signatures=signatures)
    _write_down(home, viewer, found, via)
    return found


def compare_code(
    home: Installation, viewer: Viewer, size: int, code: str, *, via: str, again: bool = False
) -> Compared:
    """Compares a number of entries and a code as they stand in the minutes, and writes that down.

    One that does not fit only `again`: a slip of the pen would be an alarm until as large a code fits. Invalid.
    """
    with home.db.read() as session:
        found = comparing.with_code(session, size, code)
    if found.counts and not found.same and not again:
        return replace(found, counts=False, unsure=True)
    _write_down(home, viewer, found, via)
    return found


def _write_down(home: Installation, viewer: Viewer, found: Compared, via: str) -> None:
    if not found.counts:
        return
    others = {one.name for one in found.signatures}
    good = {one.name for one in found.signatures if one.standing == Standing.GOOD}
    with home.db.write() as session:
        result = SAME if found.same else OTHER
        append(
            session,
            Event.CHECKPOINT_COMPARED,
            actor=viewer.actor(),
            via=via,
            subject=("result", result),
            sizes={"witnesses": len(others), "verified": len(good), "size": found.size},
        )


def _read(home: Installation, note: str) -> Signed | None:
    try:
        return read_note(note, home.log.folder.verifiers())
    except NoteWrong:
        return None


def _jumps(session: Session) -> int:
    """How many entries say that the clock stood behind that of the entry before."""
    said = sql(holding(CLOCK_BACK, session.get_bind().dialect.name))
    return session.exec(select(func.count()).select_from(AuditEntry).where(said)).one()


def _seen(session: Session) -> Seen | None:
    """The newest that did not fit and that nothing as large fitted after, else the newest; a declared loss ends all."""
    compared = Event.CHECKPOINT_COMPARED
    chosen = select(AuditEntry).where(col(AuditEntry.event).in_((compared, Event.LOSS_DECLARED)))
    found: list[dict[str, Any]] = []
    for row in session.exec(chosen.order_by(col(AuditEntry.recorded_at), col(AuditEntry.id))):
        if row.event != compared:
            found = []
            continue
        entry = told_by(row)
        if entry["event"] != compared:  # it was edited: the check names it
            continue
        if _fits(entry):
            found = [one for one in found if not _fits(one) and _size(one) > _size(entry)]
        found.append(entry)
    newest = next((one for one in reversed(found) if not _fits(one)), found[-1] if found else None)
    if newest is None:
        return None
    others, good = (_number(newest, name) for name in ("witnesses", "verified"))
    return Seen(datetime.fromisoformat(newest["recorded_at"]), _fits(newest), others, good)


def _fits(entry: dict[str, Any]) -> bool:
    return (entry.get("subject") or {}).get("id") == SAME


def _size(entry: dict[str, Any]) -> int:
    return _number(entry, "size")


def _number(entry: dict[str, Any], name: str) -> int:
    return sizes_of(entry).get(name, 0)
