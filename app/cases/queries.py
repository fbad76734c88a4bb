"""Reading cases: one case as somebody may see it, and what they can do next on it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlmodel import Session, select

from app import clock
from app.cases import deadlines, disclosure, unread
from app.cases.access import CARD, FULL, TRAIL
from app.cases.actions import Desk, judge, sit_down
from app.cases.casefile import REPORT, STEP, CaseFile, Row
from app.cases.guards import find
from app.cases.models import Case
from app.cases.permissions import allowed, may_keep
from app.errors import Forbidden, NotFound
from app.installation import Installation
from app.people import queries as people
from app.people.queries import Viewer
from app.workflow.asking import for_kind
from app.workflow.conditions import shown_name
from app.workflow.definition import Field, Option, RecordKind, Transition


def by_reference(reference: str) -> Any:
    """A SELECT of the case with this reference, whoever asks: only for entries about who was turned away."""
    return select(Case).where(Case.reference == reference)


def case_json(session: Session, home: Installation, viewer: Viewer, reference: str) -> dict[str, Any]:
    """The case as this person may see it after a change, or what is left of it for them."""
    try:
        return describe(sit_down(session, home, viewer, reference, "api", lock=False))
    except NotFound:
        return {"reference": reference, "view": None}


def describe(desk: Desk) -> dict[str, Any]:
    """`GET /cases/{reference}`: the card, the metadata, or everything, by view."""
    case, file, view = desk.case, desk.file, desk.position.view
    state = file.workflow.states[case.state]
    answer: dict[str, Any] = {
        "reference": case.reference,
        "workflow": case.workflow,
        "workflow_version": case.workflow_version,
        "kind": case.kind,
        "kind_title": kind_title(file, case.kind),
        "state": case.state,
        "state_label": state.label,
        "final": case.final,
        "version": case.version,
        "view": view,
    }
    if view == CARD:
        mine = desk.position.standing
        return answer | {"card": disclosure.card(file), "my_declaration": mine.answer if mine else None}
    answer |= {
        "channel": case.channel,
        "received_on": case.received_on.isoformat(),
        "opened_at": case.opened_at.isoformat(),
        "guidance_version": case.guidance_version,
        "handler": handler_json(desk),
        "outcome": case.outcome,
        "clauses": disclosure.clauses(file),
        "due": due_json(desk),
    }
    if view == FULL:
        answer |= {"my_declaration": desk.position.standing.answer if desk.position.standing else None}
        if desk.position.is_handler:
            answer["unread"] = dict(unread.counts(desk.session, [case.id]).get(case.id, {}))
        report = next(values for row, values in disclosure.rows(file, desk.position) if row.kind == REPORT)
        answer |= {"report": {name: value for name, value in report.items() if name != "kind"}}
    return answer


def kind_title(file: CaseFile, kind: str) -> str:
    """How officers name this kind of case."""
    found = next((one for one in file.workflow.opening.kinds if one.name == kind), None)
    return (found.title or found.label) if found else kind


def handler_json(desk: Desk) -> dict[str, Any] | None:
    """Who looks after the case: id and name; None where nobody is left, which pages show as a fault."""
    handler_id = desk.case.handler_id
    if handler_id is None:
        return None
    names = people.actors_by_id(desk.session, desk.home.vault, [handler_id])
    return {"id": handler_id, "name": names.get(handler_id, "")}


def due_json(desk: Desk) -> list[dict[str, Any]]:
    """The due dates that run, earliest first, each with how it was reckoned and what pauses did to it."""
    return [
        {
            "clock": one.clock,
            "label": one.rules.label,
            "due_on": one.due_on.isoformat(),
            "first_due_on": one.first_due_on.isoformat(),
            "overdue": one.late_days > 0,
            "late_days": one.late_days,
            "paused_days": one.paused_days,
            "stands_still": one.stands_still,
            "reckoned": one.reckoned,
            "how": one.how,
            "pause": one.pause_words,
            "reason_given": one.reason_id is not None,
            "reason": _reason(desk, one),
            "member": one.member,
        }
        for one in deadlines.of_file(desk.file)
    ]


def _reason(desk: Desk, one: deadlines.Running) -> str | None:
    """Why it is late, for those who read the case in full; the newest words of whoever said it."""
    row = desk.file.latest(one.reason_id) if one.reason_id and desk.position.view == FULL else None
    return row.values.get("reason") if row else None


def deadlines_json(desk: Desk) -> list[dict[str, Any]]:
    """`GET /cases/{reference}/deadlines`; a card hides what is due, but not from the case's own handler. Forbidden."""
    if desk.position.view == CARD and desk.case.handler_id != desk.position.viewer.id:
        raise Forbidden("The dates of this case are not open to you")
    return due_json(desk)


