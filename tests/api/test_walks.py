"""Cases 1 and 3 of the procedure (section 10) from the report to the end, by API only."""

from datetime import timedelta

import pytest
from freezegun import freeze_time

from app import clock
from app.oversight.checking import check
from tests.api.answers import problem, unmet
from tests.api.walk import URL, Walk
from tests.branch import DEPUTY, PANEL, SECRETARY, Branch, in_days


def sound(branch: Branch) -> bool:
    with branch.home.db.read() as session:
        return check(branch.home, session) == []


def test_case_1_no_breach(branch: Branch) -> None:
    report = {
        "kind": "third_party",
        "statement": "An organiser called a council policy “a shambles”.",
        "clauses": ["3.3"],
        "how_seen": "It is public.",
    }
    walk = Walk(branch, report)
    assert walk.mine() == "received"
    member, alleged = walk.begin("3.3")
    assert walk.mine() == "looked_into"
    inputs = {"recommendation": "It should be looked at.", "informal_considered": "No."}
    refused = unmet(walk.try_step(SECRETARY, "refer", **inputs))
    assert refused >= {
        "every_allegation_was_put",
        "reply_or_time_passed",
        "review_recommends_referral",
        "panel_is_quorate",
    }
    notice = walk.notify(member, alleged)
    reply = {"received_on": in_days(0), "text": "It is my opinion.", "disputes_attribution": "no"}
    walk.keep(SECRETARY, "replies", notice=notice, **reply)
    told = {"outcome": "no_breach", "reasons": "An opinion about policy.", "respondent_told": "yes"}
    assert unmet(walk.try_step(SECRETARY, "close_after_review", **told)) == {"every_allegation_has_result"}
    walk.keep(SECRETARY, "findings", allegation=alleged[0], result="not_proved", reasons="It is an opinion.")
    closed = walk.step(SECRETARY, "close_after_review", **told)
    assert (closed["state"], closed["outcome"], closed["final"]) == ("closed", "no_breach", True)
    assert walk.mine() == "finished"
    assert walk.moves() == ["received", "acknowledged", "under_review", "closed"]
    assert branch.events(walk.reference).count("step_refused") == 2
    problem(walk.try_step(SECRETARY, "reopen", ground="new_evidence", reasons="Again."), 409)
    assert sound(branch)


def seat_a_panel(walk: Walk, inputs: dict[str, str]) -> None:
    for email in PANEL[:3]:
        problem(walk.call(email, "GET", ""), 404)
        walk.keep(SECRETARY, "panel", person=email)
        assert walk.see(email)["view"] == "card"
        assert unmet(walk.try_step(SECRETARY, "refer", **inputs)) >= {"panel_is_clear"}
        walk.keep(email, "conflict-declarations", answer="none")
        assert walk.see(email)["view"] == "card"


def decide(walk: Walk, members: list[str]) -> str:
    return walk.keep(
        SECRETARY,
        "panel-decisions",
        decided_on=in_days(0),
        members=members,
        outcome="upheld_with_measure",
        measures=["posting_rights_removed", "refer_national"],
        reasons="On the balance of probabilities.",
    )


def test_case_3_bullying_upheld(branch: Branch) -> None:
    report = {"kind": "target", "statement": "Fourteen messages in three weeks.", "safe_now": "yes"}
    walk = Walk(branch, report)
    member, alleged = walk.begin("3.1", "3.2a", "3.2b")
    gross = {"gross": "yes", "gross_reason": "It went on for weeks."}
    walk.keep(
        SECRETARY, "allegations", clause="3.2b", respondent=member, conduct="Messages.", replaces=alleged[2], **gross
    )
    notice = walk.notify(member, alleged)
    walk.hand_over(SECRETARY)
    inputs = {"recommendation": "It went on for weeks.", "informal_considered": "Refused by the person."}
    with freeze_time(clock.now() + timedelta(days=15), real_asyncio=True):
        assert "reply_or_time_passed" in unmet(walk.try_step(SECRETARY, "refer", **inputs))
        walk.keep(SECRETARY, "reminders", notice=notice, sent_on=in_days(0), how="email")
        walk.hand_over(SECRETARY, "reminder", "in_person")
        assert "reply_or_time_passed" in unmet(walk.try_step(SECRETARY, "refer", **inputs))
    with freeze_time(clock.now() + timedelta(days=23), real_asyncio=True):
        notes = {"established": "Fourteen messages.", "not_established": "Why.", "mitigation": "None given."}
        walk.keep(SECRETARY, "review-notes", recommends="refer", reasons="Serious.", **notes)
        seat_a_panel(walk, inputs)
        problem(walk.try_step(PANEL[0], "refer", **inputs), 403)
        assert walk.step(SECRETARY, "refer", **inputs)["state"] == "referred"
        assert walk.see(PANEL[0])["view"] == "full"
        problem(walk.call(PANEL[3], "GET", ""), 404)
        ended = {"reasons": "Two were shown."}
        assert unmet(walk.try_step(SECRETARY, "close_after_panel", **ended)) == {
            "has_panel_decision",
            "every_allegation_has_result",
        }
        decision = decide(walk, [branch.ids[PANEL[0]], *PANEL[1:3]])
        for one, result in zip(alleged, ("proved", "proved", "not_proved"), strict=True):
            walk.keep(SECRETARY, "findings", allegation=one, result=result, reasons="So.", panel_decision=decision)
        closed = walk.step(SECRETARY, "close_after_panel", **ended)
        assert (closed["state"], closed["outcome"]) == ("closed", "upheld_with_measure")
        assert walk.moves() == ["received", "acknowledged", "under_review", "referred", "closed"]
        problem(walk.call(DEPUTY, "GET", "/trail"), 403)
        assert sound(branch)


@pytest.mark.parametrize("outcome", ["expelled", "suspended", "upheld_with_measure"])
def test_no_outcome_outside_the_list(branch: Branch, outcome: str) -> None:
    reference = branch.at("under_review")
    inputs = {"outcome": outcome, "reasons": "x", "respondent_told": "yes"}
    body = {"version": branch.case(reference).version, "inputs": inputs}
    answer = branch.client(SECRETARY).post(f"{URL}/cases/{reference}/actions/close_after_review", json=body)
    assert {error["field"] for error in problem(answer, 422)["errors"]} == {"outcome"}
