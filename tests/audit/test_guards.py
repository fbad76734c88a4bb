"""Append-only by triggers, on both databases, tried by SQL as anyone with the application's login could."""

import sqlite3

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app.audit.events import Event
from app.audit.guards import (
    TRAIL_TABLES,
    protect,
    protect_case_state,
    protect_trail,
    release,
    release_case_state,
)
from app.audit.log import append
from app.db import Database
from tests.audit.record import PERSON, case_ref

CASE = "c" * 32
VAULT_KEYS = [("id",), ("owner_id", "table_name", "row_id", "group_name")]
KEYS = [(table, key) for table, keys in {**TRAIL_TABLES, "vault": VAULT_KEYS}.items() for key in keys]
FILL = [
    "INSERT INTO log_hash (level, idx, hash) VALUES (0, 0, 'x')",
    "INSERT INTO checkpoint (size, note, signed_at) VALUES (1, 'note', '2026-11-02 10:00:00.000000')",
    "INSERT INTO vault (id, owner_id, table_name, row_id, group_name, sealed) VALUES ('v', 'o', 't', 'r', 'g', 'x')",
    "INSERT INTO log_entry (log_index, entry_id) SELECT 0, id FROM audit_entry",
]
CHANGES = {
    "audit_entry": "event = 'signed_in'",
    "log_entry": "log_index = 7",
    "log_hash": "hash = 'y'",
    "checkpoint": "note = 'other'",
    "vault": "sealed = 'y'",
}


def _filled_and_guarded(db: Database) -> Database:
    with db.write() as session:
        append(session, Event.CASE_OPENED, actor=PERSON, via="page", case=case_ref(CASE), dest="received")
        connection = session.connection()
        for table in CHANGES:
            release(connection, table)
        protect_trail(connection)
        protect(connection, "vault", unique=VAULT_KEYS, allow_delete=True)
        for statement in FILL:
            connection.exec_driver_sql(statement)
    return db


@pytest.fixture
def guarded(db: Database) -> Database:
    """A row in every protected table, with the triggers whatever the schema brought."""
    return _filled_and_guarded(db)


@pytest.fixture
def guarded_sqlite(sqlite_db: Database) -> Database:
    """As `guarded`, for what only SQLite has."""
    return _filled_and_guarded(sqlite_db)


@pytest.fixture
def guarded_postgresql(postgresql_db: Database) -> Database:
    """As `guarded`, for what only PostgreSQL has."""
    return _filled_and_guarded(postgresql_db)


def run(db: Database, statement: str) -> int:
    with db.write() as session:
        return session.connection().exec_driver_sql(statement).rowcount


@pytest.mark.parametrize("table", CHANGES)
def test_no_row_can_be_changed(guarded: Database, table: str) -> None:
    with pytest.raises(IntegrityError, match=f"{table} is append-only"):
        run(guarded, f"UPDATE {table} SET {CHANGES[table]}")


@pytest.mark.parametrize("table", TRAIL_TABLES)
def test_no_row_can_be_deleted(guarded: Database, table: str) -> None:
    with pytest.raises(IntegrityError, match=f"{table} is append-only"):
        run(guarded, f"DELETE FROM {table}")


def test_sealed_items_can_be_deleted_for_an_erasure(guarded: Database) -> None:
    assert run(guarded, "DELETE FROM vault") == 1


def test_the_queue_can_be_emptied(guarded: Database) -> None:
    assert run(guarded, "DELETE FROM audit_pending") == 1


