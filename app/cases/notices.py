"""When a notice to the member is settled: they replied, or they had their time and a reminder."""

from datetime import date

from app.calendar.reckoning import after_days, after_working_days
from app.cases.casefile import CaseFile, Row

REPLY_DAYS = 14
"""Procedure, section 3: fourteen days to reply, however early a date the letter named."""
POST_WORKING_DAYS = 2


def served_on(notice: Row) -> date:
    """The day a notice counts as received: by post two working days after it was sent."""
    sent = date.fromisoformat(notice.plain["sent_on"])
    return after_working_days(sent, POST_WORKING_DAYS).due_on if notice.plain["how"] == "post" else sent


def last_day_to_reply(notice: Row) -> date:
    """The day named in the notice, but never less than fourteen days after it was served."""
    return max(date.fromisoformat(notice.plain["reply_by"]), after_days(served_on(notice), REPLY_DAYS).due_on)


def is_settled(file: CaseFile, notice: Row) -> bool:
    """Whether the member replied, or the last day has passed and a reminder was sent."""
    root = file.root(notice.id)
    if any(file.root(reply.plain["notice"]) == root for reply in file.current("replies")):
        return True
    reminded = any(file.root(reminder.plain["notice"]) == root for reminder in file.current("reminders"))
    return reminded and file.today > last_day_to_reply(notice)
