"""A notice counts as put to the member once its letter went: on paper, without a database."""

from datetime import date

import pytest

from app.cases.notices import last_day_to_reply
from app.cases.received import received_on
from app.cases.recipients import recipients
from tests.cases.papers import Papers

HELD = {
    ("stopped", ""): "The letter with the notice of 2 March 2026 was stopped: send it",
    ("needs_you", "failed:refused_550"): "The letter with the notice of 2 March 2026 could not be sent: see to it",
    ("needs_you", "no_email"): "The letter with the notice of 2 March 2026 has not gone: send it",
    ("queued", ""): "The letter with the notice of 2 March 2026 waits to go out",
}


def put(**more: str) -> tuple[Papers, str]:
    papers = Papers()
    return papers, papers.notice(papers.alleged(), **more)


def told(papers: Papers) -> bool:
    return bool(recipients(papers.file(), {}, "respondent", {}, "notices"))


@pytest.mark.parametrize(("state", "need"), HELD)
def test_a_letter_that_did_not_go_puts_nothing(state: str, need: str) -> None:
    papers, notice = put()
    papers.letter(notice, state, *filter(None, [need]))
    papers.reminder(notice)
    said = papers.on("2026-04-30").unmet("every_allegation_was_put")
    assert said is not None
    assert said.startswith(HELD[state, need])
    assert said.endswith("; still open: 3.1")
    assert papers.unmet("reply_or_time_passed")
    assert papers.unmet("outcome_fits_path", outcome="advice_given")
    assert told(papers) == (state == "queued")  # what waits goes; no later letter takes up one that does not


@pytest.mark.parametrize("state", ["sent", "posted"])
def test_a_letter_that_went_puts_it_and_the_time_runs_from_the_day_it_went(state: str) -> None:
    papers, notice = put()
    papers.letter(notice, state, how="post", sent_on=date(2026, 3, 20))
    assert papers.unmet("every_allegation_was_put") is None
    assert told(papers)
    row = papers.file().latest(notice)
    assert row is not None
    assert received_on(papers.file(), row) == date(2026, 3, 24)  # a Friday, and two working days for the post
    assert last_day_to_reply(papers.file(), row) == date(2026, 4, 7)
    papers.reminder(notice)
    assert papers.on("2026-04-08").unmet("reply_or_time_passed")  # that was before the letter went
    papers.reminder(notice, sent_on="2026-03-30")
    assert papers.on("2026-04-07").unmet("reply_or_time_passed")
    assert papers.on("2026-04-08").unmet("reply_or_time_passed") is None


def test_whoever_answered_was_told_whatever_became_of_the_letter() -> None:
    papers, notice = put()
    papers.letter(notice, "stopped")
    papers.reply(notice)
    assert papers.unmet("every_allegation_was_put") is None
    assert papers.unmet("reply_or_time_passed") is None
    assert told(papers)


def test_a_notice_recorded_after_it_went_needs_no_letter_but_loses_by_one_that_was_stopped() -> None:
    papers, notice = put(sent="2026-02-10", reply_by="2026-02-26", entered="2026-03-02")
    letter = papers.letter(notice, "needs_you", "by_hand")
    assert papers.unmet("every_allegation_was_put") is None
    assert told(papers)
    letter.state = "stopped"
    assert papers.unmet("every_allegation_was_put")
    letter.state, letter.needs = "needs_you", ["failed:gave_up"]
    assert papers.unmet("every_allegation_was_put")


def test_a_correction_puts_only_what_its_own_letter_carried() -> None:
    papers = Papers()
    first, second = papers.alleged("3.1"), papers.alleged("3.2a")
    notice = papers.notice(first)
    papers.letter(notice, "sent", how="email", sent_on=date(2026, 3, 2))
    about = papers.somebody
    more = {"respondent": about, "sent_on": "2026-03-02", "how": "email", "reply_by": "2026-03-30"}
    corrected = papers.add("notices", replaces=notice, allegations=[first, second], **more)
    letter = papers.letter(corrected, "stopped")
    said = papers.unmet("every_allegation_was_put")
    assert said is not None
    assert said.endswith("; still open: 3.2a")
    letter.state, letter.how, letter.sent_on = "sent", "email", date(2026, 3, 5)
    assert papers.unmet("every_allegation_was_put") is None
