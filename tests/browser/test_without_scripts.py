"""Everything works with scripts switched off: the whole report, following it, and the first step of its case."""

import pytest

from app import clock
from tests.branch import SECRETARY
from tests.browser.live import PHONE, Live, Web
from tests.browser.walks import declare, follow_report, keep, path_of, refused, send_report, take

pytestmark = pytest.mark.browser


def test_a_report_is_sent_followed_and_answered(live: Live, web: Web) -> None:
    reporter = web.visitor(PHONE, scripts=False)
    reference, code = send_report(
        reporter,
        "I want to put something right",
        {"involves_secretary": "no"},
        {"statement": "I shared a rumour that was not true.", "put_right__what": "Deleted it after twenty minutes."},
        {"reporter__name": "Ward member (example)"},
    )
    assert follow_report(reporter, reference, code) == "We have your report."
    secretary = web.officer(SECRETARY, scripts=False)
    declare(secretary, reference)
    assert refused(live.branch, secretary, reference, "acknowledge") == {"acknowledged_or_impossible", "risks_answered"}
    keep(secretary, reference, "acknowledgements", how="telephone", sent_on=clock.today())
    keep(secretary, reference, "risks", threat="no", child="no", vulnerable="no")
    take(secretary, reference, "acknowledge")
    assert path_of(live.branch, reference) == ["received", "acknowledged"]
    assert follow_report(reporter, reference, code) == "It is being looked into."
    secretary.press("Sign out")
    assert "You are signed out." in secretary.words


def test_a_report_can_be_gone_over_again_before_it_is_sent(live: Live, web: Web) -> None:
    reporter = web.visitor(PHONE, scripts=False)
    reporter.go("/report/social-media-conduct/self")
    reporter.press("Continue")
    reporter.fill(statement="I was rude.", items__0__platform="The ward page")
    reporter.press("Continue", 422)
    assert reporter.value("statement") == "I was rude."
    reporter.press("Add another")
    reporter.fill(put_right__what="Nothing yet, because I do not know how.", items__1__platform="Another page")
    reporter.press("Continue")
    reporter.press("Continue")
    assert reporter.heading == "Check your answers"
    reporter.press("Change What happened")
    assert reporter.value("items.1.platform") == "Another page"
    reporter.fill(statement="I was rude twice.")
    reporter.press("Continue")
    assert "I was rude twice." in reporter.words
    assert live.branch.events().count("case_opened") == 0
