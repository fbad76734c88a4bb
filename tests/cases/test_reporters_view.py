"""What a reporter can learn, and what nobody else learns from what they sent (X8, X17)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from app import clock
from app.cases import reporter
from app.errors import NotFound
from tests.branch import AUDITOR, PANEL, SECRETARY, Branch, in_days
from tests.cases.by_code import NAMED, QUESTION, own, records, send
from tests.shared_branch import embedded_branch

__all__ = ["embedded_branch"]

SILENT = ("reference",)


def same_but(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in SILENT}


def test_looked_into_looks_the_same_wherever_the_case_really_is(embedded_branch: Branch) -> None:
    branch = embedded_branch
    moment = clock.now()
    seen = []
    for state in ("acknowledged", "under_review", "referred"):
        with freeze_time(moment):
            reference = branch.at(state)
            send(branch, reference, **QUESTION)
        with freeze_time(moment + timedelta(days=1)):
            branch.keep(SECRETARY, reference, "messages", kind="update", text="We are still working on it.")
            seen.append(own(branch, reference).as_json())
    assert same_but(seen[0]) == same_but(seen[1]) == same_but(seen[2])
    assert seen[0]["step"] == "looked_into"


def test_what_can_be_sent_by_code_depends_on_the_public_step_alone(embedded_branch: Branch) -> None:
    workflow = embedded_branch.home.workflows.default()
    for kind in (one for one in workflow.records.values() if "reporter" in one.roles):
        for step in workflow.public_steps:
            states = {state.name for state in workflow.states.values() if state.public_step == step.value}
            assert states <= set(kind.states) or not states & set(kind.states), (kind.name, step.value)
    update = workflow.clocks["update_reporter"]
    assert set(update.states) == {
        state.name for state in workflow.states.values() if state.public_step == "looked_into"
    }


def test_one_reporter_learns_nothing_of_another_of_the_same_incident(embedded_branch: Branch) -> None:
    branch = embedded_branch
    first = branch.at("under_review", **NAMED, statement="The first account of it.")
    second = branch.report(statement="The second account of it.")
    send(branch, first, kind="new_event", text="He rang me at night.")
    seen = json.dumps(own(branch, second).as_json())
    for secret in (first, "first account", "He rang me", "Ward member", "ward.member"):
        assert secret not in seen
    with pytest.raises(NotFound):
        reporter.enter(branch.home, branch.codes[second], first, None)


def test_the_panel_reads_nothing_of_the_dialogue_and_the_auditor_only_that_it_was(embedded_branch: Branch) -> None:
    branch, reference = embedded_branch, embedded_branch.at("under_review", **NAMED)
    send(branch, reference, kind="new_event", text="Signed, the ward member.")
    wish = send(branch, reference, "withdrawal-requests", reason="I am afraid.")["id"]
    send(branch, reference, "report-confirmations", confirmed="yes")
    branch.keep(SECRETARY, reference, "withdrawal-decisions", request=wish, decision="go_on", reasons="Serious.")
    lean = {"who": "An elected member", "happened_on": in_days(0), "how": "post", "to_whom": "reporter"}
    branch.keep(SECRETARY, reference, "influence-contacts", **lean, asked="Drop it.")
    branch.referred(reference)
    branch.keep(PANEL[0], reference, "influence-contacts", **{**lean, "to_whom": "panel"}, asked="Be kind.")
    kinds = ("messages", "withdrawal-requests", "withdrawal-decisions", "report-confirmations", "influence-contacts")
    panel = {kind: records(branch, PANEL[0], reference, kind) for kind in kinds}
    assert [len(found) for found in panel.values()] == [0, 0, 0, 0, 1]
    assert panel["influence-contacts"][0]["asked"] == "Be kind."
    audited = [records(branch, AUDITOR, reference, kind) for kind in kinds]
    assert [len(found) for found in audited] == [1, 1, 1, 1, 2]
    assert all(word not in json.dumps(audited) for word in ("Signed", "afraid", "elected", "Drop", "kind."))
    assert records(branch, SECRETARY, reference, "messages")[0]["text"] == "Signed, the ward member."
