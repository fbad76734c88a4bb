"""Past every trigger, by somebody who owns the database: the check names what was changed."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, text

from app.audit.sources import Fault
from app.oversight.checking import check
from tests.branch import DEPUTY, SECRETARY, Branch
from tests.databases import EVERYWHERE
from tests.shared_branch import shared_branch

__all__ = ["shared_branch"]


@contextmanager
def owner(branch: Branch, table: str) -> Iterator[Connection]:
    """A transaction past the triggers of a table, which stand again afterwards."""
    with branch.home.db.engine.begin() as connection:
        if branch.home.db.dialect == "sqlite":
            found = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :it")
            triggers = connection.execute(found, {"it": table}).all()
            for name, _ in triggers:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            yield connection
            for _, statement in triggers:
                connection.exec_driver_sql(statement)
        else:
            found = text("SELECT tgname FROM pg_trigger WHERE tgrelid = CAST(:it AS regclass) AND NOT tgisinternal")
            triggers = connection.execute(found, {"it": table}).all()
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield connection
            for (name,) in triggers:
                connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def faults(branch: Branch) -> list[Fault]:
    with branch.home.db.read() as session:
        return check(branch.home, session)


def flipped(value: bytes, at: int) -> bytes:
    return value[:at] + bytes([value[at] ^ (1 << at % 8)]) + value[at + 1 :]


@contextmanager
def changed(branch: Branch, table: str, key: str, row: Any, column: str, value: Any) -> Iterator[list[Fault]]:
    """What a check finds while one column of one row holds another value, which is put back afterwards."""
    update = text(f"UPDATE {table} SET {column} = :value WHERE {key} = :row")
    with branch.home.db.read() as session:
        before = session.connection().execute(text(f"SELECT {column} FROM {table} WHERE {key} = :row"), {"row": row})
        old = before.scalar_one()
    with owner(branch, table) as connection:
        connection.execute(update, {"value": value(old), "row": row})
    try:
        yield faults(branch)
    finally:
        with owner(branch, table) as connection:
            connection.execute(update, {"value": json.dumps(old) if isinstance(old, dict) else old, "row": row})


def ids(branch: Branch, statement: str, **values: Any) -> list[Any]:
    with branch.home.db.read() as session:
        return list(session.connection().execute(text(statement), values).scalars())


@pytest.fixture(scope="module")
def whole(shared_branch: Branch) -> tuple[Branch, str]:
    """One case through all its states with every kind of entry, among others; and its reference."""
    branch = shared_branch
    reference = branch.at("referred")
    branch.decided(reference)
    branch.act(SECRETARY, reference, "close_after_panel", reasons="As written.")
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="none")
    branch.at("received")
    assert faults(branch) == []
    return branch, reference


def test_one_flipped_byte_in_any_entry(whole: tuple[Branch, str]) -> None:
    branch, _ = whole
    chance = random.Random(27)
    for entry_id in ids(branch, "SELECT id FROM audit_entry ORDER BY id")[:: 1 if EVERYWHERE else 3]:
        for column in ("entry", "leaf"):
            place = chance.random()
            flip = lambda old, place=place: flipped(bytes(old), int(place * len(bytes(old))))  # noqa: E731 (one statement, named where it is used)
            with changed(branch, "audit_entry", "id", entry_id, column, flip) as found:
                assert entry_id in {fault.entry_id for fault in found}, column
    assert faults(branch) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("event", "case_viewed"),
        ("actor_id", "0" * 32),
        ("to_state", "referred"),
        ("subject_id", "0" * 32),
        ("seq", 999),
        ("recorded_at", "2020-01-01 00:00:00+00:00"),
    ],
)
def test_any_plain_copy_of_an_entry(whole: tuple[Branch, str], column: str, value: Any) -> None:
    branch, reference = whole
    chosen = "SELECT id FROM audit_entry WHERE case_id = :it AND event = 'step_taken' ORDER BY seq LIMIT 1"
    (entry_id,) = ids(branch, chosen, it=branch.case(reference).id)
    if branch.home.db.dialect == "sqlite" and column == "recorded_at":
        value = "2020-01-01 00:00:00.000000"
    with changed(branch, "audit_entry", "id", entry_id, column, lambda _: value) as found:
        assert entry_id in {fault.entry_id for fault in found}


def test_one_flipped_byte_in_any_sealed_item(whole: tuple[Branch, str]) -> None:
    branch, reference = whole
    chance = random.Random(9)
    items = ids(branch, "SELECT id FROM vault WHERE owner_id = :it ORDER BY id", it=branch.case(reference).id)
    assert len(items) > 20
    for item in items:
        place = chance.random()
        flip = lambda old, place=place: flipped(bytes(old), int(place * len(bytes(old))))  # noqa: E731 (as above)
        with changed(branch, "vault", "id", item, "sealed", flip) as found:
            assert {fault.where.partition(",")[0] for fault in found} == {f"case {reference}"}
            assert any("cannot be opened" in fault.message for fault in found)


@pytest.mark.parametrize(("column", "value"), [("state", "received"), ("state", "Closed"), ("version", 3)])
def test_state_and_version_of_a_case(whole: tuple[Branch, str], column: str, value: Any) -> None:
    branch, reference = whole
    with changed(branch, "cases", "reference", reference, column, lambda _: value) as found:
        assert found
        assert all(reference in fault.where for fault in found)
        assert any(fault.entry_id for fault in found)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("outcome", "not_upheld"),
        ("outcome", None),
        ("closed_by", "0" * 32),
        ("closed_at", None),
        ("final", False),
        ("kind", "target"),
        ("channel", "letter"),
        ("share_identity", "yes"),
        ("received_on", "2020-01-02"),
        ("workflow_version", 7),
        ("reference", "2026-QQQQQ"),
        ("guidance_version", "another"),
        ("anonymous", False),
        ("opened_at", "2020-01-01 00:00:00.000000"),
        ("handler_id", None),
        ("panel_reads", True),
        ("panel_reads_until", "2031-01-01"),
        ("awaits_clearance", True),
        ("next_due_on", "2031-01-01"),
        ("next_due_on", None),
        ("next_due_clock", "acknowledge"),
    ],
)
def test_how_a_case_came_and_ended(whole: tuple[Branch, str], column: str, value: Any) -> None:
    branch, reference = whole
    with changed(branch, "cases", "id", branch.case(reference).id, column, lambda _: value) as found:
        told = [fault for fault in found if f"the column {column} " in fault.message]
        assert [fault.where for fault in told] == [f"case {value if column == 'reference' else reference}"]
    assert faults(branch) == []


@pytest.mark.parametrize(("column", "value"), [("rules", "{}"), ("digest", "0" * 64)])
def test_the_rules_that_were_kept_of_a_case(whole: tuple[Branch, str], column: str, value: str) -> None:
    branch, reference = whole
    key = "version" if column == "digest" else "digest"
    row = branch.case(reference).workflow_version if column == "digest" else branch.case(reference).rules_digest
    with changed(branch, "workflow_text", key, row, column, lambda _: value) as found:
        assert found
        assert all(fault.where.startswith("the rules ") for fault in found)


@pytest.mark.parametrize(
    ("kind", "column", "value"),
    [
        ("findings", "plain", None),
        ("panel-decisions", "plain", None),
        ("step", "plain", None),
        ("report", "plain", None),
        ("allegations", "kind", "notes"),
        ("risks", "by_role", "deputy"),
        ("notices", "case_version", 1),
        ("parties", "by_person", "0" * 32),
        ("replies", "replaces", "0" * 32),
        ("review-notes", "recorded_at", "2020-01-01 00:00:00.000000+00:00"),
    ],
)
def test_any_column_of_a_record(whole: tuple[Branch, str], kind: str, column: str, value: Any) -> None:
    branch, reference = whole
    chosen = "SELECT id FROM case_record WHERE case_id = :it AND kind = :kind ORDER BY case_version DESC LIMIT 1"
    (row,) = ids(branch, chosen, it=branch.case(reference).id, kind=kind)
    if branch.home.db.dialect == "sqlite" and column == "recorded_at":
        value = str(value).partition("+")[0]

    def edit(old: Any) -> Any:
        if column != "plain":
            return value
        written = old if isinstance(old, str) else json.dumps(old)
        return written.replace("}", ', "more": "yes"}')

    with changed(branch, "case_record", "id", row, column, edit) as found:
        assert [fault for fault in found if reference in fault.where and "was edited" in fault.message]
    assert faults(branch) == []


@pytest.mark.parametrize(
    ("table", "key", "column"), [("audit_tip", "case_id", "leaf"), ("case_key", "owner_id", "wrapped")]
)
def test_one_flipped_byte_in_the_end_of_a_chain_or_a_key(
    whole: tuple[Branch, str], table: str, key: str, column: str
) -> None:
    branch, reference = whole
    row = branch.case(reference).id
    with changed(branch, table, key, row, column, lambda old: flipped(bytes(old), 7)) as found:
        assert found
        assert all(reference in fault.where for fault in found)
    assert faults(branch) == []


@pytest.mark.parametrize("table", ["audit_entry", "vault", "case_record"])
def test_a_row_taken_out(whole: tuple[Branch, str], table: str) -> None:
    branch, reference = whole
    belongs = "owner_id" if table == "vault" else "case_id"
    rows = ids(branch, f"SELECT id FROM {table} WHERE {belongs} = :it ORDER BY id", it=branch.case(reference).id)
    for row in random.Random(3).sample(rows, 6):
        held = held_places(branch, row).get("log_entry")
        place = f"place {held['log_index']} of the log" if held else ""
        with taken_out(branch, table, row) as found:
            assert found
            assert all(reference in fault.where or fault.entry_id == row or fault.where == place for fault in found)
        assert faults(branch) == []


@contextmanager
def taken_out(branch: Branch, table: str, row: str) -> Iterator[list[Fault]]:
    """What a check finds while a row is gone, which is put back afterwards."""
    given = {"row": row}
    with branch.home.db.read() as session:
        found = session.connection().execute(text(f"SELECT * FROM {table} WHERE id = :row"), given).mappings().one()
        kept = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in found.items()}
    places = held_places(branch, row) if table == "audit_entry" else {}
    for held in places:
        with owner(branch, held) as connection:
            connection.execute(text(f"DELETE FROM {held} WHERE entry_id = :row"), given)
    with owner(branch, table) as connection:
        connection.execute(text(f"DELETE FROM {table} WHERE id = :row"), given)
    try:
        yield faults(branch)
    finally:
        put_back(branch, table, kept)
        for held, values in places.items():
            put_back(branch, held, values)


def held_places(branch: Branch, entry_id: str) -> dict[str, dict[str, Any]]:
    """Where an entry waits for its place in the log or has it: the row of each such table."""
    with branch.home.db.read() as session:
        chosen = {
            table: text(f"SELECT * FROM {table} WHERE entry_id = :row") for table in ("audit_pending", "log_entry")
        }
        found = {
            table: session.connection().execute(one, {"row": entry_id}).mappings().first()
            for table, one in chosen.items()
        }
    return {table: dict(row) for table, row in found.items() if row is not None}


def put_back(branch: Branch, table: str, row: dict[str, Any]) -> None:
    values = ", ".join(f":{name}" for name in row)
    with owner(branch, table) as connection:
        connection.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})"), row)
