"""The lists people work from: an officer's open and finished cases, and what a panel member was asked to sit on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.cases import deadlines, letters_due, unread
from app.cases.access import CARD, Mine, visible
from app.cases.lists import PAGE, Filter, count_cases, list_cases
from app.cases.models import Case, CaseRecord, Unread
from app.cases.standing import CLEAR
from app.installation import Installation
from app.people.queries import Viewer
from app.workflow.definition import Clock, RecordKind, State, Workflow

SOON = timedelta(days=2)
Seen = Sequence[tuple[Case, str | None, str]]
"""Cases, what this person declared on each, and their view of it."""
COUNTED = 100
"""Counts on the worklist stop here: beyond it says "more than 100"."""


@dataclass(frozen=True)
class WorkItem:
    """One row of a list. What a card does not show is empty: `due_on`, `due_label`, `outcome`."""

    reference: str
    kind_title: str
    state: State
    view: str
    mine: bool
    """Whether this person is its handler."""
    answer: str | None
    """What they declared on it, None so far."""
    due_on: date | None
    due_label: str
    others_turn: bool
    """Whether somebody other than the handler makes the next move, as far as state and clock tell."""
    outcome: str
    channel: str
    received_on: date | None
    reason_given: bool = False
    """It is late, and somebody said why."""
    records: Mapping[str, RecordKind] = field(default_factory=dict)
    """The kinds of record of its procedure."""
    unread: Mapping[str, int] = field(default_factory=dict)
    """What came by a code and its handler has not read, by kind of record; only in `unread_items`."""
    letters: int = 0
    """How many letters need its handler; only in `letter_items`."""


@dataclass(frozen=True)
class Counts:
    """An officer's open cases, counted up to COUNTED + 1; `soon` are due within two days and not late."""

    open: int
    late: int
    soon: int


def open_items(
    session: Session, home: Installation, viewer: Viewer, wanted: Filter, *, after: str | None = None, limit: int = PAGE
) -> tuple[list[WorkItem], str | None]:
    """A page of cases by due date, and the cursor of the next. Invalid for a wrong cursor."""
    page = list_cases(session, home, viewer, wanted, sort="due", after=after, limit=limit)
    references = [item["reference"] for item in page["items"]]
    query = _visible(viewer).where(col(Case.reference).in_(references))
    found = {item.reference: item for item in _items(session, home, viewer, session.exec(query).all())}
    return [found[reference] for reference in references if reference in found], page["next"]


def unread_items(session: Session, home: Installation, viewer: Viewer, *, limit: int = PAGE) -> list[WorkItem]:
    """This person's cases, finished ones too, on which something came by a code that they have not read; by date."""
    waits = col(Case.id).in_(select(Unread.case_id))
    query = _visible(viewer).where(col(Case.handler_id) == viewer.id, waits, col(Mine.answer).in_(CLEAR))
    rows = session.exec(query.order_by(col(Case.next_due_on), col(Case.id)).limit(limit)).all()
    counted = unread.counts(session, [case.id for case, _, _ in rows])
    items = _items(session, home, viewer, rows)
    return [replace(item, unread=counted[case.id]) for item, (case, _, _) in zip(items, rows, strict=True)]


def letter_items(
    session: Session, home: Installation, viewer: Viewer, *, limit: int = PAGE
) -> tuple[list[WorkItem], int]:
    """This person's cases, finished ones too, with letters that need them, by date; and how many letters in all."""
    counted = letters_due.by_case(session, home, viewer)
    query = _visible(viewer).where(col(Case.id).in_(counted)).order_by(col(Case.next_due_on), col(Case.id))
    rows = session.exec(query.limit(limit)).all() if counted else []
    items = _items(session, home, viewer, rows)
    found = [replace(item, letters=counted[case.id]) for item, (case, _, _) in zip(items, rows, strict=True)]
    return found, sum(counted.values())


def items_of(session: Session, home: Installation, viewer: Viewer, case_ids: Collection[str]) -> list[WorkItem]:
    """Those of these cases that exist for this person, by date."""
    query = _visible(viewer).where(col(Case.id).in_(case_ids)).order_by(col(Case.next_due_on), col(Case.id))
    return _items(session, home, viewer, session.exec(query).all()) if case_ids else []


def just_finished(session: Session, home: Installation, viewer: Viewer, *, limit: int) -> list[WorkItem]:
    """This person's finished cases of which a date is still to come (someone may ask to look again), soonest first."""
    coming = col(Case.next_due_on) >= clock.today()
    query = _visible(viewer).where(col(Case.handler_id) == viewer.id, col(Case.final).is_(True), coming)
    rows = session.exec(query.order_by(col(Case.next_due_on), col(Case.id)).limit(limit)).all()
    return _items(session, home, viewer, rows)


