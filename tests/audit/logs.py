"""A log on an empty database, and how tests write to it, look at it and change it behind its back."""

from datetime import timedelta
from pathlib import Path

from freezegun import freeze_time
from sqlmodel import Session, col, select

from app import clock
from app.audit import log_tables, tree
from app.audit.checkpoints import read_note
from app.audit.entries import decode
from app.audit.events import Event
from app.audit.log import SYSTEM, append
from app.audit.log_state import LogState, state_of
from app.audit.models import AuditEntry, AuditPending
from app.audit.sequence import Log, open_log
from app.db import Database
from tests.audit.record import by_owner
from tests.audit.trees import Grown

ORIGIN = "cases.example.org/log"


def opened(db: Database, keys: Path, wanted: str | None = ORIGIN) -> Log:
    with db.read() as session:
        return open_log(session, db, keys, wanted, "localhost/log")


def write(db: Database, count: int = 1) -> None:
    with db.write() as session:
        for _ in range(count):
            append(session, Event.SIGNED_OUT, actor=SYSTEM, via="page")


def sequenced(log: Log) -> None:
    while log.sequence():
        pass


def state(db: Database) -> LogState:
    with db.read() as session:
        return state_of(session)


def refusals(db: Database) -> list[str]:
    with db.read() as session:
        chosen = select(AuditEntry).where(AuditEntry.event == Event.LOG_REFUSED).order_by(col(AuditEntry.recorded_at))
        return [decode(row.entry)["unmet"][0] for row in session.exec(chosen)]


def by_sql(db: Database, *statements: str) -> None:
    """Past the triggers, as whoever owns the database could."""
    for statement in statements:
        by_owner(db, statement)


def logged(session: Session) -> list[bytes]:
    return log_tables.entries(session, 0, log_tables.size_of(session))


def assert_signed(db: Database, log: Log) -> None:
    """Everything has its place, and the newest checkpoint is signed over just that; it is kept outside, too."""
    with db.read() as session:
        found = logged(session)
        assert session.exec(select(AuditPending)).all() == []
        assert len(found) == len(session.exec(select(AuditEntry)).all())
        newest = log_tables.newest_checkpoint(session)
        assert newest is not None
        read = Grown(found).read
        assert (newest.size, log_tables.tiles(session)(0, 0)) == (len(found), read(0, 0))
    signed = read_note(newest.note, log.folder.verifiers())
    assert (signed.checkpoint.size, signed.checkpoint.root) == (len(found), tree.root(read, len(found)))
    assert log.folder.checkpoint_file.read_text() == newest.note


def signed_history(db: Database, log: Log, entries: int = 5) -> None:
    for moment in range(entries):
        with freeze_time(clock.now() + timedelta(seconds=2 * (moment - entries))):
            write(db)
            sequenced(log)
    assert_signed(db, log)
