"""The yearly return: secretary, deputy and who opens the post each declare whether everything that came was entered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.audit.entries import stamp
from app.audit.events import Event
from app.audit.log import append
from app.cases.casefile import PLAIN
from app.db import new_id
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.oversight.models import YearlyDeclaration
from app.people import queries as people
from app.people.models import Person
from app.people.policy import Role
from app.people.queries import Viewer
from app.vault.vault import SYSTEM
from app.workflow.definition import Field, Option

TABLE, GROUP, RECORD = "yearly_declaration", "remarks", "yearly-declaration"
MAILBOX = "mailbox"
PARTS: Mapping[str, str] = {
    Role.SECRETARY: "Secretary",
    Role.DEPUTY: "Deputy secretary",
    MAILBOX: "Who opens the branch's post and mail",
}
BOTH = "+"
"""Between the two parts of somebody who declares as both: in a small branch the secretary opens the post."""
AS: Mapping[str, str] = {
    **PARTS,
    f"{Role.SECRETARY}{BOTH}{MAILBOX}": "Secretary, and I open the branch's post and mail",
    f"{Role.DEPUTY}{BOTH}{MAILBOX}": "Deputy secretary, and I open the branch's post and mail",
}
NOT_EVERYTHING = "not_everything"
ANSWERS: Mapping[str, str] = {
    "everything": "Every paper, mail and spoken report that reached me was entered",
    NOT_EVERYTHING: "Not everything was entered; my remarks say what",
    "nothing_came": "Nothing reached me in that year",
}
FIRST_YEAR, YEAR_LENGTH = 2000, 4
PRESSED_TWICE = timedelta(minutes=10)


def _choice(name: str, label: str, among: Mapping[str, str]) -> Field:
    return Field(name, "choice", label, required=True, options=tuple(Option(*one) for one in among.items()))


QUESTIONS = (
    Field("year", "line", "For which year?", "Four figures, such as 2026.", required=True, max_length=YEAR_LENGTH),
    _choice("part", "You declare as", AS),
    _choice("answer", "Your declaration", ANSWERS),
    Field(
        "remarks",
        "text",
        "Remarks",
        "Name nobody here: auditors, officers and administrators read it.",
        max_length=2000,
    ),
)


@dataclass(frozen=True)
class Declared:
    """What somebody declared last as one of the three; `at` is None where nobody has yet."""

    part: str
    who: str = ""
    answer: str = ""
    remarks: str = ""
    at: datetime | None = None

    @property
    def lacks(self) -> bool:
        """Whether it says that something was not entered."""
        return self.answer == NOT_EVERYTHING

    @property
    def words(self) -> str:
        """The answer as it was offered."""
        return ANSWERS.get(self.answer, "Not yet")


def yearly_return(session: Session, home: Installation, year: int) -> list[Declared]:
    """The three parts of a year, each with everybody's last word: nobody's is replaced by another's."""
    rows = session.exec(
        select(YearlyDeclaration)
        .where(YearlyDeclaration.year == year)
        .order_by(col(YearlyDeclaration.recorded_at), col(YearlyDeclaration.id))
    ).all()
    last = {row.person_id: row for row in rows}
    names = people.actors_by_id(session, home.vault, list(last))
    found = [_declared(session, home, row, names) for row in last.values()]
    return [one for part in PARTS for one in _as_part(found, part)]


def _as_part(found: Sequence[Declared], part: str) -> list[Declared]:
    return [replace(one, part=part) for one in found if part in one.part.split(BOTH)] or [Declared(part)]


def missing(found: Sequence[Declared]) -> list[str]:
    """Who has not declared yet, in words."""
    return [PARTS[one.part] for one in found if one.at is None]


def lacking(found: Sequence[Declared]) -> list[str]:
    """Who says that not everything was entered, in words."""
    return [f"{PARTS[one.part]} ({one.who})" for one in found if one.lacks]


def declare(home: Installation, viewer: Viewer, values: Mapping[str, Any], *, via: str) -> int:
    """Keeps a declaration that `QUESTIONS` asked for, with an entry; the year. Invalid.

    It counts instead of that person's earlier word for the year, and instead of nobody else's.
    """
    year = year_of(values["year"])
    if not {*values["part"].split(BOTH)} <= {MAILBOX, *viewer.offices}:
        raise Invalid([FieldError("part", "You do not hold this office today. Choose what you are.")])
    if values["answer"] == NOT_EVERYTHING and not values.get("remarks"):
        raise Invalid([FieldError("remarks", "Say what was not entered, without names.")])
    row = YearlyDeclaration(
        id=new_id(),
        year=year,
        part=values["part"],
        person_id=viewer.id,
        answer=values["answer"],
        recorded_at=clock.now(),
    )
    with home.db.write() as session:
        if _said_just_now(session, home, row, values.get("remarks", "")):
            return year
        groups = {PLAIN: as_committed(row), GROUP: {"remarks": values.get("remarks", "")}}
        commits = home.vault.seal_groups(session, SYSTEM, TABLE, row.id, groups)
        session.add(row)
        record = (RECORD, row.id)
        append(session, Event.RETURN_DECLARED, actor=viewer.actor(), via=via, record=record, commits=commits)
    return year


def _said_just_now(session: Session, home: Installation, row: YearlyDeclaration, remarks: str) -> bool:
    """Whether this person's last word for the year is the same and some minutes old: a button pressed twice."""
    session.get_one(Person, row.person_id, with_for_update=True)  # one after the other, on PostgreSQL too
    mine = YearlyDeclaration.person_id == row.person_id, YearlyDeclaration.year == row.year
    newest = select(YearlyDeclaration).where(*mine).order_by(col(YearlyDeclaration.recorded_at).desc())
    last = session.exec(newest.limit(1)).first()
    if last is None or row.recorded_at - last.recorded_at > PRESSED_TWICE:
        return False
    said = home.vault.open(session, SYSTEM, TABLE, last.id, GROUP)["remarks"]
    return (last.part, last.answer, said) == (row.part, row.answer, remarks)


def as_committed(row: YearlyDeclaration) -> dict[str, Any]:
    """What the group `plain` commits to, and what a check compares with the columns."""
    columns = {"year": row.year, "part": row.part, "answer": row.answer, "person_id": row.person_id}
    return columns | {"recorded_at": stamp(row.recorded_at)}


def year_in(typed: str) -> int | None:
    """The year that was typed, where it is one that can be declared by now."""
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == YEAR_LENGTH else 0
    return year if FIRST_YEAR <= year <= clock.today().year else None


def year_of(typed: str) -> int:
    """The same. Invalid where it is none."""
    year = year_in(typed)
    if year is None:
        raise Invalid([FieldError("year", f"Write a year in four figures, up to {clock.today().year}.")])
    return year


def _declared(session: Session, home: Installation, row: YearlyDeclaration, names: Mapping[str, str]) -> Declared:
    remarks = home.vault.open(session, SYSTEM, TABLE, row.id, GROUP)["remarks"]
    return Declared(row.part, names.get(row.person_id, ""), row.answer, remarks, row.recorded_at)
