"""The entries and the log as the database holds them, streamed for a check of the record."""

import heapq
from collections.abc import Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlmodel import Session, col, select

from app.audit import entry_rows, log_tables
from app.audit.chain import moved_to
from app.audit.entries import document_of
from app.audit.entry_rows import NEWS, InLine
from app.audit.log_folder import LogFolder
from app.audit.models import AuditEntry, AuditPending, LogEntry
from app.audit.plain_sql import BATCH, either, flowing, run
from app.audit.sources import BEGINNING, ChainEnd, Held, Leaf, LogSource, StoredEntry, TipRow
from app.audit.tree import HEIGHT, Frontier

MOST_ODD = 1000
"""So many entries may stand elsewhere than the log has them before all places are looked up."""
AHEAD = 100
"""How many rows are read at once of what is worked through so fast that the cache counts."""
_IS_FILLED = {
    table: either(f"SELECT EXISTS (SELECT 1 FROM {table})")  # noqa: S608 (our own tables)
    for table in entry_rows.OTHERS
}
_TIPS = "SELECT case_id, seq, leaf FROM audit_tip"
_TOUCHED = f"""SELECT e.case_id FROM {NEWS} AS n
CROSS JOIN audit_entry AS e WHERE e.id = n.entry_id"""  # noqa: S608 (from constants)
_ALL_TIPS = either(f"{_TIPS} ORDER BY case_id")
_NEW_TIPS = either(f"{_TIPS} WHERE case_id IN ({_TOUCHED}) ORDER BY case_id")
_FIRST = f"""SELECT e.case_id, min(e.seq) AS first FROM {NEWS} AS n
CROSS JOIN audit_entry AS e WHERE e.id = n.entry_id AND e.case_id IS NOT NULL
GROUP BY e.case_id"""  # noqa: S608 (from constants)
# LATERAL keeps PostgreSQL from reading every entry there is to join those of a few cases
_OF_CASE = {
    "sqlite": "audit_entry AS e WHERE e.case_id = n.case_id AND e.seq < n.first",
    "postgresql": "LATERAL (SELECT * FROM audit_entry WHERE case_id = n.case_id AND seq < n.first OFFSET 0) AS e",
}
_EARLIER = {
    dialect: either(f"""
SELECT n.case_id, e.seq, e.leaf, e.entry FROM ({_FIRST}) AS n CROSS JOIN {of_case} ORDER BY n.case_id, e.seq
""")[dialect]  # noqa: S608 (put together from constants)
    for dialect, of_case in _OF_CASE.items()
}
_FIRST_ROW = either("""
SELECT e.rowid FROM log_entry AS l JOIN audit_entry AS e ON e.id = l.entry_id WHERE l.log_index = 0
""")
_NOT_IN_LINE = entry_rows.not_in_line()
_ASTRAY = either("""
SELECT entry_id FROM audit_pending WHERE NOT EXISTS (SELECT 1 FROM audit_entry WHERE id = entry_id)
""")
_SIGNED = either("SELECT size, note FROM checkpoint WHERE size >= :since ORDER BY size")
_HASHED = either("SELECT idx, hash FROM log_hash WHERE level = :level AND idx >= :since ORDER BY idx")
_LEAVES = either("SELECT idx, hash FROM log_hash WHERE level = 0 ORDER BY idx")
_SIZES = either("""
SELECT (SELECT count(*) FROM log_entry WHERE log_index >= :since) AS placed,
  (SELECT count(*) FROM log_hash WHERE level = 0 AND idx >= :since) AS hashed
""")
# all of them are best looked for in the order of both indexes
_LOST = either("""
SELECT log_index, entry_id FROM log_entry WHERE log_index >= :since
AND NOT EXISTS (SELECT 1 FROM audit_entry WHERE id = entry_id) ORDER BY entry_id
""")
_UNPLACED = either("""
SELECT idx FROM log_hash WHERE level = 0 AND idx >= :since
AND NOT EXISTS (SELECT 1 FROM log_entry WHERE log_index = idx)
""")
_BARE = either("""
SELECT log_index FROM log_entry WHERE log_index >= :since
AND NOT EXISTS (SELECT 1 FROM log_hash WHERE level = 0 AND idx = log_index) ORDER BY log_index
""")


def stored_entries(session: Session, since: int = 0) -> Iterator[StoredEntry]:
    """Every entry by case and number, each with its place in the log or that it waits for one.

    With `since`, only what has this place in the log or a later one, or waits.
    """
    if since:
        return map(StoredEntry._make, flowing(session, entry_rows.since(), since=since))
    filled = frozenset(table for table, asked in _IS_FILLED.items() if run(session, asked).scalar_one())
    line = _line(session) if session.get_bind().dialect.name == "sqlite" else None
    both = (choose(filled, line) for choose in (entry_rows.of_system, entry_rows.of_cases))
    return map(StoredEntry._make, chain.from_iterable(_plain(session, chosen) for chosen in both))


