"""Due dates: set when a step or record starts a clock and kept; which of them run follows from state and records."""

from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.calendar.reckoning import Reckoning, after_days, after_months, after_working_days
from app.cases.models import Case, CaseDeadline, CaseRecord
from app.db import new_id
from app.workflow.definition import Clock, Workflow


def start(session: Session, case: Case, clock_: Clock, values: dict[str, Any], record_id: str) -> CaseDeadline:
    """Reckons and keeps a due date. `values` are those of the step or record that started the clock."""
    reckoning = _reckon(case, clock_, values)
    deadline = CaseDeadline(
        id=new_id(),
        case_id=case.id,
        clock=clock_.name,
        due_on=reckoning.due_on,
        reckoned=reckoning.as_codes(),
        record_id=record_id,
        case_version=case.version,
    )
    session.add(deadline)
    return deadline


def _reckon(case: Case, clock_: Clock, values: dict[str, Any]) -> Reckoning:
    if clock_.due_field:
        due = date.fromisoformat(values[clock_.due_field])
        return Reckoning(due, "the day named", clock.today())
    first_day = date.fromisoformat(values[clock_.start_field]) if values.get(clock_.start_field) else clock.today()
    if clock_.days:
        return after_days(first_day, clock_.days)
    if clock_.working_days:
        return after_working_days(first_day, clock_.working_days)
    return after_months(first_day, clock_.months or _months_for(clock_, case.outcome))


def running(session: Session, workflow: Workflow, case: Case, state: str) -> list[CaseDeadline]:
    """The due dates that still count in `state`, earliest first: the newest of each clock, unless a record ended it."""
    kept = session.exec(
        select(CaseDeadline).where(CaseDeadline.case_id == case.id).order_by(col(CaseDeadline.case_version))
    ).all()
    newest = {deadline.clock: deadline for deadline in kept}
    enders = {clock_.until_record for clock_ in workflow.clocks.values() if clock_.until_record}
    ended = _last_versions(session, case, enders) if enders else {}
    going = []
    for name, deadline in newest.items():
        clock_ = workflow.clocks[name]
        over = ended.get(clock_.until_record, 0) >= deadline.case_version if clock_.until_record else False
        if state in clock_.states and not over:
            going.append(deadline)
    return sorted(going, key=lambda deadline: (deadline.due_on, deadline.clock))


def _last_versions(session: Session, case: Case, kinds: set[str]) -> dict[str, int]:
    rows = session.exec(
        select(CaseRecord.kind, CaseRecord.case_version).where(
            CaseRecord.case_id == case.id, col(CaseRecord.kind).in_(kinds)
        )
    ).all()
    last: dict[str, int] = {}
    for kind, version in rows:
        last[kind] = max(last.get(kind, 0), version)
    return last


def refresh_next(session: Session, workflow: Workflow, case: Case, state: str) -> None:
    """Copies the earliest running due date to the case row, by which lists are sorted."""
    session.flush()
    first = next(iter(running(session, workflow, case, state)), None)
    case.next_due_on = first.due_on if first else None
    case.next_due_clock = first.clock if first else None


def _months_for(clock_: Clock, outcome: str | None) -> int:
    return clock_.months_by_outcome.get(outcome or "", max(clock_.months_by_outcome.values()))
