"""Checks the whole record: entries, chains, case states, sealed content, columns and files, each against the others."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import func
from sqlmodel import Session, SQLModel, col, select

from app import clock
from app.audit import old_logs
from app.audit.chain import Entry
from app.audit.checkpoints import read_note
from app.audit.entry_rows import MOVED, VERSIONED
from app.audit.events import Event
from app.audit.log import Actor, append
from app.audit.log_state import state_of
from app.audit.log_tables import newest_checkpoint, size_of
from app.audit.models import AuditPending
from app.audit.notes import NoteWrong
from app.audit.sources import THE_LOG, ByCase, CaseState, Fault, FileState, PlainCopy, Sources, StoredEntry
from app.audit.stored import (
    astray,
    chain_ends,
    chain_tips,
    log_source,
    newest_of_cases,
    stored_entries,
    streamed,
    touched,
)
from app.audit.tree import TreeIncomplete
from app.audit.verify import NOWHERE, SYSTEM_OWNER, row_faults, verify
from app.cases.keeping import as_committed
from app.cases.models import Case, CaseRecord
from app.cases.tidying import tidy_up
from app.evidence import actions as evidence_actions
from app.evidence import queries as evidence
from app.evidence.store import StoreAway
from app.installation import Installation
from app.oversight import (
    case_check,
    code_check,
    comparing,
    key_check,
    letter_check,
    people_check,
    readable,
    remarks,
    session_check,
    stamp_check,
    unmasking,
    witnesses,
    yearly,
)
from app.oversight.models import Remark, Unmasking, YearlyDeclaration
from app.vault.models import CaseKey
from app.vault.vault import Unreadable

BATCH = 500
KEPT = "the checkpoint kept in the key folder"
Row = TypeVar("Row", bound=SQLModel)


def check(home: Installation, session: Session, saved: Sequence[tuple[str, str]] = ()) -> list[Fault]:
    """Every fault of the record, each in words with the entry it concerns; empty where it is sound.

    `saved` are checkpoints that somebody kept, each with what to call it. The session has read nothing before.
    """
    return _or_unreadable(session, lambda: _check(home, session, saved))


def check_since(home: Installation, session: Session, name: str, note: str) -> list[Fault]:
    """Faults of what came after a checkpoint that somebody kept; what it covers is held by its root alone.

    Entries, chains and the log are checked, and every case's row; sealed content and files are not. `name` is what to
    call the checkpoint. The session has read nothing before.
    """
    return _or_unreadable(session, lambda: _check_since(home, session, name, note))


def _or_unreadable(session: Session, work: Callable[[], list[Fault]]) -> list[Fault]:
    """What a check finds; where a row that cannot be read stopped it, those rows. Any other failure goes on."""
    try:
        return work()
    except (ValueError, TypeError, AttributeError):
        if found := list(readable.faults(session)):
            return found
        raise


def _check(home: Installation, session: Session, saved: Sequence[tuple[str, str]]) -> list[Fault]:
    kept = _kept(home)  # before the first query: a later one may speak of entries not seen here
    sources = _sources(home, session)
    kept_out = case_check.KeptOut(sources.erased)
    sources.sealed = kept_out.noted(sources.sealed)
    notes = [*([(KEPT, kept)] if kept is not None else []), *saved]
    ended = old_logs.sources(session, home.log.folder, notes)
    of_old_logs = {note for source in ended for note in source.saved}
    present = [note for note in notes if note not in of_old_logs]
    sources.logs = [*ended, log_source(session, home.log.folder, present)]
    found = [*verify(sources), *old_logs.endings(session), *case_check.faults(home, session, kept_out)]
    found += [*letter_check.faults(home, session, sources.erased), *people_check.faults(session)]
    found += [*session_check.faults(session), *code_check.faults(session)]
    return [*found, *witnesses.faults(session, home, saved), *stamp_check.faults(home, session)]


def _check_since(home: Installation, session: Session, name: str, note: str) -> list[Fault]:
    kept = _kept(home)  # before the first query, as above
    found = _news_faults(home, session, name, note)
    found += [fault for fault in (*_row_faults(session), *old_logs.endings(session)) if fault not in found]
    compared = comparing.with_note(home, session, kept) if kept is not None and newest_checkpoint(session) else None
    found += witnesses.faults(session, home, [(name, note)])
    return found + ([Fault(None, KEPT, compared.words)] if compared is not None and not compared.same else [])


def _kept(home: Installation) -> str | None:
    """What the key folder keeps; no checkpoint, which is a fault, where that cannot be read."""
    try:
        return home.log.folder.kept_text()
    except OSError:
        return ""


def _removed(session: Session, kept: str | None) -> list[Fault]:
    """A kept checkpoint says that some were signed; where the database holds none, the next signature would hide it."""
    if kept is None or newest_checkpoint(session) is not None or old_logs.ended(session, kept):
        return []
    return [Fault(None, KEPT, "it was signed and stored, but the database holds none: they were removed")]


def _news_faults(home: Installation, session: Session, name: str, note: str) -> list[Fault]:
    keys = home.log.folder.verifiers()
    if old_logs.ended(session, note):
        return _since_an_ended_log(home, session, name, note)
    try:
        size = read_note(note, keys).checkpoint.size
        if size > size_of(session):
            return [Fault(None, name, f"it speaks of {size:,} entries, but the log has fewer: entries were removed")]
        log = log_source(session, home.log.folder, [(name, note)], size)
    except (NoteWrong, TreeIncomplete) as wrong:
        return [Fault(None, name, str(wrong))]
    in_touched: Any = touched(size)
    sources = Sources(
        entries=stored_entries(session, size),
        tips=chain_tips(session, size),
        cases=_case_states(session, col(Case.id).in_(in_touched)),
        sealed=(),
        records=(),
        now=clock.now(),
        astray=astray(session),
        logs=[log],
        ends=chain_ends(session, size),
        only_trail=True,
    )
    return list(verify(sources))


def _since_an_ended_log(home: Installation, session: Session, name: str, note: str) -> list[Fault]:
    """The same where the checkpoint is of a log that ended: all entries of every log are read."""
    sources = Sources(
        entries=stored_entries(session),
        tips=chain_tips(session),
        cases=_case_states(session),
        sealed=(),
        records=(),
        now=clock.now(),
        astray=astray(session),
        logs=[*old_logs.sources(session, home.log.folder, [(name, note)]), log_source(session, home.log.folder, [])],
        only_trail=True,
    )
    return list(verify(sources))


def _row_faults(session: Session) -> Iterator[Fault]:
    """Every case's row, with news or not, against the newest entries that moved it."""
    both = (newest_of_cases(session, condition) for condition in (MOVED, VERSIONED))
    newest = [ByCase(entries, lambda row: row.case_id or "") for entries in both]
    for case in _case_states(session):
        rows = [next(iter(entries.upto(case.id)), None) for entries in newest]
        entries_of = [Entry(row, case.reference) if row is not None else None for row in rows]
        yield from row_faults(case, *entries_of)
        yield from (one.fault(NOWHERE) for one in entries_of if one is not None and _is_nowhere(one.row))
        if not any(rows):
            yield Fault(
                None, f"case {case.reference}", "entries that moved it, or the stored end of its chain, were removed"
            )


