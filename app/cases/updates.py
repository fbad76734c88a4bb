"""Writing again to everyone who waits for it: one text, one message and one transaction for each case."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from app import clock
from app.cases import door
from app.cases.access import FULL, visible
from app.cases.dialogue import MESSAGES, UPDATE
from app.cases.models import OLDEST_FIRST, Case, CaseDeadline
from app.cases.references import tidy_reference
from app.errors import Problem
from app.installation import Installation
from app.people.queries import Viewer
from app.workflow.definition import Field

AHEAD = timedelta(days=7)
TEXT = Field("text", "text", "What they all get", "No fact of any case.", required=True, max_length=10000)
NOT_DUE = "Nobody waits to hear from us on this case"


@dataclass(frozen=True)
class DueUpdate:
    """A case whose reporter is to hear from the branch again by `due_on`."""

    reference: str
    kind_title: str
    due_on: date

    def as_json(self) -> dict[str, str]:
        """One of those who wait, for API and command line."""
        return {"reference": self.reference, "kind_title": self.kind_title, "due_on": self.due_on.isoformat()}


@dataclass(frozen=True)
class Result:
    """What became of one case: `problem` says why nothing was written."""

    reference: str
    problem: str = ""

    def as_json(self) -> dict[str, str | None]:
        """The same for API and command line."""
        return {"reference": self.reference, "problem": self.problem or None}


def due_updates(session: Session, home: Installation, viewer: Viewer, *, limit: int | None = None) -> list[DueUpdate]:
    """The open cases this person handles whose reporter is to hear again within a week, or should have, by date.

    With `limit` only so many of their cases are looked at, those first of which any date is due.
    """
    last = clock.today() + AHEAD
    mine = visible(viewer).where(col(Case.handler_id) == viewer.id, col(Case.final).is_(False))
    mine = mine.where(col(Case.next_due_on) <= last).order_by(col(Case.next_due_on), col(Case.id)).limit(limit)
    cases = {case.id: case for case, view in session.exec(mine).all() if view == FULL}
    set_on = select(CaseDeadline).where(CaseDeadline.clock == UPDATE, col(CaseDeadline.case_id).in_(cases))
    newest = {row.case_id: row for row in session.exec(set_on.order_by(*OLDEST_FIRST))}
    found = [_due(home, cases[row.case_id], row) for row in newest.values() if row.due_on <= last]
    return sorted((one for one in found if one is not None), key=lambda one: (one.due_on, one.reference))


def send_updates(
    home: Installation, viewer: Viewer, references: Collection[str], text: str, via: str, key: str
) -> list[Result]:
    """Writes the same message on each case, each by itself: one that fails keeps none of the others back."""
    return [_send(home, viewer, reference, text, via, key) for reference in references]


def update_due(
    home: Installation, viewer: Viewer, text: str, via: str, wanted: Collection[str] | None = None
) -> list[Result]:
    """Writes to everyone who waits, or to those among the `wanted` references; so a repeat writes to nobody twice."""
    with home.db.read() as session:
        due = [one.reference for one in due_updates(session, home, viewer)]
    chosen = due if wanted is None else list(dict.fromkeys(tidy_reference(one) or one for one in wanted))
    sent = send_updates(home, viewer, [one for one in due if one in chosen], text, via, secrets.token_hex(16))
    return [*sent, *(Result(one, NOT_DUE) for one in chosen if one not in due)]


def _due(home: Installation, case: Case, row: CaseDeadline) -> DueUpdate | None:
    workflow = home.workflows.get(case.workflow, case.workflow_version)
    if UPDATE not in workflow.clocks or case.state not in workflow.clocks[UPDATE].states:
        return None
    kind = next((one for one in workflow.opening.kinds if one.name == case.kind), None)
    return DueUpdate(case.reference, (kind.title or kind.label) if kind else case.kind, row.due_on)


def _send(home: Installation, viewer: Viewer, reference: str, text: str, via: str, key: str) -> Result:
    try:
        door.add_record(home, viewer, reference, MESSAGES, {"kind": "update", "text": text}, None, via, key)
    except Problem as problem:
        return Result(reference, problem.detail)
    return Result(reference)
