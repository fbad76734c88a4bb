"""The books of a period: cases brought forward, received, closed, carried forward; reports against acknowledgements.

Counted from the entries of every case, whoever asks: the figures are the same for every reader.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.audit.entries import document_of
from app.audit.events import Event
from app.audit.models import AuditEntry
from app.audit.stored import streamed
from app.cases.models import Case, CaseRecord
from app.clock import LONDON
from app.installation import Installation
from app.workflow.library import Library

IMPOSSIBLE, KIND = "impossible", "acknowledgements"


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
    counts = _counted(home.workflows, session, start, end)
    chosen = select(Case.id).where(Case.opened_at >= start, Case.opened_at < end)
    ids = set(session.exec(chosen).all())
    how = {case_id: way for case_id, way in _acknowledged(session, end) if case_id in ids}
    impossible = sum(way == IMPOSSIBLE for way in how.values())
    return Books(
        first_day,
        last_day,
        brought=counts.brought,
        received=counts.received,
        closed=counts.closed,
        reopened=counts.reopened,
        carried=counts.carried,
        cases=len(ids),
        acknowledged=len(how) - impossible,
        impossible=impossible,
        waiting=len(ids) - len(how),
    )


@dataclass
class _Counts:
    brought: int = 0
    received: int = 0
    closed: int = 0
    reopened: int = 0
    carried: int = 0


def _counted(workflows: Library, session: Session, start: datetime, end: datetime) -> _Counts:
    """Reads every move once. Both ends are counted by where each case stands, the movements by what each entry says."""
    counts, newest, ends = _Counts(), dict[str, tuple[int, bool]](), _Ends(workflows)
    for document in _moves(session, AuditEntry.recorded_at < start):
        _note(newest, document, document["to"] in ends.of(document))
    counts.brought = _open(newest)
    for document in _moves(session, AuditEntry.recorded_at >= start, AuditEntry.recorded_at < end):
        final = ends.of(document)
        was, is_now = document.get("from") in final, document["to"] in final
        counts.received += document["event"] == Event.CASE_OPENED
        counts.closed += is_now and not was
        counts.reopened += was and not is_now
        _note(newest, document, is_now)
    counts.carried = _open(newest)
    return counts


def _note(newest: dict[str, tuple[int, bool]], document: Mapping[str, Any], final: bool) -> None:
    """Keeps where a case stands by its newest move; they come in any order, since sorting costs more than reading."""
    case = document["case"]
    newest[case] = max(newest.get(case, (0, False)), (document["seq"], final))


def _open(newest: Mapping[str, tuple[int, bool]]) -> int:
    return sum(not final for _, final in newest.values())


class _Ends:
    """The last states of each version of a procedure."""

    def __init__(self, workflows: Library) -> None:
        self._workflows = workflows
        self._known: dict[tuple[str, int], frozenset[str]] = {}

    def of(self, document: Mapping[str, Any]) -> frozenset[str]:
        key = document["workflow"], int(document["workflow_version"])
        if key not in self._known:
            machine = self._workflows.machines.get(key)  # none: an entry was edited until it names no procedure
            states = machine.workflow.states.items() if machine is not None else ()
            self._known[key] = frozenset(name for name, state in states if state.final)
        return self._known[key]


def _moves(session: Session, *when: Any) -> Iterator[dict[str, Any]]:
    moved = col(AuditEntry.event).in_((Event.CASE_OPENED, Event.STEP_TAKEN))
    chosen = select(AuditEntry.entry).where(moved, *when)
    return filter(_is_move, (document_of(row.entry) for row in streamed(session, chosen)))


def _is_move(document: Mapping[str, Any]) -> bool:
    """Not of what was edited until it says none: the check names that."""
    texts = all(isinstance(document.get(name), str) for name in ("case", "event", "to", "workflow"))
    version = str(document.get("workflow_version"))
    came = document.get("from")
    numbered = isinstance(document.get("seq"), int) and version.isascii() and version.isdigit()
    return texts and numbered and (came is None or isinstance(came, str))


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
