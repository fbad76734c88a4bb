"""Cases 1, 3, 4 and 5 of procedure, section 10, by page: from the public form on a phone to the auditor's trail."""

from datetime import timedelta
from typing import Any

import pytest

from app import clock
from tests.branch import ADMINISTRATOR, AUDITOR, CLOSING, DEPUTY, PANEL, REFERRAL, SECRETARY, Branch
from tests.browser.live import PHONE, Live, Web
from tests.browser.somebody import Somebody
from tests.browser.walks import (
    declare,
    denied,
    follow_report,
    hidden_from,
    is_sound,
    keep,
    open_case,
    path_of,
    refused,
    send_report,
    steps_on_trail,
    take,
    viewers,
)
from tests.conftest import KINDS

pytestmark = pytest.mark.browser
MEMBER = "Ward organiser (example)"


def open_review(one: Somebody, reference: str, *clauses: str, **respondent: Any) -> None:
    """From received to under review by page: reply, safety, the respondent, an allegation for each clause, the scope."""
    keep(one, reference, "acknowledgements", how="email", sent_on=clock.today())
    keep(one, reference, "risks", threat="no", child="no", vulnerable="no")
    take(one, reference, "acknowledge")
    known = {"name": MEMBER, "identified": "named", "member_then": "yes"}
    keep(one, reference, "parties", role="respondent", **(respondent or known))
    for clause in clauses:
        more = {"gross": "yes", "gross_reason": "It went on for weeks."} if clause.startswith("3.2") else {}
        explanation = {"explanation": "It is about how it was said."} if clause == "3.3" else {}
        keep(one, reference, "allegations", clause=clause, conduct="What the report describes.", **more, **explanation)
    keep(one, reference, "scope-notes", in_scope="yes", note="A member, in public.", national_route="not_needed")
    take(one, reference, "begin_review")


def hear(one: Somebody, reference: str, reply: str, allegations: tuple[str, ...]) -> None:
    """Puts everything alleged to the member, and enters the reply."""
    today = clock.today()
    dates = {"sent_on": today, "reply_by": today + timedelta(days=14), "told_affected_on": today}
    keep(one, reference, "notices", allegations=list(allegations), how="email", **dates)
    keep(one, reference, "replies", received_on=today, text=reply, disputes_attribution="no")


def seat_the_panel(web: Web, handler: Somebody, reference: str) -> list[Somebody]:
    """Asks three people; each sees a card only and declares that nothing connects them."""
    panel = []
    for email in PANEL[:3]:
        keep(handler, reference, "panel", person=web.live.branch.ids[email])
        one = web.officer(email)
        assert one.path == "/panel"
        assert "One case waits for your declaration." in one.words
        declare(one, reference)
        assert "The papers open to you when the case reaches the panel" in one.words
        one.go(f"/cases/{reference}/report", 403)
        panel.append(one)
    return panel


def recommend(one: Somebody, reference: str) -> None:
    """Writes a review note that recommends the panel."""
    said = {
        "established": "The posts were theirs.",
        "not_established": "Who read them.",
        "mitigation": "None was given.",
    }
    keep(one, reference, "review-notes", recommends="refer", reasons="Serious enough for the panel.", **said)


def decide(one: Somebody, branch: Branch, reference: str, outcome: str, *measures: str) -> None:
    """Records what the three members of the panel decided."""
    members = [branch.ids[email] for email in PANEL[:3]]
    said = {"outcome": outcome, "measures": list(measures), "reasons": "On the balance of probabilities."}
    keep(one, reference, "panel-decisions", decided_on=clock.today(), members=members, **said)


def record_finding(one: Somebody, reference: str, clause: str, result: str) -> None:
    """A finding under the panel's one decision."""
    said = {"result": result, "reasons": "More likely than not."}
    keep(one, reference, "findings", allegation=f"{clause} ", panel_decision="On the balance", **said)


