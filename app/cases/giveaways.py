"""What in a text gives away who sent the report to somebody who may not know it (X17)."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.cases.casefile import CaseFile
from app.cases.disclosure import known_of_reporter
from app.cases.involvement import folded
from app.cases.likeness import houses, in_order, parts, plain, stands_in
from app.cases.recipients import RESPONDENT, came_forward
from app.errors import FieldError

SHORTEST_PART = 3
"""Letters of a part of a name that can give anybody away."""

NAMED = "This names the person who reported, who may not be named: take that out, as the member reads it"


def names_them(file: CaseFile, text: str, report: Mapping[str, Any] | None = None, but: Iterable[str] = ()) -> bool:
    """Whether a text has the whole name, an account or a contact of a reporter who may not be named.

    However it is written and in whatever order. `but` are names and addresses that the reader has themself.
    """
    known = [one for one in known_of_reporter(file, report or file.report.values) if one[1] not in set(but)]
    return any(stands_in(way, plain(told), plain(text)) for way, told in known)


def may_name_them(file: CaseFile, text: str, report: Mapping[str, Any] | None = None, but: Iterable[str] = ()) -> bool:
    """Whether a part of their name stands in it as a word, or their street: often a mere likeness; so look again."""
    own = {word for one in but for word in parts(plain(one))}
    known, said = known_of_reporter(file, report or file.report.values), plain(text)
    theirs = {word for way, told in known if way == "name" for word in parts(plain(told))} - own
    if {part for part in theirs if len(part) >= SHORTEST_PART} & parts(said):
        return True
    addresses = (plain(told) for way, told in known if way == "address")
    streets = (street for address in addresses for _, street in houses(address) if len(street) > 1)
    return any(in_order(street, folded(said).split()) for street in streets)


def kept_from(file: CaseFile, member: str, text: str) -> bool:
    """Whether a text stays off a member's own page: it names the reporter, and they are not that themself."""
    return bool(text) and names_them(file, text) and not came_forward(file, member)


def refused(file: CaseFile, field: str, text: str) -> list[FieldError]:
    """What to say where words that a member is going to read name a reporter who may not be named to them."""
    members = [row.id for row in file.current("parties") if row.plain["role"] == RESPONDENT]
    return [FieldError(field, NAMED)] if any(kept_from(file, member, text) for member in members) else []
