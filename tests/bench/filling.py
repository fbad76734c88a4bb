"""A record of any size, written past the door: sound for the log and the chains, with no content behind it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.json import Encoder
from sqlalchemy import Insert
from sqlmodel import Session, SQLModel, col, select

from app import clock
from app.audit import tree
from app.audit.checkpoints import Checkpoint, sign
from app.audit.entries import VERSION, encode, leaf_hash, stamp
from app.audit.models import AuditEntry, AuditTip, LogEntry, LogHash
from app.audit.models import Checkpoint as StoredCheckpoint
from app.audit.sequence import Log
from app.audit.sources import CaseState
from app.audit.stored import touched
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
    grown, waiting, size = Grown(), [], 0
    with log.db.write() as session:
        connection = session.connection()
        if log.db.dialect == "sqlite":
            connection.exec_driver_sql(ROOM)
        for row in _rows(entries):
            waiting.append(row)
            if len(waiting) == AT_ONCE or size + len(waiting) == entries:
                connection.execute(_into(AuditEntry), waiting)
                connection.execute(
                    _into(LogEntry), [{"log_index": size + n, "entry_id": one["id"]} for n, one in enumerate(waiting)]
                )
                for one in waiting:
                    grown.add(bytes(one["entry"]))
                size += len(waiting)
                waiting = []
        for level, hashes in grown.levels.items():
            for start in range(0, len(hashes), AT_ONCE):
                part = enumerate(hashes[start : start + AT_ONCE], start)
                connection.execute(_into(LogHash), [{"level": level, "idx": n, "hash": one} for n, one in part])
        connection.exec_driver_sql(_ENDS)
        signers = log.folder.signers()
        note = sign(Checkpoint(signers[-1].name, size, tree.root(grown.read, size)), signers)
        signed = {"size": size, "note": note, "signed_at": clock.now() - timedelta(seconds=5)}
        connection.execute(_into(StoredCheckpoint), [signed])
        if log.db.dialect == "sqlite":
            connection.exec_driver_sql(USUAL)
    log.folder.keep(note)
    with log.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")  # as a database that grew day by day knows its own size


def states(session: Session, since: int = 0) -> Iterator[CaseState]:
    """The cases of a filled record as their own rows would tell them, by id; with `since`, those touched since."""
    ends = select(AuditTip.case_id, AuditTip.seq).order_by(col(AuditTip.case_id))
    if since:
        ends = ends.where(col(AuditTip.case_id).in_(touched(since)))
    rows = session.exec(ends.execution_options(yield_per=AT_ONCE))
    return (CaseState(case_id, case_id, "received", seq) for case_id, seq in rows)


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


def _into(table: type[SQLModel]) -> Insert:
    return SQLModel.metadata.tables[str(table.__tablename__)].insert()
