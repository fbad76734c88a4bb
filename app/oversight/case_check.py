"""Checks the rows of cases against what was recorded: what came in, by which rules, how each ended, and what is due."""

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from app.audit.chain import commits_of
from app.audit.entries import columns_of, stamp
from app.audit.events import Event
from app.audit.sources import ByCase, Fault, SealedContent
from app.cases.casefile import REPORT, STEP
from app.cases.codes import ACCESS, access_columns
from app.cases.intake import DEFAULT_CHANNEL, GUIDANCE
from app.cases.involvement import KEPT_OUT
from app.cases.models import Case, WorkflowText
from app.installation import Installation
from app.oversight import case_rows, due_check, standing_check
from app.oversight.case_rows import OUTCOME, Bundle, Placing, outcome_of
from app.oversight.letter_check import went_on
from app.workflow.definition import Workflow
from app.workflow.rules import digest

OF_STEP, OF_PANEL = "outcome_from_step", "outcome_from_panel"
RULES = {"workflow": "workflow", "workflow_version": "workflow_version", "rules_digest": "rules"}
"""Columns of a case and what its first entry calls them."""
REPORTER = "reporter"
"""The group of whoever reported: none where nobody was named."""
A_MINUTE = timedelta(minutes=1)


class KeptOut:
    """Who has a part in each case, as the sealed items say that the check of the trail read on its way.

    Of `erased` cases nothing sealed is left.
    """

    def __init__(self, erased: Collection[str]) -> None:
        self._of: dict[str, set[str]] = {}
        self._erased = erased

    def noted(self, items: Iterable[SealedContent]) -> Iterator[SealedContent]:
        """The same items, those about people kept out remembered."""
        for item in items:
            if item.group == KEPT_OUT and item.data:
                self._of.setdefault(item.owner_id, set()).update(item.data)
            yield item

    def of(self, opened: Placing) -> tuple[frozenset[str], bool]:
        """Ids as far as entries tell, and whether they tell of everybody: the first one of older cases does not."""
        told = KEPT_OUT in commits_of(opened.document) and opened.case_id not in self._erased
        return frozenset(self._of.get(opened.case_id, ())), told


def faults(home: Installation, session: Session, kept_out: KeptOut) -> Iterator[Fault]:
    """Columns of cases that were edited past the trail, who stands where, and due dates. The rest is told elsewhere."""
    placings = ByCase(case_rows.placings(session), lambda row: row.case_id)
    records = ByCase(case_rows.records(session), lambda row: row.case_id)
    deadlines = ByCase(case_rows.deadlines(session), lambda row: row.case_id)
    letters = ByCase(case_rows.letters(session), lambda row: row.case_id)
    standings = ByCase(case_rows.standings(session), lambda row: row.case_id)
    clauses = ByCase(case_rows.clauses(session), lambda row: row.case_id)
    closed = due_check.closures(session)
    for case in case_rows.cases(session):
        placed, rows = placings.upto(case.id), records.upto(case.id)
        beside = (source.upto(case.id) for source in (deadlines, letters, standings, clauses))
        if not placed or placed[0].event != Event.CASE_OPENED:
            continue  # its first entry is missing or edited, which is told elsewhere
        workflow = _workflow(home, placed[0])
        if workflow is not None:
            bundle = Bundle(workflow, case, placed[0], placed[1:], *kept_out.of(placed[0]), rows, *beside)
            yield from (Fault(placed[0].id, f"case {case.reference}", said) for said in _or_edited(bundle, closed))
    yield from _rules(session)


def _workflow(home: Installation, opened: Placing) -> Workflow | None:
    """The procedure that the first entry names; None where that was edited, or where it is not here any more."""
    try:
        return home.workflows.get(opened.document["workflow"], opened.document["workflow_version"])
    except (KeyError, TypeError):
        return None


def _or_edited(bundle: Bundle, closed: due_check.Closures) -> list[str]:
    """What is wrong with one case; where a record was edited so that nothing can be worked out from it, that."""
    try:
        return list(_of_case(bundle, closed))
    except (LookupError, TypeError, ValueError, AttributeError):
        return ["its records do not hold what the procedure asks: one was edited, and the row was not compared"]