def _is_nowhere(row: StoredEntry) -> bool:
    return row.log_index is None and not row.waits and not row.in_old_log


def record_check(
    home: Installation,
    *,
    actor: Actor,
    via: str,
    saved: Sequence[tuple[str, str]] = (),
    since: tuple[str, str] | None = None,
) -> list[Fault]:
    """Checks the record, then puts on the trail that it was checked and how many faults there were.

    `since`: only what came after this checkpoint, (what to call it, its text); that is no check of the whole record.
    """
    kept = _kept(home)
    with home.db.read() as session:
        removed = _removed(session, kept)
    tidy_up(home)
    home.log.catch_up()
    with home.db.read() as session:
        faults = check(home, session, saved) if since is None else check_since(home, session, *since)
        alarm = state_of(session, home.log.folder).alarm(clock.now())
        faults += key_check.faults(home, session)
    faults = [*removed, *faults, *([Fault(None, THE_LOG, alarm)] if alarm else [])]
    for _, note in (*saved, *([since] if since is not None else ())):
        witnesses.bring_in(home, note, actor=actor, via=via)
    with home.db.write() as session:
        event = Event.RECORD_CHECKED if since is None else Event.NEWS_CHECKED
        append(session, event, actor=actor, via=via, count=len(faults))
    return faults


def entry_count(session: Session) -> int:
    """How many entries the trail holds, by the places of its logs and what waits: no look at each."""
    logs = sum(log.size for log in old_logs.readings(session) if log.number is not None)
    return logs + size_of(session) + session.exec(select(func.count()).select_from(AuditPending)).one()


def _sources(home: Installation, session: Session) -> Sources:
    erased = set(session.exec(select(CaseKey.owner_id).where(col(CaseKey.erased).is_(True))).all())
    return Sources(
        entries=stored_entries(session),
        tips=chain_tips(session),
        cases=_case_states(session),
        sealed=home.vault.examine(session),
        records=_copies(session),
        now=clock.now(),
        files=_files(home, session),
        astray=astray(session),
        erased=erased | home.vault.folder.erased(),
    )


def _case_states(session: Session, *conditions: Any) -> Iterator[CaseState]:
    columns: Any = select(Case.id, Case.reference, Case.state, Case.version).where(*conditions).order_by(col(Case.id))
    return (CaseState(*row) for row in streamed(session, columns))


def _copies(session: Session) -> Iterator[PlainCopy]:
    """The plain columns of records, of files and of what auditors left, by case; last those above cases."""
    records = (
        PlainCopy(row.case_id, row.kind, row.id, as_committed(row))
        for row in _stream(session, CaseRecord, col(CaseRecord.case_id), col(CaseRecord.id))
    )
    files = (
        PlainCopy(file.case_id, "file", file.id, evidence_actions.as_committed(file))
        for file in evidence.every_file(session)
    )
    remarked = (
        PlainCopy(row.case_id, remarks.REMARK, row.id, remarks.as_committed(row))
        for row in _stream(session, Remark, col(Remark.case_id), col(Remark.id))
    )
    opened = (
        PlainCopy(row.case_id, unmasking.UNMASKING, row.id, unmasking.as_committed(row))
        for row in _stream(session, Unmasking, col(Unmasking.case_id), col(Unmasking.id))
    )
    declared = (
        PlainCopy(SYSTEM_OWNER, yearly.RECORD, row.id, yearly.as_committed(row))
        for row in _stream(session, YearlyDeclaration, col(YearlyDeclaration.id))
    )
    return heapq.merge(records, files, remarked, opened, declared, key=lambda copy: copy.case_id)


def _files(home: Installation, session: Session) -> Iterator[FileState]:
    """Every file, read from the store and compared with the digest it had on arrival."""
    for file in evidence.every_file(session):
        try:
            fault = evidence.fault_of(evidence.opening(session, home, file))
        except (Unreadable, StoreAway, ValueError) as problem:  # ValueError: a name that is none
            fault = str(problem)
        yield FileState(file.case_id, file.id, fault)


def _stream(session: Session, table: type[Row], *order: Any) -> Iterator[Row]:
    return iter(session.exec(select(table).order_by(*order).execution_options(yield_per=BATCH)))
