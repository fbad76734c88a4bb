"""The entries and the log as the database holds them, streamed for a check of the record."""

import heapq
from collections.abc import Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import String, and_, exists, func, type_coerce
from sqlmodel import Session, col, select

from app.audit import log_tables
from app.audit.chain import COPIES, moved_to
from app.audit.entries import document_of
from app.audit.log_folder import LogFolder
from app.audit.models import AuditEntry, AuditPending, AuditTip, Checkpoint, LogEntry, LogHash, OldLogEntry
from app.audit.sources import BEGINNING, ChainEnd, Held, Leaf, LogSource, StoredEntry, TipRow
from app.audit.tree import HEIGHT, Frontier

BATCH, AHEAD = 1000, 100
"""How many rows are read at once: in general, and of what is worked through so fast that the cache counts."""


def stored_entries(session: Session, since: int = 0) -> Iterator[StoredEntry]:
    """Every entry by case and number, each with its place in the log or that it waits for one.

    With `since`, only what has this place in the log or a later one, or waits.
    """
    chosen, case_id, read = _stored(session), col(AuditEntry.case_id), _plain
    if since:
        chosen, read = chosen.where(col(AuditEntry.id).in_(_news(since))), streamed
    of_system, of_cases = chosen.where(case_id.is_(None)), chosen.where(case_id.is_not(None))
    rows = chain(read(session, of_system), read(session, of_cases.order_by(case_id, col(AuditEntry.seq))))
    return map(StoredEntry._make, rows)


def touched(since: int) -> Any:
    """The ids of the cases with entries at this place in the log or later, or waiting: for a condition."""
    return select(AuditEntry.case_id).where(col(AuditEntry.id).in_(_news(since)), col(AuditEntry.case_id).is_not(None))


def newest_of_cases(session: Session, *conditions: Any) -> Iterator[StoredEntry]:
    """Of each case the newest entry that meets the conditions, by case: looked for from the end of its chain."""
    newest: Any = select(AuditEntry.seq).where(col(AuditEntry.case_id) == AuditTip.case_id, *conditions)
    newest = newest.order_by(col(AuditEntry.seq).desc()).limit(1).correlate(AuditTip).scalar_subquery()
    found = select(AuditTip.case_id, newest.label("seq")).subquery()
    same = and_(col(AuditEntry.case_id) == found.c.case_id, col(AuditEntry.seq) == found.c.seq)
    chosen = _stored(session).join(found, same).order_by(col(AuditEntry.case_id))
    return map(StoredEntry._make, streamed(session, chosen))


def chain_ends(session: Session, since: int) -> dict[str, ChainEnd]:
    """Where the chain of each touched case stood before this place in the log."""
    news: Any = select(AuditEntry.case_id, func.min(AuditEntry.seq).label("first"))
    news = news.where(col(AuditEntry.id).in_(_news(since))).group_by(col(AuditEntry.case_id)).subquery()
    before = and_(col(AuditEntry.case_id) == news.c.case_id, col(AuditEntry.seq) < news.c.first)
    earlier: Any = select(AuditEntry.case_id, AuditEntry.seq, AuditEntry.leaf, AuditEntry.entry).join(news, before)
    ends = dict[str, ChainEnd]()
    for row in streamed(session, earlier.order_by(col(AuditEntry.case_id), col(AuditEntry.seq))):
        document, last = document_of(row.entry), ends.get(row.case_id, BEGINNING)
        version = moved_to(document)
        ends[row.case_id] = ChainEnd(
            row.seq,
            row.leaf,
            str(document.get("recorded_at")),
            document.get("to", last.state),
            last.version if version is None else version,
        )
    return ends


def chain_tips(session: Session, since: int = 0) -> Iterator[TipRow]:
    """The stored end of each chain, by case; with `since`, of the touched ones."""
    chosen: Any = select(AuditTip.case_id, AuditTip.seq, AuditTip.leaf).order_by(col(AuditTip.case_id))
    return streamed(session, chosen.where(col(AuditTip.case_id).in_(touched(since))) if since else chosen)


def astray(session: Session) -> Iterator[str]:
    """Ids that wait for the log though no such entry is stored."""
    chosen: Any = select(AuditPending.entry_id)
    chosen = chosen.join(AuditEntry, col(AuditEntry.id) == AuditPending.entry_id, isouter=True)
    return (row.entry_id for row in streamed(session, chosen.where(col(AuditEntry.id).is_(None))))


