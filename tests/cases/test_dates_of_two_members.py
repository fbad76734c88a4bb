"""With two members each has a date of their own: one's notice, reply or request says nothing about the other's."""

from typing import Any

from app.oversight.checking import check
from tests.branch import PASSWORD, SECRETARY, Branch, in_days
from tests.shared_branch import shared_branch
from tests.web.conftest import shown

__all__ = ["shared_branch"]
SECOND = {"role": "respondent", "name": "Second Member", "identified": "named", "member_then": "yes"}


def two_members(branch: Branch) -> tuple[str, dict[str, list[str]]]:
    """A case with two members, and what is alleged of each, by the id of the person."""
    reference = branch.at("under_review")
    branch.decided_on_name(reference)
    first = branch.rows(reference, "allegations")[0]
    second = branch.keep(SECRETARY, reference, "parties", **SECOND)
    alleged = branch.keep(SECRETARY, reference, "allegations", clause="3.1", respondent=second, conduct="Joined in.")
    return reference, {first.plain["respondent"]: [first.id], second: [alleged]}


def notify(branch: Branch, reference: str, to: tuple[str, list[str]], until: int) -> str:
    given = {"sent_on": in_days(0), "how": "email", "reply_by": in_days(until), "told_affected_reason": "In a hurry."}
    return branch.keep(SECRETARY, reference, "notices", respondent=to[0], allegations=to[1], **given)


def dates(branch: Branch, reference: str, name: str = "reply") -> list[dict[str, Any]]:
    items = branch.client(SECRETARY).get(f"/api/v1/cases/{reference}/deadlines").json()["items"]
    return [one for one in items if one["clock"] == name]


def test_each_member_has_a_date_of_their_own(shared_branch: Branch) -> None:
    branch = shared_branch
    reference, alleged = two_members(branch)
    (first, second), both = alleged, list(alleged.items())
    later = notify(branch, reference, both[0], 40)
    assert len(dates(branch, reference, "tell_respondent")) == 1  # the other has heard nothing yet
    sooner = notify(branch, reference, both[1], 20)
    assert dates(branch, reference, "tell_respondent") == []
    known = [(one["due_on"], one["member"]) for one in dates(branch, reference)]
    assert known == [(in_days(20), second), (in_days(40), first)]
    assert str(branch.case(reference).next_due_on) == in_days(20)
    page = shown(branch_page(branch, reference))
    assert "Reply from the member: Second Member" in page
    asked = {"requested_on": in_days(0), "until": in_days(60), "reason": "I am away."}
    request = branch.keep(SECRETARY, reference, "time-requests", notice=later, **asked)
    assert [(one["member"], one["stands_still"]) for one in dates(branch, reference)] == [
        (second, False),
        (first, True),
    ]
    granted = {"decision": "granted", "reply_by": in_days(60), "reason": "As asked."}
    branch.keep(SECRETARY, reference, "time-decisions", request=request, **granted)
    known = [(one["due_on"], one["member"]) for one in dates(branch, reference)]
    assert known == [(in_days(20), second), (in_days(60), first)]
    said = {"received_on": in_days(0), "text": "Banter.", "disputes_attribution": "no"}
    branch.keep(SECRETARY, reference, "replies", notice=sooner, **said)
    assert [(one["due_on"], one["member"]) for one in dates(branch, reference)] == [(in_days(60), first)]
    assert "Reply from the member: " not in shown(branch_page(branch, reference))
    branch.keep(SECRETARY, reference, "replies", notice=later, **said)
    assert dates(branch, reference) == []
    with branch.home.db.read() as session:
        assert check(branch.home, session) == []


def test_a_member_whom_nobody_knows_is_not_waited_for(shared_branch: Branch) -> None:
    reference, alleged = two_members(shared_branch)
    first, second = alleged
    unknown = {**SECOND, "identified": "unknown", "member_then": "unknown", "same_person": "yes"}
    shared_branch.keep(SECRETARY, reference, "parties", replaces=second, **unknown)
    notify(shared_branch, reference, (first, alleged[first]), 20)
    assert dates(shared_branch, reference, "tell_respondent") == []


def branch_page(branch: Branch, reference: str) -> str:
    """The overview, as its officer reads it."""
    branch.give_password(SECRETARY)
    client = branch.client()
    client.post("/sign-in", data={"email": SECRETARY, "password": PASSWORD})
    return str(client.get(f"/cases/{reference}").text)
