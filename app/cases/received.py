"""When a letter counts as received by a member: never before it was known here that it had gone (decision 16)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app import clock
from app.calendar.reckoning import after_working_days
from app.cases import delivery
from app.cases.casefile import CaseFile, Row

POST_WORKING_DAYS = 2


def served_on(sent: Mapping[str, Any]) -> date:
    """The day a letter, by the answers about it, is received: by post two working days after it was sent."""
    day = date.fromisoformat(sent["sent_on"])
    return after_working_days(day, POST_WORKING_DAYS).due_on if sent["how"] == "post" else day


def received_on(file: CaseFile, sent: Row) -> date:
    """The day a notice or reminder counts as received: as it says, but not before it was known here that it went.

    That is the day noted of its letter, and not before somebody noted it; else the day on which this row was entered.
    """
    letter = delivery.gone(file, sent)
    if letter is None or letter.sent_on is None:
        return max(served_on(sent.plain), sent.day)
    noted = clock.local(letter.sent_at).date() if letter.sent_at is not None else letter.sent_on
    went = served_on({"sent_on": letter.sent_on.isoformat(), "how": letter.how})
    return max(served_on(sent.plain), went, noted)
