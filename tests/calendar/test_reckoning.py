"""Due dates against hand reasoning: each row says how a person with a wall calendar comes to the date."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from freezegun import freeze_time

from app import clock
from app.calendar.reckoning import Reckoning, after_days, after_months, after_working_days, in_words, is_working_day

CLOSED = {date(2026, 5, 27): "the branch's closure on 27 May", date(2026, 5, 30): "the branch's closure on 30 May"}
WORKING, DAYS, MONTHS = after_working_days, after_days, after_months
OPEN = partial(after_working_days, closures=CLOSED)
Rule = Callable[[date, int], Reckoning]

# rule, first day, how many, due, what was skipped, hand reasoning
ROWS: list[tuple[Rule, str, int, str, tuple[str, ...], str]] = [
    (WORKING, "2026-03-12", 10, "2026-03-26", (), "Thu: Fri 13 is 1, Mon-Fri 16-20 are 2-6, Mon-Thu 23-26 are 7-10"),
    (WORKING, "2026-03-25", 10, "2026-04-10", ("Good Friday", "Easter Monday"), "26 27 | 30 31 1 2 | 7 8 9 10"),
    (WORKING, "2026-04-02", 1, "2026-04-07", ("Good Friday", "Easter Monday"), "Maundy Thursday: Tuesday is next"),
    (WORKING, "2026-04-03", 1, "2026-04-07", ("Easter Monday",), "From Good Friday itself: Monday is off, Tuesday"),
    (WORKING, "2026-04-04", 2, "2026-04-08", ("Easter Monday",), "From Saturday: Tuesday, Wednesday"),
    (WORKING, "2026-04-06", 1, "2026-04-07", (), "From Easter Monday: the day itself is never counted"),
    (WORKING, "2025-04-17", 3, "2025-04-24", ("Good Friday", "Easter Monday"), "22 23 24 April: Easter is late"),
    (WORKING, "2024-03-27", 2, "2024-04-02", ("Good Friday", "Easter Monday"), "28 March, then 2 April: over a month"),
    (WORKING, "2026-05-01", 1, "2026-05-05", ("May Day",), "Friday: Monday 4 is the early May holiday"),
    (WORKING, "2026-05-22", 5, "2026-06-01", ("Spring Bank Holiday",), "25 is off: 26 27 28 29, then Monday 1"),
    (WORKING, "2026-08-28", 1, "2026-09-01", ("Late Summer Bank Holiday",), "Friday: Monday 31 is off"),
    (
        *(WORKING, "2021-12-24", 3, "2021-12-31"),
        ("Christmas Day (substitute day)", "Boxing Day (substitute day)"),
        "Christmas on a Saturday: Mon 27 and Tue 28 are off; 29 30 31",
    ),
    (
        *(WORKING, "2027-12-23", 4, "2027-12-31"),
        ("Christmas Day (substitute day)", "Boxing Day (substitute day)"),
        "Christmas on a Saturday again: Fri 24; 27 and 28 off; 29 30 31",
    ),
    (
        *(WORKING, "2021-12-30", 2, "2022-01-04"),
        ("New Year's Day (substitute day)",),
        "New Year on a Saturday: Fri 31; Mon 3 off; Tue 4",
    ),
    (
        *(WORKING, "2022-12-23", 2, "2022-12-29"),
        ("Boxing Day", "Christmas Day (substitute day)"),
        "Christmas on a Sunday: Mon 26 Boxing Day, Tue 27 in its place; 28 29",
    ),
    (
        *(WORKING, "2026-12-24", 3, "2026-12-31"),
        ("Christmas Day", "Boxing Day (substitute day)"),
        "Christmas on a Friday: Mon 28 for Boxing Day; 29 30 31",
    ),
    (
        *(WORKING, "2026-12-31", 1, "2027-01-04"),
        ("New Year's Day",),
        "Fri 1 off, weekend, Mon 4: a new year",
    ),
    (WORKING, "2028-02-28", 2, "2028-03-01", (), "Monday: Tue 29 February is a working day, Wed 1 March"),
    (WORKING, "2028-02-25", 2, "2028-02-29", (), "Friday: Mon 28, Tue 29, leap day"),
    (WORKING, "2026-02-26", 2, "2026-03-02", (), "Thursday: Fri 27, Mon 2 March, no leap day"),
    (WORKING, "2026-03-27", 1, "2026-03-30", (), "Friday before the clocks go forward on Sunday 29"),
    (WORKING, "2026-10-23", 1, "2026-10-26", (), "Friday before the clocks go back on Sunday 25"),
    (WORKING, "2026-07-03", 10, "2026-07-17", (), "Friday: two plain weeks later"),
    (WORKING, "2026-07-04", 10, "2026-07-17", (), "Saturday: counting begins on Monday 6, the tenth is Friday 17"),
    (WORKING, "2022-05-31", 3, "2022-06-07", ("Spring Bank Holiday", "Platinum Jubilee of Elizabeth II"), "1 | 6 7"),
    (WORKING, "2022-09-16", 1, "2022-09-20", ("State Funeral of Queen Elizabeth II",), "A holiday of that year alone"),
    (OPEN, "2026-05-26", 1, "2026-05-28", ("the branch's closure on 27 May",), "Wednesday 27 closed: Thursday"),
    (OPEN, "2026-05-22", 3, "2026-05-29", ("Spring Bank Holiday", "the branch's closure on 27 May"), "26 28 29"),
    (OPEN, "2026-05-28", 2, "2026-06-01", (), "Fri 29, Mon 1: closed on Saturday 30 changes nothing"),
    (WORKING, "2026-05-26", 1, "2026-05-27", (), "The same without the closure day"),
    (DAYS, "2026-05-12", 7, "2026-05-19", (), "The same weekday a week later"),
    (DAYS, "2026-03-22", 7, "2026-03-29", (), "Due on the Sunday on which the clocks go forward"),
    (DAYS, "2026-03-28", 1, "2026-03-29", (), "A day of 23 hours is a day"),
    (DAYS, "2026-10-24", 1, "2026-10-25", (), "The next day: it has 25 hours"),
    (DAYS, "2026-10-18", 14, "2026-11-01", (), "Two Sundays on, over the change back"),
    (DAYS, "2026-12-24", 7, "2026-12-31", (), "Calendar days count Christmas too"),
    (DAYS, "2028-02-15", 14, "2028-02-29", (), "15 + 14 = 29: there is one in 2028"),
    (DAYS, "2027-02-15", 14, "2027-03-01", (), "15 + 14 = 29 = 1 March"),
    (DAYS, "2026-12-20", 42, "2027-01-31", (), "11 left in December, 31 more"),
    (DAYS, "2026-02-01", 28, "2026-03-01", (), "February 2026 has exactly 28"),
    (MONTHS, "2026-01-15", 1, "2026-02-15", (), "The same day of the next month"),
    (MONTHS, "2026-01-31", 1, "2026-02-28", (), "February 2026 ends on 28"),
    (MONTHS, "2028-01-31", 1, "2028-02-29", (), "February 2028 ends on 29"),
    (MONTHS, "2026-11-30", 3, "2027-02-28", (), "November + 3 = February of the next year, no 30th"),
    (MONTHS, "2027-11-30", 3, "2028-02-29", (), "The same in a leap year"),
    (MONTHS, "2026-02-28", 1, "2026-03-28", (), "From a month's last day to the same number, not to the last"),
    (MONTHS, "2026-03-31", 1, "2026-04-30", (), "April has 30"),
    (MONTHS, "2028-02-29", 12, "2029-02-28", (), "A year after leap day"),
    (MONTHS, "2024-02-29", 48, "2028-02-29", (), "Four years after leap day there is one again"),
    (MONTHS, "2026-12-31", 2, "2027-02-28", (), "Over the new year"),
    (MONTHS, "2026-05-31", 72, "2032-05-31", (), "Six years: retention"),
]


@pytest.mark.parametrize(
    ("rule", "start", "number", "due", "skipped", "reasoning"), ROWS, ids=[row[-1] for row in ROWS]
)
def test_a_due_date_is_the_one_that_hand_reasoning_finds(
    rule: Rule, start: str, number: int, due: str, skipped: tuple[str, ...], reasoning: str
) -> None:
    found = rule(date.fromisoformat(start), number)
    assert (found.due_on.isoformat(), found.skipped) == (due, skipped), reasoning


# the moment in UTC, the day in Durham, reasoning
MOMENTS = [
    ("2026-03-28 23:30", "2026-03-28", "Still winter time: 23:30"),
    ("2026-03-29 00:30", "2026-03-29", "Half an hour before the clocks go forward"),
    ("2026-03-29 23:30", "2026-03-30", "Summer time: half past midnight of the next day"),
    ("2026-10-24 23:30", "2026-10-25", "Still summer time: half past midnight"),
    ("2026-10-25 23:30", "2026-10-25", "Winter time again: 23:30"),
    ("2026-06-30 23:00", "2026-07-01", "Midnight of the first of July exactly"),
]


@pytest.mark.parametrize(("moment", "day", "reasoning"), MOMENTS, ids=[row[-1] for row in MOMENTS])
def test_a_day_is_a_day_in_europe_london(moment: str, day: str, reasoning: str) -> None:
    with freeze_time(moment):
        assert clock.today().isoformat() == day, reasoning


def test_every_row_ends_on_a_day_of_its_kind() -> None:
    assert len(ROWS) + len(MOMENTS) >= 50
    for rule, start, number, *_ in ROWS:
        found = rule(date.fromisoformat(start), number)
        closures = CLOSED if rule is OPEN else {}
        assert rule in (DAYS, MONTHS) or is_working_day(found.due_on, closures)


WORDS = [
    (
        after_working_days(date(2026, 3, 25), 10),
        "10 working days from 25 March, skipping Good Friday and Easter Monday",
    ),
    (after_working_days(date(2026, 7, 6), 1), "1 working day from 6 July"),
    (OPEN(date(2026, 5, 26), 1), "1 working day from 26 May, skipping the branch's closure on 27 May"),
    (after_days(date(2025, 12, 30), 7), "7 days from 30 December 2025"),
    (after_months(date(2026, 11, 30), 3), "3 months from 30 November: February has no 30th, so its last day"),
    (after_months(date(2026, 3, 31), 1), "1 month from 31 March: April has no 31st, so its last day"),
    (Reckoning(date(2026, 6, 1), "the day named", date(2026, 5, 12)), "The day named, recorded on 12 May"),
    (
        after_working_days(date(2026, 12, 23), 5),
        "5 working days from 23 December, skipping Christmas Day, Boxing Day (substitute day) and New Year's Day",
    ),
]


@pytest.mark.parametrize(("found", "words"), WORDS, ids=[words for _, words in WORDS])
def test_a_reckoning_says_in_words_how_it_came_about(found: Reckoning, words: str) -> None:
    assert in_words(found.as_codes(), date(2026, 5, 1)) == words
