"""The days on which the branch is closed. Rows only grow: taking a day back is a new row, and the newest counts."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.audit.events import Event
from app.audit.log import Actor, append
from app.cases.models import ClosureDay
from app.db import insert_once, new_id
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.workflow.definition import Field, Option

CLOSED, OPEN = "closed", "open"
QUESTIONS = (
    Field("day", "date", "Day", required=True, future=True),
    Field(
        "what",
        "choice",
        "What is it?",
        required=True,
        options=(Option(CLOSED, "The branch is closed"), Option(OPEN, "The branch is open after all")),
    ),
    Field("why", "line", "Why", "For example: the office moves.", required=True, max_length=200),
)
"""The form of the page and the body of `POST /closure-days`."""


@dataclass(frozen=True)
class Closure:
    """One row as people read it; `counts` is the newest of its day."""

    id: str
    day: date
    closed: bool
    why: str
    recorded_at: datetime
    counts: bool


def closed_days(session: Session) -> dict[date, str]:
    """Each day on which the branch is closed, in the words by which a due date names it."""
    rows = session.exec(select(ClosureDay).order_by(col(ClosureDay.number)))
    return words_of({row.day: row.closed for row in rows})


def words_of(found: Mapping[date, bool]) -> dict[date, str]:
    """The closed ones of these days, in the same words."""
    return {day: f"the branch's closure on {day.day} {day:%B}" for day, closed in found.items() if closed}


def closures(session: Session, home: Installation) -> list[Closure]:
    """Every row, latest day first, of one day the newest first."""
    order = (col(ClosureDay.day).desc(), col(ClosureDay.number).desc())
    seen: set[date] = set()
    listed = []
    for row in session.exec(select(ClosureDay).order_by(*order)):
        why = home.vault.open_bytes(session, _bound_to(row.id), row.why)
        listed.append(Closure(row.id, row.day, row.closed, why, row.recorded_at, row.day not in seen))
        seen.add(row.day)
    return listed


def record(session: Session, home: Installation, values: Mapping[str, Any], *, actor: Actor, via: str) -> Closure:
    """Keeps what `QUESTIONS` asked, with an entry; due dates that were set stay as they are. Invalid for no change."""
    day, closed = date.fromisoformat(values["day"]), values["what"] == CLOSED
    if (day in closed_days(session)) == closed:
        said = "The branch is closed on this day already" if closed else "The branch is not closed on this day"
        raise Invalid([FieldError("day", said)])
    row_id = new_id()
    row: dict[str, Any] = {
        "id": row_id,
        "day": day,
        "number": len(session.exec(select(ClosureDay.id).where(ClosureDay.day == day)).all()) + 1,
        "closed": closed,
        "why": home.vault.seal_bytes(session, _bound_to(row_id), values["why"]),
        "recorded_at": clock.now(),
        "by_person": actor.id,
    }
    if not insert_once(session, ClosureDay, row):
        raise Invalid([FieldError("day", "Somebody else recorded this day at this moment: look again")])
    event = Event.CLOSURE_ADDED if closed else Event.CLOSURE_WITHDRAWN
    told = {"closure": row_id, "why": hashlib.sha256(row["why"]).hexdigest()}
    append(session, event, actor=actor, via=via, subject=("closure-day", day.isoformat()), columns=told)
    return next(one for one in closures(session, home) if one.id == row_id)


def _bound_to(row_id: str) -> str:
    return f"closure_day/{row_id}/why"
