"""How pages say dates, times, numbers and what stands in a field: the filters of the templates."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from markupsafe import Markup

from app import clock
from app.errors import FieldError

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SOON_DAYS = 2
REASON_GIVEN = "reason given"
YES_NO = {True: "yes", False: "no"}


def _local_day(moment: date) -> date:
    return clock.local(moment).date() if isinstance(moment, datetime) else moment


def day(moment: date) -> str:
    """12 May 2026; a datetime is first put on the clock of Europe/London."""
    moment = _local_day(moment)
    return f"{moment.day} {moment:%B %Y}"


def short_day(moment: date) -> str:
    """12 May, with the year only where it is not the present one."""
    moment = _local_day(moment)
    return f"{moment.day} {moment:%B}" if moment.year == clock.today().year else day(moment)


def weekday(moment: date) -> str:
    """Tuesday 12 May, with the year only where it is not the present one."""
    return f"{_local_day(moment):%A} {short_day(moment)}"


def time(moment: datetime) -> str:
    """19:40 in Europe/London."""
    return f"{clock.local(moment):%H:%M}"


def day_and_time(moment: datetime) -> str:
    """12 May 2026, 19:40 in Europe/London."""
    return f"{day(moment)}, {time(moment)}"


def file_size(size: int) -> str:
    """How large a file is: 7 KB, 1.4 MB."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024)):,} KB"
    return f"{size / 1024 / 1024:,.1f}".removesuffix(".0") + " MB"


def utc(moment: datetime) -> str:
    """2026-05-12T18:40:00Z, for `datetime` attributes and for what shows on hover."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def due_tone(due: date) -> str:
    """`late`, `soon` (two days or less) or `ok`, seen from today."""
    days = (_local_day(due) - clock.today()).days
    return "late" if days < 0 else "soon" if days <= SOON_DAYS else "ok"


def days_left(due: date) -> str:
    """What is left until a due date, in words: "3 days late", "By tomorrow, Friday 15 May", "By 22 July"."""
    days = (_local_day(due) - clock.today()).days
    if days < 0:
        return f"{-days} day{'' if days == -1 else 's'} late"
    if days == 0:
        return f"Today, {weekday(due)}"
    if days == 1:
        return f"By tomorrow, {weekday(due)}"
    return f"By {weekday(due)}, in {days} days" if days <= SOON_DAYS else f"By {short_day(due)}"


def in_words(number: int) -> str:
    """Small numbers as words (0 to 9), larger ones in figures with a comma at thousands."""
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else f"{number:,}"


def letters_need_you(number: int) -> str:
    """One letter needs you; three letters need you."""
    return f"{in_words(number).capitalize()} {'letter needs' if number == 1 else 'letters need'} you"


def by_day(entries: Iterable[Any], attribute: str = "recorded_at") -> list[tuple[date, list[Any]]]:
    """Neighbours of one day in Europe/London together, in the order given; mappings and objects alike."""

    def moment(entry: Any) -> date:
        found = entry[attribute] if isinstance(entry, Mapping) else getattr(entry, attribute)
        return _local_day(found)

    return [(shown, list(group)) for shown, group in groupby(entries, key=moment)]


def field_id(name: str, prefix: str = "") -> str:
    """A valid element id for a dotted field name: `items.0.url` becomes `items-0-url`."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", f"{prefix}-{name}" if prefix else name)


def typed(value: object) -> str:
    """What stands in a field: nothing for None, yes or no for a bool, a date in words, else the text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES_NO[value]
    return day(value) if isinstance(value, date) else str(value)


def chosen(value: object) -> list[str]:
    """The ticked values of a question with several answers."""
    if value is None or value == "":
        return []
    several = value if isinstance(value, list | tuple | set | frozenset) else [value]
    return [typed(item) for item in several]


def item_count(values: Mapping[str, object], name: str) -> int:
    """How many numbered sets of answers (`name.0.`, `name.1.`, ...) the values hold; at least one."""
    numbered = re.compile(re.escape(name) + r"\.(\d{1,3})\.")
    numbers = [int(found[1]) for key in values if (found := numbered.match(key))]
    return max(numbers, default=0) + 1


def messages(errors: Iterable[FieldError] | Mapping[str, str]) -> dict[str, str]:
    """Dotted field name -> its first message; a mapping passes through."""
    if isinstance(errors, Mapping):
        return dict(errors)
    return {error.field: error.message for error in reversed(list(errors))}


def letter_html(html: str) -> Markup:
    """A letter in a page: its headings stand below those of the page."""
    for sent, shown in (("h2>", "h5>"), ("h1>", "h4>")):
        html = html.replace(f"<{sent}", f"<{shown}").replace(f"</{sent}", f"</{shown}")
    return Markup(html)  # noqa: S704 (the branch's own frame; what people typed is escaped)


FILTERS: tuple[Callable[..., object], ...] = (
    day,
    short_day,
    weekday,
    time,
    day_and_time,
    file_size,
    utc,
    due_tone,
    days_left,
    in_words,
    by_day,
    field_id,
    letter_html,
    typed,
    chosen,
    messages,
)
