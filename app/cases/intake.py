"""Intake: what somebody sent becomes a case, routed at once away from anyone involved in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, select

from app import clock
from app.audit.events import Event
from app.audit.log import PUBLIC, Actor, append
from app.cases import codes, standing
from app.cases.actions import enter
from app.cases.casefile import REPORT, CaseFile, ref
from app.cases.effects import EFFECTS, Following, follow, write_letters
from app.cases.involvement import kept_out, seal_kept_out
from app.cases.keeping import keep, keep_record
from app.cases.models import Case, CaseClause, CaseStanding, WorkflowText
from app.cases.receipts import receipt_of
from app.cases.references import new_code, new_reference
from app.db import insert_once, new_id
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.people.queries import Viewer
from app.workflow.definition import Workflow
from app.workflow.fields import read

DECLARATIONS = "conflict-declarations"
DEFAULT_CHANNEL = "web"
GUIDANCE = "guidance_version"


@dataclass(frozen=True)
class Opened:
    """What the reporter takes away: a reference, a code shown this once, and the receipt."""

    reference: str
    access_code: str
    receipt: dict[str, Any]
    code_withheld: bool = False
    """Whoever entered it for somebody else is involved in it: with the code they could read on (X7)."""

    def as_json(self) -> dict[str, Any]:
        """What the door keeps for a repeat; `shown` says what of it may be told."""
        answer = {"reference": self.reference, "access_code": self.access_code, "receipt": self.receipt}
        return answer | ({"code_withheld": True} if self.code_withheld else {})


def shown(opened: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of `POST /reports`: without the code where whoever entered the report may not have it."""
    code = None if opened.get("code_withheld") else opened["access_code"]
    return {"reference": opened["reference"], "access_code": code, "receipt": opened["receipt"]}


def procedure_of(home: Installation, raw: Mapping[str, Any]) -> Workflow:
    """The procedure a report asks for, the default one without; Invalid where it is unknown."""
    name = raw.get("workflow")
    if name is None:
        return home.workflows.default()
    known = {workflow.name for workflow in home.workflows.all()}
    if not isinstance(name, str) or name not in known:
        raise Invalid([FieldError("workflow", "There is no such procedure here")])
    return home.workflows.latest(name)


def kind_of(workflow: Workflow, raw: Mapping[str, Any]) -> str:
    """The kind of report; Invalid where it is missing or unknown."""
    kind = raw.get("kind")
    kinds = [one.name for one in workflow.opening.kinds]
    if not isinstance(kind, str) or kind not in kinds:
        raise Invalid([FieldError("kind", f"Choose the kind of report: {', '.join(kinds)}")])
    return kind


def open_case(session: Session, home: Installation, raw: Mapping[str, Any], viewer: Viewer | None, via: str) -> Opened:
    """Stores a report as a new case with its first entry and routes it. Invalid names every answer to look at."""
    workflow = procedure_of(home, raw)
    kind = kind_of(workflow, raw)
    fields = all_fields(workflow, account=viewer is not None)
    values = read(fields, _answers(raw), kind=kind, today=clock.today())
    actor = viewer.actor() if viewer else PUBLIC
    declaration = values.pop("declaration", None)
    code = new_code()
    case = _new_case(session, home, workflow, kind, values, code)
    kept = keep(session, home, case, REPORT, fields, values, actor=actor, codes={"kind": kind})
    file = CaseFile(case, workflow, None, [], {})
    following = Following(session, home, case, file, values, kept.row, actor, via, workflow.initial)
    follow(workflow.opening.then, following)
    if viewer is not None and _own_report(viewer, values):
        standing.exclude(session, case, viewer.id, standing.INVOLVED)
    standing.place_handler(session, home, case)
    entry = append(
        session,
        Event.CASE_OPENED,
        actor=actor,
        via=via,
        case=ref(case),
        dest=workflow.initial,
        record=(REPORT, kept.row.id),
        subject=("person", case.handler_id or "nobody"),
        occurred_on=case.received_on if case.received_on != clock.today() else None,
        commits={**kept.commits, **seal_kept_out(session, home, case, kept_out(session, case))},
        columns={"reference": case.reference, GUIDANCE: case.guidance_version, **codes.access_columns(case)},
    )
    write_letters(workflow.opening.then, following, REPORT)
    for clause in values.get("clauses", ()):
        session.merge(CaseClause(case_id=case.id, code=clause))
    if declaration and viewer is not None:
        _declare_after_reading(session, home, case, workflow, declaration, viewer, via)
    enter(session, home, case, workflow.states[workflow.initial])
    session.flush()
    withheld = viewer is not None and not _own_report(viewer, values) and _is_out(session, case, viewer.id)
    return Opened(case.reference, code, receipt_of(session, home, kept, entry), withheld)


