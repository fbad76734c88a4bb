"""One value that cannot be read, put into an SQLite file, is named; it does not end the check without a word."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.audit.log import SYSTEM
from app.oversight import readable
from app.oversight.checking import check, check_since, record_check
from tests.branch import Branch
from tests.cli.computers import newest
from tests.evidence import files
from tests.evidence.sending import send
from tests.shared_branch import embedded_branch

__all__ = ["embedded_branch"]


@pytest.fixture(scope="module")
def filled(embedded_branch: Branch) -> Branch:
    assert send(embedded_branch, embedded_branch.at("acknowledged"), files.jpeg()).status_code == 201
    embedded_branch.home.log.catch_up()
    return embedded_branch


@pytest.fixture
def file(filled: Branch) -> Iterator[sqlite3.Connection]:
    """The database as a file, without its triggers until the test is over."""
    with closing(sqlite3.connect(str(filled.home.db.engine.url.database), isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, statement in triggers:
            connection.execute(statement)


def test_a_sound_record_has_no_such_row(filled: Branch) -> None:
    with filled.home.db.read() as session:
        assert (list(readable.faults(session)), check(filled.home, session)) == ([], [])


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("case_record", "plain", "{half"),
        ("case_record", "recorded_at", "yesterday"),
        ("case_record", "recorded_at", "2026-02-30 99:00:00"),
        ("audit_entry", "entry", "text"),
        ("audit_entry", "leaf", "text"),
        ("vault", "sealed", "text"),
        ("case_key", "wrapped", "text"),
        ("evidence_file", "arrived_at", "yesterday"),
        ("evidence_file", "name", "../../etc"),
        ("cases", "closed_at", "never"),
    ],
)
def test_a_value_that_cannot_be_read(
    filled: Branch, file: sqlite3.Connection, table: str, column: str, value: str | int
) -> None:
    row, old = file.execute(f"SELECT rowid, {column} FROM {table} ORDER BY rowid DESC LIMIT 1").fetchone()
    file.execute("PRAGMA foreign_keys = OFF")
    file.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (value, row))
    try:
        faults = record_check(filled.home, actor=SYSTEM, via="cli")
        assert any(
            f"column {column} " in fault.message or "stored file" in fault.message or fault.entry_id for fault in faults
        ), faults
        assert filled.events()[-1] == "record_checked"
    finally:
        file.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (old, row))


def test_the_quick_check_names_it_too(filled: Branch, file: sqlite3.Connection) -> None:
    note = newest(filled)
    case_id, old = file.execute("SELECT id, version FROM cases LIMIT 1").fetchone()
    file.execute("UPDATE cases SET version = 'many' WHERE id = ?", (case_id,))
    try:
        with filled.home.db.read() as session:
            assert check_since(filled.home, session, "it", note) != []
    finally:
        file.execute("UPDATE cases SET version = ? WHERE id = ?", (old, case_id))


def test_a_fault_of_the_program_is_not_hidden(filled: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr("app.oversight.checking.case_check.faults", broken)
    with filled.home.db.read() as session, pytest.raises(ValueError, match="of ours"):
        check(filled.home, session)