def check_trail(web: Web, reference: str, *sentences: str) -> None:
    """The auditor reads these steps in this order, nothing of the content, and finds the record sound."""
    auditor = web.officer(AUDITOR)
    auditor.follow("Record of steps")
    steps = list(reversed(steps_on_trail(auditor, reference)))
    places = [steps.index(sentence) for sentence in sentences]
    assert places == sorted(places), steps
    content = auditor.page.content()
    assert MEMBER not in content
    assert "Ward member" not in content
    auditor.press("Check the record now")
    assert "nothing is missing and nothing was changed" in auditor.words
    auditor.go(f"/cases/{reference}")
    assert "You see the steps of this case and where it is, not what it is about." in auditor.words
    auditor.go(f"/cases/{reference}/report", 403)
    assert denied(web.live.branch, reference, AUDITOR) == 1


def test_no_breach(live: Live, web: Web) -> None:
    branch, today = live.branch, clock.today()
    reporter = web.visitor(PHONE)
    reference, code = send_report(
        reporter,
        "About someone else’s post",
        {"involves_secretary": "no"},
        {
            "statement": "A ward organiser called a council policy “a shambles” on the ward page.",
            "items__0__platform": "The ward page",
            "items__0__posted_on": today - timedelta(days=2),
            "how_seen": "I follow that page.",
        },
        {"clauses": ["3.3"], "respondent__name": MEMBER, "respondent__is_member": "yes"},
        {"reporter__name": "Ward member (example)", "reporter__email": "ward.member@example.org"},
    )
    assert follow_report(reporter, reference, code) == "We have your report."
    secretary = web.officer(SECRETARY)
    assert secretary.path == "/cases"
    assert "One case is open." in secretary.words
    declare(secretary, reference)
    assert "a shambles" in secretary.words
    assert refused(branch, secretary, reference, "acknowledge") == {"acknowledged_or_impossible", "risks_answered"}
    open_review(secretary, reference, "3.3")
    assert follow_report(reporter, reference, code) == "It is being looked into."
    assert refused(branch, secretary, reference, "refer", **REFERRAL) == {
        "every_allegation_was_put",
        "reply_or_time_passed",
        "review_recommends_referral",
        "panel_is_quorate",
        "panel_is_clear",
    }
    assert refused(branch, secretary, reference, "close_after_review", **CLOSING) == {"every_allegation_has_result"}
    hear(secretary, reference, "It was my opinion of the policy.", ("3.3",))
    keep(secretary, reference, "findings", result="not_proved", reasons="An opinion, within the guidance.")
    take(secretary, reference, "close_after_review", **CLOSING)
    assert follow_report(reporter, reference, code) == "It is finished."
    assert path_of(branch, reference) == ["received", "acknowledged", "under_review", "closed"]
    case = branch.case(reference)
    assert (case.outcome, viewers(branch, reference)) == ("no_breach", {SECRETARY})
    assert "12 months" in secretary.page.locator("aside").first.inner_text()
    hidden_from(web.officer(ADMINISTRATOR), branch, reference)
    check_trail(
        web,
        reference,
        "Someone sent a report; the case was opened",
        "Secretary opened the case to read",
        "Secretary declared: Nothing connects me with it",
        "Secretary tried “Confirm that we have replied” and was refused",
        "Secretary recorded the reply to the person who told us: Email",
        "Secretary replied to the person who told us",
        "Secretary wrote down what is alleged: 3.3 Defamatory or unlawful comments",
        "Secretary began looking into it",
        "Secretary tried “Refer for disciplinary action” and was refused",
        "Secretary tried “Finish without a panel” and was refused",
        "Secretary put what is alleged to the member: Email",
        "Secretary finished the case without a panel: Within the guidance",
        "Administrator was turned away from something they may not see",
    )
    is_sound(branch)


