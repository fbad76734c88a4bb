"""What in a text gives away who sent the report to somebody who may not know it (X17)."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import permutations, takewhile
from typing import Any

from app.cases.casefile import CaseFile
from app.cases.involvement import folded
from app.cases.recipients import RESPONDENT, came_forward, known_of_reporter
from app.errors import FieldError

SHORTEST_PART, SHORTEST_NUMBER = 3, 7
"""Letters of a part of a name, and digits of a telephone number, that can give anybody away."""
SHORTEST_RUN, MOST_PARTS = 6, 5
"""Letters of a name or an account that is looked for within a longer word, and the parts in any order."""
POSTCODE = re.compile(r"\b[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}\b", re.IGNORECASE)

NAMED = "This names the person who reported, who may not be named: take that out, as the member reads it"


def names_them(file: CaseFile, text: str, report: Mapping[str, Any] | None = None, but: Iterable[str] = ()) -> bool:
    """Whether a text has the whole name, an account or a contact of a reporter who may not be named.

    However it is written and in whatever order. `but` are names and addresses that the reader has themself.
    """
    known = [one for one in known_of_reporter(file, report or file.report.values) if one[1] not in set(but)]
    return any(_stands_in(way, _plain(told), _plain(text)) for way, told in known)


def may_name_them(file: CaseFile, text: str, report: Mapping[str, Any] | None = None, but: Iterable[str] = ()) -> bool:
    """Whether a part of their name stands in it as a word, or their street: often a mere likeness; so look again."""
    own = {word for one in but for word in _parts(_plain(one))}
    known, said = known_of_reporter(file, report or file.report.values), _plain(text)
    parts = {word for way, told in known if way == "name" for word in _parts(_plain(told))} - own
    if {part for part in parts if len(part) >= SHORTEST_PART} & _parts(said):
        return True
    addresses = (_plain(told) for way, told in known if way == "address")
    streets = (street for address in addresses for _, street in _houses(address) if len(street) > 1)
    return any(_in_order(street, folded(said).split()) for street in streets)


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
    if way == "address":
        return _lives_in(told, text)
    if not folded(told):
        return bool(told) and told.casefold() in text.casefold()  # written in signs alone
    if way == "handle" and len(told.split()) == 1:
        return _is_account(_pieces(told)[-1:], text)
    return any(_together(name, words) for name in _ways(told) for words in _ways(text)) or _run_together(told, text)


def _plain(text: str) -> str:
    """Without accents and without signs that cannot be seen."""
    signs = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in signs if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf")


def _ways(text: str) -> tuple[list[str], list[str]]:
    """The words of a text, and the same with those apart that are joined by a line, a figure or a capital."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return folded(text).split(), re.findall(r"[^\W\d_]+", apart.casefold())


def _parts(text: str) -> set[str]:
    return {word for words in _ways(text) for word in words}


def _together(name: list[str], words: list[str]) -> bool:
    room = len(name) + (len(name) > 1)  # a middle name may stand between
    windows = (words[at : at + room] for at in range(len(words)))
    return bool(name) and any(all(window.count(one) >= name.count(one) for one in name) for window in windows)


def _pieces(text: str) -> list[str]:
    """What stands between spaces and the signs of an address on the web, as letters and figures alone."""
    pieces = (
        re.sub(r"[\W_]", "", one).casefold() for one in re.split(r"[\s/?=&:,;()@<>\"'\u201c\u201d\u2018\u2019]+", text)
    )
    return [one for one in pieces if one]


def _run_together(told: str, text: str) -> bool:
    """Whether the parts of a name stand in one word without anything between: `zoemarshfield`."""
    name = folded(told).split()
    if not 1 < len(name) <= MOST_PARTS or sum(map(len, name)) < SHORTEST_RUN:
        return False
    runs = {"".join(order) for order in permutations(name)}
    return any(run in piece for piece in _pieces(text) for run in runs)


def _is_account(account: list[str], text: str) -> bool:
    """Whether a text has this account, whatever signs part it; a long one also within a longer word."""
    pieces = _pieces(text)
    return any(one in pieces or (len(one) >= SHORTEST_RUN and any(one in piece for piece in pieces)) for one in account)


def _houses(address: str) -> Iterator[tuple[str, list[str]]]:
    """Each number in an address that is followed by words, with the first two of these: house and street."""
    for line in re.split(r"\n|(?<!\d),", address):
        words = folded(line).split()
        for at, word in enumerate(words):
            street = list(takewhile(str.isalpha, words[at + 1 : at + 3]))
            if street and not word.isalpha():
                yield word, street


def _lives_in(address: str, text: str) -> bool:
    """Whether a text has the house with its street, or the postcode; a street or a town gives nobody away for sure."""
    said, run = folded(text).split(), re.sub(r"\s", "", text).casefold()
    if any(_in_order([house, *street], said) for house, street in _houses(address)):
        return True
    return any(re.sub(r"\s", "", code).casefold() in run for code in POSTCODE.findall(address))


def _in_order(words: list[str], said: list[str]) -> bool:
    return any(said[at : at + len(words)] == words for at in range(len(said)))
