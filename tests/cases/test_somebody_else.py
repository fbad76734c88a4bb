"""A person in the case who turns out to be somebody else, or has another part: nothing passes from one to the other."""

import re
from typing import Any

import pytest

from app.audit.log import SYSTEM
from app.cases import codes, door, own_replies
from app.cases.disclosure import name_withheld
from app.cases.hearing import is_confirmed, told_name
from app.cases.models import Case
from app.errors import Invalid, NotFound
from app.oversight import checking
from tests.branch import PASSWORD, SECRETARY, Branch, in_days
from tests.cases.by_code import own
from tests.cases.by_reply_code import NAMED, at_the_door, notified, notify, reply, seen, send
from tests.cases.papers import Papers
from tests.letters.correspondence import do, named, write
from tests.shared_branch import embedded_branch, shared_branch

__all__ = ["embedded_branch", "shared_branch"]
OTHER = {"role": "respondent", "name": "Quite Another (example)", "identified": "named", "member_then": "yes"}
SAME = {**OTHER, "name": "Ward organiser (example)", "handle": "@ward"}


def corrected(branch: Branch, reference: str, **values: Any) -> str:
    """Corrects the newest row of the first person in the case."""
    member = branch.rows(reference, "parties")[-1].id
    return branch.keep(SECRETARY, reference, "parties", replaces=member, **values)


def unmet(branch: Branch, reference: str) -> list[str]:
    listed = branch.client(SECRETARY).get(f"/api/v1/cases/{reference}/actions").json()
    return [one["condition"] for action in listed if action["trigger"] == "refer" for one in action["unmet"]]


def test_another_person_gets_in_by_no_code_of_the_former_and_nothing_was_put_to_them(shared_branch: Branch) -> None:
    branch = shared_branch
    reference, _, code = notified(branch)
    reply(branch, code)
    assert "every_allegation_was_put" not in unmet(branch, reference)
    asked = {"same_person": "no"}
    member = corrected(branch, reference, **OTHER, **asked)
    with pytest.raises(NotFound):
        at_the_door(branch, code)
    assert branch.events(reference).count("reply_code_ended") == 1
    assert {"every_allegation_was_put", "reply_or_time_passed"} <= set(unmet(branch, reference))
    alleged = [row.id for row in branch.rows(reference, "allegations")]
    second, fresh = notify(branch, reference, member, alleged, sent_on=in_days(-1))
    own = seen(branch, fresh)
    assert ([one.id for one in own.notices], own.sent) == ([second], ())
    assert "reply_or_time_passed" in unmet(branch, reference)
    reply(branch, fresh)
    assert "reply_or_time_passed" not in unmet(branch, reference)
    with branch.home.db.read() as session:
        assert checking.check(branch.home, session) == []


