"""Ways back to a case that is closed to somebody, and ways round hearing the member: each was open once."""

from datetime import date
from typing import Any

import pytest

from app.audit.log import SYSTEM
from app.cases import staffing
from app.cases.access import find
from app.errors import Forbidden, Invalid, NotFound, Refused
from tests.branch import AUDITOR, DEPUTY, PANEL, REFERRAL, REPORT, SECRETARY, STAND_IN, Branch, in_days


def view(branch: Branch, who: str, reference: str) -> str | None:
    with branch.home.db.read() as session:
        found = find(session, branch.viewer(who), reference)
    return found[1] if found else None


def unmet(branch: Branch, reference: str, trigger: str, **inputs: str) -> set[str]:
    with pytest.raises(Refused) as refused:
        branch.act(branch.handler(reference), reference, trigger, **inputs)
    return {item.condition for item in refused.value.unmet}


def test_declaring_on_the_entry_form_does_not_undo_being_involved(branch: Branch) -> None:
    named = {"name": branch.viewer(SECRETARY).name}
    reference = branch.report(SECRETARY, channel="letter", respondent=named, declaration={"answer": "none"})
    assert branch.handler(reference) == DEPUTY
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="conflicted")
    assert branch.handler(reference) == STAND_IN
    assert view(branch, SECRETARY, reference) is None


def test_whoever_takes_office_later_does_not_find_their_own_case(branch: Branch) -> None:
    reference = branch.report(respondent={"name": "Later Officer (example)"})
    with branch.home.db.write() as session:
        for email in (SECRETARY, DEPUTY, STAND_IN):
            staffing.disable_person(session, branch.home, branch.ids[email], actor=SYSTEM, via="cli")
    branch.add("later@example.org", name="Later Officer (example)")
    with branch.home.db.write() as session:
        person = branch.ids["later@example.org"]
        staffing.give_office(session, branch.home, person, "deputy", actor=SYSTEM, via="cli")
    assert branch.case(reference).handler_id is None
    assert view(branch, "later@example.org", reference) is None


def test_an_account_without_office_is_matched_when_the_report_arrives(branch: Branch) -> None:
    branch.add("plain@example.org", name="Plain Member (example)")
    reference = branch.report(respondent={"name": "Plain B. Member (example)"})
    with branch.home.db.write() as session:
        staffing.give_office(session, branch.home, branch.ids["plain@example.org"], "auditor", actor=SYSTEM, via="cli")
    assert view(branch, "plain@example.org", reference) is None
    assert view(branch, AUDITOR, reference) == "trail"


def test_a_card_is_shown_only_while_somebody_waits(branch: Branch) -> None:
    reference = branch.at("under_review")
    branch.keep(SECRETARY, reference, "panel", person=PANEL[0])
    branch.keep(PANEL[0], reference, "conflict-declarations", answer="possible")
    assert view(branch, DEPUTY, reference) == "card"
    name = branch.viewer(PANEL[0]).name
    branch.keep(SECRETARY, reference, "parties", role="witness", name=name, identified="named", member_then="yes")
    assert view(branch, DEPUTY, reference) is None


def test_an_account_that_sends_its_own_report_never_handles_it(branch: Branch) -> None:
    reference = branch.report(SECRETARY, channel="web")
    assert branch.handler(reference) == DEPUTY
    assert view(branch, SECRETARY, reference) is None
    seated = branch.at("under_review", PANEL[0])
    with pytest.raises(Invalid):
        branch.keep(SECRETARY, seated, "panel", person=PANEL[0])


def test_a_withheld_reporter_stays_withheld_under_another_spelling(branch: Branch) -> None:
    reference = branch.report(
        kind="target", reporter={"name": "Example Person"}, share_identity="no", clauses=None, how_seen=None
    )
    branch.acknowledged(reference)
    party = {"role": "target", "name": "Example B. Person", "identified": "named", "member_then": "yes"}
    branch.keep(SECRETARY, reference, "parties", **party)
    branch.under_review(reference)
    branch.keep(SECRETARY, reference, "panel", person=PANEL[0])
    shown = branch.client(PANEL[0]).get(f"/api/v1/cases/{reference}").text
    assert "Name withheld" in shown
    assert "Example B. Person" not in shown


