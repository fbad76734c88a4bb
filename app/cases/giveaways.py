"""What in a text gives away who sent the report to somebody who may not know it (X17)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.cases.casefile import CaseFile
from app.cases.involvement import folded
from app.cases.recipients import RESPONDENT, came_forward, known_of_reporter
from app.errors import FieldError

SHORTEST_PART, SHORTEST_NUMBER = 3, 7
"""Letters of a part of a name, and digits of a telephone number, that can give anybody away."""

NAMED = "This names the person who reported, who may not be named: take that out, as the member reads it"


def names_them(file: CaseFile, text: str, report: Mapping[str, Any] | None = None, but: Iterable[str] = ()) -> bool:
    """Whether a text has the whole name, an account or a contact of a reporter who may not be named.

    However it is written and in whatever order. `but` are names and addresses that the reader has themself.
    """
    known = [one for one in known_of_reporter(file, report or file.report.values) if one[1] not in set(but)]
    return any(_stands_in(way, told, text) for way, told in known)


def may_name_them(file: CaseFile, text: str, report: Mapping[str, Any] | None = None, but: Iterable[str] = ()) -> bool:
    """Whether a part of their name stands in it as a word: often a mere likeness, so somebody looks again."""
    own = {word for one in but for word in folded(one).split()}
    known = known_of_reporter(file, report or file.report.values)
    parts = {word for way, told in known if way == "name" for word in folded(told).split()} - own
    return bool({part for part in parts if len(part) >= SHORTEST_PART} & set(folded(text).split()))


def kept_from(file: CaseFile, member: str, text: str) -> bool:
    """Whether a text stays off a member's own page: it names the reporter, and they are not that themself."""
    return bool(text) and names_them(file, text) and not came_forward(file, member)


def refused(file: CaseFile, field: str, text: str) -> list[FieldError]:
    """What to say where words that a member is going to read name a reporter who may not be named to them."""
    members = [row.id for row in file.current("parties") if row.plain["role"] == RESPONDENT]
    return [FieldError(field, NAMED)] if any(kept_from(file, member, text) for member in members) else []


def _stands_in(way: str, told: str, text: str) -> bool:
    if way == "phone":
        digits = re.sub(r"\D", "", told)
        return len(digits) >= SHORTEST_NUMBER and digits in re.sub(r"[\s()./+-]", "", text)
    if way == "email":
        return told.casefold() in re.sub(r"\s", "", text).casefold()
    words, name = folded(text).split(), folded(told).split()
    if not name:
        return bool(told) and told.casefold() in text.casefold()  # written in signs alone
    room = len(name) + (len(name) > 1)  # a middle name may stand between
    windows = (words[at : at + room] for at in range(len(words)))
    return any(all(window.count(one) >= name.count(one) for one in name) for window in windows)
