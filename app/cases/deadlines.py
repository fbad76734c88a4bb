"""Due dates: set when a step or record starts a clock and kept; which of them run follows from state and records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from app import clock
from app.calendar import reckoning
from app.calendar.reckoning import Reckoning, after_days, after_months, after_working_days
from app.cases.casefile import CaseFile, deadlines_of
from app.cases.closures import closed_days
from app.cases.models import Case, CaseDeadline, CaseRecord
from app.cases.notices import DECISIONS, REMINDERS, REQUESTS, first_last_day
from app.cases.pauses import PAUSES, RESUMPTIONS, Mark, days_paused, lasting, pauses_of
from app.cases.whose_dates import ALLEGATIONS, PARTIES, Whose
from app.db import new_id
from app.workflow.definition import Clock, Workflow

_MARKS = (
    select(CaseRecord)
    .where(col(CaseRecord.case_id) == bindparam("case"), col(CaseRecord.kind).in_(bindparam("kinds", expanding=True)))
    .order_by(col(CaseRecord.case_version), col(CaseRecord.recorded_at))
)
LATE_REASONS = "late-reasons"
REPLY_BY = "reply_by"
"""What the answer is called by which a member has a day to reply."""


@dataclass(frozen=True)
class Running:
    """A due date that counts. `due_on` is moved by the days the case stood still; `first_due_on` is as it was set."""

    rules: Clock
    first_due_on: date
    paused_days: int
    stands_still: bool
    """Its clock is stopped by a pause that lasts; until that ends nothing is asked by this date."""
    reckoned: dict[str, Any]
    reason_id: str | None
    """The record that says why it is late, if there is one."""
    today: date
    awaits_answer: bool = False
    """It is theirs, and they wait to hear whether they get more time."""
    member: str | None = None
    """Whose it is, by the first row that names them; None where it is nobody's in particular."""

    @property
    def clock(self) -> str:
        """The name of its clock."""
        return self.rules.name

    @property
    def due_on(self) -> date:
        """The day it is due, with the days that do not count."""
        return self.first_due_on + timedelta(days=self.paused_days)

    @property
    def late_days(self) -> int:
        """How many days it is over; 0 in time, and while somebody waits to hear whether they get more."""
        return 0 if self.awaits_answer else max((self.today - self.due_on).days, 0)

    @property
    def is_ours(self) -> bool:
        """Whether the branch has to keep it: a date named to somebody else is theirs."""
        return not self.rules.due_field

    @property
    def how(self) -> str:
        """How it was reckoned, in words."""
        return reckoning.in_words(self.reckoned, self.today)

    @property
    def pause_words(self) -> str:
        """What pauses did to it, in words; empty where there were none."""
        if not self.paused_days and not self.stands_still:
            return ""
        if self.awaits_answer:
            due = reckoning.day_in_words(self.due_on, self.today)
            return f"Stands still until the request for more time is answered; was due {due}"
        days = f"{self.paused_days} day{'' if self.paused_days == 1 else 's'}"
        moved = reckoning.day_in_words(self.due_on, self.today)
        first = reckoning.day_in_words(self.first_due_on, self.today)
        if self.stands_still:
            since = f"paused for {days} so far" if self.paused_days else "from today"
            return f"Stands still, {since}; was due {first}"
        return f"Paused for {days}; due {moved} instead of {first}"


def start(session: Session, case: Case, clock_: Clock, values: dict[str, Any], record_id: str) -> None:
    """Reckons and keeps a due date. `values` are those of the step or record that started the clock."""
    if clock_.due_field:
        named = named_day(clock_, values, clock.today())
        _keep(session, case, clock_, named, record_id, case.version)
        return
    first_day = date.fromisoformat(values[clock_.start_field]) if values.get(clock_.start_field) else clock.today()
    _keep(session, case, clock_, _reckon(session, case, clock_, first_day), record_id, case.version)


def named_day(clock_: Clock, values: dict[str, Any], entered: date) -> Reckoning:
    """The day that was named; of a notice never earlier than the procedure gives, as its letter says."""
    if clock_.due_field == REPLY_BY and "sent_on" in values:
        return Reckoning(first_last_day(values, entered), reckoning.NAMED, entered)
    return Reckoning(date.fromisoformat(values[clock_.due_field]), reckoning.NAMED, entered)


def restart(session: Session, case: Case, clock_: Clock, first_day: date, letter_id: str) -> None:
    """Begins a clock that was started anew from the day on which a letter went; never to an earlier date."""
    before = [one for one in deadlines_of(session, case.id) if one.clock == clock_.name]
    reckoned = _reckon(session, case, clock_, first_day)
    if before and reckoned.due_on > before[-1].due_on:
        # a letter is no change of the case: it counts from the next one on, so that a reason said before is over
        _keep(session, case, clock_, reckoned, letter_id, case.version + 1)


def _keep(session: Session, case: Case, clock_: Clock, reckoned: Reckoning, record_id: str, version: int) -> None:
    deadline = CaseDeadline(
        id=new_id(),
        case_id=case.id,
        clock=clock_.name,
        due_on=reckoned.due_on,
        reckoned=reckoned.as_codes(),
        record_id=record_id,
        case_version=version,
    )
    session.add(deadline)


