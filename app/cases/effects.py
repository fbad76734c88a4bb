"""What follows from a step or record, in the same transaction. Workflow files name these; nothing else runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session

from app import clock
from app.audit.log import Actor
from app.cases import deadlines, standing
from app.cases.casefile import REPORT, CaseFile, standings_of
from app.cases.correspondence import prepare
from app.cases.involvement import exclude_involved, tell_kept_out
from app.cases.letter_drafts import Writing
from app.cases.letter_facts import Cause
from app.cases.models import Case, CaseClause, CaseRecord, CaseStanding
from app.cases.recall import recall
from app.cases.standing import CLEAR, OUT
from app.errors import FieldError, Forbidden, Invalid
from app.installation import Installation
from app.letters import needs
from app.workflow.definition import Effect


@dataclass
class Following:
    """What an effect works with. `file` is the case file as it was before; `values` the new row's answers."""

    session: Session
    home: Installation
    case: Case
    file: CaseFile
    values: dict[str, Any]
    row: CaseRecord
    actor: Actor
    via: str
    state: str
    """The state the case will be in once this transaction ends."""
    shown: dict[str, str] = field(default_factory=dict)
    """What the answer shows this once: a new code."""


REPLY_CODE = "reply_code"
"""Under which a new code of a member is shown."""
EFFECTS: dict[str, Callable[[Following], None]] = {}


def effect(run: Callable[[Following], None]) -> Callable[[Following], None]:
    """Registers an effect under the function's name."""
    EFFECTS[run.__name__] = run
    return run


def write_letters(then: tuple[Effect, ...], f: Following, name: str) -> None:
    """Prepares the letters of the step, record or opening called `name`; after its entry and its effects."""
    writing = Writing(f.session, f.home, f.case, f.file, f.actor, f.via)
    report = f.values if name == REPORT else None
    for one in then:
        if one.kind == "letter":
            cause = Cause(name, f.values, f.row.id, f.row.replaces, f.shown.get(REPLY_CODE, ""))
            prepare(writing, one.name, cause, report)


def follow(then: tuple[Effect, ...], following: Following) -> None:
    """Runs the effects and starts the clocks of a step or record, in the order of the file."""
    workflow = following.home.workflows.get(following.case.workflow, following.case.workflow_version)
    for one in then:
        if one.kind == "effect":
            EFFECTS[one.name](following)
        elif one.kind == "clock":
            clock_ = workflow.clocks[one.name]
            if clock_.kinds and following.case.kind not in clock_.kinds:
                continue
            deadlines.start(following.session, following.case, clock_, following.values, following.row.id)


@effect
def match_officers(f: Following) -> None:
    """Office holders named in a report or party no longer see the case; if the handler is one, it goes to the next."""
    found = exclude_involved(f.session, f.home, f.case, f.values)
    if f.row.kind != REPORT:  # the entry that opens a case comes after this, and commits to all of them
        tell_kept_out(f.session, f.home, f.case, found, actor=f.actor, via=f.via)
    if f.case.handler_id in found:
        standing.assign_handler(f.session, f.home, f.case, actor=f.actor, via=f.via)


@effect
def declare(f: Following) -> None:
    """`conflicted` ends access at once and, for the handler, reassigns the case."""
    person_id, answer = str(f.actor.id), f.values["answer"]
    mine = f.session.get(CaseStanding, (f.case.id, person_id))
    if mine is not None and mine.answer in OUT:
        return  # entered after reading, about a case that names them: kept on record, opens nothing
    if mine is not None and mine.answer == "possible" and answer == "none":
        raise Invalid([FieldError("answer", "Another officer decides on your earlier declaration first")])
    part = mine.part if mine is not None else standing.AUDITOR if f.actor.role == standing.AUDITOR else "officer"
    standing.stand(f.session, f.case.id, person_id, part=part, answer=answer)
    standing.refresh_clearance(f.session, f.case)
    if answer in OUT and f.case.handler_id == person_id:
        standing.assign_handler(f.session, f.home, f.case, actor=f.actor, via=f.via)


@effect
def clear_declaration(f: Following) -> None:
    """Another officer, who declared that nothing connects them, decides on a `possible`."""
    declaration = f.file.row(f.values["declaration"])
    person_id = declaration.by_person if declaration else None
    if person_id is None or person_id == f.actor.id:
        raise Forbidden("Another officer decides on this declaration, not the person who made it")
    row = f.session.get_one(CaseStanding, (f.case.id, person_id))
    if row.answer != "possible":
        raise Invalid([FieldError("declaration", "This declaration does not wait for a decision")])
    standing.stand(f.session, f.case.id, person_id, answer=f.values["decision"])
    standing.refresh_clearance(f.session, f.case)
    if f.values["decision"] in OUT and f.case.handler_id == person_id:
        standing.assign_handler(f.session, f.home, f.case, actor=f.actor, via=f.via)


