"""What is looked at when a notice, a reply or a decision about them is recorded."""

from datetime import date, timedelta

from app.cases import deadlines, giveaways, reply_codes
from app.cases.code_holders import PARTS
from app.cases.effects import REPLY_CODE, Following, effect
from app.cases.giveaways import NAMED, kept_from
from app.cases.hearing import TOLD, affected_is_known, is_confirmed, reporter_name, roots
from app.cases.notices import asked_on, last_day_to_reply, reminders_of, time_after, to_member, waiting
from app.errors import FieldError, Invalid
from app.workflow.answers import in_words

GRANTED = "granted"
TOLD_BEFORE = timedelta(days=2)
"""Procedure, section 4: the person affected is told two days before a notice goes."""


READ = ("conduct", "happened", "evidence_listed")
"""Answers about an allegation or a notice that the member reads."""


@effect
def reporter_is_not_named(f: Following) -> None:
    """Nothing that the member is to read names a reporter who may not be named to them, nor does what it puts (X17)."""
    member = f.values["respondent"]
    errors = [FieldError(name, NAMED) for name in READ if kept_from(f.file, member, f.values.get(name, ""))]
    put = [f.file.latest(one) for one in f.values.get("allegations", ())]
    said = [row.values.get(name, "") for row in put if row is not None for name in READ]
    if any(kept_from(f.file, member, one) for one in said):
        errors.append(FieldError("allegations", f"{NAMED}: correct what is alleged first"))
    if errors:
        raise Invalid(errors)


@effect
def affected_is_told_first(f: Following) -> None:
    """The person affected hears of a notice two days before it goes, or it is said why not."""
    if f.values.get("told_affected_reason") or not affected_is_known(f.file, f.values["respondent"]):
        return
    latest = date.fromisoformat(f.values["sent_on"]) - TOLD_BEFORE
    told = f.values.get("told_affected_on")
    if told and date.fromisoformat(told) <= latest:
        return
    why = "The person affected is told two days before the notice goes out, and asked whether they are safe"
    what = f"give the day on which that was, {in_words(latest)} or earlier, or say below why they were not told"
    raise Invalid([FieldError("told_affected_on", f"{why}: {what}")])


@effect
def reply_is_consistent(f: Following) -> None:
    """Each thing that was put is answered in one way at most, and only what this notice put."""
    notice = f.file.latest(f.values["notice"])
    put = roots(f.file, notice.plain["allegations"]) if notice is not None else set()
    errors, seen = [], set[str]()
    for name in ("accepted", "disputed", "not_posted"):
        named = roots(f.file, f.values.get(name, ()))
        if named - put:
            errors.append(FieldError(name, "Choose only from what this notice put to the member"))
        elif named & seen:
            errors.append(FieldError(name, "Give each of these one answer only"))
        seen |= named
    if f.values.get("not_posted") and f.values["disputes_attribution"] != "yes":
        errors.append(FieldError("disputes_attribution", "They say of a post that it was not theirs: answer yes"))
    if errors:
        raise Invalid(errors)


@effect
def attribution_is_about_them(f: Following) -> None:
    """A finding on who posted it covers what is alleged against that member."""
    member = f.file.root(f.values["respondent"])
    named = (f.file.latest(one) for one in f.values.get("allegations", ()))
    if any(row is not None and f.file.root(row.plain["respondent"]) != member for row in named):
        raise Invalid([FieldError("allegations", "Choose only from what is alleged against this member")])


@effect
def needs_are_said(f: Following) -> None:
    """There must be something to see to."""
    if not f.values.get("companion") and not f.values.get("needs"):
        raise Invalid([FieldError("needs", "Name somebody who comes along, or say what is needed")])


