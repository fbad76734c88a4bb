"""Checks the rows of cases against what was recorded: what came in, by which rules, and how each ended."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import String, cast
from sqlmodel import Session, col, select

from app.audit.entries import document_of, stamp
from app.audit.events import Event
from app.audit.models import AuditEntry
from app.audit.sources import ByCase, Fault
from app.audit.stored import streamed
from app.cases.casefile import REPORT, STEP
from app.cases.intake import DEFAULT_CHANNEL
from app.cases.models import Case, CaseRecord, WorkflowText
from app.installation import Installation
from app.oversight.letter_check import went_on
from app.workflow.definition import Transition
from app.workflow.rules import digest

OUTCOME, OF_STEP, OF_PANEL = "outcome", "outcome_from_step", "outcome_from_panel"
RULES = {"workflow": "workflow", "workflow_version": "workflow_version", "rules_digest": "rules"}
"""Columns of a case and what its first entry calls them."""


def faults(home: Installation, session: Session) -> Iterator[Fault]:
    """Columns of cases that were edited past the trail. What was removed is told elsewhere."""
    opened = ByCase(_first_entries(session), lambda row: row.case_id)
    records = ByCase(_records(home, session), lambda row: row.case_id)
    for case in _cases(session):
        first = next(iter(opened.upto(case.id)), None)
        document = document_of(first.entry) if first is not None else {}
        rows = records.upto(case.id)
        expected = {column: document[name] for column, name in RULES.items() if name in document}
        expected |= _reported(rows) | _ended(home, document, rows)
        stored = case._asdict() | {"closed_at": stamp(case.closed_at) if case.closed_at else None}
        edited = [name for name, value in expected.items() if stored[name] != value]
        if document and not went_on(document, case.received_on):
            edited.append("received_on")
        for name in edited:
            said = f"the column {name} of its row is not what was recorded: it was edited"
            yield Fault(first.id if first is not None else None, f"case {case.reference}", said)
    yield from _rules(session)


def _rules(session: Session) -> Iterator[Fault]:
    """The rules kept as text under which cases were opened: each is what its digest says, and none is missing."""
    for row in session.exec(select(WorkflowText)):
        if digest(row.rules) != row.digest:
            where = f"the rules of {row.workflow}, version {row.version}"
            yield Fault(None, where, "the text that was kept of them does not give their digest: it was edited")
    kept = select(WorkflowText.digest)
    for lost in session.exec(select(Case.rules_digest).where(col(Case.rules_digest).not_in(kept)).distinct()):
        yield Fault(None, f"the rules {lost}", "the text of them by which cases were opened is missing: it was removed")


def _reported(rows: list[Any]) -> dict[str, Any]:
    given = next((row.plain for row in rows if row.kind == REPORT), None)
    if given is None:
        return {}
    channel = given.get("channel", DEFAULT_CHANNEL)
    return {"kind": given["kind"], "channel": channel, "share_identity": given.get("share_identity")}


def _ended(home: Installation, document: Mapping[str, Any], rows: list[Any]) -> dict[str, Any]:
    """How the row tells the end of a case: by its newest step, where that led to an end."""
    step = next((row for row in reversed(rows) if row.kind == STEP), None)
    try:
        workflow = home.workflows.get(document["workflow"], document["workflow_version"])
        final = step is not None and workflow.states[step.plain["to"]].final
        then = next((one.then for one in workflow.transitions if step and _is(one, step.plain)), ())
    except (KeyError, TypeError):  # edited, which is told elsewhere, or by rules that are not here any more
        return {}
    if step is None or not final or not {OF_STEP, OF_PANEL} & {one.name for one in then}:
        return {"final": final, OUTCOME: None, "closed_by": None, "closed_at": None}
    outcome = step.plain.get(OUTCOME) or _decided(rows, step)
    return {"final": True, OUTCOME: outcome, "closed_by": step.by_person, "closed_at": stamp(step.recorded_at)}


def _is(arrow: Transition, taken: Mapping[str, Any]) -> bool:
    return (arrow.trigger, arrow.source, arrow.dest) == (taken["trigger"], taken["from"], taken["to"])


def _decided(rows: list[Any], closing: Any) -> str | None:
    """The outcome of the newest record that names one, made since the case came where it was closed from."""
    came = max((row.case_version for row in rows if row.plain.get("to") == closing.plain["from"]), default=0)
    replaced = {row.replaces for row in rows}
    made = [row.plain.get(OUTCOME) for row in rows if row.case_version > came and row.id not in replaced]
    return next(filter(None, reversed(made)), None)


def _cases(session: Session) -> Iterator[Any]:
    columns = (*RULES, "kind", "channel", "share_identity", "final", OUTCOME, "closed_by")
    chosen = [getattr(Case, name) for name in ("id", "reference", *columns)]
    days = [cast(col(Case.received_on), String).label("received_on"), Case.closed_at]
    return streamed(session, select(*chosen, *days).order_by(col(Case.id)))


def _first_entries(session: Session) -> Iterator[Any]:
    chosen: Any = select(AuditEntry.id, AuditEntry.case_id, AuditEntry.entry)
    chosen = chosen.where(AuditEntry.event == Event.CASE_OPENED, col(AuditEntry.case_id).is_not(None))
    return streamed(session, chosen.order_by(col(AuditEntry.case_id)))


def _records(home: Installation, session: Session) -> Iterator[Any]:
    """Reports, steps and records that can name an outcome; no others are asked for anything here."""
    kinds = {
        kind.name
        for workflow in home.workflows.all()
        for kind in workflow.records.values()
        if any(question.name == OUTCOME for question in kind.fields)
    }
    names = ("id", "case_id", "kind", "plain", "replaces", "by_person", "recorded_at", "case_version")
    chosen: Any = select(*(getattr(CaseRecord, name) for name in names))
    chosen = chosen.where(col(CaseRecord.kind).in_({REPORT, STEP} | kinds))
    return streamed(session, chosen.order_by(col(CaseRecord.case_id), col(CaseRecord.case_version)))
