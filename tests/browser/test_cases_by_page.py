"""Cases 1, 4 and 5 of procedure, section 10, by page: from the public form on a phone to the auditor's trail."""

import pytest

from tests.branch import ADMINISTRATOR, CLOSING, DEPUTY, PANEL, REFERRAL, SECRETARY
from tests.browser import plays
from tests.browser.live import PHONE, Live, Web
from tests.browser.reviews import (
    check_trail,
    decide,
    hear,
    name_the_holder,
    not_found,
    open_review,
    recommend,
    record_finding,
    seat_the_panel,
)
from tests.browser.somebody import Somebody
from tests.browser.walks import (
    declare,
    follow_report,
    hidden_from,
    is_sound,
    keep,
    path_of,
    refused,
    send_report,
    take,
    viewers,
)

pytestmark = pytest.mark.browser

NOT_READY_TO_REFER = {
    "every_allegation_was_put",
    "reply_or_time_passed",
    "review_recommends_referral",
    "panel_is_quorate",
    "panel_is_clear",
}
AGAIN = {"ground": "new_evidence", "reasons": "The holder of the account wrote to us and gave a name."}


def test_no_breach(live: Live, web: Web) -> None:
    branch, reporter = live.branch, web.visitor(PHONE)
    reference, code = send_report(reporter, "About someone else’s post", *plays.SHAMBLES)
    assert follow_report(reporter, reference, code) == "We have your report."
    secretary = web.officer(SECRETARY)
    assert secretary.path == "/cases"
    assert "One case is open." in secretary.words
    declare(secretary, reference)
    assert "a shambles" in secretary.words
    assert refused(branch, secretary, reference, "acknowledge") == {"acknowledged_or_impossible", "risks_answered"}
    open_review(secretary, reference, "3.3")
    assert follow_report(reporter, reference, code) == "It is being looked into."
    assert refused(branch, secretary, reference, "refer", **REFERRAL) == NOT_READY_TO_REFER
    assert refused(branch, secretary, reference, "close_after_review", **CLOSING) == {"every_allegation_has_result"}
    hear(secretary, reference, "It was my opinion of the policy.", ("3.3",))
    keep(secretary, reference, "findings", result="not_proved", reasons="An opinion, within the guidance.")
    take(secretary, reference, "close_after_review", **CLOSING)
    assert follow_report(reporter, reference, code) == "It is finished."
    assert path_of(branch, reference) == ["received", "acknowledged", "under_review", "closed"]
    assert (branch.case(reference).outcome, viewers(branch, reference)) == ("no_breach", {SECRETARY})
    assert "12 months" in secretary.page.locator("aside").first.inner_text()
    hidden_from(web.officer(ADMINISTRATOR), branch, reference)
    check_trail(web, reference, *plays.SHAMBLES_TRAIL)
    is_sound(branch)


def test_about_the_secretary(live: Live, web: Web) -> None:
    branch, secretary = live.branch, web.officer(SECRETARY)
    reference, _ = send_report(web.visitor(PHONE), "It happened to me", *plays.SECRETARYS_PAGE)
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
    check_trail(web, reference, *plays.SECRETARYS_PAGE_TRAIL)
    is_sound(branch)


def test_pseudonymous_account(live: Live, web: Web) -> None:
    branch = live.branch
    reference, _ = send_report(web.visitor(PHONE), "About someone else’s post", *plays.PSEUDONYM)
    secretary, deputy = web.officer(SECRETARY), web.officer(DEPUTY)
    declare(secretary, reference)
    open_review(secretary, reference, "3.1", handle="@nobody_example", identified="account_only", member_then="unknown")
    keep(secretary, reference, "findings", result="not_determined", reasons="Nobody knows who holds the account.")
    unknown = {**CLOSING, "outcome": "respondent_unidentified", "respondent_told": "no"}
    assert refused(branch, secretary, reference, "close_after_review", **unknown) == {"respondent_told_or_reason"}
    take(secretary, reference, "close_after_review", **unknown, respondent_not_told_reason="Nobody to tell.")
    assert "reopener_is_not_closer" in refused(branch, secretary, reference, "reopen", **AGAIN)
    find_the_finished_card(deputy, reference)
    assert refused(branch, deputy, reference, "reopen", **AGAIN) == {"reopener_is_clear"}
    declare(deputy, reference)
    take(deputy, reference, "reopen", **AGAIN)
    not_found(secretary, reference)
    name_the_holder(deputy, reference)
    hear(deputy, reference, "I was angry. I have deleted it.", ("3.1",))
    recommend(deputy, reference)
    seat_the_panel(web, deputy, reference)
    take(deputy, reference, "refer", **REFERRAL)
    decide(deputy, branch, reference, "not_upheld", "none")
    record_finding(deputy, reference, "3.1", "not_proved")
    take(deputy, reference, "close_after_panel", reasons="It was heated, and short of what the guidance means.")
    first, second = ["received", "acknowledged", "under_review", "closed"], ["under_review", "referred", "closed"]
    assert path_of(branch, reference) == first + second
    assert branch.case(reference).outcome == "not_upheld"
    assert viewers(branch, reference) == {SECRETARY, DEPUTY, *PANEL[:3]}
    check_trail(web, reference, *plays.PSEUDONYM_TRAIL)
    is_sound(branch)


def find_the_finished_card(one: Somebody, reference: str) -> None:
    """Another officer comes to the card of a finished case from the list, and reads nothing of its content."""
    one.go("/cases")
    one.follow("Finished cases, also those of the other officers")
    one.follow(reference)
    assert one.heading == "Finished case of another officer"
    assert "insults a member" not in one.page.content()
