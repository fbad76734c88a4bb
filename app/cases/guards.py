"""The conditions that workflow files may name: each answers None, or says in plain words what is missing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.calendar.reckoning import day_in_words
from app.cases import delivery
from app.cases.casefile import CaseFile, Row
from app.cases.considered import answered_since
from app.cases.dialogue import is_stopped, undecided
from app.cases.notices import REMINDERS, awaited_until, held_reminders, is_settled, put_at
from app.cases.standing import CLEAR, OUT

PANEL_QUORUM = 3
"""Procedure, section 3: a panel of three or more."""
RECORD_PREFIX = "record:"


@dataclass(frozen=True)
class Attempt:
    """What a condition may look at: the case file, who asks, and the answers given with the step."""

    file: CaseFile
    person_id: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    leads_to: str | None = None
    """The state that the step leads to; None where only the condition itself is asked about."""


Check = Callable[[Attempt], str | None]


@dataclass(frozen=True)
class Guard:
    """A registered condition. `met` is its sentence once it holds; `reads_inputs` = judged only when a step is sent."""

    name: str
    met: str
    check: Check
    reads_inputs: bool = False
    others_turn: bool = False
    """While it does not hold, somebody other than the person who takes the step has to act."""
    bit_by_bit: bool = False
    """Each record that answers it answers a part: one of them on the case does not mean that it was decided against."""


GUARDS: dict[str, Guard] = {}


def guard(
    met: str, *, reads_inputs: bool = False, others_turn: bool = False, bit_by_bit: bool = False
) -> Callable[[Check], Check]:
    """Registers a condition under the function's name."""

    def register(check: Check) -> Check:
        GUARDS[check.__name__] = Guard(check.__name__, met, check, reads_inputs, others_turn, bit_by_bit)
        return check

    return register


def find(name: str, file: CaseFile) -> Guard:
    """The condition a workflow file names; `record:<kind>` asks that such a record exists."""
    if name.startswith(RECORD_PREFIX):
        kind = file.workflow.records[name.removeprefix(RECORD_PREFIX)]
        missing = f"“{kind.label}” has not been recorded yet"
        return Guard(name, f"“{kind.label}” is recorded", lambda a: None if a.file.current(kind.name) else missing)
    return GUARDS[name]


@guard("The officer looking after this has declared that nothing connects them with it")
def handler_is_clear(attempt: Attempt) -> str | None:
    mine = attempt.file.standings.get(attempt.file.case.handler_id or "")
    if mine is not None and mine.answer in CLEAR:
        return None
    if mine is not None and mine.answer == "possible":
        return "Another officer has not yet decided on your declaration"
    return "Say first whether anything connects you with this case"


@guard("The person who told us has been answered, or it was impossible")
def acknowledged_or_impossible(attempt: Attempt) -> str | None:
    if attempt.file.current("acknowledgements"):
        return None
    written = delivery.reply_held(attempt.file, "acknowledgements")
    return written[0] if written else "Record how and when you replied, or why you could not"


@guard("The questions of safety are answered")
def risks_answered(attempt: Attempt) -> str | None:
    return None if attempt.file.current("risks") else "Answer the three questions of safety"


@guard("It is noted whether the guidance covers it")
def scope_noted(attempt: Attempt) -> str | None:
    if attempt.file.current("scope-notes"):
        return None
    return "Note whether the guidance covers it and whether it has to go to the national party"


@guard("The guidance that applies is known")
def guidance_version_set(attempt: Attempt) -> str | None:
    note = attempt.file.newest("scope-notes")
    if attempt.file.case.guidance_version or (note and note.values.get("guidance_version")):
        return None
    return "No guidance was in force on the day it happened: say in the scope note which one applies"


@guard("What is alleged is written down")
def has_allegation_or_reason(attempt: Attempt) -> str | None:
    note = attempt.file.newest("scope-notes")
    if attempt.file.current("allegations") or (note and note.values.get("no_allegation_reason")):
        return None
    return "Write down what is alleged, or say in the scope note why nothing is"


@guard("At least one allegation from section 3 of the guidance")
def has_referable_allegation(attempt: Attempt) -> str | None:
    clauses = attempt.file.guidance.clauses if attempt.file.guidance else {}
    codes = {row.plain["clause"] for row in attempt.file.current("allegations")}
    if any(clauses[code].referable for code in codes if code in clauses):
        return None
    return "Only an allegation from section 3 of the guidance can go to the panel"


@guard("The member is named, and was a member then")
def respondent_is_named_member(attempt: Attempt) -> str | None:
    allegations = attempt.file.current("allegations")
    people = [attempt.file.latest(row.plain["respondent"]) for row in allegations]
    if people and all(person is not None and _named_member(person) for person in people):
        return None
    return "The member must be known by name and have been a member at the time"


