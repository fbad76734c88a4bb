"""What a pause, its end, and a reason for lateness must be to be kept."""

from datetime import date

from sqlmodel import select

from app.cases.deadlines import of_file
from app.cases.effects import Following, effect
from app.cases.pauses import lasting, pauses_of
from app.cases.recall import recall
from app.errors import FieldError, Invalid
from app.letters import needs
from app.letters.models import NEEDS_YOU, Letter


@effect
def pause_case(f: Following) -> None:
    """One pause at a time, with a day to come on which it is looked at; its correction moves that day."""
    if date.fromisoformat(f.values["review_on"]) < f.file.today:
        raise Invalid([FieldError("review_on", "Choose today or a day to come")])
    pause = lasting(pauses_of(f.file.rows))
    if f.row.replaces is None and pause is not None:
        raise Invalid([FieldError("", "It is paused already: correct that pause to look at it on another day")])
    if f.row.replaces is not None and (pause is None or f.file.root(f.row.replaces) != pause.id):
        raise Invalid([FieldError("", "This pause is over: what was decided then stays as it is")])
    recall(f.session, f.case, needs.PAUSED, actor=f.actor, via=f.via)


@effect
def not_while_paused(f: Following) -> None:
    """Nothing is put to anybody while the case stands still."""
    if lasting(pauses_of(f.file.rows)) is not None:
        raise Invalid([FieldError("", "The case is paused: let it go on first")])


@effect
def resume_case(f: Following) -> None:
    """Ends the pause that lasts; correcting the reason later does not end another one."""
    pause = lasting(pauses_of(f.file.rows))
    named = f.file.root(f.values["pause"])
    if f.row.replaces is not None:
        ended = f.file.row(f.file.root(f.row.replaces))
        if ended is None or f.file.root(ended.plain["pause"]) != named:
            raise Invalid([FieldError("pause", "Name the same pause as before")])
    elif pause is None or named != pause.id:
        raise Invalid([FieldError("pause", "This pause is over already")])
    _what_waited(f)


@effect
def explain_lateness(f: Following) -> None:
    """Only a date that runs and is over needs a reason; its words can be corrected at any time, for the same date."""
    if f.row.replaces is not None:
        before = f.file.row(f.row.replaces)
        if before is None or before.plain["clock"] != f.values["clock"]:
            raise Invalid([FieldError("clock", "Name the same date as before")])
        return
    late = {one.clock for one in of_file(f.file) if one.late_days and one.is_ours}
    if f.values["clock"] not in late:
        raise Invalid([FieldError("clock", "This date has not passed: choose one that is late")])


def _what_waited(f: Following) -> None:
    """Letters that came back because of the pause may go now, once somebody has read them again."""
    held = select(Letter).where(Letter.case_id == f.case.id, Letter.state == NEEDS_YOU)
    for letter in f.session.exec(held).all():
        if needs.PAUSED in letter.needs:
            letter.needs = [needs.WAS_PAUSED if code == needs.PAUSED else code for code in letter.needs]
            f.session.add(letter)
