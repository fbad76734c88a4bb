"""One answer at a time: from what was typed to the JSON value that is kept, or what to do about it."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from app.clock import LONDON
from app.workflow.definition import Field

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
FIRST_YEAR, LAST_YEAR = 1900, 2200
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_IN_WORDS = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9})\.?,?\s+([0-9]{4})")
_ID = re.compile(r"[0-9a-f]{32}")
_LINE_ENDS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CLOCK = re.compile(
    r"(.*?)[,T ]+([0-9]{1,2})[:.]([0-9]{2})(?::[0-9]{2}(?:\.[0-9]{1,6})?)?\s*(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_DEEPEST = 4


class Wrong(Exception):
    """This answer cannot be taken; the text is the sentence for the person."""


def in_words(day: date) -> str:
    """A date as people write it: 14 June 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def empty(raw: Any, depth: int = 0) -> bool:
    """Whether somebody left this out: nothing, only invisible characters, or only such things inside."""
    if raw is None:
        return True
    if isinstance(raw, str):
        return not any(_visible(character) for character in raw)
    if depth < _DEEPEST and isinstance(raw, list | tuple):
        return all(empty(item, depth + 1) for item in raw)
    if depth < _DEEPEST and isinstance(raw, Mapping):
        return all(empty(item, depth + 1) for item in raw.values())
    return False


def _visible(character: str) -> bool:
    # NUL and lone surrogates count as something: they must be refused, not dropped
    return character == "\0" or not (character.isspace() or unicodedata.category(character) in {"Cf", "Cc"})


def answer(spec: Field, raw: Any, today: date) -> Any:
    """The value kept for one non-empty answer of a simple type (not `group` or `items`). Raises Wrong."""
    if spec.type == "moment":
        return _moment(spec, raw, today)
    return _date(spec, raw, today) if spec.type == "date" else _READERS[spec.type](spec, raw)


def missing(spec: Field) -> str:
    """What to say where an answer is needed and none was given."""
    if spec.type == "file":
        return f"Choose a file for “{spec.label}”"
    if spec.type in {"date", "moment"}:
        return f"Give a date for “{spec.label}”"
    if spec.type == "items":
        return f"Add at least one under “{spec.label}”"
    if spec.type in {"text", "line", "email", "tel", "url", "group"}:
        return f"Write something under “{spec.label}”"
    return f"Choose an answer to “{spec.label}”"


def _string(spec: Field, raw: Any) -> str:
    if not isinstance(raw, str):
        raise Wrong(f"Send “{spec.label}” as text in quotes")
    if "\0" in raw or any("\ud800" <= character <= "\udfff" for character in raw):
        raise Wrong(f"“{spec.label}” has a character in it that cannot be stored. Take it out")
    return raw


def _text(spec: Field, raw: Any) -> str:
    text = _string(spec, raw)
    if len(text) > spec.max_length:
        raise Wrong(f"Shorten “{spec.label}” to at most {spec.max_length:,} characters. It has {len(text):,}")
    if len(text.strip()) < spec.min_length:
        raise Wrong(f"Write at least {spec.min_length:,} characters under “{spec.label}”")
    return text


def _line(spec: Field, raw: Any) -> str:
    text = _text(spec, raw)
    if _LINE_ENDS.search(text):
        raise Wrong(f"Write “{spec.label}” on one line")
    return text


def _email(spec: Field, raw: Any) -> str:
    text = _line(spec, raw.strip() if isinstance(raw, str) else raw)
    name, _, host = text.partition("@")
    if not name or not host or "@" in host or any(character.isspace() for character in text):
        raise Wrong("Check the email address: it needs one @ and no spaces, like name@example.org")
    return text


