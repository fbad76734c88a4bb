"""Due dates: calendar days, working days and months, each with the words of how it was reckoned."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays


@dataclass(frozen=True)
class Reckoning:
    """A due date and how it came about; `skipped` names the bank holidays that were passed over."""

    due_on: date
    rule: str
    start: date
    skipped: tuple[str, ...] = ()

    def as_codes(self) -> dict[str, object]:
        """JSON-able, for the row that keeps it."""
        return {"rule": self.rule, "from": self.start.isoformat(), "skipped": list(self.skipped)}


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> dict[date, str]:
    """England's bank holidays of a year by date."""
    return dict(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date) -> bool:
    """Monday to Friday and no bank holiday in England."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def after_days(start: date, days: int) -> Reckoning:
    """So many calendar days after a day."""
    return Reckoning(start + timedelta(days=days), f"{days} days", start)


def after_working_days(start: date, days: int) -> Reckoning:
    """So many working days after a day, not counting that day."""
    day, left, skipped = start, days, []
    while left:
        day += timedelta(days=1)
        if is_working_day(day):
            left -= 1
        elif day.weekday() < 5:
            skipped.append(bank_holidays(day.year)[day])
    return Reckoning(day, f"{days} working days", start, tuple(skipped))


def after_months(start: date, months: int) -> Reckoning:
    """The same day so many months later, or the last day of a shorter month."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return Reckoning(date(year, month, day), "1 month" if months == 1 else f"{months} months", start)
