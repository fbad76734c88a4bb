"""Case 8 of procedure, section 10, by page on a phone: the dialogue, leaning on a reporter, and a wish to withdraw."""

import pytest

from tests.branch import REFERRAL, SECRETARY
from tests.browser.live import PHONE, Live, Web
from tests.browser.reviews import open_review
from tests.browser.somebody import Somebody
from tests.browser.walks import declare, is_sound, keep, open_report, path_of, refused, send_report
from tests.cases.by_code import ten_minutes_later

pytestmark = pytest.mark.browser
PAGES: tuple[dict[str, str], ...] = (
    {"involves_secretary": "no"},
    {"statement": "Every evening a new picture of me with a caption.", "safe_now": "yes"},
    {},
    {},
)
TYPED = "He came to my door.\nI did not open."


def test_withdrawal_under_pressure(live: Live, web: Web) -> None:
    branch, reporter = live.branch, web.visitor(PHONE)
    reference, code = send_report(reporter, "It happened to me", *PAGES)
    assert "a lost code cannot be replaced" in reporter.words
    secretary = web.officer(SECRETARY)
    asks_and_is_answered(reporter, secretary, reference, code)
    tells_what_is_new_after_the_page_closed(live, reporter, reference, code)
    secretary.go("/cases")
    assert "One new from the person who told us" in secretary.words
    secretary.follow(reference)
    assert "He came to my door." in secretary.words
    open_review(secretary, reference, "3.2a")
    open_report(reporter, reference, code)
    reporter.follow("Ask to withdraw your report")
    reporter.fill(reason="I was told that it is better for everyone.")
    reporter.press("Ask to withdraw it")
    assert "Save the receipt" in reporter.words
    reporter.follow("Back to your report")
    assert "You asked on" in reporter.words
    decides_to_go_on(live, secretary, reference)
    assert path_of(branch, reference) == ["received", "acknowledged", "under_review"]
    reporter.press("Leave my report")
    assert reporter.page.context.cookies() == []
    reporter.page.go_back()
    reporter.page.reload()
    assert reporter.heading == "Open your report"
    is_sound(branch)


def asks_and_is_answered(reporter: Somebody, secretary: Somebody, reference: str, code: str) -> None:
    """A question from the phone; the reply is written on the reporter's own page and found there."""
    reporter.follow("Code kept: open my report")
    open_report(reporter, reference, code.lower().replace(" ", "-"))
    assert code not in reporter.page.url
    reporter.follow("Write to us")
    reporter.fill(kind="question", text="Who reads this?")
    reporter.press("Send it")
    assert reporter.heading == "Your message has reached us."
    with reporter.page.expect_download() as download:
        reporter.press("Save the receipt")
    assert download.value.suggested_filename == "receipt.html"
    declare(secretary, reference)
    secretary.go(f"/cases/{reference}")
    assert "One new from the person who told us. Read it" in secretary.words
    secretary.follow("Read it")
    assert "Who reads this?" in secretary.words
    secretary.fill(kind="answer", text="I do, and nobody else so far.")
    secretary.press("Send it")
    assert "One new from the person who told us" not in secretary.words
    reporter.go("/my-report")
    assert "I do, and nobody else so far." in reporter.words


def tells_what_is_new_after_the_page_closed(live: Live, reporter: Somebody, reference: str, code: str) -> None:
    """Ten idle minutes end the session while somebody types; what was typed is there again after the code."""
    reporter.follow("Write to us")
    reporter.fill(kind="new_event", text=TYPED)
    ten_minutes_later(live.branch)
    reporter.press("Send it", 401)
    assert "You were away for ten minutes" in reporter.words
    assert live.branch.rows(reference, "messages")[-1].by_role == "secretary"
    reporter.fill(reference=reference, code=code)
    reporter.press("Show my report")
    assert reporter.value("text") == TYPED
    reporter.press("Send it")
    reporter.follow("Back to your report")
    assert TYPED.splitlines()[0] in reporter.words
    reporter.press("Leave my report")


def decides_to_go_on(live: Live, secretary: Somebody, reference: str) -> None:
    """The contact is logged, the wish blocks the panel, and the officer decides to go on and says so."""
    lean = {"who": "An elected member", "how": "telephone", "to_whom": "target"}
    today = live.branch.case(reference).received_on
    keep(secretary, reference, "influence-contacts", **lean, happened_on=today, asked="To let it rest.")
    assert "no_open_withdrawal" in refused(live.branch, secretary, reference, "refer", **REFERRAL)
    secretary.go(f"/cases/{reference}/messages")
    secretary.follow("Decide whether to stop or go on")
    secretary.fill(decision="go_on", reasons="Somebody outside asked for it, and others are at risk.")
    secretary.press("Keep this")
    assert "no_open_withdrawal" not in refused(live.branch, secretary, reference, "refer", **REFERRAL)
