"""A request that is sent twice does its work once, and tells the second time only what this person may see by then."""

import json
from typing import Any

from sqlmodel import select

from app import clock
from app.cases import door
from app.cases.models import IdempotentAnswer
from tests.branch import REPORT, SECRETARY, Branch


def acknowledge(branch: Branch, reference: str, version: int) -> dict[str, Any]:
    viewer = branch.viewer(SECRETARY)
    return door.take_action(branch.home, viewer, reference, "acknowledge", {}, version, "api", "once")


def ready(branch: Branch) -> str:
    reference = branch.report()
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    branch.keep(SECRETARY, reference, "acknowledgements", how="email", sent_on=clock.today().isoformat())
    branch.keep(SECRETARY, reference, "risks", threat="no", child="no", vulnerable="no")
    return reference


def test_a_repeat_shows_only_what_is_still_open_to_this_person(branch: Branch) -> None:
    reference = ready(branch)
    version = branch.case(reference).version
    first = acknowledge(branch, reference, version)
    assert first == acknowledge(branch, reference, version)
    assert REPORT["statement"] in json.dumps(first)
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="possible")
    again = acknowledge(branch, reference, version)
    assert again["view"] == "card"
    assert REPORT["statement"] not in json.dumps(again)
    assert branch.events(reference).count("step_taken") == 1


def test_nothing_of_the_case_is_kept_for_a_repeat(branch: Branch) -> None:
    reference = ready(branch)
    acknowledge(branch, reference, branch.case(reference).version)
    with branch.home.db.read() as session:
        kept = session.exec(select(IdempotentAnswer)).one()
        assert kept.sealed is not None
        assert branch.home.vault.open_bytes(session, kept.key, kept.sealed) == {"done": True}


def test_a_repeat_that_shows_the_case_is_on_the_trail_as_a_view(branch: Branch) -> None:
    reference = ready(branch)
    version = branch.case(reference).version
    acknowledge(branch, reference, version)
    assert "case_viewed" not in branch.events(reference)
    for _ in range(2):
        acknowledge(branch, reference, version)
    assert branch.events(reference).count("case_viewed") == 1


def test_a_repeated_record_and_report_answer_as_before(branch: Branch) -> None:
    reference, viewer = ready(branch), branch.viewer(SECRETARY)
    note = {"text": "once", "audience": "everyone"}
    kept = [door.add_record(branch.home, viewer, reference, "notes", note, None, "api", "n") for _ in range(2)]
    assert kept[0] == kept[1]
    assert len(branch.rows(reference, "notes")) == 1
    opened = [door.open_case(branch.home, REPORT, None, "api", "r") for _ in range(2)]
    assert opened[0] == opened[1]
