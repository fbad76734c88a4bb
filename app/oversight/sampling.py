"""A random sample of cases that anybody can draw again: start number and state of the log are on the trail."""

import hashlib
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from app.audit import old_logs
from app.audit.entries import told_by
from app.audit.events import Event
from app.audit.log import append
from app.audit.log_tables import size_of
from app.audit.models import AuditEntry, LogEntry, OldLogEntry
from app.cases.access import visible
from app.cases.models import Case
from app.errors import FieldError, Invalid, NotFound
from app.installation import Installation
from app.oversight.reading import note_reading
from app.people import queries as people
from app.people.queries import Viewer
from app.workflow.definition import Field

DIGITS, MOST, LISTED = 18, 200, 50
LABEL = b"casetrail/sample/v1\x00"
SAMPLE = "sample"
NUMBER = "Write a whole number from 1 to {most:,}"
QUESTIONS = (
    Field("count", "line", "How many cases?", f"From 1 to {MOST}.", required=True, max_length=DIGITS),
    Field(
        "start",
        "line",
        "Start number",
        "Any number of up to 18 digits, for example from dice thrown in front of others. Left empty, one is made up.",
        max_length=DIGITS,
    ),
)
"""The questions of the page, and the body of `POST /trail/samples`."""


@dataclass(frozen=True)
class Draw:
    """One drawing as it is on the trail: who drew how many, from which start number and how much of the log.

    `ended` is how many logs had ended with a declared loss by then: all of their entries count, too.
    """

    id: str
    start: int
    size: int
    ended: int
    count: int
    drawn_at: datetime
    who: str

    def as_json(self) -> dict[str, Any]:
        """As programs read it."""
        numbers = {"start": self.start, "size": self.size, "ended": self.ended, "count": self.count}
        return {"id": self.id, **numbers, "drawn_at": self.drawn_at.isoformat(), "who": self.who}


@dataclass(frozen=True)
class Drawn:
    """A case of a sample, in the order of drawing, with its id in the log and the hash that decides the order."""

    reference: str
    id: str
    hash: str

    def as_json(self) -> dict[str, Any]:
        """As programs read it."""
        return {"case": self.reference, "id": self.id, "hash": self.hash}


def place(start: int, case_id: str) -> str:
    """SHA-256 of the label, the start number in decimal, a zero byte and the case's id: by it cases are ordered."""
    return hashlib.sha256(LABEL + f"{start}".encode() + b"\x00" + case_id.encode()).hexdigest()


def sample(start: int, count: int, case_ids: Iterable[str]) -> list[tuple[str, str]]:
    """The first `count` cases in the order of `place`, each with its hash."""
    return sorted((place(start, case_id), case_id) for case_id in case_ids)[:count]


def draw(home: Installation, viewer: Viewer, answers: dict[str, Any], *, via: str) -> str:
    """Writes `sample_drawn` with start number, log size and count; the id of the drawing. Invalid."""
    count = _number(answers["count"], "count", MOST)
    given = answers.get("start")
    start = _number(given, "start", 10**DIGITS - 1) if given else secrets.randbelow(10**DIGITS - 1) + 1
    home.log.catch_up()
    with home.db.write() as session:
        ended = old_logs.how_many(session)
        subject = (SAMPLE, f"{start}:{size_of(session)}{f':{ended}' if ended else ''}")
        return append(session, Event.SAMPLE_DRAWN, actor=viewer.actor(), via=via, subject=subject, count=count).id


def drawings(session: Session, home: Installation) -> list[Draw]:
    """The newest drawings, newest first, whoever drew them."""
    chosen = select(AuditEntry).where(AuditEntry.event == Event.SAMPLE_DRAWN)
    newest = chosen.order_by(col(AuditEntry.recorded_at).desc(), col(AuditEntry.id).desc())
    return _read(session, home, session.exec(newest.limit(LISTED)).all())


def again(home: Installation, viewer: Viewer, draw_id: str, *, via: str) -> tuple[Draw, list[Drawn], int]:
    """A drawing, its cases drawn anew, and out of how many; without cases this auditor may not see. NotFound."""
    note_reading(home, viewer, via=via)
    with home.db.read() as session:
        entry = session.get(AuditEntry, draw_id)
        if entry is None or entry.event != Event.SAMPLE_DRAWN:
            raise NotFound("There is no such sample")
        drawing = next(iter(_read(session, home, [entry])), None)
        if drawing is None:
            raise NotFound("The entry of this sample was edited: what it drew cannot be drawn again")
        known = _population(session, viewer, drawing)
    chosen = sample(drawing.start, drawing.count, known)
    return drawing, [Drawn(known[case_id], case_id, found) for found, case_id in chosen], len(known)


def _population(session: Session, viewer: Viewer, drawing: Draw) -> dict[str, str]:
    """References, by id, of the cases that this auditor may see and that were opened by then.

    That is in a log that had ended, or among the first entries of the one that was the present one, ended since or not.
    """
    query = visible(viewer, col(Case.id), col(Case.reference)).join(AuditEntry, col(AuditEntry.case_id) == Case.id)
    query = query.join(LogEntry, col(LogEntry.entry_id) == col(AuditEntry.id), isouter=True)
    query = query.join(OldLogEntry, col(OldLogEntry.entry_id) == col(AuditEntry.id), isouter=True)
    log = col(OldLogEntry.log)
    counted = [log <= drawing.ended, and_(log == drawing.ended + 1, col(OldLogEntry.log_index) < drawing.size)]
    if old_logs.how_many(session) == drawing.ended:
        counted.append(col(LogEntry.log_index) < drawing.size)
    query = query.where(AuditEntry.event == Event.CASE_OPENED, or_(*counted))
    return {case_id: reference for case_id, reference, _ in session.exec(query).all()}


def _read(session: Session, home: Installation, entries: Iterable[AuditEntry]) -> list[Draw]:
    rows = list(entries)
    names = people.actors_by_id(session, home.vault, {row.actor_id for row in rows if row.actor_id})
    found = []
    for row in rows:
        document = told_by(row)
        with suppress(LookupError, ValueError):  # one that was edited: the check names it
            start, size, *ended = map(int, document["subject"]["id"].split(":"))
            who = names.get(row.actor_id or "", "")
            found.append(Draw(row.id, start, size, sum(ended), document["count"], row.recorded_at, who))
    return found


def _number(given: str, field: str, most: int) -> int:
    wrong = Invalid([FieldError(field, NUMBER.format(most=most))])
    if not given.isascii() or not given.isdigit():
        raise wrong
    number = int(given)
    if not 1 <= number <= most:
        raise wrong
    return number
