"""The log's tables: entries moved into their places, stored hashes as tiles, the newest checkpoint."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import Session, SQLModel

from app.audit import tree
from app.audit.models import AuditEntry, Checkpoint, LogEntry, LogHash
from app.audit.plain_sql import either, run
from app.audit.tiles import proof_text
from app.audit.tree import WIDTH

# hashes count, too: where places were taken out by hand, no entry is ever put over another's leaf
_LAST = """
SELECT max(last) FROM (SELECT max(log_index) AS last FROM log_entry
  UNION ALL SELECT max(idx) FROM log_hash WHERE level = 0) AS ends
"""
_SIZE = either(_LAST)
SEQUENCER = 7162253166432319079
"""The advisory lock of whoever places entries in the log, on PostgreSQL."""
# CROSS JOIN keeps SQLite from walking through all entries to find the few that wait
# one statement numbers what is visible now: an entry that commits later waits, however low its time or id
_PLACE = either(f"""
INSERT INTO log_entry (log_index, entry_id)
SELECT coalesce(({_LAST}), -1) + row_number() OVER (ORDER BY recorded_at, id), id FROM (
  SELECT audit_entry.recorded_at, audit_entry.id FROM audit_pending
  CROSS JOIN audit_entry WHERE audit_entry.id = audit_pending.entry_id
  AND NOT EXISTS (SELECT 1 FROM log_entry WHERE log_entry.entry_id = audit_pending.entry_id)
  ORDER BY audit_entry.recorded_at, audit_entry.id LIMIT :most) AS waiting
RETURNING log_index
""")  # noqa: S608 (put together from a constant)
_LEAVES = either("""
INSERT INTO log_hash (level, idx, hash)
SELECT 0, log_entry.log_index, audit_entry.leaf FROM log_entry
CROSS JOIN audit_entry WHERE audit_entry.id = log_entry.entry_id AND log_entry.log_index >= :first
""")
_DONE = either("""
DELETE FROM audit_pending WHERE entry_id IN (SELECT entry_id FROM log_entry WHERE log_index >= :first)
""")
_TILE = either("SELECT idx, hash FROM log_hash WHERE level = :level AND idx >= :first AND idx < :end ORDER BY idx")
_BUNDLE = either("""
SELECT log_entry.log_index, audit_entry.entry FROM log_entry
CROSS JOIN audit_entry WHERE audit_entry.id = log_entry.entry_id
AND log_entry.log_index >= :first AND log_entry.log_index < :end ORDER BY log_entry.log_index
""")
_FILLED = SQLModel.metadata.tables[str(LogHash.__tablename__)].insert()
_LOG_ENTRY = SQLModel.metadata.tables[str(LogEntry.__tablename__)]
_INDEX = select(_LOG_ENTRY.c.log_index).where(_LOG_ENTRY.c.entry_id == bindparam("entry_id"))
_CHECKPOINT = SQLModel.metadata.tables[str(Checkpoint.__tablename__)]
_SIGNED = _CHECKPOINT.insert()
_NEWEST = select(_CHECKPOINT.c.size, _CHECKPOINT.c.note, _CHECKPOINT.c.signed_at)
_NEWEST = _NEWEST.order_by(_CHECKPOINT.c.size.desc()).limit(1)


def size_of(session: Session) -> int:
    """How many entries have their place in the log."""
    last: int | None = run(session, _SIZE).scalar_one()
    return 0 if last is None else last + 1


def move(session: Session, most: int) -> tuple[int, int]:
    """Gives up to `most` waiting entries their places, oldest first: the log's size before and after.

    The caller makes sure that nobody else does at the same time.
    """
    placed = run(session, _PLACE, most=most).scalars().all()
    if not placed:
        size = size_of(session)
        return size, size
    first = min(placed)
    size = first + len(placed)
    run(session, _LEAVES, first=first)
    run(session, _DONE, first=first)
    _fill(session, first, size)
    return first, size


def tiles(session: Session) -> tree.Read:
    """Reads the tiles of the stored tree, each once."""
    known: dict[tuple[int, int], Sequence[bytes]] = {}

    def read(level: int, number: int) -> Sequence[bytes]:
        if (level, number) not in known:
            known[level, number] = tile(session, level, number)
        return known[level, number]

    return read


def tile(session: Session, level: int, number: int, width: int = WIDTH) -> list[bytes]:
    """The hashes of one tile as far as they are stored without a gap, at most `width`."""
    first = number * WIDTH
    return without_gap(run(session, _TILE, level=level, first=first, end=first + width).all(), first)


def without_gap(rows: Iterable[Any], first: int) -> list[bytes]:
    """The hashes of a tile's rows up to the first that is missing."""
    return [bytes(hashed) for expected, (idx, hashed) in enumerate(rows, first) if idx == expected]


def entries(session: Session, first: int, end: int) -> list[bytes]:
    """The bytes of the entries from one place in the log up to another."""
    return [bytes(row.entry) for row in run(session, _BUNDLE, first=first, end=end)]


class SignedTree(NamedTuple):
    """A stored checkpoint."""

    size: int
    note: str
    signed_at: datetime


def newest_checkpoint(session: Session) -> SignedTree | None:
    """The checkpoint of the largest tree that was signed."""
    row = session.connection().execute(_NEWEST).first()
    return SignedTree(*row) if row is not None else None


def proof_of(session: Session, entry_id: str) -> str | None:
    """The receipt of an entry under the newest checkpoint; empty until that holds it, None where there is no entry."""
    if session.get(AuditEntry, entry_id) is None:
        return None
    index = session.connection().execute(_INDEX, {"entry_id": entry_id}).scalar()
    newest = newest_checkpoint(session)
    if index is None or newest is None or index >= newest.size:
        return ""
    return proof_under(tiles(session), index, newest.size, newest.note)


def proof_under(read: tree.Read, index: int, size: int, note: str) -> str:
    """The receipt of the entry at a place; empty where hashes are missing: the check tells of those."""
    try:
        return proof_text(index, tree.inclusion(read, index, size), note)
    except tree.TreeIncomplete:
        return ""


def add_checkpoint(session: Session, size: int, note: str, signed_at: datetime) -> None:
    """Stores a signed checkpoint."""
    session.connection().execute(_SIGNED, {"size": size, "note": note, "signed_at": signed_at})


def _fill(session: Session, first: int, size: int) -> None:
    """Stores the root of each tile that became full; one with a gap gets none, and the tree is signed no more."""
    for level, number in tree.filled(first, size):
        hashes = tile(session, level, number)
        stored = run(session, _TILE, level=level + 1, first=number, end=number + 1).first()
        if len(hashes) == WIDTH and stored is None:
            row = {"level": level + 1, "idx": number, "hash": tree.fold(hashes)}
            session.connection().execute(_FILLED, row)
