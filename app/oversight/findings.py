"""What an auditor looks for in single cases: small pure functions over a dossier, each naming what stands out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app import clock
from app.audit.events import Event
from app.calendar.reckoning import day_in_words
from app.cases.casefile import STEP
from app.cases.code_holders import RESPONDENT
from app.cases.deadlines import LATE_REASONS
from app.cases.decision_guards import PROVED
from app.cases.disclosure import EVIDENCE, SERVICES
from app.cases.evidence_rules import ASSESSMENTS
from app.cases.hearing import NOTICES
from app.cases.intake import DECLARATIONS
from app.cases.models import CaseDeadline, CaseRecord
from app.cases.notices import REPLIES
from app.cases.pauses import Pause, days_paused, pauses_of
from app.cases.whose_dates import Whose
from app.letters.models import FINAL, NEEDS_YOU, QUEUED, STOPPED
from app.oversight.dossiers import Dossier, Line
from app.workflow.definition import Clock, Workflow

ACKNOWLEDGEMENTS, CLEARANCES, INFLUENCE = "acknowledgements", "conflict-clearances", "influence-contacts"
FINDINGS = "findings"
REFER, REOPEN, CLOSE = "refer", "reopen", "close_after_review"
WORKED = (
    Event.STEP_TAKEN,
    Event.RECORD_ADDED,
    Event.EVIDENCE_OPENED,
    Event.LETTER_EDITED,
    Event.LETTER_STOPPED,
    Event.LETTER_RELEASED,
    Event.LETTER_POSTED,
)
READING = frozenset(
    {
        Event.CASE_VIEWED,
        Event.EVIDENCE_OPENED,
        Event.CONTENT_UNMASKED,
        Event.REMARK_WRITTEN,
        Event.RECORD_EXPORTED,
        Event.ACCESS_DENIED,
    }
)
"""What wakes no case that sleeps."""
ON_THE_CASE = frozenset({"secretary", "deputy", "stand_in", "panel"})
HOW_FAR = {
    NEEDS_YOU: "it waits for an officer",
    QUEUED: "it waits to be sent",
    STOPPED: "it was stopped",
}


@dataclass(frozen=True)
class Asked:
    """What a list is asked for: seen from which day, and from how many days on something stands out."""

    today: date
    days: int = 0


@dataclass(frozen=True)
class Found:
    """One thing that stands out: in which case (empty: in none), what in words, on which day; no content."""

    reference: str
    what: str
    on: date
    by: str | None = None
    """The account of whoever did it, where that matters."""
    role: str = ""
    entry: str = ""
    at: datetime | None = None
    """Of one entry: when it was recorded."""


def unacknowledged(dossier: Dossier, asked: Asked) -> Iterator[Found]:
    """Every report without a word to whoever sent it, and those where it was recorded that none could be sent."""
    if ACKNOWLEDGEMENTS not in dossier.workflow.records:
        return
    told = dossier.current(ACKNOWLEDGEMENTS)
    if not told:
        days = (asked.today - dossier.case.received_on).days
        since = f", {_days(days)} after the report" if days else " yet; the report came today"
        yield _found(dossier, f"No reply is recorded{since}", dossier.case.received_on)
    elif all(row.plain.get("how") == "impossible" for row in told):
        yield _record(dossier, "It was recorded that no reply could be sent", told[-1])


def late(dossier: Dossier, asked: Asked, *, explained: bool) -> Iterator[Found]:
    """Dates of the branch that were missed, ended since or not, with or without a recorded reason."""
    for place, deadline in enumerate(dossier.deadlines):
        rules = dossier.workflow.clocks.get(deadline.clock)
        if rules is None or rules.due_field or all(dossier.workflow.states[name].final for name in rules.states):
            continue
        until = _ended(dossier, place, rules) or (asked.today if dossier.case.state in rules.states else None)
        if until is None:
            continue
        due = deadline.due_on + timedelta(days=_stood_still(dossier, deadline, rules, until))
        if until > due and bool(_reason(dossier, deadline)) is explained:
            yield _found(dossier, f"{rules.label}: due {_day(due, asked)}, {_days((until - due).days)} late", due)


def unheard(dossier: Dossier, asked: Asked) -> Iterator[Found]:
    """Referrals to the panel before which no notice, or no reply, stands on record."""
    if NOTICES not in dossier.workflow.records:
        return
    for step in _steps(dossier, REFER):
        notices = [row for row in dossier.current(NOTICES) if row.case_version < step.case_version]
        replies = [row for row in dossier.current(REPLIES) if row.case_version < step.case_version]
        answered = {dossier.root(row.plain["notice"]) for row in replies}
        open_ = [row for row in notices if dossier.root(row.id) not in answered]
        if not notices:
            yield _record(dossier, "Referred without any notice to the member", step)
        elif open_:
            sent = ", ".join(_day(date.fromisoformat(row.plain["sent_on"]), asked) for row in open_)
            yield _record(dossier, f"Referred without a reply to the notice of {sent}", step)


def on_words(dossier: Dossier, asked: Asked) -> Iterator[Found]:
    """Referrals to the panel before which no item of evidence was both looked at and given to the member."""
    del asked
    if ASSESSMENTS not in dossier.workflow.records:
        return
    for step in _steps(dossier, REFER):
        looked_at = _items_of(dossier, ASSESSMENTS, step)
        if not looked_at & (_items_of(dossier, SERVICES, step, having="served_on") | _sent_by_member(dossier)):
            said = "Referred without an item of evidence that somebody looked at and the member was given"
            yield _record(dossier, said, step)


def _items_of(dossier: Dossier, kind: str, step: CaseRecord, having: str = "item") -> set[str]:
    """The items, each as its original, about which records of a kind with this answer stood before a step."""
    originals = {
        dossier.root(row.id): dossier.root(row.plain["copy_of"])
        for row in dossier.current(EVIDENCE)
        if row.plain.get("copy_of")
    }
    before = (row for row in dossier.current(kind) if row.case_version < step.case_version and row.plain.get(having))
    items = (dossier.root(row.plain["item"]) for row in before)
    return {originals.get(item, item) for item in items}


def _sent_by_member(dossier: Dossier) -> set[str]:
    return {dossier.root(row.id) for row in dossier.records if row.kind == EVIDENCE and row.by_role == RESPONDENT}


def found_unheard(dossier: Dossier, asked: Asked) -> Iterator[Found]:
    """Cases finished without a panel on a finding against the member that is older than their reply about it."""
    del asked
    for step in _steps(dossier, CLOSE):
        before = [row for row in dossier.records if row.case_version < step.case_version]
        replied: dict[str, int] = {}
        for reply in (row for row in before if row.kind == REPLIES):
            notices = (row for row in before if dossier.root(row.id) == dossier.root(reply.plain["notice"]))
            for alleged in (one for notice in notices for one in notice.plain["allegations"]):
                replied[dossier.root(alleged)] = reply.case_version
        last = {dossier.root(row.plain["allegation"]): row for row in before if row.kind == FINDINGS}
        for alleged, row in last.items():
            if row.plain["result"] == PROVED and row.case_version < replied.get(alleged, 0):
                yield _record(dossier, "Found to have happened before the member replied, and not found anew", row)


def undeclared(dossier: Dossier, asked: Asked) -> Iterator[Found]:
    """Who opened the case and never declared, or worked on it before declaring; one row for each person."""
    del asked
    declared: dict[str, datetime] = {}
    for row in dossier.records:
        if row.kind == DECLARATIONS and row.by_person:
            declared.setdefault(row.by_person, row.recorded_at)
    said: set[str] = set()
    for line in dossier.lines:
        person = line.actor
        if person is None or line.role not in ON_THE_CASE or person in said:
            continue
        if line.event == Event.CASE_VIEWED and person not in declared:
            said.add(person)
            yield _line(line, "Opened the case and has not declared whether anything connects them with it")
        elif _worked(line) and (person not in declared or line.recorded_at < declared[person]):
            said.add(person)
            yield _line(line, "Worked on the case before declaring whether anything connects them with it")


def leaned_on(dossier: Dossier, asked: Asked) -> Iterator[Found]:
    """Contacts from outside that somebody recorded."""
    for row in dossier.current(INFLUENCE):
        whom = dossier.workflow.label("leaned_on", row.plain["to_whom"]).lower()
        how = dossier.workflow.label("ways_to_hear", row.plain["how"]).lower()
        happened = date.fromisoformat(row.plain["happened_on"])
        yield _record(dossier, f"Someone outside spoke to {whom} ({how}), on {_day(happened, asked)}", row)


def reopened(dossier: Dossier, asked: Asked) -> Iterator[Found]:
    """Cases that were looked at again, and on which ground."""
    del asked
    for step in _steps(dossier, REOPEN):
        ground = dossier.workflow.label("reopen_grounds", step.plain.get("ground", "")).lower()
        yield _record(dossier, f"Opened again: {ground or 'no ground is recorded'}", step)


def unsent(dossier: Dossier, asked: Asked) -> Iterator[Found]:
    """Closing letters that did not go, and finished cases for which none was ever prepared."""
    del asked
    names = closing_letters(dossier.workflow)
    prepared = [letter for letter in dossier.letters if letter.name in names]
    for letter in prepared:
        if letter.state not in FINAL:
            label = dossier.workflow.letters[letter.name].label
            day = clock.local(letter.prepared_at).date()
            yield _found(dossier, f"{label}: {HOW_FAR.get(letter.state, letter.state)}", day)
    if dossier.case.final and names and not prepared:
        day = clock.local(dossier.case.closed_at or dossier.case.opened_at).date()
        yield _found(dossier, "Finished, and no closing letter was prepared", day)


def sleeping(dossier: Dossier, asked: Asked) -> Iterator[Found]:
    """Open cases on which nothing was done for so many days; that somebody read them does not count."""
    if dossier.case.final:
        return
    done = [line.day for line in dossier.lines if line.event not in READING]
    last = max(done, default=dossier.case.received_on)
    days = (asked.today - last).days
    if days >= asked.days:
        yield _found(dossier, f"Nothing was recorded for {_days(days)}", last)


def closing_letters(workflow: Workflow) -> frozenset[str]:
    """The letters that a step to a final state asks for."""
    ends = (step for step in workflow.transitions if workflow.states[step.dest].final)
    return frozenset(effect.name for step in ends for effect in step.then if effect.kind == "letter")


def _ended(dossier: Dossier, place: int, rules: Clock) -> date | None:
    """The first day on which a date stopped counting: its step or record came, or its clock began anew."""
    deadline = dossier.deadlines[place]
    steps = (row for row in dossier.records if row.kind == STEP and row.case_version >= deadline.case_version)
    days = [row.day for row in steps if row.plain["from"] in rules.states and row.plain["to"] not in rules.states]
    ending = Whose(dossier.records).ending(rules, deadline)
    days += [ending.day] if ending is not None else []
    later = (one for one in dossier.deadlines[place + 1 :] if one.clock == deadline.clock)
    days += [date.fromisoformat(one.reckoned["from"]) for one in later]
    return min(days, default=None)


def _stood_still(dossier: Dossier, deadline: CaseDeadline, rules: Clock, until: date) -> int:
    if not rules.stops:
        return 0
    pauses: Iterable[Pause] = (replace(one, until=min(one.until or until, until)) for one in pauses_of(dossier.records))
    return days_paused(pauses, date.fromisoformat(deadline.reckoned["from"]), until)


def _reason(dossier: Dossier, deadline: CaseDeadline) -> CaseRecord | None:
    since = (row for row in dossier.records if row.case_version >= deadline.case_version)
    return next((row for row in since if row.kind == LATE_REASONS and row.plain["clock"] == deadline.clock), None)


def _steps(dossier: Dossier, trigger: str) -> list[CaseRecord]:
    return [row for row in dossier.records if row.kind == STEP and row.plain["trigger"] == trigger]


def _worked(line: Line) -> bool:
    return line.event in WORKED and line.record_kind not in (DECLARATIONS, CLEARANCES)


def _found(dossier: Dossier, what: str, on: date) -> Found:
    return Found(dossier.case.reference, what, on)


def _record(dossier: Dossier, what: str, row: CaseRecord) -> Found:
    return Found(dossier.case.reference, what, row.day, row.by_person, row.by_role)


def _line(line: Line, what: str) -> Found:
    return Found(line.reference, what, line.day, line.actor, line.role, line.id)


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _day(day: date, asked: Asked) -> str:
    return day_in_words(day, asked.today)
