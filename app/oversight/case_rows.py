"""What the check reads of one case beside its entries: its row, records, due dates and who stands where, in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy
from sqlalchemy import String, cast
from sqlmodel import Session, col, select

from app.audit.entries import document_of
from app.audit.events import Event
from app.audit.models import AuditEntry
from app.audit.stored import streamed
from app.cases.casefile import PLAIN_COLUMNS, REPORT, STEP, PlainRow
from app.cases.models import Case, CaseClause, CaseDeadline, CaseRecord, CaseStanding
from app.letters.models import Letter
from app.workflow.definition import Effect, Transition, Workflow

OUTCOME = "outcome"
PLACING = (Event.CASE_OPENED, Event.HANDLER_ASSIGNED, Event.REPLY_CODE_ENDED, Event.ACCESS_CODE_RENEWED)


@dataclass(frozen=True)
class Record(PlainRow):
    """A record's plain columns, as guards and clocks look at it, and whose it is."""

    case_id: str


class Placing(NamedTuple):
    """An entry that opened a case, gave it to an officer, or ended or changed its reporter's code."""

    case_id: str
    id: str
    event: str
    document: dict[str, Any]


class Bundle(NamedTuple):
    """One case with all that its check asks."""

    workflow: Workflow
    case: Any
    opened: Placing
    placed: list[Placing]
    """What came after that: who was given it, and codes that ended or were changed."""
    kept_out: frozenset[str]
    """Ids of those who have a part in it, as far as entries tell."""
    all_told: bool
    """Whether entries tell of everybody who has: once they did not."""
    rows: list[Record]
    deadlines: list[CaseDeadline]
    letters: list[Any]
    standings: list[CaseStanding]
    clauses: list[Any]

    def then(self, row: Record) -> tuple[Effect, ...]:
        """What the procedure makes follow from a record."""
        if row.kind == REPORT:
            return self.workflow.opening.then
        if row.kind == STEP:
            return next((one.then for one in self.workflow.transitions if is_it(one, row.plain)), ())
        kind = self.workflow.records.get(row.kind)
        return kind.then if kind is not None else ()

    def does(self, row: Record, effect: str) -> bool:
        """Whether this effect follows from a record."""
        return any(one.kind == "effect" and one.name == effect for one in self.then(row))


def is_it(arrow: Transition, taken: dict[str, Any]) -> bool:
    """Whether a step went along this arrow."""
    return (arrow.trigger, arrow.source, arrow.dest) == (taken.get("trigger"), taken.get("from"), taken.get("to"))


def outcome_of(rows: list[Record], closing: Record) -> str | None:
    """The outcome of a step that led to the end, or of the newest record that names one since the case came there."""
    came = max((row.version for row in rows if row.plain.get("to") == closing.plain["from"]), default=0)
    replaced = {row.replaces for row in rows}
    made = [row.plain.get(OUTCOME) for row in rows if row.version > came and row.id not in replaced]
    own: str | None = closing.plain.get(OUTCOME)
    return own or next(filter(None, reversed(made)), None)


def cases(session: Session) -> Iterator[Any]:
    """Every case's row by id; days as text, so that one that is none is a fault and does not stop the check."""
    dated = {"received_on", "next_due_on", "panel_reads_until"}
    names = Case.model_fields.keys() - dated
    days = [cast(getattr(Case, name), String).label(name) for name in sorted(dated)]
    return streamed(session, select(*(getattr(Case, name) for name in sorted(names)), *days).order_by(col(Case.id)))


def placings(session: Session) -> Iterator[Placing]:
    """The entries that opened cases, gave them to somebody, or ended or changed a code, by case."""
    chosen: Any = select(AuditEntry.case_id, AuditEntry.id, AuditEntry.event, AuditEntry.entry)
    chosen = chosen.where(col(AuditEntry.event).in_(PLACING), col(AuditEntry.case_id).is_not(None))
    for case_id, entry_id, event, entry in streamed(session, chosen.order_by(AuditEntry.case_id, AuditEntry.seq)):
        yield Placing(case_id, entry_id, event, document_of(entry))


def records(session: Session) -> Iterator[Record]:
    """Every record's plain columns, by case, oldest first."""
    chosen = sqlalchemy.select(*PLAIN_COLUMNS, col(CaseRecord.case_id))
    order = (col(CaseRecord.case_id), col(CaseRecord.case_version), col(CaseRecord.recorded_at))
    return (Record(*row) for row in streamed(session, chosen.order_by(*order)))


def deadlines(session: Session) -> Iterator[Any]:
    """Every due date that was set, by case, in the order in which they count."""
    names = ("case_id", "id", "clock", "due_on", "reckoned", "record_id", "case_version")
    chosen: Any = select(*(getattr(CaseDeadline, name) for name in names))
    order = (col(CaseDeadline.case_id), col(CaseDeadline.case_version), col(CaseDeadline.due_on))
    return streamed(session, chosen.order_by(*order))


def standings(session: Session) -> Iterator[Any]:
    """Who is what to each case, by case."""
    names = ("case_id", "person_id", "part", "answer")
    chosen: Any = select(*(getattr(CaseStanding, name) for name in names))
    return streamed(session, chosen.order_by(col(CaseStanding.case_id), col(CaseStanding.person_id)))


def clauses(session: Session) -> Iterator[Any]:
    """By which clauses lists find each case."""
    chosen: Any = select(CaseClause.case_id, CaseClause.code).order_by(col(CaseClause.case_id), col(CaseClause.code))
    return streamed(session, chosen)


def letters(session: Session) -> Iterator[Any]:
    """Which letters went, and when, by case: one can begin a clock anew."""
    chosen: Any = select(Letter.case_id, Letter.id, Letter.name, cast(col(Letter.sent_on), String).label("sent_on"))
    return streamed(session, chosen.order_by(col(Letter.case_id)))
