"""What the auditor's lists look at: cases and entries as plain rows, without content, as far as they may see them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.audit.entries import decode
from app.audit.models import AuditEntry
from app.cases.access import visible
from app.cases.models import OLDEST_FIRST, Case, CaseClause, CaseDeadline, CaseRecord
from app.cases.trails import auditable
from app.installation import Installation
from app.letters.models import Letter
from app.people.queries import Viewer
from app.workflow.definition import Workflow

AT_ONCE = 200


@dataclass(frozen=True)
class Line:
    """One entry: `reference` is that of its case, empty where it belongs to none."""

    id: str
    reference: str
    event: str
    actor: str | None
    role: str
    recorded_at: datetime
    document: Mapping[str, Any]

    @property
    def day(self) -> date:
        """The local day on which it was recorded."""
        return clock.local(self.recorded_at).date()

    @property
    def record_kind(self) -> str:
        """The kind of record it is about; empty where it is about none."""
        return str(self.document.get("record", {}).get("kind", ""))


@dataclass(frozen=True)
class Dossier:
    """One case with its rows, each oldest first: codes, dates and ids only."""

    case: Case
    workflow: Workflow
    lines: Sequence[Line] = ()
    records: Sequence[CaseRecord] = ()
    deadlines: Sequence[CaseDeadline] = ()
    letters: Sequence[Letter] = ()
    clauses: Sequence[str] = ()

    @cached_property
    def _replaced(self) -> dict[str, str]:
        return {row.id: row.replaces for row in self.records if row.replaces}

    def current(self, kind: str) -> list[CaseRecord]:
        """The newest row of each chain of corrections of a kind, oldest first."""
        gone = set(self._replaced.values())
        return [row for row in self.records if row.kind == kind and row.id not in gone]

    def root(self, row_id: str) -> str:
        """The first row of the chain of corrections that a row belongs to."""
        while row_id in self._replaced:
            row_id = self._replaced[row_id]
        return row_id


def dossiers(
    session: Session, home: Installation, viewer: Viewer, *, events: Sequence[str] = (), final: bool | None = None
) -> Iterator[Dossier]:
    """Every case this auditor may see, oldest first, with its entries of these events and all its other rows."""
    after = ""
    while True:
        query = visible(viewer).where(col(Case.id) > after)
        if final is not None:
            query = query.where(col(Case.final).is_(final))
        cases = [case for case, _ in session.exec(query.order_by(col(Case.id)).limit(AT_ONCE)).all()]
        if not cases:
            return
        yield from _together(session, home, cases, events)
        session.expunge_all()
        after = cases[-1].id


def one_dossier(session: Session, home: Installation, case: Case, *, events: Sequence[str]) -> Dossier:
    """A single case. The caller has made sure that the person may see its steps."""
    return next(_together(session, home, [case], events))


def lines(session: Session, viewer: Viewer, events: Sequence[str]) -> Iterator[Line]:
    """The entries of these events (all, without any) that this auditor may see, newest first, those of no case too."""
    query = auditable(viewer)
    if events:
        query = query.where(col(AuditEntry.event).in_(events))
    order = query.order_by(col(AuditEntry.recorded_at).desc(), col(AuditEntry.id).desc())
    known: dict[str, str] = dict(session.exec(select(Case.id, Case.reference)).all())
    for entry, _ in session.exec(order.execution_options(yield_per=AT_ONCE)):
        yield _line(entry, known.get(entry.case_id or "", ""))


def _together(session: Session, home: Installation, cases: Sequence[Case], events: Sequence[str]) -> Iterator[Dossier]:
    ids = [case.id for case in cases]
    references = {case.id: case.reference for case in cases}

    def by_case(table: Any, *order: Any, where: Any = None) -> dict[str, list[Any]]:
        query = select(table).where(col(table.case_id).in_(ids))
        query = query if where is None else query.where(where)
        found = session.exec(query.order_by(col(table.case_id), *order)).all()
        return {case_id: list(rows) for case_id, rows in groupby(found, key=lambda row: row.case_id)}

    entries = by_case(AuditEntry, col(AuditEntry.seq), where=col(AuditEntry.event).in_(events)) if events else {}
    records = by_case(CaseRecord, col(CaseRecord.case_version), col(CaseRecord.recorded_at))
    deadlines, letters = by_case(CaseDeadline, *OLDEST_FIRST), by_case(Letter, col(Letter.prepared_at))
    clauses = by_case(CaseClause, col(CaseClause.code))
    for case in cases:
        yield Dossier(
            case=case,
            workflow=home.workflows.get(case.workflow, case.workflow_version),
            lines=[_line(entry, references[case.id]) for entry in entries.get(case.id, ())],
            records=records.get(case.id, ()),
            deadlines=deadlines.get(case.id, ()),
            letters=letters.get(case.id, ()),
            clauses=[row.code for row in clauses.get(case.id, ())],
        )


def _line(entry: AuditEntry, reference: str) -> Line:
    document = decode(entry.entry)
    return Line(entry.id, reference, entry.event, entry.actor_id, entry.actor_role, entry.recorded_at, document)
