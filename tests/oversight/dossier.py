"""A case as the auditor's lists look at it, put together from plain rows: no database."""

from datetime import UTC, date, datetime, time
from typing import Any

from app.cases.models import Case, CaseDeadline, CaseRecord
from app.letters.models import Letter
from app.oversight.dossiers import Dossier, Line
from app.workflow.definition import Workflow

OPENED = date(2026, 3, 2)
REFERENCE = "2026-K7QFM"


def on(day: date) -> datetime:
    """Noon of a day."""
    return datetime.combine(day, time(12), UTC)


def case(state: str = "under_review", *, final: bool = False, **more: Any) -> Case:
    """A case of 2 March 2026."""
    plain: dict[str, Any] = {
        "id": "1" * 32,
        "reference": REFERENCE,
        "workflow": "social-media-conduct",
        "workflow_version": 1,
        "rules_digest": "0" * 64,
        "kind": "third_party",
        "channel": "web",
        "state": state,
        "version": 9,
        "final": final,
        "received_on": OPENED,
        "opened_at": on(OPENED),
        "access_lookup": "0" * 64,
    }
    return Case(**(plain | more))


def record(kind: str, version: int, day: date = OPENED, *, by: str = "", name: str = "", **plain: Any) -> CaseRecord:
    """A record; `name` is its id."""
    return CaseRecord(
        id=name or f"{kind}-{version}",
        case_id="1" * 32,
        kind=kind,
        plain=plain,
        by_person=by or None,
        by_role="secretary",
        recorded_at=on(day),
        case_version=version,
    )


def step(trigger: str, source: str, dest: str, version: int, day: date = OPENED, **plain: Any) -> CaseRecord:
    """A step that was taken."""
    return record("step", version, day, trigger=trigger, **{"from": source, "to": dest}, **plain)


def deadline(clock: str, due_on: date, version: int = 1, begun: date = OPENED) -> CaseDeadline:
    """A due date."""
    return CaseDeadline(
        id=f"{clock}-{version}",
        case_id="1" * 32,
        clock=clock,
        due_on=due_on,
        reckoned={"from": begun.isoformat()},
        record_id="x",
        case_version=version,
    )


def letter(name: str, state: str) -> Letter:
    """A letter that was prepared on the first day."""
    return Letter(
        id=name,
        case_id="1" * 32,
        name=name,
        recipient="reporter",
        state=state,
        version_id="x",
        prepared_at=on(OPENED),
    )


def line(event: str, day: date = OPENED, *, by: str = "", role: str = "secretary", **document: Any) -> Line:
    """An entry."""
    return Line(f"{event}-{day}", REFERENCE, event, by or None, role, on(day), {"event": event, **document})


def dossier(workflow: Workflow, about: Case | None = None, **rows: Any) -> Dossier:
    """The case with its rows."""
    return Dossier(about or case(), workflow, **rows)
