"""The one door for change: a step that moves a case, or a record kept on it. Nobody here commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlmodel import Session

from app import clock
from app.audit.events import Event
from app.audit.log import append
from app.cases import access, attachments, casefile, deadlines, pointers, receipts, standing, unread
from app.cases.casefile import STEP, CaseFile, Row, ref
from app.cases.code_holders import PARTS, RESPONDENT, CodeHolder
from app.cases.codes import still_opens, touch
from app.cases.dialogue import SENT
from app.cases.disclosure import EVIDENCE
from app.cases.effects import Following, follow, write_letters
from app.cases.guards import Attempt, find
from app.cases.keeping import Kept, keep, keep_record, occurred_on
from app.cases.models import Case, CaseStanding
from app.cases.own_replies import is_respondent
from app.cases.permissions import OWN, Position, allowed, may_keep, role_of
from app.db import new_id
from app.errors import FieldError, Forbidden, Invalid, NotFound, Stale, WrongState
from app.installation import Installation
from app.people import queries as people
from app.people.queries import Viewer
from app.workflow.asking import asked_of, for_kind
from app.workflow.definition import RecordKind, State, Transition
from app.workflow.fields import read


@dataclass(frozen=True)
class Desk:
    """One person's hold on one visible case inside a transaction; the case row is locked for changes."""

    session: Session
    home: Installation
    position: Position
    file: CaseFile
    via: str

    @property
    def case(self) -> Case:
        return self.file.case


def sit_down(session: Session, home: Installation, viewer: Viewer, reference: str, via: str, *, lock: bool) -> Desk:
    """The case as this person may see it. NotFound where it does not exist for them."""
    found = access.find(session, viewer, reference, lock=lock)
    if found is None:
        raise access.Unseen
    file = casefile.load(session, home, found[0])
    return Desk(session, home, _position(session, home, viewer, *found, file.standings), file, via)


def sit_down_by_code(session: Session, home: Installation, holder: CodeHolder, via: str) -> Desk:
    """The case that a code opens, locked for a change. NotFound where the code opens nothing any more."""
    case = session.get(Case, holder.case_id, with_for_update=True, populate_existing=True)
    if case is None or not still_opens(session, case, holder):
        raise access.Unseen
    file = casefile.load(session, home, case)
    if holder.part == RESPONDENT and not is_respondent(file, holder.party_id):
        raise access.Unseen
    touch(session, holder)
    return Desk(session, home, Position(holder, case, OWN, None), file, via)


def position_of(session: Session, home: Installation, viewer: Viewer, case: Case, view: str) -> Position:
    """How this person stands before a case they can see."""
    return _position(session, home, viewer, case, view, casefile.standings_of(session, case.id))


def _position(
    session: Session, home: Installation, viewer: Viewer, case: Case, view: str, known: Mapping[str, CaseStanding]
) -> Position:
    return Position(viewer, case, view, known.get(viewer.id), _other_officers(session, home, case, known))


def _other_officers(
    session: Session, home: Installation, case: Case, known: Mapping[str, CaseStanding]
) -> frozenset[str]:
    if not case.final:
        return frozenset()
    serving = people.acting(session, home.vault, clock.today())
    first_choice = {holder.person_id for role in ("secretary", "deputy") for holder in serving[role]}
    out = {person_id for person_id, row in known.items() if row.answer in standing.OUT or row.part == "panel"}
    return frozenset(first_choice - out - {case.closed_by or ""})


def take_action(desk: Desk, trigger: str, raw: Mapping[str, Any], version: int | None) -> Kept:
    """Takes one step: role, version, state, answers, every condition; then record, entry, effects, state in that order.

    NotFound for an unknown trigger, Forbidden, Stale, WrongState, Invalid, Refused with every unmet condition.
    """
    arrow = _arrow(desk, trigger)
    _refuse_stale(desk.case, version)
    if arrow.source != desk.case.state:
        raise WrongState(f"“{arrow.label}” is not possible while the case is at “{_state(desk).label}”")
    asked = for_kind(arrow.inputs, desk.case.kind)
    raw = pointers.with_people(desk.session, desk.home, asked, raw)
    inputs = read(asked, raw, today=clock.today())
    pointers.check(desk.session, desk.file, asked, inputs)
    answers = judge(desk, arrow, inputs)
    arrow = desk.home.workflows.machine(desk.case.workflow, desk.case.workflow_version).decide(
        desk.case.state, trigger, answers
    )
    return _move(desk, arrow, inputs)