def counts(session: Session, viewer: Viewer) -> Counts:
    """How much there is to do, for the sentence on top of the worklist."""
    today = clock.today()

    def count(wanted: Filter) -> int:
        return count_cases(session, viewer, wanted, most=COUNTED)

    late = count(Filter(handler=viewer.id, final=False, overdue=True))
    due = count(Filter(handler=viewer.id, final=False, due_by=today + SOON))
    return Counts(count(Filter(handler=viewer.id, final=False)), late, max(due - late, 0))


def panel_items(session: Session, home: Installation, viewer: Viewer) -> list[WorkItem]:
    """Every case this person was asked to sit on and can still see, newest first."""
    query = _visible(viewer).where(col(Mine.part) == "panel").order_by(col(Case.opened_at).desc())
    return _items(session, home, viewer, session.exec(query).all())


def states_of(home: Installation) -> dict[str, str]:
    """Every state of every procedure by name, in the words of the newest version."""
    return {state.name: state.label for workflow in home.workflows.all() for state in workflow.states.values()}


def kinds_of(home: Installation) -> dict[str, str]:
    """Every kind of report of every procedure by name, as officers name it."""
    return {kind.name: kind.title or kind.label for workflow in home.workflows.all() for kind in workflow.opening.kinds}


def outcome_words(workflow: Workflow, outcome: str | None) -> str:
    """The words for an outcome, from whichever question asks for one."""
    asked = [
        question
        for questions in (*(a.inputs for a in workflow.transitions), *(r.fields for r in workflow.records.values()))
        for question in questions
        if question.name == "outcome"
    ]
    options = (option for question in asked for option in question.options if option.value == outcome)
    return next((option.label for option in options), outcome or "")


def others_turn(state: State, due: Clock | None, due_on: date | None) -> bool:
    """Whether others read and decide here, or a date named to somebody has not come yet."""
    if state.final:
        return False
    named = due is not None and bool(due.due_field) and due_on is not None and due_on >= clock.today()
    return "panel" in state.visible_to or named


def _visible(viewer: Viewer) -> Any:
    return visible(viewer, Case, col(Mine.answer).label("answer"))


def _items(session: Session, home: Installation, viewer: Viewer, rows: Seen) -> list[WorkItem]:
    explained = _explained(session, home, [case for case, _, _ in rows])
    return [_item(home, viewer, case, view, answer, explained) for case, answer, view in rows]


def _explained(session: Session, home: Installation, cases: Iterable[Case]) -> set[str]:
    """The ids of those open cases whose next date is over and somebody said why; asks nothing where none is late."""
    late = [case for case in cases if not case.final and case.next_due_on and case.next_due_on < clock.today()]
    if not late:
        return set()
    said = select(CaseRecord.case_id).where(
        col(CaseRecord.case_id).in_([case.id for case in late]), CaseRecord.kind == deadlines.LATE_REASONS
    )
    some = set(session.exec(said).all())
    return {case.id for case in late if case.id in some and _says_why(session, home, case)}


def _says_why(session: Session, home: Installation, case: Case) -> bool:
    workflow = home.workflows.get(case.workflow, case.workflow_version)
    dates = deadlines.running(session, workflow, case, case.state)
    return any(one.clock == case.next_due_clock and one.reason_id for one in dates)


def _item(
    home: Installation, viewer: Viewer, case: Case, view: str, answer: str | None, explained: set[str]
) -> WorkItem:
    workflow = home.workflows.get(case.workflow, case.workflow_version)
    state, mine = workflow.states[case.state], case.handler_id == viewer.id
    kind = next((one for one in workflow.opening.kinds if one.name == case.kind), None)
    told = view != CARD or mine
    due = workflow.clocks.get(case.next_due_clock or "") if told else None
    return WorkItem(
        reference=case.reference,
        kind_title=(kind.title or kind.label) if kind else case.kind,
        state=state,
        view=view,
        mine=mine,
        answer=answer,
        due_on=case.next_due_on if told else None,
        due_label=due.label if due else "",
        others_turn=others_turn(state, due, case.next_due_on),
        outcome=outcome_words(workflow, case.outcome) if told else "",
        channel=workflow.label("channels", case.channel) if told else "",
        received_on=case.received_on if told else None,
        reason_given=told and case.id in explained,
        records=workflow.records,
    )