def _named_member(person: Row) -> bool:
    known = person.plain["identified"] == "named" and bool(person.values.get("name"))
    return known and person.plain["member_then"] == "yes" and person.plain["role"] == "respondent"


@guard("Every allegation was put to the member")
def every_allegation_was_put(attempt: Attempt) -> str | None:
    file = attempt.file
    notices = file.current("notices")
    left = [row for row in file.current("allegations") if all(put_at(file, one, row) is None for one in notices)]
    if not left:
        return None
    codes = ", ".join(sorted({row.plain["clause"] for row in left}))
    open_ones = {file.root(row.id) for row in left}
    unsent = [
        held.message
        for held in delivery.all_held(file, "notices")
        if open_ones & {file.root(one) for one in held.row.plain["allegations"]}
    ]
    first = unsent[0] if unsent else "Put every allegation to the member in a notice"
    return f"{first}; still open: {codes}"


@guard("The member replied, or the time has passed after a reminder")
def reply_or_time_passed(attempt: Attempt) -> str | None:
    file = attempt.file
    for allegation in file.current("allegations"):
        known = ((notice, put_at(file, notice, allegation)) for notice in file.current("notices"))
        put = [(notice, version) for notice, version in known if version is not None]
        if not any(is_settled(file, notice, version) for notice, version in put):
            return _waits(file, put)
    return None


def _waits(file: CaseFile, put: list[tuple[Row, int]]) -> str:
    days = [day for notice, version in put if (day := awaited_until(file, notice, version))]
    if not days:
        held = [one.message for notice, _ in put for one in held_reminders(file, notice)]
        return (
            held[0] if held else "Wait for the member's reply; without one, for the reply date to pass after a reminder"
        )
    given = file.workflow.records[REMINDERS].wait_days
    until = f"Wait for the member's reply until {day_in_words(min(days), file.today)}"
    return f"{until}: after a reminder they have {given} days" if given else until


@guard("Your review note recommends the panel")
def review_recommends_referral(attempt: Attempt) -> str | None:
    note = attempt.file.newest("review-notes", since=attempt.file.version_after("reopen", "refer_back"))
    if note is None:
        return "Write the review note"
    return None if note.plain["recommends"] == "refer" else "The review note does not recommend the panel"


@guard("Your review note was written after all that the member wrote and sent", bit_by_bit=True)
def reply_is_considered(attempt: Attempt) -> str | None:
    """Asks nothing while there is no note: another condition does."""
    note = attempt.file.newest("review-notes", since=attempt.file.version_after("reopen", "refer_back"))
    if note is None or not answered_since(attempt.file, note.version):
        return None
    return "The member has written or sent something since your review note: read it, and write the note again"


def _seated(file: CaseFile) -> list[str]:
    """Who sits on the panel: asked, not out, still in that office, and not the handler."""
    seats = (row for row in file.standings.values() if row.part == "panel" and row.answer not in OUT)
    serving = (row.person_id for row in seats if file.panel is None or row.person_id in file.panel)
    return [person_id for person_id in serving if person_id != file.case.handler_id]


@guard("A panel of three or more")
def panel_is_quorate(attempt: Attempt) -> str | None:
    seated = len(_seated(attempt.file))
    return (
        None
        if seated >= PANEL_QUORUM
        else f"Ask at least {PANEL_QUORUM} people to sit on the panel; there are {seated}"
    )


@guard("Everyone on the panel has declared and is clear", others_turn=True)
def panel_is_clear(attempt: Attempt) -> str | None:
    seated = _seated(attempt.file)
    waiting = [person for person in seated if attempt.file.standings[person].answer not in CLEAR]
    if seated and not waiting:
        return None
    return (
        f"Wait for the declarations of the panel: {len(waiting)} to come"
        if seated
        else "Nobody on the panel has declared yet"
    )


@guard("No wish to withdraw the report waits for a decision, and none was agreed to")
def no_open_withdrawal(attempt: Attempt) -> str | None:
    if undecided(attempt.file):
        return "Decide on the wish to withdraw the report: stop or go on"
    if is_stopped(attempt.file):
        return "You decided to stop, as was wished: finish it without a panel, or record a decision to go on and why"
    return None


@guard("Whoever looks at it again did not finish it")
def reopener_is_not_closer(attempt: Attempt) -> str | None:
    if attempt.person_id != attempt.file.case.closed_by:
        return None
    return "Whoever finished a case cannot open it again; another officer can"


@guard("Whoever looks at it again has declared since it was finished, and is clear")
def reopener_is_clear(attempt: Attempt) -> str | None:
    file = attempt.file
    declared = [
        row
        for row in file.current("conflict-declarations", since=max((r.version for r in file.steps()), default=0))
        if row.by_person == attempt.person_id
    ]
    mine = file.standings.get(attempt.person_id)
    if declared and mine is not None and mine.answer in CLEAR:
        return None
    return "Say first, on this case, whether anything connects you with it"