@pytest.mark.parametrize("live", KINDS, indirect=True)
def test_bullying_upheld(live: Live, web: Web) -> None:
    branch, reporter = live.branch, web.visitor(PHONE)
    reference, code = send_report(
        reporter,
        "It happened to me",
        {"involves_secretary": "no"},
        {"statement": "Fourteen messages in three weeks, each worse than the last.", "safe_now": "yes"},
        {"respondent__name": MEMBER},
        {
            "reporter__name": "Ward treasurer (example)",
            "reporter__phone": "01632 960123",
            "share_identity": "no",
            "share_identity_reason": "I am afraid of more.",
        },
    )
    secretary = web.officer(SECRETARY)
    declare(secretary, reference)
    open_review(secretary, reference, "3.1", "3.2a", "3.2b")
    hear(secretary, reference, "It was banter.", ("3.1", "3.2a", "3.2b"))
    recommend(secretary, reference)
    assert refused(branch, secretary, reference, "refer", **REFERRAL) == {"panel_is_quorate", "panel_is_clear"}
    panel = seat_the_panel(web, secretary, reference)
    take(secretary, reference, "refer", **REFERRAL)
    for one in panel:
        open_case(one, reference)
        assert "Fourteen messages" in one.words
        one.go(f"/cases/{reference}/report")
        assert "Ward treasurer" not in one.page.content()
        assert "01632 960123" not in one.page.content()
        one.go(f"/cases/{reference}/trail", 403)
    hidden_from(web.officer(PANEL[3]), branch, reference)
    assert refused(branch, secretary, reference, "close_after_panel", reasons="Two of three were shown.") == {
        "has_panel_decision",
        "every_allegation_has_result",
    }
    decide(secretary, branch, reference, "upheld_with_measure", "posting_rights_removed", "refer_national")
    for clause in ("3.1", "3.2a"):
        record_finding(secretary, reference, clause, "proved")
    reasons = {"reasons": "Two of three were found to have happened."}
    assert refused(branch, secretary, reference, "close_after_panel", **reasons) == {"every_allegation_has_result"}
    record_finding(secretary, reference, "3.2b", "not_proved")
    take(secretary, reference, "close_after_panel", **reasons)
    assert follow_report(reporter, reference, code) == "It is finished."
    assert path_of(branch, reference) == ["received", "acknowledged", "under_review", "referred", "closed"]
    assert branch.case(reference).outcome == "upheld_with_measure"
    assert viewers(branch, reference) == {SECRETARY, *PANEL[:3]}
    for one in panel:
        assert denied(branch, reference, one.name) == 2
        one.go(f"/cases/{reference}")
        assert "Posting rights" in one.words or "posting rights" in one.words
        assert "01632 960123" not in one.page.content()
    check_trail(
        web,
        reference,
        "Secretary tried “Refer for disciplinary action” and was refused",
        "Secretary referred the case to the disciplinary panel",
        "Secretary tried “Record the panel’s decision and finish” and was refused",
        "Secretary recorded a decision of the panel: Found to have happened",
        "Secretary recorded a finding: Found not to have happened",
        "Secretary recorded the panel's decision and finished the case",
    )
    is_sound(branch)


def test_about_the_secretary(live: Live, web: Web) -> None:
    branch, secretary = live.branch, web.officer(SECRETARY)
    reference, _ = send_report(
        web.visitor(PHONE),
        "It happened to me",
        {"involves_secretary": "yes"},
        {"statement": "The branch’s own page made fun of how I speak.", "safe_now": "yes"},
        {"respondent__name": "The branch secretary", "respondent__is_member": "yes"},
        {"reporter__name": "Ward member (example)", "share_identity": "ask_me"},
    )
    not_found(secretary, reference)
    hidden_from(secretary, branch, reference)
    deputy = web.officer(DEPUTY)
    assert "One case is open." in deputy.words
    declare(deputy, reference)
    open_review(deputy, reference, "3.1", name="The branch secretary", identified="named", member_then="yes")
    closing = {**CLOSING, "outcome": "advice_given", "reasons": "Advice on what the branch’s page is for."}
    keep(deputy, reference, "findings", result="proved", reasons="The post stands there.")
    assert refused(branch, deputy, reference, "close_after_review", **closing) == {"outcome_fits_path"}
    hear(deputy, reference, "I thought that it was funny.", ("3.1",))
    take(deputy, reference, "close_after_review", **closing)
    not_found(secretary, reference)
    assert path_of(branch, reference) == ["received", "acknowledged", "under_review", "closed"]
    assert (branch.case(reference).outcome, viewers(branch, reference)) == ("advice_given", {DEPUTY})
    check_trail(
        web,
        reference,
        "Someone sent a report; the case was opened",
        "Secretary was turned away from something they may not see",
        "Deputy secretary declared: Nothing connects me with it",
        "Deputy secretary tried “Finish without a panel” and was refused",
        "Deputy secretary finished the case without a panel: Advice, not a penalty",
    )
    is_sound(branch)


