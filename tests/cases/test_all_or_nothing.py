"""A change and its entry are stored together or not at all, whichever statement fails."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from app.audit import log
from app.cases import actions, door
from app.oversight.checking import check
from tests.branch import CLOSING, DEPUTY, PANEL, REPORT, SECRETARY, Branch, in_days
from tests.databases import EVERYWHERE
from tests.shared_branch import counts

SQLITE_FAILS = "CREATE TRIGGER broken BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
POSTGRESQL_FAILS = [
    """CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'disk is full' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    "CREATE TRIGGER broken BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION broken()",
]
BACK = {"reason_code": "more_evidence", "missing": "A thread.", "requested_on": in_days(0)}
REOPEN = {"ground": "new_evidence", "reasons": "A picture nobody had seen."}


EACH = 1 if EVERYWHERE else 3
"""Of how many statements one is cut: CI takes every one."""


class PowerCut(Exception):
    """Stands for whatever may go wrong between two statements."""


def stored(branch: Branch) -> dict[str, list[str]]:
    """Every row of every table that has any, in writing; past SQLAlchemy, which takes longer than the reading."""
    filled = [name for name, count in counts(branch).items() if count]
    with branch.home.db.read() as session:
        driver = session.connection().connection.cursor()
        found = {}
        for name in filled:
            driver.execute(f"SELECT * FROM {name}")
            found[name] = sorted(map(repr, driver.fetchall()))
        driver.close()
    return found


@contextmanager
def cut_at(branch: Branch, number: int) -> Iterator[None]:
    """The power fails before the statement with this number (from 0) is run."""
    left = [number]

    def count(*_: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise PowerCut

    engine = branch.home.db.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", count)


def report(branch: Branch) -> Callable[[], Any]:
    return lambda: door.open_case(branch.home, REPORT, None, "api", "a-key")


def act(by: str, state: str, trigger: str, **inputs: Any) -> Callable[[Branch], Callable[[], Any]]:
    def prepared(branch: Branch) -> Callable[[], Any]:
        reference = branch.at(state)
        if trigger == "close_after_review":
            branch.found(reference)
        if trigger == "close_after_panel":
            branch.decided(reference)
        if trigger == "reopen":
            branch.keep(by, reference, "conflict-declarations", answer="none")
        return lambda: branch.act(by, reference, trigger, **inputs)

    return prepared


def declare(branch: Branch) -> Callable[[], Any]:
    """The handler's conflict: a record, two entries, another handler."""
    reference = branch.at("acknowledged")
    return lambda: branch.keep(SECRETARY, reference, "conflict-declarations", answer="conflicted", describe="A friend.")


def ask(branch: Branch) -> Callable[[], Any]:
    """Somebody is asked to sit on the panel, sent with a key."""
    reference = branch.at("under_review")
    viewer, person = branch.viewer(SECRETARY), {"person": PANEL[0]}
    return lambda: door.add_record(branch.home, viewer, reference, "panel", person, None, "api", "a-key")


CHANGES: dict[str, Callable[[Branch], Callable[[], Any]]] = {
    "open": report,
    "close_after_review": act(SECRETARY, "under_review", "close_after_review", **CLOSING),
    "close_after_panel": act(SECRETARY, "referred", "close_after_panel", reasons="As written."),
    "refer_back": act(SECRETARY, "referred", "refer_back", **BACK),
    "reopen": act(DEPUTY, "closed", "reopen", **REOPEN),
    "declare": declare,
    "ask": ask,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_cut_before_any_statement_leaves_nothing(branch: Branch, change: str) -> None:  # X6
    attempt = CHANGES[change](branch)
    before, number = stored(branch), 0
    while True:
        try:
            with cut_at(branch, number):
                attempt()
            break
        except PowerCut:
            assert stored(branch) == before, number
            number += EACH
    assert number > 8
    assert stored(branch) != before
    with branch.home.db.read() as session:
        assert check(branch.home, session) == []


@pytest.mark.parametrize("change", CHANGES)
def test_a_failing_entry_leaves_everything_as_it_was(branch: Branch, change: str) -> None:  # X6
    attempt = CHANGES[change](branch)
    before = stored(branch)
    statements = [SQLITE_FAILS] if branch.home.db.dialect == "sqlite" else POSTGRESQL_FAILS
    with branch.home.db.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    with pytest.raises(IntegrityError, match="disk is full"):
        attempt()
    assert stored(branch) == before
    place = "" if branch.home.db.dialect == "sqlite" else " ON audit_entry"
    with branch.home.db.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER broken{place}")
    attempt()
    assert stored(branch)["audit_entry"] != before["audit_entry"]


def test_a_step_without_its_entry_is_not_stored(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:  # X1
    attempt = CHANGES["refer_back"](branch)
    before = stored(branch)
    monkeypatch.setattr(actions, "append", lambda *_, **__: None)
    with pytest.raises(IntegrityError, match="newest entry"):
        attempt()
    assert stored(branch) == before


def test_one_place_makes_entries() -> None:
    app = Path(log.__file__).resolve().parents[1]
    makes = [path.relative_to(app) for path in app.rglob("*.py") if "AuditEntry(" in path.read_text()]
    assert sorted(map(str, makes)) == ["audit/log.py", "audit/models.py"]
