"""Checks due dates: each is reckoned anew from the record that set it, and none that was to be set is missing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from app import clock
from app.calendar.reckoning import NAMED, Reckoning, after_days
from app.cases.casefile import STEP
from app.cases.closures import words_of
from app.cases.deadlines import REPLY_BY, named_day, next_of, reckon
from app.cases.dialogue import UPDATE, is_theirs
from app.cases.hearing_effects import GRANTED
from app.cases.models import ClosureDay
from app.cases.notices import REMINDERS, REPLY_DAYS
from app.cases.received import served_on
from app.oversight.case_rows import Bundle, Record, outcome_of
from app.workflow.definition import Clock

REPLIES, SENT_ON = "acknowledgements", "sent_on"
A_MINUTE = timedelta(minutes=1)
"""So long a change may take from its record to its due date: midnight may lie between them."""


class Closures(NamedTuple):
    """Every row about days on which the branch is closed, oldest first."""

    rows: Sequence[ClosureDay]

    def at(self, moment: datetime) -> Mapping[date, str]:
        """The days on which it was to be closed, as far as was known then."""
        return words_of({row.day: row.closed for row in self.rows if row.recorded_at <= moment})

    def about(self, moment: datetime) -> Iterator[Mapping[date, str]]:
        """The same a little before, and after each day that somebody else recorded meanwhile."""
        yield self.at(moment - A_MINUTE)
        near = (row for row in self.rows if abs(row.recorded_at - moment) <= A_MINUTE)
        known = {row.day: row.closed for row in self.rows if row.recorded_at < moment - A_MINUTE}
        for row in near:
            known[row.day] = row.closed
            yield words_of(known)


def closures(session: Session) -> Closures:
    """All of them, read once."""
    return Closures(
        session.exec(select(ClosureDay).order_by(col(ClosureDay.recorded_at), col(ClosureDay.number))).all()
    )


def edited(bundle: Bundle) -> Iterator[str]:
    """The columns of the case's row that copy its next due date and do not."""
    due_on, name = next_of(bundle.workflow, bundle.deadlines, bundle.rows, bundle.case.state)
    if bundle.case.next_due_on != (str(due_on) if due_on else None):
        yield "next_due_on"
    if bundle.case.next_due_clock != name:
        yield "next_due_clock"


def faults(bundle: Bundle, closed: Closures) -> Iterator[str]:
    """Due dates that no record set, that are not as reckoned, or that are missing."""
    rows = {row.id: row for row in bundle.rows}
    letters = {letter.id: letter for letter in bundle.letters}
    found: dict[tuple[str, str], int] = {}
    for one in bundle.deadlines:
        key = one.record_id, one.clock
        found[key] = found.get(key, 0) + 1
        row, letter, rules = rows.get(one.record_id), letters.get(one.record_id), bundle.workflow.clocks.get(one.clock)
        what = f"the due date {one.id} ({one.clock}, {one.due_on})"
        if rules is None or (row is None and letter is None) or found[key] > 1:
            yield f"{what} belongs to nothing that would set it: it was put in or edited"
        elif row is not None and one.case_version != row.version:
            yield f"{what} is of another version of the case than what set it: it was edited"
        elif not _fits(
            one, _possible(bundle, row, rules, closed) if row else _restarted(bundle, letter, rules, closed)
        ):
            yield f"{what} is not what its record and the procedure give: it was edited"
    for row in bundle.rows:
        for name in sorted(_to_be_set(bundle, row)):
            if (row.id, name) not in found:
                yield f"the due date ({name}) that the {row.kind} {row.id} set is missing: it was removed"


