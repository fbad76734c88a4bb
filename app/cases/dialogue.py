"""What passes between a branch and the person who told it: the names of these records, and who wrote what."""

from datetime import date

from app import clock
from app.cases.casefile import CaseFile, Row
from app.cases.code_holders import REPORTER

MESSAGES = "messages"
REQUESTS, DECISIONS = "withdrawal-requests", "withdrawal-decisions"
CONFIRMATIONS = "report-confirmations"
DIALOGUE = (MESSAGES, REQUESTS, DECISIONS, CONFIRMATIONS)
"""What passes between reporter and branch, as the messages of a case show it."""
REISSUES = "code-reissues"
SENT = frozenset({MESSAGES, REISSUES})
"""Records that somebody has read or acted on the moment they are kept: they stand as they are."""
UPDATE = "update_reporter"
"""The clock by which the branch writes again."""
STOP, OTHER_WAY = "stop", "other_way"


def from_reporter(by_role: str) -> bool:
    """Whether a record came by the reporter's own code."""
    return by_role == REPORTER


def is_theirs(by_role: str, kind: str) -> bool:
    """Whether a message is the reporter's: sent by their code, or entered for them as it came in another way."""
    return from_reporter(by_role) or kind == OTHER_WAY


def was_written_to(file: CaseFile) -> bool:
    """Whether the branch wrote a message to the reporter's own page."""
    return any(not is_theirs(row.by_role, row.plain["kind"]) for row in file.current(MESSAGES))


def undecided(file: CaseFile) -> list[Row]:
    """The wishes to withdraw on which nobody has decided, oldest first."""
    decided = {file.root(row.plain["request"]) for row in file.current(DECISIONS)}
    return [row for row in file.current(REQUESTS) if file.root(row.id) not in decided]


def wished_on(wish: Row) -> date:
    """The day on which it was asked to withdraw the report."""
    given = wish.plain.get("received_on")
    return date.fromisoformat(given) if given else clock.local(wish.recorded_at).date()


def is_stopped(file: CaseFile) -> bool:
    """Whether the newest decision on the newest wish to withdraw is to stop."""
    newest = file.newest(REQUESTS)
    wish = file.root(newest.id) if newest else ""
    about = [row for row in file.current(DECISIONS) if file.root(row.plain["request"]) == wish]
    return bool(about) and about[-1].plain["decision"] == STOP


def named(file: CaseFile) -> bool:
    """Whether the report says who sent it."""
    return bool(file.report.values.get("reporter", {}).get("name"))
