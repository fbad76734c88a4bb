"""Conditions about how a case ends: findings, the outcome without a panel, and the panel's decision."""

from app.cases.casefile import CaseFile, Row
from app.cases.dialogue import is_stopped
from app.cases.guards import PANEL_QUORUM, Attempt, guard
from app.cases.notices import is_settled, reached
from app.cases.standing import CLEAR

PROVED = "proved"
UPHELD, NOT_UPHELD = frozenset({"upheld_no_measure", "upheld_with_measure"}), "not_upheld"
"""Outcomes after a panel: something was found to have happened, or nothing was."""
PUT_RIGHT = "put right whichever is wrong"


def _findings(file: CaseFile) -> list[Row]:
    """The findings made since the case last came back to its handler."""
    return file.current("findings", since=file.version_after("reopen", "refer_back"))


def _decision(file: CaseFile) -> Row | None:
    """The latest decision of the panel that has the case."""
    return file.newest("panel-decisions", since=file.version_after("refer"))


def _of_decision(file: CaseFile, decision: Row | None) -> list[Row]:
    """The findings that belong to a decision of the panel."""
    named = [row for row in _findings(file) if decision is not None and row.plain.get("panel_decision")]
    return [row for row in named if decision and file.root(row.plain["panel_decision"]) == file.root(decision.id)]


@guard("Every allegation has a result")
def every_allegation_has_result(attempt: Attempt) -> str | None:
    file = attempt.file
    findings = _of_decision(file, _decision(file)) if file.case.state == "referred" else _findings(file)
    found = {file.root(finding.plain["allegation"]) for finding in findings}
    left = [row for row in file.current("allegations") if file.root(row.id) not in found]
    if not left:
        return None
    codes = ", ".join(sorted({row.plain["clause"] for row in left}))
    return f"Record a finding for every allegation; still open: {codes}"


@guard("The member was told, or there is a reason why not", reads_inputs=True)
def respondent_told_or_reason(attempt: Attempt) -> str | None:
    told, reason = attempt.inputs.get("respondent_told"), attempt.inputs.get("respondent_not_told_reason", "")
    return None if told == "yes" or reason.strip() else "Say why the member was not told"


@guard("The outcome fits what was done", reads_inputs=True)
def outcome_fits_path(attempt: Attempt) -> str | None:
    file, outcome = attempt.file, attempt.inputs.get("outcome")
    proved = any(finding.plain["result"] == PROVED for finding in _findings(file))
    if outcome in ("no_breach", "insufficient_evidence") and proved:
        return "A finding says that something happened: that does not fit this outcome"
    if outcome == "respondent_unidentified" and any(_is_named(file, row) for row in file.current("allegations")):
        return "The member is known by name: that does not fit this outcome"
    if outcome == "withdrawn" and not is_stopped(file):
        return "Record first the wish to withdraw the report, and your decision to stop"
    if outcome == "advice_given" and not _all_were_heard(file):
        return "Before advice every member it is about needs a notice and a chance to reply"
    if attempt.inputs.get("sub_reason") and outcome != "out_of_scope":
        return "The further reason belongs only to “outside the guidance”"
    return None


def _all_were_heard(file: CaseFile) -> bool:
    """Whether everybody about whom something is alleged had a notice, and replied or had their time."""
    about = {file.root(row.plain["respondent"]) for row in file.current("allegations")}
    settled = (one for one in file.current("notices") if reached(file, one) and is_settled(file, one))
    return bool(about) and about <= {file.root(one.plain["respondent"]) for one in settled}


def _is_named(file: CaseFile, allegation: Row) -> bool:
    person = file.latest(allegation.plain["respondent"])
    return person is not None and person.plain["identified"] == "named"


@guard("The panel's decision is recorded: three or more decided, none of them conflicted")
def has_panel_decision(attempt: Attempt) -> str | None:
    file = attempt.file
    decision = _decision(file)
    if decision is None:
        return "Record the panel's decision"
    seats = [file.standings.get(member) for member in decision.plain["members"]]
    sound = [seat for seat in seats if seat is not None and seat.part == "panel" and seat.answer in CLEAR]
    handler = file.case.handler_id in decision.plain["members"]
    if len(sound) >= PANEL_QUORUM and len(sound) == len(seats) and not handler:
        return None
    return f"At least {PANEL_QUORUM} clear members of this panel must decide, none of them the officer looking after it"


@guard("What the panel decided and the findings agree")
def outcome_fits_findings(attempt: Attempt) -> str | None:
    """Nothing to compare while there is no decision: another condition asks for one."""
    decision = _decision(attempt.file)
    if decision is None:
        return None
    outcome = decision.plain["outcome"]
    proved = any(row.plain["result"] == PROVED for row in _of_decision(attempt.file, decision))
    if outcome in UPHELD and not proved:
        return f"The panel's outcome is that something happened, but no finding says so: {PUT_RIGHT}"
    if outcome == NOT_UPHELD and proved:
        return f"The panel's outcome is that nothing was found, but a finding says that it happened: {PUT_RIGHT}"
    return None