def test_a_notice_goes_to_the_member_it_is_about(branch: Branch) -> None:
    reference = branch.at("under_review")
    witness = {"role": "witness", "name": "Witness (example)", "identified": "named", "member_then": "yes"}
    other = branch.keep(SECRETARY, reference, "parties", **witness)
    alleged = [row.id for row in branch.rows(reference, "allegations")]
    notice = {"allegations": alleged, "sent_on": in_days(0), "how": "email", "reply_by": in_days(14)}
    with pytest.raises(Invalid):
        branch.keep(SECRETARY, reference, "notices", respondent=other, **notice)


def test_a_correction_after_the_reply_cannot_change_what_was_put(branch: Branch) -> None:  # X20
    reference = branch.at("under_review")
    branch.heard(reference)
    first = branch.rows(reference, "allegations")[0]
    changed = {"clause": "3.1", "respondent": first.plain["respondent"], "conduct": "Something else."}
    branch.keep(SECRETARY, reference, "allegations", replaces=first.id, **changed)
    assert {"every_allegation_was_put", "reply_or_time_passed"} <= unmet(branch, reference, "refer", **REFERRAL)


def test_a_reply_is_not_older_than_its_notice(branch: Branch) -> None:
    reference = branch.at("under_review")
    branch.heard(reference)
    notice = branch.rows(reference, "notices")[0]
    with pytest.raises(Invalid):
        branch.keep(SECRETARY, reference, "reminders", notice=notice.id, sent_on=in_days(-3), how="email")


def test_a_panel_member_who_left_does_not_make_the_quorum(branch: Branch) -> None:
    reference = branch.at("under_review")
    branch.heard(reference)
    branch.seated(reference)
    with branch.home.db.write() as session:
        staffing.disable_person(session, branch.home, branch.ids[PANEL[0]], actor=SYSTEM, via="cli")
    assert "panel_is_quorate" in unmet(branch, reference, "refer", **REFERRAL)


def test_a_decision_stands_although_a_member_left_afterwards(branch: Branch) -> None:
    reference = branch.at("referred")
    with branch.home.db.write() as session:
        staffing.disable_person(session, branch.home, branch.ids[PANEL[0]], actor=SYSTEM, via="cli")
    branch.decided(reference)
    assert branch.act(SECRETARY, reference, "close_after_panel", reasons="As decided.")["state"] == "closed"


def test_advice_needs_a_notice_whatever_the_kind(branch: Branch) -> None:
    reference = branch.report(kind="self", clauses=None, how_seen=None, put_right={"what": "Deleted it."})
    branch.acknowledged(reference)
    branch.under_review(reference)
    branch.found(reference)
    advice = {"outcome": "advice_given", "reasons": "A first slip.", "respondent_told": "yes"}
    assert unmet(branch, reference, "close_after_review", **advice) == {"outcome_fits_path"}


def test_guidance_is_chosen_where_none_was_in_force(branch: Branch) -> None:
    long_ago = date(2013, 5, 1)
    reference = branch.report(items=[{"what": "An old post.", "posted_on": long_ago.isoformat()}])
    assert branch.case(reference).guidance_version is None
    branch.acknowledged(reference)
    version = "use-of-social-media-2014"
    note = {"in_scope": "unsure", "note": "Old.", "national_route": "not_needed", "guidance_version": version}
    branch.keep(SECRETARY, reference, "scope-notes", **note)
    assert branch.case(reference).guidance_version == version


def test_only_the_card_before_declaring(branch: Branch) -> None:
    reference = branch.report()
    with pytest.raises(Forbidden):
        branch.keep(SECRETARY, reference, "risks", threat="no", child="no", vulnerable="no")
    with pytest.raises(NotFound):
        branch.keep(DEPUTY, reference, "risks", threat="no", child="no", vulnerable="no")


@pytest.mark.parametrize("answers", [{"involves_secretary": "yes"}, {"declaration": {"answer": "conflicted"}}])
def test_an_involved_officer_who_enters_a_report_does_not_get_its_code(branch: Branch, answers: dict[str, Any]) -> None:
    client = branch.client(SECRETARY)
    entered = {**REPORT, "channel": "letter", "received_on": in_days(-1), "reporter": {"name": "Somebody"}}
    if "involves_secretary" in answers:
        entered["respondent"] = {"name": "Branch secretary"}
    sent = client.post("/api/v1/reports", json=entered | answers).json()
    assert sent["access_code"] is None
    assert branch.client(SECRETARY).get(f"/api/v1/cases/{sent['reference']}").status_code == 404
    plain = client.post("/api/v1/reports", json={**entered, "respondent": {"name": "Another"}}).json()
    assert plain["access_code"]
