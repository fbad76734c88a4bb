"""The entries and the log as the database holds them, streamed for a check of the record."""

import heapq
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import and_, func
from sqlmodel import Session, col, select

from app.audit import log_tables
from app.audit.chain import moved_to
from app.audit.entries import decode
from app.audit.log_folder import LogFolder
from app.audit.models import AuditEntry, AuditPending, Checkpoint, LogEntry, LogHash, OldLogEntry
from app.audit.sources import BEGINNING, ChainEnd, LoggedEntry, LogSource, StoredEntry
from app.audit.tree import HEIGHT, Frontier

BATCH = 1000


def stored_entries(session: Session, since: int = 0) -> Iterator[StoredEntry]:
    """Every entry by case and number, each with its place in the log or that it waits for one.

    With `since`, only what has this place in the log or a later one, or waits.
    """
    chosen = _stored()
    if since:
        chosen = chosen.where(col(AuditEntry.id).in_(_news(since)))
    return streamed(session, chosen.order_by(func.coalesce(col(AuditEntry.case_id), ""), col(AuditEntry.seq)))


def touched(since: int) -> Any:
    """The ids of the cases with entries at this place in the log or later, or waiting: for a condition."""
    return select(AuditEntry.case_id).where(col(AuditEntry.id).in_(_news(since)), col(AuditEntry.case_id).is_not(None))


def newest_of_cases(session: Session, *conditions: Any) -> Iterator[StoredEntry]:
    """Of each case the newest entry that meets the conditions."""
    newest: Any = select(AuditEntry.case_id, func.max(AuditEntry.seq).label("seq"))
    newest = newest.where(col(AuditEntry.case_id).is_not(None), *conditions).group_by(col(AuditEntry.case_id))
    found = newest.subquery()
    same = and_(col(AuditEntry.case_id) == found.c.case_id, col(AuditEntry.seq) == found.c.seq)
    return streamed(session, _stored().join(found, same))


def chain_ends(session: Session, since: int) -> dict[str, ChainEnd]:
    """Where the chain of each touched case stood before this place in the log."""
    earlier: Any = select(AuditEntry.case_id, AuditEntry.seq, AuditEntry.leaf, AuditEntry.entry)
    earlier = earlier.where(col(AuditEntry.case_id).in_(touched(since)), col(AuditEntry.id).not_in(_news(since)))
    ends = dict[str, ChainEnd]()
    for row in streamed(session, earlier.order_by(col(AuditEntry.case_id), col(AuditEntry.seq))):
        document, before = decode(row.entry), ends.get(row.case_id, BEGINNING)
        version = moved_to(document)
        ends[row.case_id] = ChainEnd(
            row.seq,
            row.leaf,
            str(document.get("recorded_at")),
            document.get("to", before.state),
            before.version if version is None else version,
        )
    return ends


def astray(session: Session) -> Iterator[str]:
    """Ids that wait for the log though no such entry is stored."""
    chosen: Any = select(AuditPending.entry_id)
    chosen = chosen.join(AuditEntry, col(AuditEntry.id) == AuditPending.entry_id, isouter=True)
    return (row.entry_id for row in streamed(session, chosen.where(col(AuditEntry.id).is_(None))))


def log_source(session: Session, folder: LogFolder, saved: Sequence[tuple[str, str]], since: int = 0) -> LogSource:
    """The log from a place on, for a check against the checkpoints `saved`. SettingsError; TreeIncomplete."""
    signed = select(Checkpoint.size, Checkpoint.note).where(Checkpoint.size >= since).order_by(col(Checkpoint.size))
    return LogSource(
        rows=heapq.merge(_places(session, since), _leaves_without_entry(session, since), key=attrgetter("place")),
        above=lambda level: _level(session, level, since >> HEIGHT * level),
        checkpoints=((row.size, row.note) for row in streamed(session, signed)),
        keys=folder.verifiers(),
        saved=saved,
        frontier=Frontier(log_tables.tiles(session), since),
    )


def _stored() -> Any:
    columns: list[Any] = [
        *AuditEntry.__table__.columns,  # type: ignore[attr-defined]  # SQLModel does not type its tables
        LogEntry.log_index,
        col(AuditPending.entry_id).is_not(None).label("waits"),
        col(OldLogEntry.entry_id).is_not(None).label("in_old_log"),
    ]
    chosen: Any = select(*columns).select_from(AuditEntry)
    chosen = chosen.join(LogEntry, col(LogEntry.entry_id) == AuditEntry.id, isouter=True)
    chosen = chosen.join(AuditPending, col(AuditPending.entry_id) == AuditEntry.id, isouter=True)
    return chosen.join(OldLogEntry, col(OldLogEntry.entry_id) == AuditEntry.id, isouter=True)


def _news(since: int) -> Any:
    placed: Any = select(LogEntry.entry_id).where(LogEntry.log_index >= since)
    return placed.union_all(select(AuditPending.entry_id))


def _places(session: Session, since: int) -> Iterator[LoggedEntry]:
    chosen: Any = select(LogEntry.log_index, LogEntry.entry_id, AuditEntry.leaf, LogHash.hash)
    chosen = chosen.select_from(LogEntry).join(AuditEntry, col(AuditEntry.id) == LogEntry.entry_id, isouter=True)
    leaf = and_(col(LogHash.level) == 0, col(LogHash.idx) == LogEntry.log_index)
    chosen = chosen.join(LogHash, leaf, isouter=True).where(LogEntry.log_index >= since)
    for row in streamed(session, chosen.order_by(col(LogEntry.log_index))):
        yield LoggedEntry(*row)  # that a leaf is that of its entry is checked with the entries


def _leaves_without_entry(session: Session, since: int) -> Iterator[LoggedEntry]:
    chosen: Any = select(LogHash.idx, LogHash.hash).where(LogHash.level == 0, LogHash.idx >= since)
    chosen = chosen.join(LogEntry, col(LogEntry.log_index) == LogHash.idx, isouter=True)
    for row in streamed(session, chosen.where(col(LogEntry.log_index).is_(None)).order_by(col(LogHash.idx))):
        yield LoggedEntry(row.idx, None, None, row.hash)


def _level(session: Session, level: int, first: int) -> Iterator[tuple[int, bytes]]:
    chosen = select(LogHash.idx, LogHash.hash).where(LogHash.level == level, LogHash.idx >= first)
    chosen = chosen.order_by(col(LogHash.idx))
    return ((row.idx, row.hash) for row in streamed(session, chosen))


def streamed(session: Session, chosen: Any) -> Iterator[Any]:
    """The rows of a query, read as they are asked for."""
    with session.exec(chosen.execution_options(yield_per=BATCH)) as rows:  # nothing is asked before it is read
        yield from rows