def judge(desk: Desk, arrow: Transition, inputs: Mapping[str, Any] | None) -> dict[str, str | None]:
    """Every condition of an arrow, judged once: name -> None or what is missing. Some are judged only with inputs."""
    attempt = Attempt(desk.file, desk.position.viewer.id, inputs or {}, arrow.dest)
    guards = [find(name, desk.file) for name in arrow.conditions]
    return {guard.name: guard.check(attempt) for guard in guards if inputs is not None or not guard.reads_inputs}


def add_record(
    desk: Desk,
    kind: str,
    raw: Mapping[str, Any],
    version: int | None,
    codes: dict[str, Any] | None = None,
    *,
    late: bool = False,
    receipt: bool = False,
) -> Kept:
    """Keeps one record. NotFound for an unknown kind, Forbidden, Stale, WrongState, Invalid.

    `codes` are kept with it beside the answers: what this program knows of it and nobody can say. `late`: the caller
    knows why it is kept in a state in which there is no form for it. `receipt`: one is promised, for `of_arrival`.
    """
    rules = _rules(desk, kind, version, late=late)
    replaces, answers = _correction(desk, rules, raw)
    asked = for_kind(rules.fields, desk.case.kind)
    fields = asked_of(asked, holder=bool(desk.position.part), correcting=replaces is not None)
    arriving = attachments.take_out(fields, answers)
    answers = pointers.with_people(desk.session, desk.home, fields, answers)
    values = read(fields, answers, today=clock.today())
    known = {name: value for name, value in values.items() if name not in arriving}
    pointers.check(desk.session, desk.file, fields, known)
    actor = desk.position.viewer.actor(role_of(desk.position))
    promised = attachments.keep_files(desk.session, desk.home, desk.case.id, values, arriving)
    row_id = new_id()
    if receipt:
        came = receipts.of_words(kind, values)
        promised = {**promised, **receipts.promise(desk.session, desk.home, desk.case.id, row_id, came)}
    where, by = (desk.session, desk.home, desk.case), partial(keep_record, actor=actor, via=desk.via, row_id=row_id)
    kept = by(*where, rules, values, codes=codes, replaces=replaces, promised=promised)
    _follow(desk, rules, kept, desk.case.state)
    if desk.position.part:
        unread.note(desk.session, desk.case, kept.row)
    deadlines.refresh_next(desk.session, desk.file.workflow, desk.case, desk.case.state)
    desk.session.add(desk.case)
    return kept


def _rules(desk: Desk, kind: str, version: int | None, *, late: bool) -> RecordKind:
    rules = desk.file.workflow.records.get(kind)
    if rules is None:
        raise NotFound("There is no such kind of record")
    if not may_keep(rules.roles, desk.position):
        raise Forbidden(f"“{rules.label}” is not yours to record on this case")
    _refuse_stale(desk.case, version)
    if desk.case.state not in rules.states and not late:
        raise _not_now(desk, rules)
    return rules


def _arrow(desk: Desk, trigger: str) -> Transition:
    """The arrow of this trigger, from the present state if there is one there."""
    known = [arrow for arrow in desk.file.workflow.transitions if arrow.trigger == trigger]
    if not known:
        raise NotFound("There is no such step")
    here = [arrow for arrow in known if arrow.source == desk.case.state]
    arrow = (here or known)[0]
    if not allowed(arrow.roles, desk.position):
        raise Forbidden(f"“{arrow.label}” is not yours to do on this case")
    return arrow


