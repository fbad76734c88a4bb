"""Whoever asked to withdraw reads on their own page what was decided, and no reason that is not meant for them."""

from datetime import timedelta

from freezegun import freeze_time

from app import clock
from tests.branch import SECRETARY, Branch, in_days
from tests.cases.by_code import own, send
from tests.shared_branch import shared_branch

__all__ = ["shared_branch"]
SECRET, TOLD = "Another person wrote the same of him.", "Others may be at risk, so we may not stop."


def test_a_wish_waits_then_says_what_was_decided_and_only_what_is_meant_for_them(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.at("under_review")
    wish = send(branch, reference, "withdrawal-requests")["id"]
    (waits,) = own(branch, reference).withdrawals
    assert (waits.asked_on, waits.decision, waits.decided_on) == (clock.today(), "", None)
    asked = clock.today()
    with freeze_time(clock.now() + timedelta(days=2)):
        decided = {"request": wish, "reasons": SECRET}
        first = branch.keep(SECRETARY, reference, "withdrawal-decisions", decision="go_on", told=TOLD, **decided)
        (one,) = own(branch, reference).withdrawals
        assert one.as_json() == {
            "asked_on": asked.isoformat(),
            "decided_on": in_days(0),
            "decision": "go_on",
            "decision_label": "Go on",
            "told": TOLD,
        }
        assert SECRET not in str(own(branch, reference))
        again = {**decided, "replaces": first, "decision": "stop"}
        branch.keep(SECRETARY, reference, "withdrawal-decisions", **again)  # put right: told nothing this time
        (changed,) = own(branch, reference).withdrawals
        assert (changed.decision, changed.told) == ("stop", "")


def test_each_wish_has_its_own_answer_and_one_that_came_otherwise_its_own_day(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.at("acknowledged")
    first = branch.keep(SECRETARY, reference, "withdrawal-requests", how="telephone", received_on=in_days(-3))
    branch.keep(SECRETARY, reference, "withdrawal-decisions", request=first, decision="go_on", reasons=SECRET)
    send(branch, reference, "withdrawal-requests")
    assert [(one.asked_on.isoformat(), one.decision) for one in own(branch, reference).withdrawals] == [
        (in_days(-3), "go_on"),
        (in_days(0), ""),
    ]
