"""After refer_back and reopen: what must be made anew, what stays, and who may do it."""

from typing import Any

import pytest

from app.audit.log import SYSTEM
from app.cases import staffing
from app.errors import Forbidden, Invalid, NotFound, Refused
from app.people import queries
from tests.branch import CLOSING, DEPUTY, PANEL, REFERRAL, SECRETARY, STAND_IN, Branch, in_days
from tests.shared_branch import embedded_branch, kept

__all__ = ["embedded_branch"]

REOPEN = {"ground": "new_evidence", "reasons": "A picture nobody had seen."}
BACK = {"reason_code": "more_evidence", "missing": "The thread before it.", "requested_on": in_days(0)}


def unmet(branch: Branch, by: str, reference: str, trigger: str, **inputs: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        branch.act(by, reference, trigger, **inputs)
    return [item.condition for item in caught.value.unmet]


def test_referred_back_needs_a_new_note_and_keeps_its_panel(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference = branch.at("referred")
    branch.decided(reference)
    branch.act(SECRETARY, reference, "refer_back", **BACK)
    assert unmet(branch, SECRETARY, reference, "refer", **REFERRAL) == ["review_recommends_referral"]
    assert unmet(branch, SECRETARY, reference, "close_after_review", **CLOSING) == ["every_allegation_has_result"]
    note = {"established": "The thread.", "not_established": "Nothing.", "mitigation": "None.", "reasons": "Serious."}
    branch.keep(SECRETARY, reference, "review-notes", **note, recommends="refer")
    branch.act(SECRETARY, reference, "refer", **REFERRAL)
    assert unmet(branch, SECRETARY, reference, "close_after_panel", reasons="As written.") == [
        "has_panel_decision",
        "every_allegation_has_result",
    ]


def test_reopened_needs_new_panel_note_and_findings_and_keeps_the_rest(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference = branch.at("referred")
    branch.decided(reference)
    branch.act(SECRETARY, reference, "close_after_panel", reasons="As written.")
    stays = {kind: len(branch.rows(reference, kind)) for kind in ("parties", "allegations", "notices", "replies")}
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="none")
    branch.act(DEPUTY, reference, "reopen", **REOPEN)
    assert unmet(branch, DEPUTY, reference, "refer", **REFERRAL) == [
        "review_recommends_referral",
        "panel_is_quorate",
        "panel_is_clear",
    ]
    assert unmet(branch, DEPUTY, reference, "close_after_review", **CLOSING) == ["every_allegation_has_result"]
    for email in PANEL[:3]:
        with pytest.raises(NotFound):
            branch.keep(email, reference, "conflict-declarations", answer="none")
    branch.keep(DEPUTY, reference, "panel", person=PANEL[0])
    assert "panel_is_clear" in unmet(branch, DEPUTY, reference, "refer", **REFERRAL)
    branch.keep(PANEL[0], reference, "conflict-declarations", answer="none")
    for email in PANEL[1:3]:
        branch.keep(DEPUTY, reference, "panel", person=email)
        branch.keep(email, reference, "conflict-declarations", answer="none")
    assert unmet(branch, DEPUTY, reference, "refer", **REFERRAL) == ["review_recommends_referral"]
    assert stays == {kind: len(branch.rows(reference, kind)) for kind in stays}
    case = branch.case(reference)
    assert (case.outcome, case.closed_by, case.closed_at, case.panel_reads_until) == (None, None, None, None)


def test_the_closer_never_reopens(embedded_branch: Branch) -> None:  # X9
    branch = embedded_branch
    reference = branch.at("closed")
    assert unmet(branch, SECRETARY, reference, "reopen", **REOPEN) == ["reopener_is_not_closer", "reopener_is_clear"]
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    assert unmet(branch, SECRETARY, reference, "reopen", **REOPEN) == ["reopener_is_not_closer"]
    assert unmet(branch, DEPUTY, reference, "reopen", **REOPEN) == ["reopener_is_clear"]


@pytest.mark.parametrize("ground", ["publicity", "newspaper", "", None, "New evidence that matters"])
def test_only_the_listed_grounds(embedded_branch: Branch, ground: str | None) -> None:  # X15
    branch = embedded_branch
    reference = branch.at("closed")
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="none")
    before = kept(branch, reference)
    with pytest.raises(Invalid) as caught:
        branch.act(DEPUTY, reference, "reopen", **REOPEN | {"ground": ground})
    assert [error.field for error in caught.value.errors] == ["ground"]
    assert kept(branch, reference) == before


def test_old_declarations_are_not_enough(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference = branch.at("under_review")
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="possible")
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="none")
    declared = branch.rows(reference, "conflict-declarations")[-2].id
    cleared = {"declaration": declared, "decision": "cleared", "reason": "They met once."}
    branch.keep(DEPUTY, reference, "conflict-clearances", **cleared)
    branch.closed(reference)
    assert unmet(branch, DEPUTY, reference, "reopen", **REOPEN) == ["reopener_is_clear"]
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="possible")
    assert unmet(branch, DEPUTY, reference, "reopen", **REOPEN) == ["reopener_is_clear"]


def test_who_was_out_stays_out(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference = branch.at("under_review")
    branch.seated(reference)
    branch.keep(PANEL[0], reference, "conflict-declarations", answer="conflicted")
    branch.closed(reference)
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="none")
    branch.act(DEPUTY, reference, "reopen", **REOPEN)
    with pytest.raises(Invalid):
        branch.keep(DEPUTY, reference, "panel", person=PANEL[0])
    with pytest.raises(NotFound):
        branch.act(SECRETARY, reference, "refer", **REFERRAL)
    branch.keep(DEPUTY, reference, "panel", person=PANEL[1])


def test_the_stand_in_reopens_once_nobody_else_may(branch: Branch) -> None:
    reference = branch.at("closed")
    branch.keep(STAND_IN, reference, "conflict-declarations", answer="none")
    with pytest.raises(Forbidden):
        branch.act(STAND_IN, reference, "reopen", **REOPEN)
    with branch.home.db.write() as session:
        serving = queries.holders(session, branch.home.vault, branch.case(reference).received_on)
        office = next(one.office_id for one in serving if one.person_id == branch.ids[DEPUTY])
        staffing.end_office(session, branch.home, office, actor=SYSTEM, via="cli")
    branch.act(STAND_IN, reference, "reopen", **REOPEN)
    assert branch.handler(reference) == STAND_IN


def test_a_deputy_who_sat_on_the_panel_leaves_it_to_the_stand_in(branch: Branch) -> None:
    with branch.home.db.write() as session:
        staffing.give_office(session, branch.home, branch.ids[DEPUTY], "panel", actor=SYSTEM, via="cli")
    reference = branch.at("under_review")
    branch.referred(reference, panel=(*PANEL[:2], DEPUTY))
    branch.decided(reference, panel=(*PANEL[:2], DEPUTY))
    branch.act(SECRETARY, reference, "close_after_panel", reasons="As written.")
    with pytest.raises(Forbidden):
        branch.act(DEPUTY, reference, "reopen", **REOPEN)
    branch.keep(STAND_IN, reference, "conflict-declarations", answer="none")
    branch.act(STAND_IN, reference, "reopen", **REOPEN)
    assert branch.handler(reference) == STAND_IN