def test_whether_it_is_the_same_person_is_asked_where_a_notice_went(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference, _, code = notified(branch)
    with pytest.raises(Invalid) as refused:
        corrected(branch, reference, **OTHER)
    assert [(one.field, "same person" in one.message) for one in refused.value.errors] == [("same_person", True)]
    corrected(branch, reference, **OTHER, same_person="yes")  # the name was wrong, not the person
    assert len(seen(branch, code).notices) == 1
    assert "reply_code_ended" not in branch.events(reference)


def test_a_name_that_agrees_or_a_person_nobody_wrote_to_asks_nothing(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference, _, code = notified(branch)
    corrected(branch, reference, **SAME)
    assert len(seen(branch, code).notices) == 1
    fresh = branch.at("under_review")
    corrected(branch, fresh, **OTHER)
    assert branch.rows(fresh, "parties")[-1].plain.get("same_person") is None


def test_who_has_another_part_now_gets_in_no_more(shared_branch: Branch) -> None:
    branch = shared_branch
    reference, _, code = notified(branch, **NAMED)
    holder = at_the_door(branch, code)
    corrected(branch, reference, **{**SAME, "role": "witness"})
    with pytest.raises(NotFound):
        seen(branch, code)
    for kind, values in (("member-needs", {"needs": "A ramp."}), ("replies", {"text": "?"})):
        with pytest.raises(NotFound):
            send(branch, code, kind, **values)
        with pytest.raises(NotFound):
            door.add_record_by_code(branch.home, holder, kind, values, "api")
    assert branch.events(reference).count("reply_code_ended") == 1


def test_a_reporter_who_is_somebody_else_gets_in_by_no_code_of_the_former_and_reads_none_of_their_letters(
    embedded_branch: Branch,
) -> None:
    branch = embedded_branch
    reference = branch.at("under_review", **NAMED)
    former = {"role": "reporter", "name": "Ward treasurer (example)", "identified": "named", "member_then": "yes"}
    branch.keep(SECRETARY, reference, "parties", **former)
    letter = write(branch, reference, "update")
    words = re.sub(r"\{\w+\}", "For the former alone.", named(branch, reference, "update")["text"])
    do(branch, reference, letter, "edit", text=words)
    do(branch, reference, letter, "posted", how="in_person", sent_on=in_days(0))
    assert "For the former alone." in own(branch, reference).letters[-1].text
    corrected(branch, reference, **{**former, "name": "Quite Another (example)"}, same_person="no")
    with pytest.raises(NotFound):
        own(branch, reference)
    assert branch.events(reference).count("reply_code_ended") == 1
    with branch.home.db.read() as session:
        assert checking.check(branch.home, session) == []
    with branch.home.db.write() as session:
        branch.codes[reference] = codes.renew(
            session, branch.home, session.get_one(Case, branch.case(reference).id), actor=SYSTEM, via="cli"
        )
    assert own(branch, reference).letters == ()


def test_a_new_code_is_only_for_somebody_to_whom_a_notice_went(embedded_branch: Branch) -> None:
    reference, _, _ = notified(embedded_branch)
    member = corrected(embedded_branch, reference, **OTHER, same_person="no")
    with pytest.raises(Invalid, match="No notice went to this person"):
        embedded_branch.keep(SECRETARY, reference, "reply-codes", respondent=member, reason="They rang.")


def test_what_waits_for_the_former_person_is_stopped(embedded_branch: Branch) -> None:
    reference, _, _ = notified(embedded_branch)
    corrected(embedded_branch, reference, **OTHER, same_person="no")
    assert embedded_branch.events(reference)[-2:] == ["reply_code_ended", "letter_stopped"]
    listed = embedded_branch.client(SECRETARY).get(f"/api/v1/cases/{reference}/letters").json()["items"]
    assert [one["state"] for one in listed if one["letter"] == "notice"] == ["stopped"]


def test_the_question_stands_on_the_form_of_a_correction_and_is_asked_anew_each_time(embedded_branch: Branch) -> None:
    reference, _, _ = notified(embedded_branch)
    member = corrected(embedded_branch, reference, **OTHER, same_person="no")
    embedded_branch.give_password(SECRETARY)
    client = embedded_branch.client()
    client.post("/sign-in", data={"email": SECRETARY, "password": PASSWORD})
    form = f"/cases/{reference}/records/parties/new"
    assert "still the same person" not in client.get(form).text
    asked = client.get(f"{form}?replaces={member}").text
    assert "Is it still the same person?" in asked
    assert re.search(r'name="same_person"[^>]*checked', asked) is None
    with pytest.raises(Invalid, match="no question with this name"):
        embedded_branch.keep(SECRETARY, reference, "parties", **OTHER, same_person="no")


def test_a_member_who_is_no_respondent_learns_no_name() -> None:
    papers = Papers()
    papers.alleged()
    member = papers.somebody
    papers.add("parties", role="reporter", name="Unmistakable Reporter", identified="named")
    papers.add("report-confirmations", confirmed="yes", how="telephone")
    papers.add("identity-decisions", decision="told")
    papers.member(replaces=member, role="witness")
    assert told_name(papers.file()) == "Unmistakable Reporter"
    assert own_replies.describe(papers.file(), member).reported_by == ""


def test_a_confirmation_and_a_decision_are_about_the_person_they_were_made_for() -> None:
    papers = Papers()
    first = papers.add("parties", role="reporter", name="First Reporter", identified="named")
    papers.add("report-confirmations", confirmed="yes", how="telephone")
    papers.add("identity-decisions", decision="told")
    papers.case.share_identity = "yes"
    second = papers.add(
        "parties", role="reporter", name="Second Person", identified="named", replaces=first, same_person="no"
    )
    assert not is_confirmed(papers.file())
    assert told_name(papers.file()) == ""
    papers.add("report-confirmations", confirmed="yes", how="telephone")
    assert name_withheld(papers.file())
    assert papers.unmet("identity_is_decided")
    papers.add("identity-decisions", decision="told")
    assert papers.unmet("identity_is_decided") is None
    assert told_name(papers.file()) == "Second Person"
    papers.add("parties", role="witness", name="Second Person", identified="named", replaces=second)
    papers.add("parties", role="reporter", name="Third Person", identified="named")
    assert told_name(papers.file()) == ""


def test_evidence_served_on_the_former_person_and_what_was_found_of_them_do_not_count() -> None:
    papers = Papers()
    alleged = papers.alleged()
    item = papers.add("evidence", method="document", file="f1", supports=[alleged])
    papers.add("evidence-services", item=item, served_on="2026-02-01", entered="2026-02-01")
    notice = papers.notice(alleged)
    papers.reply(notice, disputes_attribution="yes")
    papers.add("attributions", respondent=papers.somebody, finding="hacked", basis="A log-in.", reasons="Likely.")
    assert papers.unmet("evidence_was_served") is None
    assert papers.unmet("attribution_is_settled")
    papers.member(replaces=papers.somebody, name="Somebody else", same_person="no")
    assert papers.unmet("evidence_was_served")
    assert papers.unmet("attribution_is_settled") is None
