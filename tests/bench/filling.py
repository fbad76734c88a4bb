"""A record of any size, written past the door: sound for the log and the chains, with no content behind it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from msgspec.json import Encoder
from sqlalchemy import Connection
from sqlmodel import Session, SQLModel, col, select

from app import clock
from app.audit import tree
from app.audit.checkpoints import Checkpoint, sign
from app.audit.entries import VERSION, encode, leaf_hash, stamp
from app.audit.guards import TRAIL_TABLES, protect_trail, release
from app.audit.models import AuditEntry, AuditTip, LogEntry, LogHash
from app.audit.models import Checkpoint as StoredCheckpoint
from app.audit.sequence import Log
from app.audit.sources import CaseState
from app.audit.stored import streamed, touched
from app.db import new_id
from tests.audit.trees import Grown

A_CASE = 20
"""So many entries each case has."""
AT_ONCE = 5_000
BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
ROOM, USUAL = (f"PRAGMA cache_size = -{size}" for size in (500_000, 2_000))
"""Half a gigabyte for SQLite while it is filled (a million entries come in one transaction), and what it has else."""
_QUICKLY = Encoder(order="sorted").encode
"""The canonical bytes of a document of plain codes, at a tenth of the time."""


def fill(log: Log, entries: int) -> None:
    """Writes so many entries of cases of twenty, in the order of the log, with their tree and one signed checkpoint."""
    grown, size, note = Grown(), 0, ""
    with log.db.write() as session, _in_bulk(session.connection()) as connection:
        rows = _rows(entries)
        while some := list(islice(rows, AT_ONCE)):
            _put(connection, AuditEntry, some)
            places = [{"log_index": place, "entry_id": row["id"]} for place, row in enumerate(some, size)]
            _put(connection, LogEntry, places)
            for row in some:
                grown.add(row["entry"])
            size += len(some)
        for level, hashes in grown.levels.items():
            _put(connection, LogHash, [{"level": level, "idx": n, "hash": one} for n, one in enumerate(hashes)])
        connection.exec_driver_sql(_ENDS)
        signers = log.folder.signers()
        note = sign(Checkpoint(signers[-1].name, size, tree.root(grown.read, size)), signers)
        signed = {"size": size, "note": note, "signed_at": clock.now() - timedelta(seconds=5)}
        _put(connection, StoredCheckpoint, [signed])
    log.folder.keep(note)
    with log.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")  # as a database that grew day by day knows its own size


@contextmanager
def _in_bulk(connection: Connection) -> Iterator[Connection]:
    """Guards are away and indexes made last, as where a database is restored; afterwards all is as before."""
    indexes = sorted(SQLModel.metadata.tables["audit_entry"].indexes, key=lambda index: str(index.name))
    for table in TRAIL_TABLES:
        release(connection, table)
    for index in indexes:
        index.drop(connection)
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql(ROOM)
    yield connection
    for index in indexes:
        index.create(connection)
    protect_trail(connection)
    if sqlite:
        connection.exec_driver_sql(USUAL)


def _put(connection: Connection, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    target = SQLModel.metadata.tables[str(table.__tablename__)]
    if connection.dialect.name == "sqlite":
        connection.execute(target.insert(), rows)
        return
    sender: Any = connection.connection.cursor()
    with sender.copy(f"COPY {target.name} ({', '.join(rows[0])}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))


def states(session: Session, since: int = 0) -> Iterator[CaseState]:
    """The cases of a filled record as their own rows would tell them, by id; with `since`, those touched since."""
    ends: Any = select(AuditTip.case_id, AuditTip.seq).order_by(col(AuditTip.case_id))
    if since:
        ends = ends.where(col(AuditTip.case_id).in_(touched(since)))
    return (CaseState(case_id, case_id, "received", seq) for case_id, seq in streamed(session, ends))


def _rows(entries: int) -> Iterator[dict[str, Any]]:
    case_id, leaf, handler = "", b"", new_id()
    for number in range(entries):
        seq, at = number % A_CASE + 1, BEGAN + number * timedelta(seconds=1)
        if seq == 1:
            case_id, leaf = new_id(), b""
        document: dict[str, Any] = {
            "v": VERSION,
            "id": new_id(),
            "case": case_id,
            "seq": seq,
            "case_version": seq,
            "workflow": "social-media-conduct",
            "workflow_version": 1,
            "rules": "d" * 64,
            "event": "case_opened" if seq == 1 else "record_added",
            "actor": handler,
            "role": "handler",
            "via": "page",
            "recorded_at": stamp(at),
        }
        document |= (
            {"to": "received"} if seq == 1 else {"record": {"kind": "notes", "id": new_id()}, "prev": leaf.hex()}
        )
        entry = _QUICKLY(document)
        assert number or entry == encode(document), "these are not the bytes that the product writes"
        leaf = leaf_hash(entry)
        yield {
            "id": document["id"],
            "case_id": case_id,
            "seq": seq,
            "entry": entry,
            "leaf": leaf,
            "event": document["event"],
            "actor_id": handler,
            "actor_role": "handler",
            "to_state": document.get("to"),
            "recorded_at": at,
            "subject_id": None,
        }


_ENDS = """INSERT INTO audit_tip (case_id, seq, leaf, recorded_at)
SELECT case_id, seq, leaf, recorded_at FROM audit_entry AS last
WHERE seq = (SELECT max(seq) FROM audit_entry WHERE case_id = last.case_id)"""