@effect
def index_clause(f: Following) -> None:
    """Lists find the case by clause; gross misconduct may be alleged only where the guidance mentions it."""
    code = f.values["clause"]
    clause = f.file.guidance.clauses.get(code) if f.file.guidance else None
    if f.values.get("gross") == "yes" and clause is not None and not clause.gross_possible:
        raise Invalid([FieldError("gross", f"The guidance does not speak of gross misconduct at {code}")])
    f.session.merge(CaseClause(case_id=f.case.id, code=code))


@effect
def address_notice(f: Following) -> None:
    """A notice goes to the member whom each of its allegations is about."""
    member = f.file.root(f.values["respondent"])
    alleged = (f.file.latest(one) for one in f.values["allegations"])
    if any(one is not None and f.file.root(one.plain["respondent"]) != member for one in alleged):
        raise Invalid([FieldError("respondent", "Send the notice to the member whom every one of these is about")])


@effect
def follow_notice(f: Following) -> None:
    """A reminder, a reply, a request or the letter's return cannot be older than the notice."""
    notice = f.file.latest(f.values["notice"])
    for name in ("sent_on", "received_on", "requested_on", "returned_on"):
        if notice is not None and f.values.get(name, notice.plain["sent_on"]) < notice.plain["sent_on"]:
            raise Invalid([FieldError(name, "Check the date: the notice had not been sent by then")])


@effect
def choose_guidance(f: Following) -> None:
    """The handler names the guidance that applies, where it is not the one in force when it happened."""
    f.case.guidance_version = f.values.get("guidance_version") or f.case.guidance_version


@effect
def invite_panel_member(f: Following) -> None:
    """The person sees the declaration card from now on; never the handler, nor anyone who may not see the case."""
    person_id = f.values["person"]
    known = f.session.get(CaseStanding, (f.case.id, person_id))
    if person_id == f.case.handler_id:
        raise Invalid([FieldError("person", "The officer looking after this cannot sit on its panel")])
    if known is not None and known.answer in OUT:
        raise Invalid([FieldError("person", "This person cannot sit on this panel; ask somebody else")])
    if known is not None and known.part == "panel":
        raise Invalid([FieldError("person", "This person has been asked already")])
    standing.stand(f.session, f.case.id, person_id, part="panel")


@effect
def finding_names_decision(f: Following) -> None:
    """With the panel, a finding belongs to its decision; the handler's own finding does not stand in for it."""
    if f.state == "referred" and not f.values.get("panel_decision"):
        raise Invalid([FieldError("panel_decision", "Name the panel decision that this finding belongs to")])


@effect
def decision_is_sound(f: Following) -> None:
    """Only clear members of this case's panel decide, not before it was referred; measures fit the outcome."""
    errors = []
    for member in f.values["members"]:
        seat = f.file.standings.get(member)
        if seat is None or seat.part != "panel" or seat.answer not in CLEAR:
            errors.append(FieldError("members", "Everyone who decides must sit on this panel and be clear"))
            break
    if set(f.values["members"]) & set(f.values.get("recused", ())):
        errors.append(FieldError("recused", "Nobody can both decide and stand aside"))
    measures = set(f.values["measures"]) - {"none"}
    if "none" in f.values["measures"] and measures:
        errors.append(FieldError("measures", "Choose either “Nothing further” or what happens now"))
    if f.values["outcome"] == "upheld_with_measure" and not measures:
        errors.append(FieldError("measures", "Say what happens now, or choose the outcome without a measure"))
    if f.values["outcome"] in ("not_upheld", "upheld_no_measure") and measures:
        errors.append(FieldError("measures", "This outcome has no measure"))
    referred = f.file.steps("refer")
    if referred and date.fromisoformat(f.values["decided_on"]) < clock.local(referred[-1].recorded_at).date():
        errors.append(FieldError("decided_on", "Check the date: the case had not reached the panel by then"))
    if errors:
        raise Invalid(errors)


@effect
def outcome_from_step(f: Following) -> None:
    """The outcome given with the step becomes that of the case."""
    _close(f, f.values["outcome"])


@effect
def outcome_from_panel(f: Following) -> None:
    """The outcome of the panel's latest decision becomes that of the case."""
    decision = f.file.newest("panel-decisions", since=f.file.version_after("refer"))
    if decision is not None:  # has_panel_decision held
        _close(f, decision.plain["outcome"])


def _close(f: Following, outcome: str) -> None:
    f.case.outcome, f.case.closed_by, f.case.closed_at = outcome, f.actor.id, f.row.recorded_at


@effect
def start_afresh(f: Following) -> None:
    """Whoever reopens becomes handler; everyone else declares anew, and the panel is asked anew."""
    reopener = str(f.actor.id)
    for person_id, row in standings_of(f.session, f.case.id).items():
        if person_id == reopener or row.answer in OUT:
            continue
        row.answer, row.part = None, "other" if row.part == "panel" else row.part
        f.session.add(row)
    standing.refresh_clearance(f.session, f.case)
    f.case.outcome, f.case.closed_by, f.case.closed_at = None, None, None
    standing.place_handler(f.session, f.home, f.case, reopener)  # the step itself says who took it
    recall(f.session, f.case, needs.OFFICER_CHANGED, actor=f.actor, via=f.via)
