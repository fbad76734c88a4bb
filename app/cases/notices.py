"""When a notice to the member is settled: they replied, or they had their time and a reminder."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app import clock
from app.calendar.reckoning import after_days
from app.cases import delivery, persons
from app.cases.casefile import CaseFile, Row
from app.cases.received import received_on, served_on
from app.letters.models import FINAL, QUEUED
from app.letters.needs import NAMES_REPORTER

REPLY_DAYS = 14
"""Procedure, section 3: fourteen days to reply, however early a date the letter named."""
REPLIES, REMINDERS, RETURNED = "replies", "reminders", "returned-mails"
REQUESTS, DECISIONS = "time-requests", "time-decisions"


def first_last_day(notice: Mapping[str, Any], entered: date) -> date:
    """The last day to reply before any more time is granted, of a notice entered on a day.

    Never less than fourteen days after it was served, nor after it was entered.
    """
    received = max(served_on(notice), entered)
    return max(date.fromisoformat(notice["reply_by"]), after_days(received, REPLY_DAYS).due_on)


def last_day_to_reply(file: CaseFile, notice: Row, put_at: int = 0) -> date:
    """The day named in the notice, or later granted, or that a reminder leaves time for; never less than fourteen days.

    Only reminders after case version `put_at` count, and of several the first.
    """
    granted = (row.plain.get("reply_by") for request in requests(file, notice) for row in answers(file, request))
    later = [date.fromisoformat(day) for day in granted if day]
    named = date.fromisoformat(notice.plain["reply_by"])
    reminded = min(
        (_days_after(file, received_on(file, row)) for row in reminders_of(file, notice, put_at)), default=None
    )
    least = after_days(received_on(file, notice), REPLY_DAYS).due_on
    return max([named, least, *later, *([reminded] if reminded else [])])


def time_after(file: CaseFile, reminder: Mapping[str, Any], entered: date) -> date:
    """The last of the days that the procedure gives a member after a reminder that was entered on a day."""
    return _days_after(file, max(served_on(reminder), entered))


def _days_after(file: CaseFile, received: date) -> date:
    days = file.workflow.records[REMINDERS].wait_days
    return after_days(received, days).due_on if days else received


def awaited_until(file: CaseFile, notice: Row, put_at: int = 0) -> date | None:
    """The last day to wait for a member who was reminded; None before that, and once it is over."""
    last = last_day_to_reply(file, notice, put_at)
    return last if reminders_of(file, notice, put_at) and file.today <= last else None


def reminders_of(file: CaseFile, notice: Row, put_at: int = 0) -> list[Row]:
    """The reminders after that version that count: those that went, and none of a day before the notice did."""
    letter = delivery.gone(file, notice)
    went = letter.sent_on.isoformat() if letter is not None and letter.sent_on is not None else ""
    since = (row for row in _since(file, notice, REMINDERS, put_at) if row.plain["sent_on"] >= went)
    return [row for row in since if delivery.carried(file, row)]


def held_reminders(file: CaseFile, notice: Row) -> list[delivery.Held]:
    """The reminders of a notice that nobody answered, which do not count because of their letter."""
    if _about(file, notice, REPLIES):
        return []
    mine = {row.id for row in _about(file, notice, REMINDERS)}
    return [one for one in delivery.all_held(file, REMINDERS) if one.row.id in mine]


def came_back(file: CaseFile, notice: Row) -> bool:
    """Whether the letter was returned: it then counts as never put, unless the member answered it all the same."""
    return bool(_about(file, notice, RETURNED)) and not _about(file, notice, REPLIES)


def reached(file: CaseFile, notice: Row) -> bool:
    """Whether it was put to the member: its letter went and did not come back, or they answered it."""
    if not is_theirs(file, notice):
        return False
    if _about(file, notice, REPLIES):
        return True
    return delivery.carried(file, notice) and not came_back(file, notice)


def reaches(file: CaseFile, notice: Row) -> bool:
    """Whether it was put to the member or waits to go out: what is written later may speak of it."""
    kept = delivery.held(file, notice)
    on_its_way = kept is not None and kept.letter.state == QUEUED
    return reached(file, notice) or (on_its_way and is_theirs(file, notice) and not came_back(file, notice))


def is_settled(file: CaseFile, notice: Row, put_at: int = 0) -> bool:
    """Whether, after case version `put_at`, the member replied, or was reminded and the last day has passed."""
    if _since(file, notice, REPLIES, put_at):
        return True
    if came_back(file, notice) or waiting(file, notice):
        return False
    return bool(reminders_of(file, notice, put_at)) and file.today > last_day_to_reply(file, notice, put_at)


def requests(file: CaseFile, notice: Row) -> list[Row]:
    """What the member asked for more time to answer this notice, oldest first."""
    return _about(file, notice, REQUESTS)


def waiting(file: CaseFile, notice: Row) -> list[Row]:
    """Those of them that nobody has answered."""
    return [request for request in requests(file, notice) if not answers(file, request)]


def asked_on(request: Row) -> date:
    """The day on which the member asked."""
    given = request.plain.get("requested_on")
    return date.fromisoformat(given) if given else clock.local(request.recorded_at).date()


def answers(file: CaseFile, request: Row) -> list[Row]:
    """What was decided on a request for more time."""
    root = file.root(request.id)
    return [row for row in file.current(DECISIONS) if file.root(row.plain["request"]) == root]


def to_member(file: CaseFile, member: str) -> list[Row]:
    """The newest row of each notice to a member as known now, oldest notice first. `member` is a row of their chain."""
    root = file.root(member)
    mine = (row for row in file.current("notices") if file.root(row.plain["respondent"]) == root)
    return [row for row in mine if is_theirs(file, row)]


def is_theirs(file: CaseFile, notice: Row) -> bool:
    """Whether it went to the person who stands there now, not to one who turned out to be somebody else."""
    return notice.version > persons.since(file, notice.plain["respondent"])


def put_at(file: CaseFile, notice: Row, allegation: Row) -> int | None:
    """The case version at which this notice first put the allegation as it now stands; None where it does not.

    A corrected allegation stays put unless that changes whom it is about, the clause, how grave it is, or the words of
    what is said to have been done; capitals, spaces and line breaks aside (X20).
    """
    root, chain = file.root(allegation.id), file.root(notice.id)
    if file.root(notice.plain["respondent"]) != file.root(allegation.plain["respondent"]) or came_back(file, notice):
        return None
    if root not in {file.root(one) for one in notice.plain["allegations"]}:
        return None
    same = (row for row in file.rows if row.kind == notice.kind and file.root(row.id) == chain)
    theirs = (row for row in same if is_theirs(file, row))
    naming = (row for row in theirs if root in {file.root(one) for one in row.plain["allegations"]})
    same_gist = (row for row in naming if _gist(file, as_of(file, root, row.version)) == _gist(file, allegation))
    return min((row.version for row in same_gist if _went(file, row)), default=None)


def as_told(file: CaseFile, notice: Row) -> Row | None:
    """The newest words of this notice that went to the member or were answered; None where their page shows none yet.

    Words that name a reporter who may not be named stay back on the page as well, however the notice was to go.
    """
    chain = file.root(notice.id)
    rows = (row for row in file.rows if row.kind == notice.kind and file.root(row.id) == chain and is_theirs(file, row))
    told = (row for row in rows if _since(file, row, REPLIES, row.version) or _may_show(file, row))
    return max(told, key=lambda row: row.version, default=None)


def _went(file: CaseFile, row: Row) -> bool:
    return delivery.carried(file, row) or bool(_since(file, row, REPLIES, row.version))


def _may_show(file: CaseFile, row: Row) -> bool:
    letter = delivery.letter_of(file, row)
    return delivery.carried(file, row) and (
        letter is None or letter.state in FINAL or NAMES_REPORTER not in letter.needs
    )


def as_of(file: CaseFile, root: str, version: int) -> Row:
    """The newest row of a chain of corrections that stood when the case had this version."""
    return [row for row in file.rows if row.version <= version and file.root(row.id) == root][-1]


def _gist(file: CaseFile, allegation: Row) -> tuple[str, str, str, str]:
    plain = allegation.plain
    conduct = " ".join(str(allegation.values.get("conduct", "")).casefold().split())
    return file.root(plain["respondent"]), plain["clause"], plain.get("gross", "no"), conduct


def _about(file: CaseFile, notice: Row, kind: str) -> list[Row]:
    """The newest rows of a kind that name this notice or a correction of it."""
    root = file.root(notice.id)
    return [row for row in file.current(kind) if file.root(row.plain["notice"]) == root]


def _since(file: CaseFile, notice: Row, kind: str, put_at: int) -> list[Row]:
    """The rows about this notice that came first after that version: corrections keep the first row's place."""
    return [row for row in _about(file, notice, kind) if _first_version(file, row) > put_at]


def _first_version(file: CaseFile, row: Row) -> int:
    first = file.row(file.root(row.id))
    return first.version if first is not None else 0