def _of_case(bundle: Bundle, closed: due_check.Closures) -> Iterator[str]:
    case, document = bundle.case, bundle.opened.document
    expected = {column: document[name] for column, name in RULES.items() if name in document}
    expected |= _reported(bundle) | _ended(bundle) | _told_first(bundle)
    stored = case._asdict() | {"closed_at": stamp(case.closed_at) if case.closed_at else None, **access_columns(case)}
    edited = [name for name, value in expected.items() if stored[name] != value]
    if not went_on(document, case.received_on):
        edited.append("received_on")
    for name in (*edited, *standing_check.edited(bundle), *due_check.edited(bundle)):
        yield f"the column {name} of its row is not what was recorded: it was edited"
    if {row.code for row in bundle.clauses} != _clauses(bundle):
        yield "the clauses by which lists find it are not those of its report and allegations: they were edited"
    yield from standing_check.faults(bundle)
    yield from due_check.faults(bundle, closed)


def _rules(session: Session) -> Iterator[Fault]:
    """The rules kept as text under which cases were opened: each is what its digest says, and none is missing."""
    for row in session.exec(select(WorkflowText)):
        if digest(row.rules) != row.digest:
            where = f"the rules of {row.workflow}, version {row.version}"
            yield Fault(None, where, "the text that was kept of them does not give their digest: it was edited")
    other_name = or_(col(WorkflowText.workflow) != Case.workflow, col(WorkflowText.version) != Case.workflow_version)
    by_digest = select(WorkflowText.digest).join(Case, col(Case.rules_digest) == WorkflowText.digest)
    for other in session.exec(by_digest.where(other_name).distinct()):
        yield Fault(None, f"the rules {other}", "cases call them another procedure or version: they were edited")
    kept = select(WorkflowText.digest)
    for lost in session.exec(select(Case.rules_digest).where(col(Case.rules_digest).not_in(kept)).distinct()):
        yield Fault(None, f"the rules {lost}", "the text of them by which cases were opened is missing: it was removed")


def _reported(bundle: Bundle) -> dict[str, Any]:
    report = next((row for row in bundle.rows if row.kind == REPORT), None)
    if report is None:
        return {}
    given, opened_at = report.plain, bundle.case.opened_at
    return {
        "kind": given["kind"],
        "channel": given.get("channel", DEFAULT_CHANNEL),
        "share_identity": given.get("share_identity"),
        "opened_at": opened_at if abs(report.recorded_at - opened_at) <= A_MINUTE else report.recorded_at,
    }


def _clauses(bundle: Bundle) -> set[str]:
    named = {code for row in bundle.rows if row.kind == REPORT for code in row.plain.get("clauses", ())}
    return named | {row.plain["clause"] for row in bundle.rows if bundle.does(row, "index_clause")}


def _told_first(bundle: Bundle) -> dict[str, Any]:
    """What the first entry says of the row, and the guidance that a later record chose; nothing where none says."""
    document = bundle.opened.document
    told, commits = columns_of(document), document.get("commits")
    expected: dict[str, Any] = {}
    if isinstance(commits, dict):
        expected["anonymous"] = REPORTER not in commits
    if told is not None:
        expected |= {"reference": told.get("reference"), GUIDANCE: told.get(GUIDANCE)}
    telling = [one for one in (bundle.opened, *bundle.placed) if ACCESS in (columns_of(one.document) or {})]
    renewed = max((row.version for row in bundle.rows if bundle.does(row, "renew_code")), default=0)
    if telling and telling[-1].document["case_version"] >= renewed:  # of a new code no entry told once
        expected[ACCESS] = telling[-1].document["columns"][ACCESS]
    chosen = [row.plain[GUIDANCE] for row in bundle.rows if row.plain.get(GUIDANCE)]
    return expected | ({GUIDANCE: chosen[-1]} if chosen else {})


def _ended(bundle: Bundle) -> dict[str, Any]:
    """How the row tells the end of a case: by its newest step, where that led to an end."""
    step = next((row for row in reversed(bundle.rows) if row.kind == STEP), None)
    state = bundle.workflow.states.get(str(step.plain.get("to"))) if step is not None else None
    final = state is not None and state.final
    if step is None or not final or not any(bundle.does(step, name) for name in (OF_STEP, OF_PANEL)):
        return {"final": final, OUTCOME: None, "closed_by": None, "closed_at": None}
    outcome = outcome_of(bundle.rows, step)
    return {"final": True, OUTCOME: outcome, "closed_by": step.by_person, "closed_at": stamp(step.recorded_at)}
