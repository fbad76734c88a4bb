"""The case file: one case with its records opened, as guards, pages and answers read it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy
from sqlalchemy import bindparam
from sqlmodel import Session, SQLModel, col, select

from app import clock
from app.audit.log import CaseRef
from app.cases.models import OLDEST_FIRST, Case, CaseDeadline, CaseRecord, CaseStanding
from app.installation import Installation
from app.letters import book
from app.letters.models import Letter
from app.people import queries as people
from app.workflow.catalogue import Guidance
from app.workflow.definition import Field, Workflow
from app.workflow.fields import join

REPORT = "report"
STEP = "step"
PLAIN = "plain"
"""The group that commits to a record's columns; opened only for a check."""
PANEL_OFFICE = "panel"
# made once: every change and every page of a case asks these, and _RECORDS below
_STANDINGS = select(CaseStanding).where(col(CaseStanding.case_id) == bindparam("case"))
_DEADLINES = select(CaseDeadline).where(col(CaseDeadline.case_id) == bindparam("case")).order_by(*OLDEST_FIRST)


@dataclass(frozen=True)
class PlainRow:
    """One record without its sealed part."""

    id: str
    kind: str
    plain: dict[str, Any]
    """Its codes."""
    replaces: str | None
    by_person: str | None
    by_role: str
    recorded_at: datetime
    version: int

    @property
    def day(self) -> date:
        """The local day on which it was recorded."""
        return clock.local(self.recorded_at).date()


_KEPT = SQLModel.metadata.tables[str(CaseRecord.__tablename__)].c
PLAIN_COLUMNS = tuple(_KEPT[{"version": "case_version"}.get(one.name, one.name)] for one in fields(PlainRow))
"""What a PlainRow is made of, in the order of its fields."""
_RECORDS = sqlalchemy.select(*PLAIN_COLUMNS).where(_KEPT.case_id == bindparam("case"))
_RECORDS = _RECORDS.order_by(_KEPT.case_version, _KEPT.recorded_at)


@dataclass(frozen=True)
class Row(PlainRow):
    """One record, opened: `values` joins codes and sealed text."""

    values: dict[str, Any]


@dataclass
class CaseFile:
    """A case, its procedure, its records in order, and the standing of everyone connected with it."""

    case: Case
    workflow: Workflow
    guidance: Guidance | None
    rows: list[Row]
    standings: dict[str, CaseStanding]
    panel: frozenset[str] | None = None
    """Who holds the panel's office today, for the branch or for this case; None = not asked."""
    deadlines: Sequence[CaseDeadline] = ()
    """Every due date that was ever set, oldest first."""
    letters: Sequence[Letter] = ()
    """How far each letter of the case is, oldest first; none of their words."""
    today: date = field(default_factory=clock.today)

    def __post_init__(self) -> None:
        self._by_id = {row.id: row for row in self.rows}
        self._replaced = {row.replaces for row in self.rows if row.replaces}
        self._newest = {self.root(row.id): row for row in self.rows if row.id not in self._replaced}

    def row(self, row_id: str | None) -> Row | None:
        """A record of this case by id."""
        return self._by_id.get(row_id or "")

    def current(self, kind: str, since: int = 0) -> list[Row]:
        """The newest row of each chain of corrections of a kind, made after case version `since`, oldest first."""
        return [r for r in self.rows if r.kind == kind and r.id not in self._replaced and r.version > since]

    def newest(self, kind: str, since: int = 0) -> Row | None:
        """The last of `current`."""
        return next(reversed(self.current(kind, since)), None)

    def root(self, row_id: str) -> str:
        """The first row of the chain that a row belongs to: two ids mean the same thing if their roots agree."""
        row = self._by_id.get(row_id)
        while row is not None and row.replaces:
            row = self._by_id.get(row.replaces)
        return row.id if row is not None else row_id

    def latest(self, row_id: str) -> Row | None:
        """The newest correction of the chain that a row belongs to."""
        return self._newest.get(self.root(row_id))

    def steps(self, *triggers: str) -> list[Row]:
        """The steps taken by these triggers (all, without any), oldest first."""
        return [r for r in self.rows if r.kind == STEP and (not triggers or r.plain["trigger"] in triggers)]

    def version_after(self, *triggers: str) -> int:
        """The case version that the last step by one of these triggers made; 0 where there was none."""
        return max((row.version for row in self.steps(*triggers)), default=0)

    @property
    def report(self) -> Row:
        """What was sent."""
        return next(row for row in self.rows if row.kind == REPORT)


def ref(case: Case) -> CaseRef:
    """How an entry names a case."""
    return CaseRef(case.id, case.version, case.workflow, case.workflow_version, case.rules_digest)


def load(session: Session, home: Installation, case: Case) -> CaseFile:
    """Opens a whole case file. The caller has made sure that the person may read it, or reads only guards' answers."""
    workflow = home.workflows.get(case.workflow, case.workflow_version)
    sealed: dict[str, dict[str, Any]] = {}
    for (table, row_id, _), data in home.vault.open_all(session, case.id, without=PLAIN).items():
        if table == CaseRecord.__tablename__:
            sealed.setdefault(row_id, {}).update(data)
    of_case = {"case": case.id}
    records = session.connection().execute(_RECORDS, of_case).all()
    rows = [Row(*(*record, join(record.plain, sealed.get(record.id, {})))) for record in records]
    guidance = home.workflows.guidance(case.guidance_version) if case.guidance_version else None
    panel = people.ids_holding(session, PANEL_OFFICE, clock.today(), case.id)
    letters = book.letters_of(session, case.id)
    known, dates = standings_of(session, case.id), deadlines_of(session, case.id)
    return CaseFile(case, workflow, guidance, rows, known, panel, dates, letters)


def standings_of(session: Session, case_id: str) -> dict[str, CaseStanding]:
    """Every person's standing on one case, by person id."""
    return {row.person_id: row for row in session.exec(_STANDINGS, params={"case": case_id})}


def deadlines_of(session: Session, case_id: str) -> Sequence[CaseDeadline]:
    """Every due date that was ever set on a case, oldest first."""
    return session.exec(_DEADLINES, params={"case": case_id}).all()


def fields_of(file: CaseFile, kind: str) -> Iterable[Field]:
    """The questions that rows of a kind answer."""
    if kind == REPORT:
        return file.workflow.opening.fields(file.case.kind, account=True)
    if kind in file.workflow.records:
        return file.workflow.records[kind].fields
    return ()
