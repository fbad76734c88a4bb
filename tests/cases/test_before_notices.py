"""The person affected is told before a notice goes out; and a case in which the member says that it was not them."""

from typing import Any

import pytest

from app.errors import Invalid, Refused
from tests.branch import CLOSING, REFERRAL, SECRETARY, Branch, in_days
from tests.cases.by_reply_code import REPORTER, notified, notify, reply, seen
from tests.shared_branch import embedded_branch

__all__ = ["embedded_branch"]

AFFECTED = {"role": "target", "name": "Ward member (example)", "identified": "named", "member_then": "yes"}
TARGET: dict[str, Any] = {"kind": "target", "clauses": None, "how_seen": None, "reporter": REPORTER}


@pytest.mark.parametrize(
    ("told", "fits"),
    [
        ({}, False),
        ({"told_affected_on": in_days(0)}, False),
        ({"told_affected_on": in_days(-1)}, False),
        ({"told_affected_on": in_days(-2)}, True),
        ({"told_affected_on": in_days(-9)}, True),
        ({"told_affected_reason": "They asked us to lose no time."}, True),
    ],
)
@pytest.mark.parametrize("known_by", ["report", "party"])
def test_the_person_affected_is_told_two_days_before(
    embedded_branch: Branch, known_by: str, told: dict[str, str], fits: bool
) -> None:
    reference = embedded_branch.at("under_review", **(TARGET if known_by == "report" else {}))
    if known_by == "party":
        embedded_branch.keep(SECRETARY, reference, "parties", **AFFECTED)
    member, alleged = (embedded_branch.rows(reference, kind)[0].id for kind in ("parties", "allegations"))
    if fits:
        assert notify(embedded_branch, reference, member, [alleged], **told)[1]
        return
    with pytest.raises(Invalid) as caught:
        notify(embedded_branch, reference, member, [alleged], **told)
    (error,) = caught.value.errors
    assert error.field == "told_affected_on"
    assert "or say below why they were not told" in error.message


@pytest.mark.parametrize(
    "party", [None, {**AFFECTED, "name": "", "identified": "unknown"}, {**AFFECTED, "name": "Ward organiser"}]
)
def test_nothing_is_asked_where_nobody_else_is_known_to_be_affected(
    embedded_branch: Branch, party: dict[str, str] | None
) -> None:
    reference = embedded_branch.at("under_review")
    if party:
        embedded_branch.keep(SECRETARY, reference, "parties", **party)
    member, alleged = (embedded_branch.rows(reference, kind)[0].id for kind in ("parties", "allegations"))
    assert notify(embedded_branch, reference, member, [alleged])[1]


def test_case_6_a_hacked_account(embedded_branch: Branch) -> None:  # procedure, section 10
    reference, _, code = notified(embedded_branch)
    alleged = embedded_branch.rows(reference, "allegations")[0].id
    reply(embedded_branch, code, text="Somebody logged in at 03:12.", disputes_attribution="yes", not_posted=[alleged])
    member = embedded_branch.rows(reference, "parties")[0].id

    def unmet() -> dict[str, str]:
        with pytest.raises(Refused) as caught:
            embedded_branch.act(SECRETARY, reference, "refer", **REFERRAL)
        return {one.condition: one.message for one in caught.value.unmet}

    assert unmet()["attribution_is_settled"] == "Settle who posted it"
    said = {"respondent": member, "basis": "A foreign log-in at 03:12.", "reasons": "More likely than not."}
    embedded_branch.keep(SECRETARY, reference, "attributions", finding="hacked", **said)
    assert "attribution_is_settled" in unmet()
    embedded_branch.found(reference)
    ended = CLOSING | {"reasons": "It was not their doing. Advice at 2.5: protect the account."}
    embedded_branch.act(SECRETARY, reference, "close_after_review", **ended)
    steps = [entry.to_state for entry in embedded_branch.entries(reference) if entry.to_state]
    assert steps == ["received", "acknowledged", "under_review", "closed"]
    own = seen(embedded_branch, code)
    assert (own.step, own.offers) == ("finished", ())