@pytest.mark.parametrize("table", CHANGES)
def test_no_row_can_be_replaced(guarded_sqlite: Database, table: str) -> None:
    with pytest.raises(IntegrityError, match="REPLACE is refused"):
        run(guarded_sqlite, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize(
    ("table", "keys"), [(t, k) for t, keys in {**TRAIL_TABLES, "vault": VAULT_KEYS}.items() for k in keys]
)
def test_every_unique_key_refuses_a_replacement(guarded_sqlite: Database, table: str, keys: tuple[str, ...]) -> None:
    with guarded_sqlite.read() as session:
        (row,) = session.connection().exec_driver_sql(f"SELECT * FROM {table}").mappings().all()
    fresh = {"level": 50, "idx": 51, "log_index": 52, "size": 53, "seq": 54}
    changed = {
        name: value if name in keys or name in ("case_id", "entry") else fresh.get(name, "0" * 32)
        for name, value in row.items()
    }
    marks = ", ".join("?" for _ in changed)
    statement = f"INSERT OR REPLACE INTO {table} ({', '.join(changed)}) VALUES ({marks})"
    with guarded_sqlite.write() as session, pytest.raises(IntegrityError, match="REPLACE is refused"):
        session.connection().exec_driver_sql(statement, tuple(changed.values()))


def test_a_row_cannot_be_replaced_by_its_rowid(guarded_sqlite: Database) -> None:
    guarded_sqlite.close()
    with (
        sqlite3.connect(str(guarded_sqlite.engine.url.database)) as raw,
        pytest.raises(sqlite3.IntegrityError, match="REPLACE"),
    ):
        raw.execute(
            "INSERT OR REPLACE INTO audit_entry (rowid, id, entry, leaf, event, recorded_at)"
            " SELECT rowid, 'other', 'x', 'x', 'x', recorded_at FROM audit_entry"
        )
    raw.close()


def test_an_insert_that_resolves_a_conflict_by_an_update_is_refused(guarded: Database) -> None:
    resolve = "ON CONFLICT (size) DO UPDATE SET note = 'other'"
    with pytest.raises(IntegrityError, match="append-only"):
        run(guarded, f"INSERT INTO checkpoint SELECT * FROM checkpoint WHERE true {resolve}")


@pytest.mark.postgres
@pytest.mark.parametrize("table", CHANGES)
@pytest.mark.parametrize("replica", [False, True])
def test_no_table_can_be_truncated(guarded_postgresql: Database, table: str, replica: bool) -> None:
    role = "replica" if replica else "origin"
    with guarded_postgresql.write() as session:
        session.connection().exec_driver_sql(f"SET LOCAL session_replication_role = {role}")
        with pytest.raises(IntegrityError, match="TRUNCATE is refused"):
            session.connection().exec_driver_sql(f"TRUNCATE {table} CASCADE")


def test_new_rows_can_be_added(guarded: Database) -> None:
    with guarded.write() as session:
        append(session, Event.CASE_VIEWED, actor=PERSON, via="page", case=case_ref(CASE))
    assert (
        run(guarded, "INSERT INTO checkpoint (size, note, signed_at) VALUES (2, 'note', '2026-11-02 10:00:00.000000')")
        == 1
    )


def test_released_tables_are_free_again(guarded: Database) -> None:
    with guarded.write() as session:
        release(session.connection(), "checkpoint")
    assert run(guarded, "UPDATE checkpoint SET note = 'other'") == 1


@pytest.fixture
def cases(db: Database) -> Database:
    """A table `cases` of this test's own, with one received case and its opening entry."""
    with db.write() as session:
        connection = session.connection()
        _plain_cases(connection)
        protect_case_state(connection)
        connection.exec_driver_sql(f"INSERT INTO cases (id, state, version) VALUES ('{CASE}', 'received', 1)")
        append(session, Event.CASE_OPENED, actor=PERSON, via="page", case=case_ref(CASE), dest="received")
    return db


def _plain_cases(connection: Connection) -> None:
    cascade = "" if connection.dialect.name == "sqlite" else " CASCADE"
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS cases{cascade}")
    connection.exec_driver_sql("CREATE TABLE cases (id varchar(32) PRIMARY KEY, state varchar(40), version integer)")


def step(db: Database, dest: str, *, update_to: str) -> None:
    with db.write() as session:
        append(
            session,
            Event.STEP_TAKEN,
            actor=PERSON,
            via="page",
            case=case_ref(CASE, 2),
            source="received",
            dest=dest,
        )
        session.connection().exec_driver_sql(f"UPDATE cases SET state = '{update_to}', version = 2")


def test_a_state_changes_with_the_entry_that_names_it(cases: Database) -> None:
    step(cases, "acknowledged", update_to="acknowledged")
    assert run(cases, "UPDATE cases SET version = 3") == 1


@pytest.mark.parametrize("state", ["'closed'", "NULL"])
def test_a_state_never_changes_by_sql_alone(cases: Database, state: str) -> None:
    with pytest.raises(IntegrityError, match="does not name the new state"):
        run(cases, f"UPDATE cases SET state = {state}")


def test_a_state_never_changes_to_another_than_the_entry_names(cases: Database) -> None:
    with pytest.raises(IntegrityError, match="does not name the new state"):
        step(cases, "acknowledged", update_to="closed")


def test_an_older_entry_does_not_allow_a_state(cases: Database) -> None:
    step(cases, "acknowledged", update_to="acknowledged")
    with cases.write() as session:
        append(session, Event.CASE_VIEWED, actor=PERSON, via="page", case=case_ref(CASE, 2))
    with pytest.raises(IntegrityError, match="does not name the new state"):
        run(cases, "UPDATE cases SET state = 'received'")


def test_the_state_can_be_released_for_a_rebuild(cases: Database) -> None:
    with cases.write() as session:
        release_case_state(session.connection())
    assert run(cases, "UPDATE cases SET state = 'closed'") == 1