def log_source(session: Session, folder: LogFolder, saved: Sequence[tuple[str, str]], since: int = 0) -> LogSource:
    """The log from a place on, for a check against the checkpoints `saved`. SettingsError; TreeIncomplete."""
    other = dict[int, Held]()
    signed = select(Checkpoint.size, Checkpoint.note).where(Checkpoint.size >= since).order_by(col(Checkpoint.size))
    return LogSource(
        leaves=_leaves(session, since, other),
        above=lambda level: _level(session, level, since >> HEIGHT * level),
        checkpoints=((row.size, row.note) for row in streamed(session, signed)),
        keys=folder.verifiers(),
        saved=saved,
        frontier=Frontier(log_tables.tiles(session), since),
        other=other,
    )


def _stored(session: Session) -> Any:
    own = AuditEntry.__table__.columns  # type: ignore[attr-defined]  # SQLModel does not type its tables
    plain = [_stamp(session) if name == "recorded_at" else own[name] for name in COPIES]
    in_tree = own.leaf.is_not_distinct_from(col(LogHash.hash))
    waits = col(AuditEntry.id).in_(select(AuditPending.entry_id))
    in_old_log = col(AuditEntry.id).in_(select(OldLogEntry.entry_id))
    columns: list[Any] = [*plain, own.entry, own.leaf, LogEntry.log_index, in_tree, waits, in_old_log]
    chosen: Any = select(*columns)
    chosen = chosen.select_from(AuditEntry).join(LogEntry, col(LogEntry.entry_id) == AuditEntry.id, isouter=True)
    return chosen.join(LogHash, _of_place(), isouter=True)


def _stamp(session: Session) -> Any:
    """The time of an entry as entries write it, made by the database: a value that is none must differ, not fail."""
    at = col(AuditEntry.recorded_at)
    if session.get_bind().dialect.name == "sqlite":
        return func.replace(type_coerce(at, String), " ", "T") + "Z"
    return func.to_char(func.timezone("UTC", at), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')


def _news(since: int) -> Any:
    placed: Any = select(LogEntry.entry_id).where(LogEntry.log_index >= since)
    return placed.union_all(select(AuditPending.entry_id))


def _of_place() -> Any:
    """A leaf of the tree and the place in the log that it belongs to."""
    return and_(col(LogHash.level) == 0, col(LogHash.idx) == col(LogEntry.log_index))


def _leaves(session: Session, since: int, other: dict[int, Held]) -> Iterator[Leaf]:
    """The leaves of the tree and the places in the log that have none; in `other` where no entry is stored.

    Whether a leaf is that of its entry is seen where the entries are read.
    """
    named, place = col(LogEntry.entry_id), col(LogEntry.log_index)
    of_tree = and_(col(LogHash.level) == 0, col(LogHash.idx) >= since)
    lost: Any = select(place, named).where(place >= since, ~exists().where(col(AuditEntry.id) == named))
    lost = lost.order_by(place if since else named)  # all of them are best looked for in the order of both indexes
    other.update((row.log_index, Held(row.entry_id, None)) for row in streamed(session, lost))
    unplaced: Any = select(LogHash.idx).where(of_tree, ~exists().where(_of_place()))
    other.update((row.idx, Held(None, None)) for row in streamed(session, unplaced))
    bare: Any = select(place).where(place >= since, ~exists().where(_of_place())).order_by(place)
    hashed: Any = select(LogHash.idx, LogHash.hash).where(of_tree).order_by(col(LogHash.idx))
    without = ((row.log_index, None) for row in streamed(session, bare))
    return heapq.merge((streamed if since else _plain)(session, hashed), without, key=itemgetter(0))


def _level(session: Session, level: int, first: int) -> Iterator[tuple[int, bytes]]:
    chosen = select(LogHash.idx, LogHash.hash).where(LogHash.level == level, LogHash.idx >= first)
    chosen = chosen.order_by(col(LogHash.idx))
    return ((row.idx, row.hash) for row in streamed(session, chosen))


def streamed(session: Session, chosen: Any) -> Iterator[Any]:
    """The rows of a query for columns, read as they are asked for; past the session's objects, which cost more."""
    with session.connection().execute(chosen, execution_options={"yield_per": BATCH}) as rows:
        yield from rows


def _plain(session: Session, chosen: Any) -> Iterator[tuple[Any, ...]]:
    """The same as the driver gives them, for what is read by the million.

    PostgreSQL sends them on a connection of their own, which sees the same moment: so it works while they are checked.
    """
    connection = session.connection()
    statement = str(chosen.compile(connection, compile_kwargs={"literal_binds": True}))
    if connection.dialect.name == "sqlite":
        rows: Any = connection.exec_driver_sql(statement).cursor
        yield from chain.from_iterable(iter(lambda: rows.fetchmany(AHEAD), []))
        return
    moment = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
    with connection.engine.connect().execution_options(isolation_level="REPEATABLE READ") as other:
        other.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{moment}'")
        sender: Any = other.connection.cursor()
        yield from sender.stream(statement, binary=True, size=AHEAD)
