"""Past every trigger: due dates and standings that were edited, put in or taken out are named by the check."""

from typing import Any

import pytest
from sqlalchemy import text

from app.cases.models import CaseDeadline, CaseStanding
from tests.branch import NOBODY, Branch
from tests.cases.test_tamper import changed, faults, ids, taken_out, whole
from tests.databases import EVERYWHERE
from tests.shared_branch import shared_branch

__all__ = ["shared_branch", "whole"]

DUE = "SELECT id FROM case_deadline WHERE case_id = :it ORDER BY case_version, due_on"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("due_on", "2031-01-01"),
        ("reckoned", '{"rule": "7 days", "from": "2031-01-01", "skipped": []}'),
        ("clock", "panel_decision"),
        ("record_id", "0" * 32),
        ("case_version", 1),
        ("case_id", None),
    ],
)
def test_any_column_of_any_due_date(whole: tuple[Branch, str], column: str, value: Any) -> None:
    branch, reference = whole
    case, other = branch.case(reference).id, ids(branch, "SELECT id FROM cases WHERE reference <> :it", it=reference)[0]
    for row in ids(branch, DUE, it=case)[:: 1 if EVERYWHERE else 4]:
        with branch.home.db.read() as session:
            kept = session.get_one(CaseDeadline, row)
        if str(getattr(kept, column)) == str(value) or (kept.clock, column) == ("acknowledge", "case_version"):
            continue
        with changed(branch, "case_deadline", "id", row, column, lambda _: value or other) as found:
            assert [fault for fault in found if row in fault.message or "is missing: it was removed" in fault.message]
    assert faults(branch) == []


def test_a_due_date_taken_out(whole: tuple[Branch, str]) -> None:
    branch, reference = whole
    for row in ids(branch, DUE, it=branch.case(reference).id)[:: 1 if EVERYWHERE else 4]:
        with taken_out(branch, "case_deadline", row) as found:
            assert any("the due date (" in fault.message and reference in fault.where for fault in found)
    assert faults(branch) == []


@pytest.mark.parametrize(
    ("part", "column", "value"),
    [
        ("panel", "answer", "conflicted"),
        ("panel", "answer", None),
        ("panel", "part", "officer"),
        ("handler", "part", "officer"),
        ("handler", "answer", "not_asked"),
        ("officer", "part", "panel"),
        ("officer", "answer", "cleared"),
    ],
)
def test_who_stands_where(whole: tuple[Branch, str], part: str, column: str, value: str | None) -> None:
    branch, reference = whole
    case = branch.case(reference).id
    chosen = "SELECT person_id FROM case_standing WHERE case_id = :it AND part = :part ORDER BY person_id"
    person = ids(branch, chosen, it=case, part=part)[0]
    update = text(f"UPDATE case_standing SET {column} = :value WHERE case_id = :it AND person_id = :person")
    with branch.home.db.read() as session:
        before = getattr(session.get_one(CaseStanding, (case, person)), column)
    with branch.home.db.engine.begin() as connection:
        connection.execute(update, {"value": value, "it": case, "person": person})
    found = faults(branch)
    with branch.home.db.engine.begin() as connection:
        connection.execute(update, {"value": before, "it": case, "person": person})
    assert [fault for fault in found if f"person {person}" in fault.message and reference in fault.where]
    assert faults(branch) == []


def test_a_seat_on_the_panel_that_nobody_gave(whole: tuple[Branch, str]) -> None:
    branch, reference = whole
    case, person = branch.case(reference).id, branch.ids[NOBODY]
    given = {"it": case, "person": person}
    row = "(case_id, person_id, part, answer) VALUES (:it, :person, 'panel', 'none')"
    with branch.home.db.engine.begin() as connection:
        connection.execute(text(f"INSERT INTO case_standing {row}"), given)
    found = faults(branch)
    with branch.home.db.engine.begin() as connection:
        connection.execute(text("DELETE FROM case_standing WHERE case_id = :it AND person_id = :person"), given)
    assert len([fault for fault in found if f"person {person}" in fault.message]) == 2  # the seat and the answer
    assert faults(branch) == []


@pytest.mark.parametrize("plain", ["{}", "[]", '{"answer": 7, "sent_on": "soon", "person": null}'])
def test_a_record_of_which_nothing_is_left(whole: tuple[Branch, str], plain: str) -> None:
    branch, reference = whole
    chosen = "SELECT id FROM case_record WHERE case_id = :it ORDER BY case_version"
    for row in ids(branch, chosen, it=branch.case(reference).id)[:: 1 if EVERYWHERE else 5]:
        with changed(branch, "case_record", "id", row, "plain", lambda _: plain) as found:
            assert [fault for fault in found if reference in fault.where and row in fault.message]
    assert faults(branch) == []
