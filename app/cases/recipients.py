"""Who gets a letter: the people with a part in a case, with the contacts and wishes that are known of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.cases.casefile import CaseFile, Row
from app.cases.involvement import same_name
from app.cases.notices import reaches

PARTIES, REPORTER, RESPONDENT = "parties", "reporter", "respondent"
SELF, TARGET = "self", "target"
NAMED = "named"
LINK, POST = "link", "post"
CONTACTS = ("name", "email", "address")
WISH = "letters_by"
ADDRESSED = ("respondent", "notice")
"""Answers of a record that say to which member it went."""


@dataclass(frozen=True)
class Recipient:
    """One person to write to. `wish` is email, link or post; `asked`: they said in words how they may be reached."""

    part: str
    party_id: str | None
    name: str
    email: str
    address: str
    wish: str = ""
    asked: bool = False
    came_forward: bool = False
    """The report is their own, about themself."""

    @property
    def is_known(self) -> bool:
        """Whether there is a name or an address to write to."""
        return bool(self.name or self.email or self.address)


def recipients(
    file: CaseFile, report: Mapping[str, Any], to: str, cause: Mapping[str, Any], after: str = "", sender: str = ""
) -> list[Recipient]:
    """The people with this part, only the one that `cause` is addressed to where it names one.

    `after` keeps those to whom a record of that kind was addressed. One without any contact is in it all the same,
    unless `sender` asks for whoever sent the report only where they are `named`, or only where they are `unnamed`.
    """
    if to == REPORTER:
        own = _reporter(file, report)
        return [own] if not sender or own.is_known == (sender == NAMED) else []
    chain = addressee(file, cause)
    everyone = [row for row in _parties(file, to) if to != TARGET or _is_another(file, row, report)]
    rows = [row for row in everyone if chain in (None, file.root(row.id))]
    if after:
        reached = {addressee(file, row.values) for row in file.current(after) if reaches(file, row)}
        rows = [row for row in rows if file.root(row.id) in reached]
    selves = _reporter(file, report) if file.case.kind == SELF else None
    return [_party(row, selves if selves and _is_theirs(row, selves, everyone) else None) for row in rows]


def came_forward(file: CaseFile, member: str) -> bool:
    """Whether a member is the one who reported themself. `member` is a row of their chain."""
    if file.case.kind != SELF:
        return False
    own, everyone = _reporter(file, file.report.values), list(_parties(file, RESPONDENT))
    return any(file.root(row.id) == file.root(member) and _is_theirs(row, own, everyone) for row in everyone)


def _is_another(file: CaseFile, row: Row, report: Mapping[str, Any]) -> bool:
    """Whether a person affected is known and not whoever sent the report, who gets letters of their own."""
    sender = _is_sender(file, row, dict(report.get(REPORTER) or {}))
    return row.plain["identified"] != "unknown" and not sender


def addressee(file: CaseFile, values: Mapping[str, Any]) -> str | None:
    """The first row of the party that a record is addressed to, by itself or through its notice; None without."""
    if values.get("notice"):
        notice = file.latest(values["notice"])
        return addressee(file, notice.values) if notice else None
    return file.root(values["respondent"]) if isinstance(values.get("respondent"), str) else None


def _reporter(file: CaseFile, report: Mapping[str, Any]) -> Recipient:
    told: dict[str, Any] = dict(report.get(REPORTER) or {})
    for row in _all_parties(file):
        if _is_sender(file, row, told):  # what the officer recorded later counts
            told |= {name: row.values[name] for name in (*CONTACTS, WISH) if row.values.get(name)}
    asked = bool(report.get("contact_how") or report.get("contact_when_not"))
    name, email, address = (str(told.get(one, "")) for one in CONTACTS)
    return Recipient(REPORTER, None, name, email, address, told.get(WISH, ""), asked)


def _is_sender(file: CaseFile, row: Row, told: Mapping[str, Any]) -> bool:
    """Whether a party is who sent the report and not somebody with a like part: a letter to another is a leak (X17)."""
    role = row.plain.get("role")
    if role not in (REPORTER, file.case.kind):
        return False
    if same_name(str(row.values.get("name", "")), str(told.get("name", ""))):
        return True
    reached = ((str(row.values.get(way, "")), str(told.get(way, ""))) for way in ("email", "phone"))
    if any(one.strip() and one.strip().casefold() == other.strip().casefold() for one, other in reached):
        return True
    alone = len(list(_parties(file, str(role)))) == 1
    return alone and (role == REPORTER or not told.get("name"))


def _is_theirs(row: Row, own: Recipient, everyone: list[Row]) -> bool:
    """Whether a respondent is the member who reported themself; only then do the report's contacts count for them."""
    name = str(row.values.get("name", ""))
    return same_name(name, own.name) if name and own.name else len(everyone) == 1


def _party(row: Row, own: Recipient | None) -> Recipient:
    name, email, address = (row.values.get(one) or (getattr(own, one) if own else "") for one in CONTACTS)
    wish = row.values.get(WISH) or (own.wish if own else "")
    if wish == LINK and row.plain["role"] != RESPONDENT:
        wish = POST  # they have no page of their own on which to read it
    asked = own.asked if own else False
    return Recipient(row.plain["role"], row.id, name, email, address, wish, asked, came_forward=own is not None)


def _parties(file: CaseFile, part: str) -> Iterator[Row]:
    return (row for row in _all_parties(file) if row.plain.get("role") == part)


def _all_parties(file: CaseFile) -> list[Row]:
    return file.current(PARTIES) if PARTIES in file.workflow.records else []
