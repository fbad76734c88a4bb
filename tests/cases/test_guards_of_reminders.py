"""How long a member has after a reminder, before anything is done without them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.cases.papers import Papers


@pytest.mark.parametrize(
    ("how", "sent", "last_day", "day_after"),
    [
        ("email", "2026-03-09", "2026-03-16", "2026-03-17"),
        ("email", "2026-03-10", "2026-03-17", "2026-03-18"),
        ("email", "2026-03-17", "2026-03-24", "2026-03-25"),
        ("post", "2026-03-09", "2026-03-18", "2026-03-19"),
        ("post", "2026-03-13", "2026-03-24", "2026-03-25"),
    ],
    ids=["with the reply date", "a day later", "after it", "post", "post over a weekend"],
)
def test_a_reminder_gives_seven_days(how: str, sent: str, last_day: str, day_after: str) -> None:
    papers = Papers()
    notice = papers.notice(papers.alleged())
    papers.reminder(notice, sent_on=sent, how=how)
    said = papers.on(last_day).unmet("reply_or_time_passed")
    day = date.fromisoformat(last_day)
    assert said == f"Wait for the member's reply until {day.day} March: after a reminder they have 7 days"
    assert papers.on(day_after).unmet("reply_or_time_passed") is None


def test_a_second_reminder_takes_no_time_from_the_first_nor_gives_more() -> None:
    papers = Papers()
    notice = papers.notice(papers.alleged())
    papers.reminder(notice)
    papers.reminder(notice, sent_on="2026-03-17")
    assert papers.on("2026-03-17").unmet("reply_or_time_passed") is None


def test_a_procedure_may_give_other_days_after_a_reminder_or_none() -> None:
    papers = Papers()
    kinds = papers.workflow.records
    for days, day_after in ((0, "2026-03-18"), (14, "2026-04-01")):
        changed = {**kinds, "reminders": replace(kinds["reminders"], wait_days=days)}
        other = Papers()
        other.workflow = replace(papers.workflow, records=changed)
        other.reminder(other.notice(other.alleged()), sent_on="2026-03-17")
        before = date.fromisoformat(day_after) - timedelta(days=1)
        assert other.on(before.isoformat()).unmet("reply_or_time_passed")
        assert other.on(day_after).unmet("reply_or_time_passed") is None
