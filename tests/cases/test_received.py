"""A day in the past that is entered late takes no day from the member (decision 16): on paper, without a database."""

from datetime import date, datetime, timedelta

import pytest

from app import clock
from app.cases.casefile import Row
from app.cases.notices import first_last_day, last_day_to_reply
from app.cases.received import received_on
from app.letters.models import POSTED
from tests.cases.papers import MOMENT, Papers

ENTERED = MOMENT.date()  # Monday, 2 March 2026
TODAY = ENTERED.isoformat()
LONG_AGO = "2026-01-05"
REPLY_BY = "2026-01-19"


def newest(papers: Papers, kind: str = "notices") -> Row:
    return papers.file().current(kind)[-1]


def late() -> tuple[Papers, str]:
    """A notice of eight weeks ago, entered today."""
    papers = Papers()
    return papers, papers.notice(papers.alleged(), sent=LONG_AGO, reply_by=REPLY_BY, entered=TODAY)


def test_a_notice_entered_late_counts_from_the_day_it_was_entered() -> None:
    papers, _ = late()
    row = newest(papers)
    assert received_on(papers.file(), row) == ENTERED
    assert last_day_to_reply(papers.file(), row) == date(2026, 3, 16)
    assert first_last_day(row.plain, ENTERED) == date(2026, 3, 16)


def test_an_entry_of_today_takes_nothing_from_the_two_days_of_the_post() -> None:
    papers = Papers()
    papers.notice(papers.alleged(), how="post")
    assert received_on(papers.file(), newest(papers)) == date(2026, 3, 4)


def test_a_notice_and_a_reminder_of_long_ago_bring_nothing_to_the_panel_today() -> None:
    papers, notice = late()
    papers.reminder(notice, sent_on="2026-01-20", entered=TODAY)
    for day in ("2026-03-02", "2026-03-16"):
        said = papers.on(day).unmet("reply_or_time_passed")
        assert said == "Wait for the member's reply until 16 March: after a reminder they have 7 days"
    assert papers.unmet("outcome_fits_path", outcome="advice_given")
    assert papers.on("2026-03-17").unmet("reply_or_time_passed") is None
    assert papers.unmet("outcome_fits_path", outcome="advice_given") is None


def test_a_reminder_entered_late_leaves_seven_days_from_then() -> None:
    papers = Papers()
    notice = papers.notice(papers.alleged())
    papers.reminder(notice, sent_on="2026-03-09", entered="2026-03-20")
    assert papers.on("2026-03-27").unmet("reply_or_time_passed")
    assert papers.on("2026-03-28").unmet("reply_or_time_passed") is None


def test_whoever_answered_a_notice_that_was_entered_late_is_waited_for_no_longer() -> None:
    papers, notice = late()
    papers.reply(notice, received_on="2026-01-12")
    assert papers.unmet("reply_or_time_passed") is None


def test_a_letter_counts_from_the_day_on_which_somebody_noted_that_it_went() -> None:
    papers = Papers()
    notice = papers.notice(papers.alleged(), how="post")
    noted = MOMENT + timedelta(days=21)
    papers.letter(notice, POSTED, how="post", sent_on=ENTERED, sent_at=noted)
    assert received_on(papers.file(), newest(papers)) == clock.local(noted).date()
    papers.letters[0].sent_at = MOMENT
    assert received_on(papers.file(), newest(papers)) == date(2026, 3, 4)


@pytest.mark.parametrize("changed", [{"address_confirmed_by": "Their chair"}, {"sent_on": LONG_AGO}, {"how": "post"}])
def test_a_corrected_notice_is_a_new_letter_and_its_days_begin_anew(changed: dict[str, str]) -> None:
    papers = Papers()
    notice = papers.notice(papers.alleged(), sent="2026-02-27", reply_by="2026-03-13", entered=TODAY)
    given = {**newest(papers).plain, **changed}
    papers.on("2026-03-23").add("notices", replaces=notice, **given)
    row = newest(papers)
    assert received_on(papers.file(), row) == date(2026, 3, 23)
    assert last_day_to_reply(papers.file(), row) == first_last_day(row.plain, row.day) == date(2026, 4, 6)


def test_a_reminder_whose_letter_did_not_go_reminds_nobody() -> None:
    papers = Papers()
    notice = papers.notice(papers.alleged())
    reminder = papers.on("2026-03-09").reminder(notice)
    letter = papers.letter(reminder, "stopped", name="reminder")
    said = "The letter with the reminder of 9 March 2026 was stopped: send it, or record a new reminder"
    assert papers.on("2026-04-30").unmet("reply_or_time_passed") == said
    letter.state, letter.how, letter.sent_on = POSTED, "email", date(2026, 4, 30)
    letter.sent_at = datetime.combine(letter.sent_on, MOMENT.timetz())
    assert papers.on("2026-05-07").unmet("reply_or_time_passed")
    assert papers.on("2026-05-08").unmet("reply_or_time_passed") is None


def test_evidence_said_to_be_served_long_ago_is_served_on_the_day_that_was_entered() -> None:  # X21
    papers = Papers()
    item = papers.add("evidence", method="link_only", link="https://social.example/1")
    service = papers.add("evidence-services", item=item, served_on=LONG_AGO)
    assert (
        papers.unmet("evidence_was_served")
        == "Wait until 14 days after it was recorded that the evidence was served: 16 March 2026"
    )
    assert papers.on("2026-03-16").unmet("evidence_was_served") is None
    papers.add("evidence-services", item=item, served_on=LONG_AGO, replaces=service)
    assert papers.unmet("evidence_was_served") is None
    papers.add("evidence-services", item=item, served_on="2026-01-04", replaces=newest(papers, "evidence-services").id)
    assert (
        papers.unmet("evidence_was_served")
        == "Wait until 14 days after it was recorded that the evidence was served: 30 March 2026"
    )