def not_found(one: Somebody, reference: str) -> None:
    """Neither list, count, filter nor search of this person knows of the case."""
    for query in ("", "?state=all", "?state=finished", "?kind=target&state=all", "?overdue=yes"):
        one.go(f"/cases{query}")
        assert reference not in one.page.content()
        assert "No case" in one.words
    one.go("/cases")
    one.fill(q=reference)
    one.press("Show", 404)
    one.go("/trail", 403)


def test_pseudonymous_account(live: Live, web: Web) -> None:
    branch = live.branch
    reference, _ = send_report(
        web.visitor(PHONE),
        "About someone else’s post",
        {"involves_secretary": "no"},
        {"statement": "An account without a name insults a member.", "how_seen": "On the ward page."},
        {"clauses": ["3.1"], "respondent__handle": "@nobody_example"},
        {},
    )
    secretary, deputy = web.officer(SECRETARY), web.officer(DEPUTY)
    declare(secretary, reference)
    open_review(secretary, reference, "3.1", handle="@nobody_example", identified="account_only", member_then="unknown")
    keep(secretary, reference, "findings", result="not_determined", reasons="Nobody knows who holds the account.")
    unknown = {**CLOSING, "outcome": "respondent_unidentified", "respondent_told": "no"}
    assert refused(branch, secretary, reference, "close_after_review", **unknown) == {"respondent_told_or_reason"}
    take(secretary, reference, "close_after_review", **unknown, respondent_not_told_reason="Nobody to tell.")
    again = {"ground": "new_evidence", "reasons": "The holder of the account wrote to us and gave a name."}
    assert "reopener_is_not_closer" in refused(branch, secretary, reference, "reopen", **again)
    open_case(deputy, reference)
    assert deputy.heading == "Finished case of another officer"
    assert "insults a member" not in deputy.page.content()
    assert refused(branch, deputy, reference, "reopen", **again) == {"reopener_is_clear"}
    declare(deputy, reference)
    take(deputy, reference, "reopen", **again)
    not_found(secretary, reference)
    name_the_holder(deputy, reference)
    hear(deputy, reference, "I was angry. I have deleted it.", ("3.1",))
    recommend(deputy, reference)
    seat_the_panel(web, deputy, reference)
    take(deputy, reference, "refer", **REFERRAL)
    decide(deputy, live.branch, reference, "not_upheld", "none")
    record_finding(deputy, reference, "3.1", "not_proved")
    take(deputy, reference, "close_after_panel", reasons="It was heated, and short of what the guidance means.")
    assert path_of(branch, reference) == [
        *("received", "acknowledged", "under_review", "closed"),
        *("under_review", "referred", "closed"),
    ]
    assert branch.case(reference).outcome == "not_upheld"
    assert viewers(branch, reference) == {SECRETARY, DEPUTY, *PANEL[:3]}
    check_trail(
        web,
        reference,
        "Secretary finished the case without a panel: The account's holder could not be found",
        "Secretary tried “Look at it again” and was refused",
        "Deputy secretary tried “Look at it again” and was refused",
        "Deputy secretary declared: Nothing connects me with it",
        "Deputy secretary opened the case again: New evidence that matters",
        "Deputy secretary referred the case to the disciplinary panel",
        "Deputy secretary recorded the panel's decision and finished the case",
    )
    is_sound(branch)


def name_the_holder(one: Somebody, reference: str) -> None:
    """Corrects the person of whom only the account was known."""
    one.go(f"/cases/{reference}")
    one.to("/records/parties/new")
    one.follow("@nobody_example")
    assert one.value("handle") == "@nobody_example"
    one.fill(name=MEMBER, identified="named", member_then="yes", basis="They wrote to us themselves.")
    one.press("Keep the correction")
