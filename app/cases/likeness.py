"""Whether a name, an account or a contact stands in a text, however it is written. Pure functions."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import permutations, takewhile

from app.cases.involvement import folded

SHORTEST_NUMBER = 7
"""Digits of a telephone number that can give anybody away."""
SHORTEST_RUN, MOST_PARTS = 6, 5
"""Letters of a name or an account that is looked for within a longer word, and the parts in any order."""
POSTCODE = re.compile(r"\b[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}\b", re.IGNORECASE)
LEFT_OUT = "(withheld)"
LEFT_OUT_WHOLE = (
    "(Left out: it names somebody whose name is withheld. The officer who looks after the case can say what it says "
    "without the name.)"
)


def without(known: Iterable[tuple[str, str]], text: str) -> str:
    """A text without what gives somebody away, each with its way; all of it where that is written in another manner."""
    said = plain(text)
    letters = _letters(said)
    told = [one for one in known if _may_stand_in(*one, letters) and stands_in(one[0], plain(one[1]), said)]
    if not told:
        return text
    said = masked((one for _, one in known), text)
    return LEFT_OUT_WHOLE if any(stands_in(way, plain(one), plain(said)) for way, one in told) else said


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", text).casefold()


def _may_stand_in(way: str, told: str, letters: str) -> bool:
    """Whether it is worth looking closely: all words of a name or account stand in a text, however they are parted."""
    if way not in ("name", "handle"):
        return True
    account = way == "handle" and len(told.split()) == 1
    words = _pieces(plain(told))[-1:] if account else _ways(plain(told))[1]
    return all(_letters(word) in letters for word in words)


def masked(known: Iterable[str], text: str) -> str:
    """A text with these left out as they stand, the longest first."""
    for told in sorted(known, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(told)}(?!\w)", LEFT_OUT, text, flags=re.IGNORECASE)
    return text


def stands_in(way: str, told: str, text: str) -> bool:
    """Whether a name, an account or a contact (`way` says which) stands in a text; both as `plain` gives them."""
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


def plain(text: str) -> str:
    """Without accents and without signs that cannot be seen."""
    signs = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in signs if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf")


def _ways(text: str) -> tuple[list[str], list[str]]:
    """The words of a text, and the same with those apart that are joined by a line, a figure or a capital."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return folded(text).split(), re.findall(r"[^\W\d_]+", apart.casefold())


def parts(text: str) -> set[str]:
    """Every word of a text."""
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


def houses(address: str) -> Iterator[tuple[str, list[str]]]:
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
    if any(in_order([house, *street], said) for house, street in houses(address)):
        return True
    return any(re.sub(r"\s", "", code).casefold() in run for code in POSTCODE.findall(address))


def in_order(words: list[str], said: list[str]) -> bool:
    """Whether words stand in a text one after the other."""
    return any(said[at : at + len(words)] == words for at in range(len(said)))
