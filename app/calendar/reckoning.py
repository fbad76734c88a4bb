"""Due dates: calendar days, working days and months, each with the words of how it was reckoned."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import holidays

NO_CLOSURES: Mapping[date, str] = {}
NAMED = "the day named"
"""The rule of a due date that somebody named."""


@dataclass(frozen=True)
class Reckoning:
    """A due date and how it came about; `skipped` names the holidays and closure days that were passed over."""

    due_on: date
    rule: str
    start: date
    skipped: tuple[str, ...] = ()
    shorter_month: bool = False
    """The month it ends in has no such day, so that its last day was taken."""

    def as_codes(self) -> dict[str, object]:
        """JSON-able, for the row that keeps it; `in_words` reads it."""
        codes: dict[str, object] = {"rule": self.rule, "from": self.start.isoformat(), "skipped": list(self.skipped)}
        return codes | ({"shorter_month": self.due_on.isoformat()} if self.shorter_month else {})


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> dict[date, str]:
    """England's bank holidays of a year by date."""
    named = holidays.country_holidays("GB", subdiv="ENG", years=year)
    return {day: name.replace("(observed)", "(substitute day)") for day, name in named.items()}


def is_working_day(day: date, closures: Mapping[date, str] = NO_CLOSURES) -> bool:
    """Monday to Friday, no bank holiday in England, and the branch is not closed."""
    return day.weekday() < 5 and day not in bank_holidays(day.year) and day not in closures


def after_days(start: date, days: int) -> Reckoning:
    """So many calendar days after a day."""
    return Reckoning(start + timedelta(days=days), _counted(days, "day"), start)


def after_working_days(start: date, days: int, closures: Mapping[date, str] = NO_CLOSURES) -> Reckoning:
    """So many working days after a day, not counting that day. `closures`: the branch's own days, in words."""
    day, left, skipped = start, days, []
    while left:
        day += timedelta(days=1)
        if is_working_day(day, closures):
            left -= 1
        elif day.weekday() < 5:
            skipped.append(bank_holidays(day.year).get(day) or closures[day])
    return Reckoning(day, _counted(days, "working day"), start, tuple(skipped))


def after_months(start: date, months: int) -> Reckoning:
    """The same day so many months later, or the last day of a shorter month."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    last = calendar.monthrange(year, month)[1]
    due = date(year, month, min(start.day, last))
    return Reckoning(due, _counted(months, "month"), start, shorter_month=start.day > last)


def in_words(codes: Mapping[str, Any], today: date) -> str:
    """How a due date came about: "10 working days from 12 March, skipping Good Friday and Easter Monday".

    A year is named only where it is not that of `today`.
    """
    start = date.fromisoformat(codes["from"])
    said = day_in_words(start, today)
    if codes["rule"] == NAMED:
        return f"The day named, recorded on {said}"
    if shorter := codes.get("shorter_month"):
        return f"{codes['rule']} from {said}: {date.fromisoformat(shorter):%B} has no {_th(start.day)}, so its last day"
    skipped = f", skipping {listed(codes['skipped'])}" if codes["skipped"] else ""
    return f"{codes['rule']} from {said}{skipped}"


def day_in_words(day: date, today: date) -> str:
    """12 March, with the year only where it is not that of `today`."""
    return f"{day.day} {day:%B}" if day.year == today.year else f"{day.day} {day:%B %Y}"


def listed(names: Sequence[str]) -> str:
    """One, two and three."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _th(day: int) -> str:
    return f"{day}st" if day == 31 else f"{day}th"  # only 29, 30 and 31 can be missing