def _reckon(session: Session, case: Case, clock_: Clock, first_day: date) -> Reckoning:
    closed = closed_days(session) if clock_.working_days else {}
    return reckon(clock_, first_day, closed, case.outcome)


def reckon(clock_: Clock, first_day: date, closed: Mapping[date, str], outcome: str | None) -> Reckoning:
    """When a clock that begins on a day is due; by the branch's own closed days and the outcome, where these count."""
    if clock_.days:
        return after_days(first_day, clock_.days)
    if clock_.working_days:
        return after_working_days(first_day, clock_.working_days, closed)
    return after_months(first_day, clock_.months or _months_for(clock_, outcome))


def running(session: Session, workflow: Workflow, case: Case, state: str) -> list[Running]:
    """The due dates that still count in `state`, earliest first: the newest of each clock and member, unless ended."""
    return _running(workflow, deadlines_of(session, case.id), _marks(session, workflow, case), state)


def of_file(file: CaseFile) -> list[Running]:
    """The same for a case file as it was opened, without asking the database again."""
    return _running(file.workflow, file.deadlines, file.rows, file.case.state)


def pointless(file: CaseFile, kind: str) -> bool:
    """Whether a record about time has nothing to say now, and there is none of its kind to correct."""
    if file.current(kind):
        return False
    if kind == LATE_REASONS:
        return not any(one.late_days and one.is_ours for one in of_file(file))
    return kind == RESUMPTIONS and lasting(pauses_of(file.rows)) is None


def late_without_reason(file: CaseFile, leads_to: str | None) -> list[Running]:
    """The branch's own dates that are over, end with a step to `leads_to` (None: any), and nobody said why."""
    return [
        one
        for one in of_file(file)
        if one.is_ours and one.late_days and not one.reason_id and leads_to not in one.rules.states
    ]


def _running(workflow: Workflow, kept: Sequence[CaseDeadline], marks: Sequence[Mark], state: str) -> list[Running]:
    whose = Whose(marks)
    newest = {(one.clock, whose.member(one.record_id)): one for one in kept if one.clock in workflow.clocks}
    pauses, today, asked = pauses_of(marks), clock.today(), _wait_for_time(marks, whose)
    going = []
    for (name, member), deadline in newest.items():
        rules = workflow.clocks[name]
        if state not in rules.states or whose.ending(rules, deadline) is not None:
            continue
        since = (mark for mark in marks if mark.version >= deadline.case_version and mark.kind == LATE_REASONS)
        reasons = [mark.id for mark in since if mark.plain["clock"] == name]
        awaits = member in asked and rules.due_field == REPLY_BY
        begun = date.fromisoformat(deadline.reckoned["from"])
        going.append(
            Running(
                rules=rules,
                first_due_on=deadline.due_on,
                paused_days=days_paused(pauses, begun, today) if rules.stops else 0,
                stands_still=awaits or (rules.stops and lasting(pauses) is not None),
                reckoned=deadline.reckoned,
                reason_id=reasons[-1] if reasons else None,
                today=today,
                awaits_answer=awaits,
                member=member,
            )
        )
    return sorted(going, key=lambda one: (one.due_on, one.clock))


def _wait_for_time(marks: Sequence[Mark], whose: Whose) -> set[str | None]:
    """The members who asked for more time to reply, and whom nobody has answered."""
    roots: dict[str, str] = {}
    for mark in marks:  # corrections come after what they replace
        if mark.kind == REQUESTS:
            roots[mark.id] = roots.get(mark.replaces or "", mark.id)
    answered = {roots.get(mark.plain["request"], "") for mark in marks if mark.kind == DECISIONS}
    return {whose.member(request) for request in set(roots.values()) - answered}


def _marks(session: Session, workflow: Workflow, case: Case) -> Sequence[Mark]:
    kinds = {clock_.until_record for clock_ in workflow.clocks.values()} | {
        PAUSES,
        RESUMPTIONS,
        LATE_REASONS,
        REQUESTS,
        DECISIONS,
        REMINDERS,
        ALLEGATIONS,
        PARTIES,
    }
    wanted = kinds & set(workflow.records)
    if not wanted:
        return []
    return session.exec(_MARKS, params={"case": case.id, "kinds": sorted(wanted)}).all()


def refresh_next(session: Session, workflow: Workflow, case: Case, state: str) -> None:
    """Copies the earliest due date whose clock does not stand still to the case row, by which lists are sorted."""
    session.flush()
    marks = _marks(session, workflow, case)
    case.next_due_on, case.next_due_clock = next_of(workflow, deadlines_of(session, case.id), marks, state)


def next_of(
    workflow: Workflow, kept: Sequence[CaseDeadline], marks: Sequence[Mark], state: str
) -> tuple[date | None, str | None]:
    """The earliest of these due dates whose clock runs and does not stand still, and which clock that is."""
    first = next((one for one in _running(workflow, kept, marks, state) if not one.stands_still), None)
    return (first.due_on, first.clock) if first else (None, None)


def _months_for(clock_: Clock, outcome: str | None) -> int:
    return clock_.months_by_outcome.get(outcome or "", max(clock_.months_by_outcome.values()))
