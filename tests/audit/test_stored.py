"""How entries and their places are read for a check: alike in every way, and nothing hides behind another."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from app import clock
from app.audit import old_logs, stored
from app.audit.sequence import Log
from app.audit.sources import Fault, Sources, StoredEntry
from app.audit.stored import astray, chain_tips, log_source, stored_entries
from app.audit.verify import verify
from app.db import Database
from tests.audit.logs import by_sql, opened, sequenced, write
from tests.audit.record import Record

AT_ONCE = 8
AGAIN = (
    "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE id = (SELECT entry_id FROM log_entry WHERE log_index = 2)"
)


def faults(log: Log) -> list[Fault]:
    with log.db.read() as session:
        sources = Sources(
            entries=stored_entries(session),
            tips=chain_tips(session),
            cases=(),
            sealed=(),
            records=(),
            now=clock.now(),
            astray=astray(session),
            logs=[log_source(session, log.folder, [])],
            only_trail=True,
        )
        return list(verify(sources))


def read(db: Database) -> list[StoredEntry]:
    with db.read() as session:
        return list(stored_entries(session))


def looked_up(db: Database, monkeypatch: pytest.MonkeyPatch) -> list[StoredEntry]:
    """The same where SQLite looks every place up."""
    with monkeypatch.context() as changed, db.read() as session:
        changed.setattr(stored, "_line", lambda _session: None)
        return list(stored_entries(session))


def by_id(rows: list[StoredEntry]) -> list[StoredEntry]:
    """Entries without a case come in any order."""
    return sorted(rows, key=lambda row: (row.case_id or "", row.seq or 0, row.id))


def without_keys(db: Database, *statements: str) -> None:
    """What somebody can do who owns the tables and takes the keys away that forbid the same twice."""
    if db.dialect == "postgresql":
        by_sql(db, "ALTER TABLE audit_entry DROP CONSTRAINT pk_audit_entry CASCADE")
        by_sql(db, "ALTER TABLE log_entry DROP CONSTRAINT uq_log_entry_entry_id", *statements)
        return
    by_sql(db, "DELETE FROM audit_pending")  # takes the triggers away
    bare = [
        step
        for table in ("audit_entry", "log_entry")
        for step in (
            f"CREATE TABLE bare AS SELECT * FROM {table}",
            f"DROP TABLE {table}",
            f"ALTER TABLE bare RENAME TO {table}",
        )
    ]
    with closing(db.engine.raw_connection()) as connection:  # past SQLAlchemy: in no transaction
        for each in ("PRAGMA foreign_keys = OFF", "PRAGMA legacy_alter_table = ON", *bare, *statements):
            connection.cursor().execute(each)


@pytest.fixture
def grown(record: Record, keys_dir: Path) -> Log:
    """A log that ended, one that goes on, entries of one moment that stand in it in another order, some that wait."""
    log = opened(record.db, keys_dir / "log-of-it")
    sequenced(log)
    with record.db.write() as session:
        old_logs.end_log(session.connection())
    for minute in range(1, 4):
        write(record.db)
        with freeze_time(clock.now() + timedelta(minutes=minute)):
            write(record.db, AT_ONCE)
        sequenced(log)
    record.db.closing = None
    write(record.db, 2)
    return log


@pytest.mark.parametrize(
    "attack",
    [
        "DELETE FROM log_hash WHERE level = 0 AND idx = 9",
        "DELETE FROM log_hash WHERE level = 0 AND idx = 9; UPDATE log_hash SET idx = 9 WHERE level = 0 AND idx = 10",
        "DELETE FROM log_entry WHERE log_index = 0",
        "DELETE FROM log_entry WHERE log_index = 9",
        "UPDATE log_entry SET log_index = 900 WHERE log_index = 9",
        "DELETE FROM log_entry WHERE log_index = 9; UPDATE log_entry SET log_index = 9 WHERE log_index = 10",
        "INSERT INTO audit_pending SELECT entry_id FROM log_entry WHERE log_index = 9",
        "DELETE FROM audit_pending",
    ],
)
def test_a_place_is_read_alike_from_where_a_row_stands_and_by_looking_it_up(
    grown: Log, monkeypatch: pytest.MonkeyPatch, attack: str
) -> None:
    before = read(grown.db)
    assert {row.log_index for row in before} >= {None, *range(3 * AT_ONCE)}
    assert {row.in_old_log for row in before} == {row.waits for row in before} == {False, True}
    assert by_id(before) == by_id(looked_up(grown.db, monkeypatch))
    by_sql(grown.db, *attack.split(";"))
    after = read(grown.db)
    assert by_id(after) != by_id(before)
    assert by_id(after) == by_id(looked_up(grown.db, monkeypatch))


def test_where_too_many_stand_elsewhere_every_place_is_looked_up(grown: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    found = by_id(read(grown.db))
    monkeypatch.setattr(stored, "MOST_ODD", 1)
    assert by_id(read(grown.db)) == found


def test_an_entry_kept_twice_does_not_stand_for_one_that_was_removed(log: Log) -> None:
    write(log.db, 6)
    sequenced(log)
    assert faults(log) == []
    without_keys(
        log.db, "DELETE FROM audit_entry WHERE id = (SELECT entry_id FROM log_entry WHERE log_index = 4)", AGAIN
    )
    assert [fault.where for fault in faults(log) if "not stored: it was removed" in fault.message] == [
        "place 4 of the log"
    ]


def test_a_leaf_at_a_place_that_names_an_entry_of_another_place(log: Log) -> None:
    write(log.db, 6)
    sequenced(log)
    without_keys(
        log.db,
        "INSERT INTO log_entry (log_index, entry_id) SELECT 6, entry_id FROM log_entry WHERE log_index = 2",
        "INSERT INTO log_hash (level, idx, hash) SELECT 0, 6, hash FROM log_hash WHERE level = 0 AND idx = 1",
    )
    assert any(fault.where == "place 6 of the log" for fault in faults(log))