def _date(spec: Field, raw: Any, today: date) -> str:
    text = _string(spec, raw).strip()
    year, month, day = _parts(text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Wrong(f"Check the date: the year must be between {FIRST_YEAR} and {LAST_YEAR}")
    try:
        value = date(year, month, day)
    except ValueError:
        name = f"{MONTHS[month - 1]} {year}" if 1 <= month <= 12 else f"month {month}"
        raise Wrong(f"Check the date: there is no {f'{day} ' if 1 <= month <= 12 else ''}{name}") from None
    if value > today and not spec.future:
        raise Wrong(f"Check the date: {in_words(value)} has not come yet")
    return value.isoformat()


def _moment(spec: Field, raw: Any, today: date) -> str:
    """A day and a time, kept in UTC; without an offset it is the time in Europe/London."""
    found = _CLOCK.fullmatch(_string(spec, raw).strip())
    if found is None:
        raise Wrong("Write day and time like 11 May 2026, 19:40")
    day, hour, minute = date.fromisoformat(_date(spec, found[1], today)), int(found[2]), int(found[3])
    if hour > 23 or minute > 59:
        raise Wrong("Check the time: it goes from 00:00 to 23:59")
    offset = {None: "", "Z": "+00:00"}.get(found[4], found[4])
    try:
        written = datetime.fromisoformat(f"{day.isoformat()}T{hour:02}:{minute:02}:00{offset}")
    except ValueError:
        raise Wrong("Check the time: its offset from UTC cannot be right") from None
    local = written if written.tzinfo else written.replace(tzinfo=LONDON)
    return f"{local.astimezone(UTC):%Y-%m-%dT%H:%M}Z"


def _parts(text: str) -> tuple[int, int, int]:
    """Year, month and day as written, in range or not. Raises Wrong where it is no date at all."""
    if iso := _ISO.fullmatch(text):
        return int(iso[1]), int(iso[2]), int(iso[3])
    if slashed := _SLASHED.fullmatch(text):
        return int(slashed[3]), int(slashed[2]), int(slashed[1])
    if words := _IN_WORDS.fullmatch(text):
        for number, name in enumerate(MONTHS, start=1):
            if name.lower().startswith(words[2].lower()):
                return int(words[3]), number, int(words[1])
    raise Wrong("Write the date like 11 May 2026 or 11/5/2026")


def _choice(spec: Field, raw: Any) -> str:
    text = _string(spec, raw)
    if all(option.value != text for option in spec.options):
        raise Wrong(f"Choose one of the answers offered for “{spec.label}”")
    return text


def _yes_no(spec: Field, raw: Any) -> str:
    value = {True: "yes", False: "no"}[raw] if isinstance(raw, bool) else raw
    permitted = ("yes", "no", "unknown") if spec.type == "yes_no_unknown" else ("yes", "no")
    if not isinstance(value, str) or value not in permitted:
        raise Wrong(f"Answer “{spec.label}” with {', '.join(permitted[:-1])} or {permitted[-1]}")
    return value


def _one_id(spec: Field, raw: Any) -> str:
    text = _string(spec, raw)
    if not _ID.fullmatch(text):
        raise Wrong(f"Choose “{spec.label}” from the list")
    return text


def _person(spec: Field, raw: Any) -> str:
    # a person may be named by mail address; whoever knows the accounts turns it into an id before it is kept
    text = _string(spec, raw)
    return _email(spec, text) if "@" in text else _one_id(spec, text)


def _several(one: Callable[[Field, Any], str]) -> Callable[[Field, Any], list[str]]:
    def read(spec: Field, raw: Any) -> list[str]:
        given = [raw] if isinstance(raw, str) else raw
        if not isinstance(given, list | tuple):
            raise Wrong(f"Send “{spec.label}” as a list")
        values = list(dict.fromkeys(one(spec, item) for item in given if not empty(item)))
        if len(values) > spec.max_items and not spec.options:
            raise Wrong(f"Choose at most {spec.max_items} under “{spec.label}”")
        return values

    return read


_READERS: dict[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "line": _line,
    "email": _email,
    "tel": _line,
    "url": _line,
    "choice": _choice,
    "choices": _several(_choice),
    "yes_no": _yes_no,
    "yes_no_unknown": _yes_no,
    "person": _person,
    "persons": _several(_person),
    "record": _one_id,
    "file": _one_id,
    "records": _several(_one_id),
}
