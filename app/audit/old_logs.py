"""Logs that ended with a declared loss: how one ends and the next begins, and how the old ones stay readable."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, and_, func, text
from sqlmodel import Session, col, select

from app.audit import guards, log_tables, tree
from app.audit.endings import declared, ending_faults, name_of
from app.audit.entries import document_of
from app.audit.events import Event
from app.audit.log_folder import LogFolder
from app.audit.models import AuditEntry, OldCheckpoint, OldLogEntry, OldLogHash
from app.audit.sources import Fault, Held, Leaf, LogSource
from app.audit.stored import streamed
from app.audit.tree import WIDTH

_ENTRIES_ASIDE = text("""
INSERT INTO old_log_entry (log, log_index, entry_id)
SELECT :log, log_index, entry_id FROM log_entry WHERE log_index < :signed
""")
_HASHES_ASIDE = text("""
INSERT INTO old_log_hash (log, level, idx, hash)
SELECT :log, level, idx, hash FROM log_hash WHERE idx < (CAST(:signed AS BIGINT) >> (8 * level))
""")
_CHECKPOINTS_ASIDE = text("""
INSERT INTO old_checkpoint (log, size, note, signed_at) SELECT :log, size, note, signed_at FROM checkpoint
""")


@dataclass(frozen=True)
class Reading:
    """A log that can be read: the present one has no number."""

    number: int | None
    origin: str
    size: int
    read: tree.Read


def hold(connection: Connection) -> None:
    """Keeps others from the log, and from what waits for it, until the transaction ends; SQLite has one writer anyway.

    The sequencer first, so that it holds nothing; then the tables in the order in which writers come to them.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({log_tables.SEQUENCER})"))
        connection.execute(text("LOCK TABLE log_entry, log_hash, checkpoint IN ACCESS EXCLUSIVE MODE"))
        connection.execute(text("LOCK TABLE audit_pending IN SHARE ROW EXCLUSIVE MODE"))


def end_log(connection: Connection) -> int:
    """Puts the signed part of the log aside and leaves an empty one; its number. Needs the tables' owner.

    Entries that no checkpoint holds lose their places and wait for the new log, after whatever is placed first.
    """
    number: int = connection.execute(select(func.coalesce(func.max(OldCheckpoint.log), 0) + 1)).scalar_one()
    signed = connection.execute(text("SELECT coalesce(max(size), 0) FROM checkpoint")).scalar_one()
    values = {"log": number, "signed": signed}
    connection.execute(_ENTRIES_ASIDE, values)
    connection.execute(_HASHES_ASIDE, values)
    connection.execute(_CHECKPOINTS_ASIDE, {"log": number})
    for table in ("log_entry", "log_hash", "checkpoint"):
        guards.release(connection, table)
        connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 (names of our own tables)
        guards.protect(connection, table, unique=guards.TRAIL_TABLES[table])
    return number


def waiting(session: Session) -> list[str]:
    """Ids of the entries that have a place in no log, oldest first, taken out of the queue."""
    connection = session.connection()
    unplaced = text(
        "SELECT id FROM audit_entry WHERE id NOT IN (SELECT entry_id FROM old_log_entry)"
        " AND id NOT IN (SELECT entry_id FROM log_entry) ORDER BY recorded_at, id"
    )
    found = list(connection.execute(unplaced).scalars())
    connection.execute(text("DELETE FROM audit_pending"))
    return found


def readings(session: Session) -> list[Reading]:
    """Every log of this branch that signed something, oldest first, the present one last."""
    found = [
        Reading(number, _origin(last.note), last.size, _tiles(session, number))
        for number, last in last_checkpoints(session)
    ]
    present = log_tables.newest_checkpoint(session)
    if present is not None:
        size = log_tables.size_of(session)
        found.append(Reading(None, _origin(present.note), size, log_tables.tiles(session)))
    return found


def last_checkpoints(session: Session) -> list[tuple[int, OldCheckpoint]]:
    """The number and the last checkpoint of each log that ended, oldest first."""
    found = ((number, newest_of(session, number)) for number in _numbers(session))
    return [(number, newest) for number, newest in found if newest is not None]


def ended(session: Session, note: str) -> bool:
    """Whether a note bears the name of a log that ended."""
    return any(_origin(last.note) == _origin(note) for _, last in last_checkpoints(session))


def _numbers(session: Session, table: Any = OldCheckpoint) -> Iterator[int]:
    """The numbers that a table has, one by one: asked for with every signature, and the rows may be many."""
    number = session.exec(select(func.min(table.log))).one()
    while number is not None:
        yield number
        number = session.exec(select(func.min(table.log)).where(table.log > number)).one()


def how_many(session: Session) -> int:
    """How many logs ended: that is also the number of the last one."""
    return max(_numbers(session), default=0)


def newest_of(session: Session, number: int) -> OldCheckpoint | None:
    """The last checkpoint of an old log."""
    chosen = select(OldCheckpoint).where(OldCheckpoint.log == number).order_by(col(OldCheckpoint.size).desc())
    return session.exec(chosen.limit(1)).first()


def tile(session: Session, number: int, level: int, place: int, width: int = WIDTH) -> list[bytes]:
    """The hashes of one tile of an old log as far as they are stored without a gap, at most `width`."""
    first = place * WIDTH
    chosen = select(OldLogHash.idx, OldLogHash.hash).where(
        OldLogHash.log == number, OldLogHash.level == level, OldLogHash.idx >= first, OldLogHash.idx < first + width
    )
    return log_tables.without_gap(session.exec(chosen.order_by(col(OldLogHash.idx))), first)