def arrows(desk: Desk) -> Iterable[Transition]:
    """The steps out of the present state that are this person's to take."""
    return (arrow for arrow in desk.file.workflow.leaving(desk.case.state) if allowed(arrow.roles, desk.position))


def actions_json(desk: Desk) -> list[dict[str, Any]]:
    """`GET /cases/{reference}/actions`: each step with its questions, what is still missing and what is done."""
    answer = []
    for arrow in arrows(desk):
        judged = judge(desk, arrow, None)
        missing = [{"condition": shown_name(name), "message": message} for name, message in judged.items() if message]
        met = [
            {"condition": name, "message": find(name, desk.file).met} for name, message in judged.items() if not message
        ]
        answer.append(
            {
                "trigger": arrow.trigger,
                "label": arrow.label,
                "help": arrow.help,
                "to": arrow.dest,
                "inputs": [field_json(question) for question in for_kind(arrow.inputs, desk.case.kind)],
                "unmet": missing,
                "met": met,
            }
        )
    return answer


def field_json(question: Field) -> dict[str, Any]:
    """One question, for programs that draw their own form."""
    answer: dict[str, Any] = {
        "name": question.name,
        "type": question.type,
        "label": question.label,
        "help": question.help,
        "required": question.required,
        "options": [_option_json(question, option) for option in question.options],
        "min_length": question.min_length,
        "max_length": question.max_length,
    }
    if question.fields:
        answer["fields"] = [field_json(inner) for inner in question.fields]
    return answer


def _option_json(question: Field, option: Option) -> dict[str, Any]:
    """An option; with the kinds of report that it is for, where it is not for all."""
    kinds = question.kind_values.get(option.value)
    return {"value": option.value, "label": option.label} | ({"kinds": list(kinds)} if kinds else {})


def records_json(desk: Desk, kind: str) -> list[dict[str, Any]]:
    """`GET /cases/{reference}/{record}`: the records of a kind that this person may read, oldest first."""
    if kind not in desk.file.workflow.records:
        raise NotFound("There is no such kind of record")
    return [row_json(row, values) for row, values in disclosure.rows(desk.file, desk.position) if row.kind == kind]


def row_json(row: Row, values: dict[str, Any]) -> dict[str, Any]:
    """One record with its answers beside what the server knows of it."""
    return {
        "id": row.id,
        "replaces": row.replaces,
        "by": {"id": row.by_person, "role": row.by_role},
        "recorded_at": row.recorded_at.isoformat(),
        "version": row.version,
        **values,
    }


def offered(desk: Desk) -> list[RecordKind]:
    """The kinds of record that this person can add now."""
    kinds = desk.file.workflow.records.values()
    return [kind for kind in kinds if desk.case.state in kind.states and may_keep(kind.roles, desk.position)]


def refuse_trail(desk: Desk) -> None:
    """The trail of a case is for its handler and for auditors."""
    if desk.position.view == TRAIL or (desk.position.view == FULL and not desk.position.is_panel):
        return
    raise Forbidden("The record of steps of this case is not open to you")


def steps_taken(file: CaseFile) -> dict[str, date]:
    """Every state the case has reached, with the local day on which it last did."""
    reached = {file.workflow.initial: clock.local(file.report.recorded_at).date()}
    return reached | {row.plain["to"]: clock.local(row.recorded_at).date() for row in file.rows if row.kind == STEP}
