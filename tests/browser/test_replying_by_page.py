"""Case 6 of procedure, section 10, by page: a hacked account; the member replies on a phone with a code."""

from datetime import timedelta

import pytest

from app import clock
from tests.branch import CLOSING, REFERRAL, SECRETARY
from tests.browser.live import PHONE, Live, Web
from tests.browser.somebody import Somebody
from tests.browser.walks import is_sound, keep, path_of, refused, take

pytestmark = pytest.mark.browser
ENDED = CLOSING | {"reasons": "It was not their doing. Advice at 2.5: protect the account."}


def test_a_hacked_account(live: Live, web: Web) -> None:
    branch, secretary = live.branch, web.officer(SECRETARY)
    reference = branch.at("under_review")
    dates = {"sent_on": clock.today(), "reply_by": clock.today() + timedelta(days=14)}
    keep(secretary, reference, "notices", allegations=["3.1"], how="email", **dates)
    code = secretary.texts(".ct-keep .ct-code")[1]
    member = web.visitor(PHONE, "dark")
    reads_what_was_put(member, reference, code)
    disputes_who_posted_it(member)
    assert "attribution_is_settled" in refused(branch, secretary, reference, "refer", **REFERRAL)
    assert "Settle who posted it" in secretary.words
    settled = {"basis": "A foreign log-in at 03:12.", "reasons": "More likely than not."}
    keep(secretary, reference, "attributions", finding="hacked", **settled)
    assert "attribution_is_settled" in refused(branch, secretary, reference, "refer", **REFERRAL)
    keep(secretary, reference, "findings", result="not_proved", reasons="It was not their doing.")
    take(secretary, reference, "close_after_review", **ENDED)
    assert path_of(branch, reference) == ["received", "acknowledged", "under_review", "closed"]
    member.go("/my-reply")
    assert "Nothing more can be sent here at this stage" in member.words
    member.press("Leave this")
    assert member.page.context.cookies() == []
    member.go("/my-reply")
    assert member.heading == "Read what was put to you, and reply"
    is_sound(branch)


def reads_what_was_put(member: Somebody, reference: str, code: str) -> None:
    """With both lines of the letter the member reads the notice; neither line stands in an address."""
    member.go("/my-reply")
    member.fill(reference=reference, code=code.lower().replace(" ", "-"))
    member.press("Show it to me")
    assert member.path == "/my-reply"
    assert member.page.title() == "Your reply"
    for words in ("Nothing is decided.", "A public post.", "Please do not get in touch", "What happens next"):
        assert words in member.words
    assert any(text.startswith("No insulting remarks") for text in member.texts("main details p"))


def disputes_who_posted_it(member: Somebody) -> None:
    """They say that it was somebody else, are asked for what is missing, and keep the receipt."""
    member.follow("Reply to this")
    member.fill(text="Somebody logged in at 03:12.")
    member.press("Send my reply", 422)
    assert member.value("text") == "Somebody logged in at 03:12."
    member.page.locator('main input[value="not_posted"]').first.check()
    member.press("Send my reply")
    assert member.heading == "Thank you. We have your reply."
    with member.page.expect_download() as saved:
        member.press("Save the receipt")
    assert saved.value.suggested_filename == "receipt.html"
    member.follow("Back to what was put to you")
    assert "You say you did not post: 3.1" in member.words
