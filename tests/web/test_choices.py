"""What may be chosen on one kind of report only is offered there alone, and refused elsewhere, on every way in."""

import pytest

from app.cases import door
from app.errors import Invalid
from tests.branch import CLOSING, REPORT, SECRETARY, Branch
from tests.web.conftest import Enter, shown
from tests.web.test_case_pages import fill

RECTIFIED, WORDS = "self_report_rectified", "It was put right"
KINDS = {
    "self": {"kind": "self", "clauses": None, "how_seen": None, "respondent": None, "put_right": {"what": "Deleted."}},
    "third_party": REPORT,
}


@pytest.mark.parametrize("kind", KINDS)
def test_put_right_is_offered_for_a_members_own_report_alone(branch: Branch, enter: Enter, kind: str) -> None:
    reference, offered = branch.at("under_review", **KINDS[kind]), kind == "self"
    page = enter(SECRETARY).get(f"/cases/{reference}/steps/close_after_review").text
    assert (WORDS in shown(page), "Within the guidance" in shown(page)) == (offered, True)
    actions = branch.client(SECRETARY).get(f"/api/v1/cases/{reference}/actions").json()
    (step,) = (one for one in actions if one["trigger"] == "close_after_review")
    (outcome,) = (one for one in step["inputs"] if one["name"] == "outcome")
    assert (RECTIFIED in {one["value"] for one in outcome["options"]}) == offered


def test_forged_it_is_refused_in_the_same_words_on_every_way(branch: Branch, enter: Enter) -> None:
    reference = branch.at("under_review")
    branch.found(reference)
    given, said = {**CLOSING, "outcome": RECTIFIED}, "Choose one of the answers offered for “Outcome”"
    page = fill(enter(SECRETARY), f"/cases/{reference}/steps/close_after_review", **given)
    assert (page.status_code, said in shown(page.text)) == (422, True)
    body = {"version": branch.case(reference).version, "inputs": given}
    answer = branch.client(SECRETARY).post(f"/api/v1/cases/{reference}/actions/close_after_review", json=body)
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"field": "outcome", "message": said}])
    with pytest.raises(Invalid) as refused:
        door.take_action(branch.home, branch.viewer(SECRETARY), reference, "close_after_review", given, None, "cli")
    assert [error.message for error in refused.value.errors] == [said]
    assert branch.case(reference).state == "under_review"


def test_the_procedure_as_data_says_for_which_kinds_it_is(branch: Branch) -> None:
    known = branch.client().get("/api/v1/workflows/social-media-conduct/1").json()
    (step,) = (one for one in known["transitions"] if one["trigger"] == "close_after_review")
    options = {one["value"]: one for one in step["inputs"][0]["options"]}
    assert options[RECTIFIED] == {"value": RECTIFIED, "label": WORDS, "kinds": ["self"]}
    assert options["no_breach"] == {"value": "no_breach", "label": "Within the guidance"}
