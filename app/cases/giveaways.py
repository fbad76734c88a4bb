"""What in a text gives away who sent the report to somebody who may not know it (X17)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.cases.casefile import CaseFile
from app.cases.involvement import folded
from app.cases.recipients import known_of_reporter

SHORTEST_PART, SHORTEST_NUMBER = 3, 7
"""Letters of a part of a name, and digits of a telephone number, that can give anybody away."""


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
