"""The yearly return: secretary, deputy and who opens the post each declare whether everything that came was entered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.audit.events import Event
from app.audit.log import append
from app.db import new_id
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.oversight.models import YearlyDeclaration
from app.people import queries as people
from app.people.policy import Role
from app.people.queries import Viewer
from app.vault.vault import SYSTEM
from app.workflow.definition import Field, Option

TABLE, GROUP = "yearly_declaration", "remarks"
MAILBOX = "mailbox"
PARTS: Mapping[str, str] = {
    Role.SECRETARY: "Secretary",
    Role.DEPUTY: "Deputy secretary",
    MAILBOX: "Who opens the branch's post and mail",
}
ANSWERS: Mapping[str, str] = {
    "everything": "Every paper, mail and spoken report that reached me was entered",
    "not_everything": "Not everything was entered; my remarks say what",
    "nothing_came": "Nothing reached me in that year",
}
FIRST_YEAR = 2000


def _choice(name: str, label: str, among: Mapping[str, str]) -> Field:
    return Field(name, "choice", label, required=True, options=tuple(Option(*one) for one in among.items()))


QUESTIONS = (
    Field("year", "line", "For which year?", "Four figures, such as 2026.", required=True, max_length=4),
    _choice("part", "You declare as", PARTS),
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
    """What one of the three declared last; `at` is None where there is nothing yet."""

    part: str
    who: str = ""
    answer: str = ""
    remarks: str = ""
    at: datetime | None = None


def yearly_return(session: Session, home: Installation, year: int) -> list[Declared]:
    """The three parts of a year, each with what was declared last."""
    rows = session.exec(
        select(YearlyDeclaration)
        .where(YearlyDeclaration.year == year)
        .order_by(col(YearlyDeclaration.recorded_at), col(YearlyDeclaration.id))
    ).all()
    last = {row.part: row for row in rows}
    names = people.actors_by_id(session, home.vault, [row.person_id for row in last.values()])
    return [_declared(session, home, part, last.get(part), names) for part in PARTS]


def missing(found: Sequence[Declared]) -> list[str]:
    """Who has not declared yet, in words."""
    return [PARTS[one.part] for one in found if one.at is None]


def declare(home: Installation, viewer: Viewer, values: Mapping[str, Any], *, via: str) -> int:
    """Keeps a declaration that `QUESTIONS` asked for, with an entry; the year. Invalid."""
    year = _year(values["year"])
    if values["part"] != MAILBOX and values["part"] not in viewer.offices:
        raise Invalid([FieldError("part", "You do not hold this office today. Choose what you are.")])
    if values["answer"] == "not_everything" and not values.get("remarks"):
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
        sealed = {"remarks": values.get("remarks", ""), "answer": row.answer, "part": row.part, "year": row.year}
        commits = home.vault.seal_groups(session, SYSTEM, TABLE, row.id, {GROUP: sealed})
        session.add(row)
        record = ("yearly-declaration", row.id)
        append(session, Event.RETURN_DECLARED, actor=viewer.actor(), via=via, record=record, commits=commits)
    return year


def _year(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit()) or not FIRST_YEAR <= int(typed) <= clock.today().year:
        raise Invalid([FieldError("year", f"Write a year in four figures, up to {clock.today().year}.")])
    return int(typed)


def _declared(
    session: Session,
    home: Installation,
    part: str,
    row: YearlyDeclaration | None,
    names: Mapping[str, str],
) -> Declared:
    if row is None:
        return Declared(part)
    remarks = home.vault.open(session, SYSTEM, TABLE, row.id, GROUP)["remarks"]
    return Declared(part, names.get(row.person_id, ""), ANSWERS[row.answer], remarks, row.recorded_at)