def _not_now(desk: Desk, rules: RecordKind) -> WrongState:
    """Whoever comes by a code is not told where the case is."""
    if desk.position.part:
        return WrongState("This cannot be sent at this stage. Write a message instead.")
    return WrongState(f"“{rules.label}” cannot be recorded while the case is at “{_state(desk).label}”")


def _refuse_stale(case: Case, version: int | None) -> None:
    if version is not None and version != case.version:
        raise Stale(case.version)


def _state(desk: Desk) -> State:
    return desk.file.workflow.states[desk.case.state]


def _correction(desk: Desk, rules: RecordKind, raw: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """Which row is corrected, and the answers without that; people correct only what they may record themselves."""
    answers = dict(raw)
    replaces = answers.pop("replaces", None) or None
    if replaces is None:
        return None, answers
    row = desk.file.row(replaces) if isinstance(replaces, str) else None
    if rules.name in SENT:
        raise Invalid([FieldError("replaces", "What was sent stays as it is: write another one")])
    if row is None or row.kind != rules.name or not may_correct(desk, rules, row):
        raise Invalid([FieldError("replaces", "Choose the record to correct from those on this case")])
    if desk.file.latest(row.id) != row:
        raise Invalid([FieldError("replaces", "This record was corrected already: correct the newest one")])
    return row.id, answers


def may_correct(desk: Desk, rules: RecordKind, row: Row) -> bool:
    """Whether this person may correct a record of theirs to keep: nothing that was sent, nor what came by a code.

    A card of evidence that came by a code is completed by the handler: what was sent stays, as the row before.
    """
    if desk.position.part or rules.name in SENT or (row.by_role in PARTS and rules.name != EVIDENCE):
        return False
    return "invited" not in rules.roles or row.by_person == desk.position.viewer.id


def _move(desk: Desk, arrow: Transition, inputs: dict[str, Any]) -> Kept:
    case, workflow = desk.case, desk.file.workflow
    case.version += 1
    actor = desk.position.viewer.actor(role_of(desk.position))
    codes = {"trigger": arrow.trigger, "from": arrow.source, "to": arrow.dest}
    kept = keep(desk.session, desk.home, case, STEP, arrow.inputs, inputs, actor=actor, codes=codes)
    append(
        desk.session,
        Event.STEP_TAKEN,
        actor=actor,
        via=desk.via,
        case=ref(case),
        trigger=arrow.trigger,
        source=arrow.source,
        dest=arrow.dest,
        held=arrow.conditions,
        record=(STEP, kept.row.id),
        occurred_on=occurred_on(inputs),
        commits=kept.commits,
    )
    _follow(desk, arrow, kept, arrow.dest)
    _settle(desk, workflow.states[arrow.dest])
    return kept


def _follow(desk: Desk, rules: Transition | RecordKind, kept: Kept, state: str) -> None:
    actor = desk.position.viewer.actor(role_of(desk.position))
    following = Following(
        desk.session, desk.home, desk.case, desk.file, kept.values, kept.row, actor, desk.via, state, kept.shown
    )
    follow(rules.then, following)
    write_letters(rules.then, following, rules.trigger if isinstance(rules, Transition) else rules.name)


def _settle(desk: Desk, state: State) -> None:
    """The state last of all: the database asks the newest step for it (trail, X1)."""
    enter(desk.session, desk.home, desk.case, state)
    desk.session.flush()


def enter(session: Session, home: Installation, case: Case, state: State) -> None:
    """Sets the state of a case and what follows from it for lists and for the panel's reading."""
    workflow = home.workflows.get(case.workflow, case.workflow_version)
    deadlines.refresh_next(session, workflow, case, state.name)
    read_on = case.panel_reads and "panel_until_review_ends" in state.visible_to  # only a panel it was referred to
    case.panel_reads = "panel" in state.visible_to
    case.panel_reads_until = case.next_due_on if read_on else None
    case.final = state.final
    case.state = state.name
    session.add(case)
