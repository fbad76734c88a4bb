"""What the auditor's lists look at: cases and entries as plain rows, without content, as far as they may see them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from sqlalchemy import func, literal, tuple_
from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from app import clock
from app.audit.entries import told_by
from app.audit.models import AuditEntry
from app.cases.access import visible
from app.cases.models import OLDEST_FIRST, Case, CaseClause, CaseDeadline, CaseRecord
from app.cases.trails import auditable
from app.installation import Installation
from app.letters.models import Letter
from app.people.queries import Viewer
from app.workflow.definition import Workflow

AT_ONCE = 51
TABLES = ("case_record", "case_deadline", "letter", "case_clause")
Place = tuple[datetime, str]
"""A time and an id: where a row stands in an order by both."""


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
    session: Session,
    home: Installation,
    viewer: Viewer,
    *,
    events: Sequence[str] = (),
    tables: Collection[str] = TABLES,
    where: Any = None,
    after: Place | None = None,
    most: int | None = None,
) -> Iterator[Dossier]:
    """Cases this auditor may see, newest first, each with its entries of these events and its rows of these tables.

    `where` is a condition on cases; `after` is where a page ended; at most `most`.
    """
    left = most
    while left is None or left > 0:
        query = visible(viewer) if where is None else visible(viewer).where(where)
        if after is not None:
            query = query.where(tuple_(col(Case.opened_at), col(Case.id)) < tuple_(*map(literal, after)))
        order = query.order_by(col(Case.opened_at).desc(), col(Case.id).desc())
        cases = [case for case, _ in session.exec(order.limit(min(AT_ONCE, left or AT_ONCE))).all()]
        if not cases:
            return
        yield from _together(session, home, cases, events, tables)
        session.expunge_all()
        after, left = place_of(cases[-1]), None if left is None else left - len(cases)


def place_of(case: Case) -> Place:
    """Where a case stands among all, newest first."""
    return case.opened_at, case.id


def one_dossier(session: Session, home: Installation, case: Case, *, events: Sequence[str]) -> Dossier:
    """A single case with its entries of these events. The caller has made sure that the person may see its steps."""
    return next(_together(session, home, [case], events, ()))


def lines(
    session: Session, viewer: Viewer, *, event: str = "", where: str = "", after: Place | None = None, most: int
) -> Iterator[Line]:
    """Entries of one event, or for which `where` (SQL) holds, that this auditor may see, newest first, at most `most`.

    Those of no case are among them.
    """
    query = auditable(viewer, col(Case.reference))
    query = query.where(AuditEntry.event == event) if event else query.where(sql(where))
    if after is not None:
        query = query.where(tuple_(col(AuditEntry.recorded_at), col(AuditEntry.id)) < tuple_(*map(literal, after)))
    order = query.order_by(col(AuditEntry.recorded_at).desc(), col(AuditEntry.id).desc())
    for entry, _, reference in session.exec(order.limit(most)):
        yield _line(entry, reference or "")


def _together(
    session: Session, home: Installation, cases: Sequence[Case], events: Sequence[str], tables: Collection[str]
) -> Iterator[Dossier]:
    ids = [case.id for case in cases]
    references = {case.id: case.reference for case in cases}

    def by_case(table: Any, *order: Any, where: Any = None) -> dict[str, list[Any]]:
        if where is None and table.__tablename__ not in tables:
            return {}
        query = select(table).where(col(table.case_id).in_(ids))
        query = query if where is None else query.where(where)
        found = session.exec(query.order_by(col(table.case_id), *order)).all()
        return {case_id: list(rows) for case_id, rows in groupby(found, key=lambda row: row.case_id)}

    # coalesce: by the index of events SQLite would look through half of the trail for a few cases
    wanted = func.coalesce(col(AuditEntry.event), "").in_(events)
    entries = by_case(AuditEntry, col(AuditEntry.seq), where=wanted) if events else {}
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
    document = told_by(entry)
    return Line(entry.id, reference, entry.event, entry.actor_id, entry.actor_role, entry.recorded_at, document)
