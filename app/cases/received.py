"""When a letter counts as received by a member: never before it was known here that it had gone (decision 16)."""

from collections.abc import Callable, Mapping
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


def received_on(file: CaseFile, sent: Row, says: Callable[[Row], object]) -> date:
    """The day a notice or reminder counts as received: as it says, but not before it was known here that it went.

    A correction that leaves what the row `says` to the member, and when and how it went, takes no day from them and
    gives none.
    """
    same = [row for row in alike(file, sent, lambda row: (*_way(row), says(row))) if delivery.carried(file, row)]
    return max(served_on(sent.plain), min((_known_on(file, row) for row in same), default=sent.day))


def alike(file: CaseFile, row: Row, says: Callable[[Row], object]) -> list[Row]:
    """The rows of the chain of corrections of a row that say the same, oldest first; the row itself among them."""
    root = file.root(row.id)
    chain = (one for one in file.rows if one.kind == row.kind and file.root(one.id) == root)
    return [one for one in chain if says(one) == says(row)]


def _way(row: Row) -> tuple[str, str]:
    return row.plain["sent_on"], row.plain["how"]


def _known_on(file: CaseFile, row: Row) -> date:
    """The day on which it was here that this row had gone: its letter's, and the day that was noted; else its own."""
    letter = delivery.gone(file, row)
    if letter is None or letter.sent_on is None:
        return row.day
    noted = clock.local(letter.sent_at).date() if letter.sent_at is not None else letter.sent_on
    return max(served_on({"sent_on": letter.sent_on.isoformat(), "how": letter.how}), noted)