def _line(session: Session) -> InLine | None:
    """How SQLite's rows of entries stand to the log, seen by reading both in order; None where too many do not."""
    first = run(session, _FIRST_ROW).scalar()
    if first is None:
        return None
    odd = run(session, _NOT_IN_LINE, first=first, most=MOST_ODD + 1).scalars().all()
    return InLine(first, odd) if len(odd) <= MOST_ODD else None


def touched(since: int) -> Any:
    """The ids of the cases with entries at this place in the log or later, or waiting: for a condition."""
    placed: Any = select(LogEntry.entry_id).where(LogEntry.log_index >= since)
    news = placed.union_all(select(AuditPending.entry_id))
    return select(AuditEntry.case_id).where(col(AuditEntry.id).in_(news), col(AuditEntry.case_id).is_not(None))


def newest_of_cases(session: Session, condition: str) -> Iterator[StoredEntry]:
    """Of each case the newest entry that meets the condition (`MOVED` or `VERSIONED`), by case."""
    return map(StoredEntry._make, flowing(session, entry_rows.newest(condition)))


def chain_ends(session: Session, since: int) -> dict[str, ChainEnd]:
    """Where the chain of each touched case stood before this place in the log."""
    ends = dict[str, ChainEnd]()
    for row in flowing(session, _EARLIER, since=since):
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
    return flowing(session, _NEW_TIPS, since=since) if since else flowing(session, _ALL_TIPS)


def astray(session: Session) -> Iterator[str]:
    """Ids that wait for the log though no such entry is stored."""
    return (row.entry_id for row in flowing(session, _ASTRAY))


def log_source(session: Session, folder: LogFolder, saved: Sequence[tuple[str, str]], since: int = 0) -> LogSource:
    """The log from a place on, for a check against the checkpoints `saved`. SettingsError; TreeIncomplete."""
    sizes = run(session, _SIZES, since=since).one()
    other, agreed = dict[int, Held](), bytearray(sizes.placed)
    return LogSource(
        leaves=_leaves(session, since, sizes.hashed, agreed, other),
        above=lambda level: _level(session, level, since >> HEIGHT * level),
        checkpoints=flowing(session, _SIGNED, since=since),
        keys=folder.verifiers(),
        named=[note for _, note in folder.key_changes()],
        saved=saved,
        frontier=Frontier(log_tables.tiles(session), since),
        other=other,
        agreed=agreed,
    )


def _leaves(session: Session, since: int, hashed: int, agreed: bytearray, other: dict[int, Held]) -> Iterator[Leaf]:
    """The leaves of the tree and the places in the log that have none; in `other` where no entry is stored.

    Begins when the entries were read. Whether a leaf is that of its entry was seen there; where every place was met,
    nothing is lost, and nobody looks for it.
    """
    if agreed.count(1) == len(agreed) == hashed:
        yield from flowing(session, _HASHED, level=0, since=since) if since else _plain(session, _LEAVES)
        return
    other.update((row.log_index, Held(row.entry_id, None)) for row in flowing(session, _LOST, since=since))
    other.update((row.idx, Held(None, None)) for row in flowing(session, _UNPLACED, since=since))
    for place in (place for place, met in enumerate(agreed, since) if not met):
        other.setdefault(place, Held(None, None))  # whatever keeps an entry from being met there
    without = ((row.log_index, None) for row in flowing(session, _BARE, since=since))
    yield from heapq.merge(flowing(session, _HASHED, level=0, since=since), without, key=itemgetter(0))


def _level(session: Session, level: int, first: int) -> Iterator[tuple[int, bytes]]:
    return ((row.idx, row.hash) for row in flowing(session, _HASHED, level=level, since=first))


def streamed(session: Session, chosen: Any) -> Iterator[Any]:
    """The rows of a query for columns, read as they are asked for; past the session's objects, which cost more."""
    with session.connection().execute(chosen, execution_options={"yield_per": BATCH}) as rows:
        yield from rows


def _plain(session: Session, statement: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    """The rows of one without values as the driver gives them, for what is read by the million.

    PostgreSQL sends them on a connection of their own, which sees the same moment: so it works while they are checked.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        rows: Any = connection.exec_driver_sql(statement["sqlite"]).cursor
        yield from chain.from_iterable(iter(lambda: rows.fetchmany(AHEAD), []))
        return
    moment = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
    with connection.engine.connect().execution_options(isolation_level="REPEATABLE READ") as other:
        other.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{moment}'")
        sender: Any = other.connection.cursor()
        yield from sender.stream(statement["postgresql"], binary=True, size=AHEAD)