def _answers(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if name not in ("workflow", "kind")}


def _is_out(session: Session, case: Case, person_id: str) -> bool:
    mine = session.get(CaseStanding, (case.id, person_id))
    return mine is not None and mine.answer in standing.OUT


def _own_report(viewer: Viewer, values: Mapping[str, Any]) -> bool:
    """Whether the account that sends is the person who reports: not an officer entering what reached the branch."""
    enters_for_others = bool(viewer.offices & set(standing.HANDLER_ORDER))
    return values.get("channel") == DEFAULT_CHANNEL or not enters_for_others


def all_fields(workflow: Workflow, *, account: bool) -> tuple[Any, ...]:
    """Every question of the opening, whatever kind it is asked of."""
    return tuple(
        question for page in workflow.opening.pages for question in page.fields if account or not question.account_only
    )


def _new_case(
    session: Session, home: Installation, workflow: Workflow, kind: str, values: Mapping[str, Any], code: str
) -> Case:
    received = date.fromisoformat(values["received_on"]) if values.get("received_on") else clock.today()
    guidance = home.workflows.guidance_in_force(_conduct_date(values, received)) if workflow.guidance else None
    _keep_rules(session, workflow)
    case = Case(
        id=new_id(),
        reference=_free_reference(session, received.year if values.get("received_on") else clock.today().year),
        workflow=workflow.name,
        workflow_version=workflow.version,
        rules_digest=workflow.digest,
        guidance_version=guidance.version if guidance else None,
        kind=kind,
        channel=values.get("channel", DEFAULT_CHANNEL),
        state=workflow.initial,
        version=1,
        received_on=received,
        opened_at=clock.now(),
        share_identity=values.get("share_identity"),
        anonymous=not values.get("reporter"),
        access_lookup=codes.lookup(session, home, code),
    )
    home.vault.create_key(session, case.id)
    session.add(case)
    session.flush()
    return case


def _conduct_date(values: Mapping[str, Any], received: date) -> date:
    """The earliest day of conduct that was named; else the day it arrived."""
    named = [date.fromisoformat(item["posted_on"]) for item in values.get("items", ()) if item.get("posted_on")]
    return min(named, default=received)


def _keep_rules(session: Session, workflow: Workflow) -> None:
    if session.get(WorkflowText, workflow.digest) is None:
        row = {
            "digest": workflow.digest,
            "workflow": workflow.name,
            "version": workflow.version,
            "rules": workflow.rules,
        }
        insert_once(session, WorkflowText, row)


def _free_reference(session: Session, year: int) -> str:
    while True:
        reference = new_reference(year)
        if session.exec(select(Case.id).where(Case.reference == reference)).first() is None:
            return reference


def _declare_after_reading(
    session: Session,
    home: Installation,
    case: Case,
    workflow: Workflow,
    given: dict[str, Any],
    viewer: Viewer,
    via: str,
) -> None:
    """Whoever enters a paper report has read it, so they declare on the same screen; marked as made after reading."""
    rules = workflow.records.get(DECLARATIONS)
    if rules is None or not viewer.offices & set(standing.HANDLER_ORDER):
        raise Invalid([FieldError("declaration", "Only an officer who looks after cases declares here")])
    if not given.get("answer"):
        raise Invalid([FieldError("declaration.answer", "Say whether anything connects you with it")])
    actor: Actor = viewer.actor()
    kept = keep_record(session, home, case, rules, given, actor=actor, via=via, codes={"after_reading": "yes"})
    file = CaseFile(case, workflow, None, [], {})
    EFFECTS["declare"](Following(session, home, case, file, given, kept.row, actor, via, workflow.initial))
