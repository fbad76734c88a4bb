"""Who may take a step or keep a record, given how they see the case: the roles that workflow files may name."""

from collections.abc import Callable
from dataclasses import dataclass

from app.cases.access import CARD, FULL, serves_as_officer
from app.cases.code_holders import REPORTER, RESPONDENT, CodeHolder
from app.cases.models import Case, CaseStanding
from app.cases.standing import CLEAR, OUT
from app.people.queries import Viewer

OWN = "own"
"""The view of somebody who comes by a code: what they wrote and what was written to them."""


@dataclass(frozen=True)
class Position:
    """How somebody stands before a case: their view of it, their standing, and the officers who could act instead."""

    viewer: Viewer | CodeHolder
    case: Case
    view: str
    standing: CaseStanding | None
    other_officers: frozenset[str] = frozenset()
    """Ids of secretary and deputy in office for whom the case exists, without whoever closed it."""

    @property
    def part(self) -> str:
        """The part in the case of somebody who comes by a code; empty for people with an account."""
        return self.viewer.part if isinstance(self.viewer, CodeHolder) else ""

    @property
    def is_handler(self) -> bool:
        return self.case.handler_id == self.viewer.id and self.view in (FULL, CARD)

    @property
    def is_officer(self) -> bool:
        if isinstance(self.viewer, CodeHolder):
            return False
        return self.view in (FULL, CARD) and serves_as_officer(self.viewer, self.case.id)

    @property
    def is_panel(self) -> bool:
        return self.standing is not None and self.standing.part == "panel"

    @property
    def is_clear(self) -> bool:
        return self.standing is not None and self.standing.answer in CLEAR

    @property
    def is_out(self) -> bool:
        return self.standing is not None and self.standing.answer in OUT


def _officer(position: Position) -> bool:
    """Any officer; the stand-in only where secretary and deputy may not."""
    offices = position.viewer.offices
    if not position.is_officer or position.is_panel:
        return False
    first_choice = bool(offices & {"secretary", "deputy"})
    return first_choice or not (position.other_officers - {position.viewer.id})


ROLES: dict[str, Callable[[Position], bool]] = {
    "handler": lambda position: position.is_handler,
    "officer": _officer,
    "invited": lambda _position: True,  # whoever sees any of a case may say what connects them with it
    "clearing_officer": lambda position: position.is_officer and position.is_clear,
    "on_case": lambda position: position.view == FULL,
    "anyone": lambda _position: True,
    REPORTER: lambda position: position.part == REPORTER,
    RESPONDENT: lambda position: position.part == RESPONDENT,
}


CARD_ROLES = frozenset({"invited", "clearing_officer"})


def allowed(roles: tuple[str, ...], position: Position) -> bool:
    """Whether one of these roles is this person's; whoever comes by a code has their part and nothing else."""
    if position.part:
        return position.part in roles
    return any(ROLES[role](position) for role in roles)


def may_keep(roles: tuple[str, ...], position: Position) -> bool:
    """Whether this person may keep such a record; with the card one may only declare and decide on declarations."""
    on_card = position.view == CARD and not CARD_ROLES & set(roles)
    return not on_card and allowed(roles, position)


def role_of(position: Position) -> str:
    """The role under which this person's entries on this case are signed."""
    if position.part:
        return position.part
    offices = position.viewer.offices | position.viewer.case_offices.get(position.case.id, frozenset())
    if position.is_panel and "panel" in offices:
        return "panel"
    return next(
        (role for role in ("secretary", "deputy", "stand_in", "panel", "auditor") if role in offices), "no_office"
    )