def _to_be_set(bundle: Bundle, row: Record) -> set[str]:
    """The clocks that a record is known to begin: those the procedure names, and those of its code without a doubt."""
    named = (bundle.workflow.clocks.get(one.name) for one in bundle.then(row) if one.kind == "clock")
    begun = {one.name for one in named if one and (not one.kinds or bundle.case.kind in one.kinds)}
    if bundle.does(row, "extend_time") and row.plain.get("decision") == GRANTED:
        begun |= _named(bundle)
    told = bundle.does(row, "message_was_sent") and not is_theirs(row.by_role, str(row.plain.get("kind")))
    rules = bundle.workflow.clocks.get(UPDATE)
    if bundle.does(row, "next_news_since_reply") or (told and rules and _state_at(bundle, row) in rules.states):
        begun.add(UPDATE)
    return begun


def _state_at(bundle: Bundle, row: Record) -> str:
    came = [one.plain.get("to") for one in bundle.rows if one.kind == STEP and one.version < row.version]
    return str(came[-1]) if came else bundle.workflow.initial


def _fits(one: Any, possible: Iterator[Reckoning]) -> bool:
    return any((one.due_on, one.reckoned) == (made.due_on, made.as_codes()) for made in possible)


def _possible(bundle: Bundle, row: Record, rules: Clock, closed: Closures) -> Iterator[Reckoning]:
    """What a record may have set: one date, or where the procedure's own code had its reasons one of a few."""
    for entered in {row.day, clock.local(row.recorded_at + A_MINUTE).date()}:
        if rules.due_field and rules.due_field in row.plain:
            yield named_day(rules, row.plain, entered)
        elif rules.due_field == REPLY_BY:
            yield from _after_reminder(bundle, row, entered)
        elif rules.due_field:
            continue
        else:
            for first_day in _first_days(bundle, row, rules, entered):
                for known in closed.about(row.recorded_at) if rules.working_days else ({},):
                    yield reckon(rules, first_day, known, _outcome(bundle, row))


def _first_days(bundle: Bundle, row: Record, rules: Clock, entered: date) -> Iterator[date]:
    if rules.name == UPDATE and bundle.does(row, "next_news_since_reply"):
        replies = [one for one in bundle.rows if one.kind == REPLIES and one.version < row.version]
        sent = replies[-1].plain.get(SENT_ON) if replies else None
        yield date.fromisoformat(sent) if sent else entered
        return
    started = row.plain.get(rules.start_field) if rules.start_field else None
    yield date.fromisoformat(started) if started else entered


def _after_reminder(bundle: Bundle, row: Record, entered: date) -> Iterator[Reckoning]:
    """After a reminder: the days that it leaves, or the later day that the member had by then.

    How late a notice counts as received is not worked out again: any day up to that of a notice received last.
    """
    kind = bundle.workflow.records.get(REMINDERS)
    if kind is None or row.kind != REMINDERS:
        return
    least = after_days(max(served_on(row.plain), entered), kind.wait_days).due_on
    had = [one.due_on for one in bundle.deadlines if one.case_version < row.version and one.clock in _named(bundle)]
    latest = after_days(served_on({SENT_ON: entered.isoformat(), "how": "post"}), REPLY_DAYS).due_on
    days = {least + timedelta(days=more) for more in range(max((latest - least).days, 0) + 1)}
    yield from (Reckoning(day, NAMED, entered) for day in {*days, *(day for day in had if day > least)})


def _named(bundle: Bundle) -> set[str]:
    return {rules.name for rules in bundle.workflow.clocks.values() if rules.due_field == REPLY_BY}


def _restarted(bundle: Bundle, letter: Any, rules: Clock, closed: Closures) -> Iterator[Reckoning]:
    """A clock begun anew from the day on which a letter went, where the procedure says that it does."""
    written = bundle.workflow.letters.get(letter.name)
    if written is None or written.restarts != rules.name or letter.sent_on is None:
        return
    known = closed.at(clock.now()) if rules.working_days else {}
    ends = [row for row in bundle.rows if row.kind == STEP]
    yield reckon(rules, date.fromisoformat(letter.sent_on), known, outcome_of(bundle.rows, ends[-1]) if ends else None)


def _outcome(bundle: Bundle, row: Record) -> str | None:
    return outcome_of([one for one in bundle.rows if one.version <= row.version], row) if row.kind == STEP else None
