"""The same case in two tabs, and a button pressed twice: one wins, nothing is lost, one entry."""

import pytest

from tests.branch import CLOSING, SECRETARY
from tests.browser.live import Live, Web
from tests.browser.walks import is_sound, of_event

pytestmark = pytest.mark.browser


def test_the_second_tab_is_told_what_changed_and_can_send_again(live: Live, web: Web) -> None:
    branch = live.branch
    reference = branch.at("under_review")
    branch.found(reference)
    one = web.officer(SECRETARY)
    path = f"/cases/{reference}/steps/close_after_review"
    other = one.beside()
    other.go(path)
    other.fill(**CLOSING)
    one.go(f"/cases/{reference}/records/notes/new")
    one.fill(text="Somebody rang.", audience="handlers")
    one.press("Keep this")
    other.press("Finish without a panel", 409)
    assert "Not sent: the case has changed" in other.words
    assert "Secretary added a note" in other.words
    assert other.value("reasons") == CLOSING["reasons"]
    assert branch.case(reference).state == "under_review"
    assert of_event(branch.entries(reference), "step_refused") == []
    other.press("Finish without a panel")
    assert branch.case(reference).state == "closed"
    is_sound(branch)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_second_press_takes_no_second_step(live: Live, web: Web, scripts: bool) -> None:
    branch = live.branch
    reference = branch.at("under_review")
    branch.found(reference)
    known = len(of_event(branch.entries(reference), "step_taken"))
    one = web.officer(SECRETARY, scripts=scripts)
    one.go(f"/cases/{reference}/steps/close_after_review")
    one.fill(**CLOSING)
    one.page.locator("main form.ct-form button.govuk-button").dblclick()
    one.page.wait_for_url(f"**/cases/{reference}")
    assert len(of_event(branch.entries(reference), "step_taken")) == known + 1
    assert of_event(branch.entries(reference), "step_refused") == []
    assert branch.case(reference).state == "closed"
    is_sound(branch)


def test_two_reports_are_not_made_of_one(live: Live, web: Web) -> None:
    one = web.visitor(scripts=False)
    one.go("/report/social-media-conduct/self")
    one.press("Continue")
    one.fill(statement="I was rude.", put_right__what="Said sorry.")
    one.press("Continue")
    one.press("Continue")
    one.page.locator("main button[value=send]:not([aria-hidden])").dblclick()
    one.page.wait_for_selector(".ct-keep")
    first = one.texts(".ct-keep .ct-code")
    one.page.reload()
    assert one.texts(".ct-keep .ct-code") == first
    assert live.branch.events().count("case_opened") == 1
