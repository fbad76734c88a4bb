"""The books of a period: cases brought forward, received, closed, carried forward; reports against acknowledgements.

Counted from the entries of every case, whoever asks: the figures are the same for every reader.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.audit.entries import decode
from app.audit.events import Event
from app.audit.models import AuditEntry
from app.cases.models import Case, CaseRecord
from app.clock import LONDON
from app.installation import Installation
from app.workflow.library import Library

IMPOSSIBLE, KIND = "impossible", "acknowledgements"
BATCH = 500


@dataclass(frozen=True)
class Books:
    """The figures of a period of days, both included."""

    first_day: date
    last_day: date
    brought: int
    received: int
    closed: int
    reopened: int
    carried: int
    cases: int
    acknowledged: int
    impossible: int
    waiting: int

    @property
    def balances(self) -> bool:
        """Whether what was brought, came and went gives what is carried; counted apart from each other."""
        return self.brought + self.received + self.reopened - self.closed == self.carried

    @property
    def answered(self) -> bool:
        """Whether each report is a case, and each had an acknowledgement or a reason why not when the period ended."""
        return self.entered and not self.waiting

    @property
    def entered(self) -> bool:
        """Whether each report is a case."""
        return self.received == self.cases


def books(home: Installation, session: Session, first_day: date, last_day: date) -> Books:
    """Counts a period; days are those of Europe/London."""
    start, end = _midnight(first_day), _midnight(last_day + timedelta(days=1))
    received = closed = reopened = 0
    for document in _moves(session, start, end):
        if document["event"] == Event.CASE_OPENED:
            received += 1
            closed += _final(home.workflows, document, "to")
        else:
            was, is_now = _final(home.workflows, document, "from"), _final(home.workflows, document, "to")
            closed += is_now and not was
            reopened += was and not is_now
    chosen = select(Case.id).where(Case.opened_at >= start, Case.opened_at < end)
    ids = set(session.exec(chosen).all())
    how = {case_id: way for case_id, way in _acknowledged(session, end) if case_id in ids}
    impossible = sum(way == IMPOSSIBLE for way in how.values())
    return Books(
        first_day,
        last_day,
        brought=_open_at(home, session, start),
        received=received,
        closed=closed,
        reopened=reopened,
        carried=_open_at(home, session, end),
        cases=len(ids),
        acknowledged=len(how) - impossible,
        impossible=impossible,
        waiting=len(ids) - len(how),
    )


def _open_at(home: Installation, session: Session, moment: datetime) -> int:
    """How many cases stood in a state that is not the last one: each by its newest move before that moment."""
    newest: dict[str, bool] = {}
    for document in _moves(session, None, moment):
        newest[document["case"]] = not _final(home.workflows, document, "to")
    return sum(newest.values())


def _moves(session: Session, start: datetime | None, end: datetime) -> Iterator[dict[str, Any]]:
    chosen = select(AuditEntry.entry).where(
        col(AuditEntry.event).in_((Event.CASE_OPENED, Event.STEP_TAKEN)), AuditEntry.recorded_at < end
    )
    if start is not None:
        chosen = chosen.where(AuditEntry.recorded_at >= start)
    order = (col(AuditEntry.recorded_at), col(AuditEntry.seq))
    rows = session.exec(chosen.order_by(*order).execution_options(yield_per=BATCH))
    return (document for document in map(decode, rows) if "to" in document)


def _final(workflows: Library, document: dict[str, Any], key: str) -> bool:
    state = document.get(key)
    workflow = workflows.get(document["workflow"], int(document["workflow_version"]))
    return state is not None and workflow.states[state].final


def _acknowledged(session: Session, end: datetime) -> Iterator[tuple[str, str]]:
    """How each case was acknowledged before a moment, in order: of several records of a case the last counts."""
    chosen = select(CaseRecord.case_id, CaseRecord.plain)
    chosen = chosen.where(CaseRecord.kind == KIND, CaseRecord.recorded_at < end)
    for case_id, plain in session.exec(chosen.order_by(col(CaseRecord.case_version))):
        yield case_id, str(plain.get("how"))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


def books_in_words(figures: Books) -> list[tuple[str, int]]:
    """Each figure with what it counts, in the order in which they are added up."""
    return [
        ("Brought forward (open when the period began)", figures.brought),
        ("Received in the period", figures.received),
        ("Opened again in the period", figures.reopened),
        ("Closed in the period", figures.closed),
        ("Carried forward (open when it ended)", figures.carried),
        ("Cases of the reports received", figures.cases),
        ("Of these acknowledged", figures.acknowledged),
        ("Of these impossible to acknowledge, with a reason", figures.impossible),
        ("Of these not acknowledged when the period ended", figures.waiting),
    ]


def sums(figures: Books) -> tuple[str, str]:
    """Both comparisons as a line each."""
    f = figures
    came = f"brought forward {f.brought:,} + received {f.received:,} + opened again {f.reopened:,}"
    lacking = f"{f.waiting:,} not acknowledged; " if f.waiting else ""
    answered = f"acknowledged {f.acknowledged:,} + impossible {f.impossible:,} + not yet {f.waiting:,}"
    return (
        f"{came} \u2212 closed {f.closed:,} {'=' if f.balances else 'is not'} carried forward {f.carried:,}",
        f"{lacking}reports {f.received:,}, cases {f.cases:,}: {answered}",
    )
