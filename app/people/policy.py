"""The rules about offices (procedure, section 5) as pure functions: who may hold and open what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from app.errors import FieldError, Forbidden

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
LINK_LASTS = timedelta(hours=24)


class Role(StrEnum):
    """The offices, highest first."""

    SECRETARY = "secretary"
    DEPUTY = "deputy"
    STAND_IN = "stand_in"
    PANEL = "panel"
    AUDITOR = "auditor"
    DATA_PROTECTION = "data_protection"
    ADMINISTRATOR = "administrator"


NO_OFFICE = "no_office"
ROLE_WORDS: Mapping[str, str] = {
    Role.SECRETARY: "secretary",
    Role.DEPUTY: "deputy secretary",
    Role.STAND_IN: "stand-in",
    Role.PANEL: "panel member",
    Role.AUDITOR: "auditor",
    Role.DATA_PROTECTION: "data protection lead",
    Role.ADMINISTRATOR: "administrator",
    NO_OFFICE: "no office at present",
    "public": "someone",
    "reporter": "the person who told us",
    "respondent": "the member it is about",
    "system": "Casetrail itself",
}
ONE_AT_A_TIME = frozenset({Role.SECRETARY, Role.DEPUTY})
GUESTS = frozenset({Role.STAND_IN, Role.PANEL})

_HANDLERS = frozenset({Role.SECRETARY, Role.DEPUTY, Role.STAND_IN})
ACCESS: Mapping[str, frozenset[Role]] = {
    "cases": _HANDLERS | {Role.AUDITOR},
    "enter_report": _HANDLERS,
    "letters": _HANDLERS,
    "panel": frozenset({Role.PANEL}),
    "trail": frozenset({Role.AUDITOR}),
    "check_record": frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
    "users": frozenset({Role.ADMINISTRATOR}),
    "integrity": frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
    "witnesses": frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
    "yearly_return": _HANDLERS | {Role.AUDITOR, Role.ADMINISTRATOR, Role.DATA_PROTECTION},
    "declare_year": _HANDLERS | {Role.ADMINISTRATOR, Role.DATA_PROTECTION},
    "offices": frozenset(Role),
}

PLACES: Mapping[str, str] = {
    "cases": "the cases",
    "enter_report": "the form for entering a report",
    "letters": "the letters",
    "panel": "the panel's pages",
    "trail": "the record of steps",
    "check_record": "the check of the record",
    "users": "the accounts",
    "integrity": "the page about how sound the record is",
    "witnesses": "the witnesses",
    "yearly_return": "the yearly return",
    "declare_year": "the declaration of a year",
    "offices": "the offices",
}
"""The same in words."""

_OF_THE_BRANCH = frozenset({"yearly_return", "declare_year"})
"""What an office as a guest for one case does not open."""


class HoldsOffices(Protocol):
    """Anyone with offices in force today, for the branch and for single cases."""

    @property
    def offices(self) -> frozenset[str]: ...

    @property
    def case_offices(self) -> Mapping[str, frozenset[str]]: ...


@dataclass(frozen=True)
class Holding:
    """An office as far as the rules need it; `ends_on` is the first day on which it is no longer held."""

    person_id: str
    role: str
    starts_on: date
    ends_on: date | None = None
    case_id: str | None = None

    def overlaps(self, other: "Holding") -> bool:
        """Whether there is a day on which both are held."""
        starts = max(self.starts_on, other.starts_on)
        return all(ends is None or starts < ends for ends in (self.ends_on, other.ends_on))


def may(viewer: HoldsOffices, thing: str) -> bool:
    """Whether an office in force today, or one as a guest for a case, opens `thing` (a key of ACCESS)."""
    held = viewer.offices if thing in _OF_THE_BRANCH else viewer.offices.union(*viewer.case_offices.values())
    return not held.isdisjoint(ACCESS[thing])


def highest(roles: Iterable[str]) -> str:
    """The first of the roles in the order of Role; `no_office` where there is none."""
    held = set(roles)
    return next((role.value for role in Role if role in held), NO_OFFICE)


def role_words(role: str) -> str:
    """A role in words for a page; roles from other places (such as `handler`) as they are."""
    return ROLE_WORDS.get(role, role.replace("_", " "))


def refuse_own_office(actor_id: str | None, person_id: str) -> None:
    """X19: nobody gives, ends or changes an office of their own, on any surface. Raises Forbidden."""
    if actor_id is not None and actor_id == person_id:
        raise Forbidden("Nobody changes their own offices. Ask another administrator to do it.")


def conflicts(new: Holding, held: Iterable[Holding]) -> list[FieldError]:
    """Every reason why `new` cannot be given beside what is `held` (by anyone, any dates)."""
    reasons = [*_own_faults(new)]
    for other in held:
        if new.overlaps(other):
            reasons += _clashes(new, other)
    return list(dict.fromkeys(reasons))


def _own_faults(new: Holding) -> Iterable[FieldError]:
    if new.ends_on is not None and new.ends_on <= new.starts_on:
        yield FieldError("ends_on", "The end must come after the start. Choose a later day, or leave it open.")
    if new.case_id is not None and new.role not in GUESTS:
        yield FieldError("case", "Only a stand-in or a panel member can be invited for one case.")


def _clashes(new: Holding, other: Holding) -> Iterable[FieldError]:
    if new.person_id == other.person_id:
        if (new.role, new.case_id) == (other.role, other.case_id):
            yield FieldError("role", f"This person is already {role_words(new.role)} for some of these days.")
        elif new.role == Role.AUDITOR or other.role == Role.AUDITOR:
            yield FieldError("role", "An auditor holds no other office on the same days. End the other one first.")
    elif new.role == other.role and new.role in ONE_AT_A_TIME:
        words = role_words(new.role)
        yield FieldError("role", f"There is one {words} at a time. End the office of the present one first.")