def entries(session: Session, number: int, first: int, end: int) -> Sequence[bytes]:
    """The bytes of the entries of an old log from one place up to another."""
    chosen = select(AuditEntry.entry).join(OldLogEntry, col(OldLogEntry.entry_id) == AuditEntry.id)
    chosen = chosen.where(OldLogEntry.log == number, OldLogEntry.log_index >= first, OldLogEntry.log_index < end)
    return [bytes(one) for one in session.exec(chosen.order_by(col(OldLogEntry.log_index)))]


def proof_of(session: Session, entry_id: str) -> str | None:
    """The receipt of an entry that an old log holds; None where none does."""
    place = session.exec(select(OldLogEntry).where(OldLogEntry.entry_id == entry_id)).first()
    newest = newest_of(session, place.log) if place is not None else None
    if place is None or newest is None:
        return None
    return log_tables.proof_under(_tiles(session, place.log), place.log_index, newest.size, newest.note)


def sources(session: Session, folder: LogFolder, saved: Sequence[tuple[str, str]]) -> list[LogSource]:
    """Every ended log for a check, oldest first, each against those of the checkpoints `saved` that bear its name."""
    found = []
    for number in _named(session):
        newest = newest_of(session, number)
        own = [one for one in saved if newest is not None and _origin(one[1]) == _origin(newest.note)]
        found.append(_source(session, folder, number, own))
    return found


def _source(session: Session, folder: LogFolder, number: int, saved: Sequence[tuple[str, str]]) -> LogSource:
    places: Any = select(OldLogEntry.log_index, OldLogEntry.entry_id, OldLogHash.hash, AuditEntry.leaf)
    places = places.select_from(OldLogEntry).join(AuditEntry, col(AuditEntry.id) == OldLogEntry.entry_id, isouter=True)
    own_leaf: list[Any] = [OldLogHash.log == OldLogEntry.log, OldLogHash.level == 0]
    own_leaf.append(col(OldLogHash.idx) == OldLogEntry.log_index)
    places = places.join(OldLogHash, and_(*own_leaf), isouter=True).where(OldLogEntry.log == number)
    signed = select(OldCheckpoint.size, OldCheckpoint.note).where(OldCheckpoint.log == number)
    other = dict[int, Held]()

    def leaves() -> Iterator[Leaf]:
        placed = streamed(session, places.order_by(col(OldLogEntry.log_index)))
        for place, entry_id, in_tree, leaf in heapq.merge(placed, _unplaced(session, number), key=itemgetter(0)):
            if leaf != in_tree:
                other[place] = Held(entry_id, leaf)
            yield place, in_tree

    def above(level: int) -> Iterator[tuple[int, bytes]]:
        chosen = select(OldLogHash.idx, OldLogHash.hash).where(OldLogHash.log == number, OldLogHash.level == level)
        return ((row.idx, row.hash) for row in streamed(session, chosen.order_by(col(OldLogHash.idx))))

    return LogSource(
        leaves=leaves(),
        above=above,
        checkpoints=((row.size, row.note) for row in streamed(session, signed.order_by(col(OldCheckpoint.size)))),
        keys=folder.verifiers(),
        named=[note for _, note in folder.key_changes()],
        saved=saved,
        name=name_of(number),
        ended=True,
        other=other,
    )


def endings(session: Session) -> list[Fault]:
    """What is wrong with how one log follows on another."""
    last = {number: _note(newest_of(session, number)) for number in _named(session)}
    chosen: Any = select(AuditEntry.entry, OldLogEntry.log).where(AuditEntry.event == Event.LOSS_DECLARED)
    chosen = chosen.join(OldLogEntry, col(OldLogEntry.entry_id) == AuditEntry.id, isouter=True)
    present = max(last, default=0) + 1
    rows = session.exec(chosen.order_by(col(AuditEntry.recorded_at), col(AuditEntry.id)))
    return list(ending_faults(last, (declared(document_of(bytes(entry)), log or present) for entry, log in rows)))


def _named(session: Session) -> Sequence[int]:
    """The number of each log that any table of ended ones names."""
    return sorted({one for table in (OldLogEntry, OldLogHash, OldCheckpoint) for one in _numbers(session, table)})


def _note(checkpoint: OldCheckpoint | None) -> str:
    return checkpoint.note if checkpoint is not None else ""


def _unplaced(session: Session, number: int) -> Iterator[tuple[int, None, bytes, None]]:
    """Leaves of the tree of an old log at whose place no entry stands."""
    placed = select(OldLogEntry.entry_id).where(OldLogEntry.log == number, OldLogEntry.log_index == OldLogHash.idx)
    chosen = select(OldLogHash.idx, OldLogHash.hash).where(OldLogHash.log == number, OldLogHash.level == 0)
    rows = streamed(session, chosen.where(~placed.exists()).order_by(col(OldLogHash.idx)))
    return ((row.idx, None, row.hash, None) for row in rows)


def _tiles(session: Session, number: int) -> tree.Read:
    known: dict[tuple[int, int], Sequence[bytes]] = {}

    def read(level: int, place: int) -> Sequence[bytes]:
        if (level, place) not in known:
            known[level, place] = tile(session, number, level, place)
        return known[level, place]

    return read


def _origin(note: str) -> str:
    return note.partition("\n")[0]
