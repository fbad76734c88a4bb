"""The date “Reply from the member” is never over before their time is, nor late while they wait for an answer."""

from datetime import date, timedelta

from freezegun import freeze_time

from app import clock
from app.cases import actions, deadlines, letter_door
from app.cases.deadlines import Running
from app.cases.letter_facts import long_day
from tests.branch import SECRETARY, Branch, in_days


def notified(branch: Branch, **dates: str) -> tuple[str, str]:
    """A case in which the member has a notice, and the notice."""
    reference = branch.at("under_review")
    branch.decided_on_name(reference)
    alleged = branch.rows(reference, "allegations")[0]
    to = {"respondent": alleged.plain["respondent"], "allegations": [alleged.id]}
    return reference, branch.keep(SECRETARY, reference, "notices", **to, told_affected_reason="In a hurry.", **dates)


def to_reply(branch: Branch, reference: str) -> Running:
    """The date as it is now."""
    with branch.home.db.read() as session:
        desk = actions.sit_down(session, branch.home, branch.viewer(SECRETARY), reference, "api", lock=False)
        return next(one for one in deadlines.of_file(desk.file) if one.clock == "reply")


def test_a_notice_that_names_an_early_day_is_not_over_on_it(branch: Branch) -> None:
    reference, _ = notified(branch, sent_on=in_days(0), how="email", reply_by=in_days(3))
    assert to_reply(branch, reference).due_on == date.fromisoformat(in_days(14))
    later, _ = notified(branch, sent_on=in_days(0), how="email", reply_by=in_days(30))
    assert to_reply(branch, later).due_on == date.fromisoformat(in_days(30))


def test_a_notice_entered_late_gives_fourteen_days_from_then_in_the_letter_too(branch: Branch) -> None:
    reference, _ = notified(branch, sent_on=in_days(-20), how="email", reply_by=in_days(-6))
    assert to_reply(branch, reference).due_on == date.fromisoformat(in_days(14))
    letters = letter_door.list_letters(branch.home, branch.viewer(SECRETARY), reference, "api")["items"]
    (notice,) = (one["id"] for one in letters if one["letter"] == "notice")
    text = letter_door.open_letter(branch.home, branch.viewer(SECRETARY), reference, notice, "api")["text"]
    assert long_day(date.fromisoformat(in_days(14))) in text


def test_after_a_reminder_the_member_has_the_days_that_the_procedure_gives(branch: Branch) -> None:
    reference, notice = notified(branch, sent_on=in_days(0), how="email", reply_by=in_days(14))
    branch.handed_over(reference, "in_person")
    with freeze_time(clock.now() + timedelta(days=15)):
        assert to_reply(branch, reference).late_days == 1
        branch.keep(SECRETARY, reference, "reminders", notice=notice, sent_on=in_days(0), how="email")
        assert to_reply(branch, reference).due_on == date.fromisoformat(in_days(7))
        assert to_reply(branch, reference).late_days == 0


def test_a_reminder_that_was_stopped_is_no_first_one(branch: Branch) -> None:
    reference, notice = notified(branch, sent_on=in_days(0), how="email", reply_by=in_days(14))
    branch.handed_over(reference, "in_person")
    reminded = {"notice": notice, "how": "email"}
    with freeze_time(clock.now() + timedelta(days=12)):
        branch.keep(SECRETARY, reference, "reminders", **reminded, sent_on=in_days(0))
        where = (branch.home, branch.viewer(SECRETARY), reference)
        listed = letter_door.list_letters(*where, "api")["items"]
        (letter,) = (one["id"] for one in listed if one["letter"] == "reminder")
        letter_door.change_letter(*where, letter, "stop", {}, "api")
    with freeze_time(clock.now() + timedelta(days=16)):
        branch.keep(SECRETARY, reference, "reminders", **reminded, sent_on=in_days(0))
        assert to_reply(branch, reference).due_on == date.fromisoformat(in_days(7))


def test_nobody_is_late_while_they_wait_for_an_answer_to_their_request(branch: Branch) -> None:
    reference, notice = notified(branch, sent_on=in_days(0), how="email", reply_by=in_days(14))
    branch.handed_over(reference, "in_person")
    with freeze_time(clock.now() + timedelta(days=16)):
        assert branch.case(reference).next_due_clock == "reply"
        asked = {"requested_on": in_days(0), "until": in_days(7), "reason": "I was away."}
        request = branch.keep(SECRETARY, reference, "time-requests", notice=notice, **asked)
        waits = to_reply(branch, reference)
        assert (waits.late_days, waits.stands_still) == (0, True)
        assert waits.pause_words.startswith("Stands still until the request for more time is answered; was due ")
        assert branch.case(reference).next_due_clock != "reply"
        branch.keep(SECRETARY, reference, "time-decisions", request=request, decision="refused", reason="No ground.")
        assert (to_reply(branch, reference).late_days, to_reply(branch, reference).stands_still) == (2, False)
