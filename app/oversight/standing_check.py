"""Checks who looks after a case and who stands where, against the entries and records that say so."""

from collections.abc import Iterator
from typing import Any

from app.audit.events import Event
from app.cases.casefile import STEP
from app.cases.standing import AUDITOR, INVOLVED, OUT
from app.oversight.case_rows import Bundle, Record

HANDLER, PANEL, UNTIL = "handler", "panel", "panel_until_review_ends"
NOBODY = "nobody"
POSSIBLE, NOT_ASKED = "possible", "not_asked"


def edited(bundle: Bundle) -> Iterator[str]:
    """Columns of the case's row about who may read it that are not what entries and records say."""
    case = bundle.case
    handler = _handler(bundle)
    if handler is not None and handler != (case.handler_id or NOBODY):
        yield "handler_id"
    states = bundle.workflow.states
    here = states[case.state].visible_to if case.state in states else ()
    if case.panel_reads != (PANEL in here):
        yield "panel_reads"
    if not _until_fits(bundle):
        yield "panel_reads_until"
    waits = {row.part for row in bundle.standings if row.answer == POSSIBLE}
    if (case.awaits_clearance and not waits) or (not case.awaits_clearance and waits & {HANDLER, PANEL, AUDITOR}):
        yield "awaits_clearance"


def _handler(bundle: Bundle) -> str | None:
    """Who looks after it, by the newest entry or reopening that gave it to somebody; None where none says."""
    given = _of(bundle.opened.document)
    reopened = next((row for row in reversed(bundle.rows) if bundle.does(row, "start_afresh")), None)
    since = 0
    given_to = [one for one in bundle.placed if one.event == Event.HANDLER_ASSIGNED]
    if reopened is not None:
        given, since = reopened.by_person or NOBODY, reopened.version
    later = [one for one in given_to if int(one.document.get("case_version", 0)) >= since]
    return _of(later[-1].document) if later else given


def _of(document: dict[str, Any]) -> str | None:
    subject = document.get("subject")
    return str(subject.get("id")) if isinstance(subject, dict) else None


def _until_fits(bundle: Bundle) -> bool:
    """Until when a panel may read on after the end: no longer than the first date that began with the end."""
    until, states = bundle.case.panel_reads_until, bundle.workflow.states
    step = next((row for row in reversed(bundle.rows) if row.kind == STEP), None)
    came, went = (states.get(step.plain.get(end, "")) for end in ("from", "to")) if step is not None else (None, None)
    reads_on = came is not None and went is not None and PANEL in came.visible_to and UNTIL in went.visible_to
    begun = [str(one.due_on) for one in bundle.deadlines if step is not None and one.record_id == step.id]
    if not reads_on:
        return until is None
    return (until is not None and until <= min(begun)) if begun else True


def faults(bundle: Bundle) -> Iterator[str]:
    """What is wrong with the rows of who stands where."""
    answers, invited, ever = _replayed(bundle)
    rows = {row.person_id: row for row in bundle.standings}
    asks = any(effect.name == "declare" for kind in bundle.workflow.records.values() for effect in kind.then)
    for person in sorted({*answers, *invited, *bundle.kept_out} - rows.keys()):
        yield f"the standing of person {person} is missing: it was removed"
    for person, row in rows.items():
        out = row.answer in OUT
        expected = answers.get(person)
        told, stands = person in bundle.kept_out, row.answer == INVOLVED
        if told != stands and (told or bundle.all_told):
            yield f"the standing of person {person} says {row.answer}, and who has a part in it differs: it was edited"
        elif row.answer not in (expected, INVOLVED) and (asks or row.answer != NOT_ASKED):
            yield f"the standing of person {person} says {row.answer}, their records say {expected}: it was edited"
        sits = person in (ever if out else invited)
        if (row.part == PANEL) != sits and (row.part == PANEL or not out):
            yield f"the standing of person {person} says {row.part}, and who was asked to sit on the panel differs"
        if (row.part == HANDLER) != (person == bundle.case.handler_id):
            yield f"the standing of person {person} says {row.part}, but the case's row names another handler"


def _replayed(bundle: Bundle) -> tuple[dict[str, str | None], set[str], set[str]]:
    """What everybody declared or was decided to be, who sits on the panel now, and who ever was asked to."""
    answers: dict[str, str | None] = {}
    invited: set[str] = set()
    ever: set[str] = set()
    by_id = {row.id: row for row in bundle.rows}
    for row in bundle.rows:
        _answer(bundle, row, by_id, answers)
        if bundle.does(row, "invite_panel_member"):
            invited.add(row.plain["person"])
            ever.add(row.plain["person"])
        if bundle.does(row, "start_afresh"):
            for person in answers.keys() - {row.by_person}:
                answers[person] = answers[person] if answers[person] in OUT else None
            invited.clear()
    return answers, invited, ever


def _answer(bundle: Bundle, row: Record, by_id: dict[str, Record], answers: dict[str, str | None]) -> None:
    if bundle.does(row, "declare") and row.by_person and answers.get(row.by_person) not in OUT:
        answers[row.by_person] = row.plain["answer"]
    if bundle.does(row, "clear_declaration"):
        declared = by_id.get(row.plain["declaration"])
        if declared is not None and declared.by_person and answers.get(declared.by_person) not in OUT:
            answers[declared.by_person] = row.plain["decision"]