@effect
def time_is_asked_for_once(f: Following) -> None:
    """While a request waits for its answer there is no other, and none for a day that the member has anyway."""
    notice = f.file.latest(f.values["notice"])
    if notice is None:
        return
    open_ = [one for one in waiting(f.file, notice) if f.file.root(one.id) != f.file.root(f.row.replaces or "")]
    if open_:
        said = f"{_you(f)} asked on {in_words(asked_on(open_[-1]))} for more time already"
        raise Invalid([FieldError("", f"{said}: that is answered first")])
    last = last_day_to_reply(f.file, notice)
    if date.fromisoformat(f.values["until"]) <= last:
        raise Invalid([FieldError("until", f"{_you(f)} have until {in_words(last)} already: give a later day")])


def _you(f: Following) -> str:
    return "You" if f.actor.role in PARTS else "They"


@effect
def extend_time(f: Following) -> None:
    """More time moves the day by which the member replies; it is never less time than they had.

    The member reads the reason: it names no reporter who may not be named.
    """
    if errors := giveaways.refused(f.file, "reason", f.values["reason"]):
        raise Invalid(errors)
    if f.values["decision"] != GRANTED:
        return
    request = f.file.latest(f.values["request"])
    notice = f.file.latest(request.plain["notice"]) if request is not None else None
    if notice is not None and date.fromisoformat(f.values["reply_by"]) < (last := last_day_to_reply(f.file, notice)):
        raise Invalid([FieldError("reply_by", f"They have until {in_words(last)} already: give a later day")])
    _give_until(f, date.fromisoformat(f.values["reply_by"]))


@effect
def time_after_reminder(f: Following) -> None:
    """A reminder leaves the member the days that the procedure gives after it: their date moves with it."""
    notice = f.file.latest(f.values["notice"])
    corrected = f.file.root(f.row.replaces or "")
    if notice is None or any(f.file.root(row.id) != corrected for row in reminders_of(f.file, notice)):
        return  # of several reminders that went the first counts
    _give_until(f, max(last_day_to_reply(f.file, notice), time_after(f.file, f.values, f.file.today)))


def _give_until(f: Following, day: date) -> None:
    for clock_ in f.file.workflow.clocks.values():
        if clock_.due_field == deadlines.REPLY_BY:
            deadlines.start(f.session, f.case, clock_, {deadlines.REPLY_BY: day.isoformat()}, f.row.id)


@effect
def only_a_confirmed_name_is_told(f: Following) -> None:
    """A name is told only if there is one, and once its owner confirmed that the report is theirs."""
    if f.values["decision"] != TOLD:
        return
    if not reporter_name(f.file):
        raise Invalid([FieldError("decision", "The report gives no name that could be told")])
    if not is_confirmed(f.file):
        first = "Before a name is told, its owner confirms that they sent the report"
        raise Invalid([FieldError("decision", f"{first}: ask them, and record what they said")])


@effect
def give_reply_code(f: Following) -> None:
    """The member whom a notice goes to gets a code, unless they have one already."""
    member = f.file.root(f.values["respondent"])
    if reply_codes.live_code(f.session, f.case.id, member) is None:
        _show_new_code(f, member)


@effect
def renew_reply_code(f: Following) -> None:
    """A member who lost their code gets another one, once a notice went to them."""
    member = f.file.root(f.values["respondent"])
    if not reply_codes.was_given(f.session, f.case.id, member) or not to_member(f.file, member):
        raise Invalid([FieldError("respondent", "No notice went to this person: they have no code yet")])
    _show_new_code(f, member)


def _show_new_code(f: Following, member: str) -> None:
    f.shown[REPLY_CODE] = reply_codes.issue_reply_code(f.session, f.home, f.case, member, actor=f.actor, via=f.via)


@effect
def end_reply_code(f: Following) -> None:
    """A letter that came back may have been opened by others: the code in it opens nothing any more."""
    notice = f.file.latest(f.values["notice"])
    member = f.file.root(notice.plain["respondent"]) if notice is not None else ""
    reply_codes.end_reply_code(f.session, f.case, member, actor=f.actor, via=f.via)
