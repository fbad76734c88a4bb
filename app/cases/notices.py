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


def is_settled(file: CaseFile, notice: Row, put_at: int = 0) -> bool:
    """Whether, after case version `put_at`, the member replied, or was reminded and the last day has passed."""
    if _answered(file, notice, "replies", put_at):
        return True
    return _answered(file, notice, "reminders", put_at) and file.today > last_day_to_reply(notice)


def put_at(file: CaseFile, notice: Row, allegation: Row) -> int | None:
    """The case version at which this notice first put the allegation as it now stands; None where it does not.

    A corrected allegation stays put unless that changes whom it is about, the clause, or how grave it is (X20).
    """
    root, chain = file.root(allegation.id), file.root(notice.id)
    if file.root(notice.plain["respondent"]) != file.root(allegation.plain["respondent"]):
        return None
    if root not in {file.root(one) for one in notice.plain["allegations"]}:
        return None
    same = (row for row in file.rows if row.kind == notice.kind and file.root(row.id) == chain)
    naming = (row for row in same if root in {file.root(one) for one in row.plain["allegations"]})
    put = (row.version for row in naming if _gist(file, _as_of(file, root, row.version)) == _gist(file, allegation))
    return min(put, default=None)


def _as_of(file: CaseFile, root: str, version: int) -> Row:
    """The newest row of a chain of corrections that stood when the case had this version."""
    return [row for row in file.rows if row.version <= version and file.root(row.id) == root][-1]


def _gist(file: CaseFile, allegation: Row) -> tuple[str, str, str]:
    plain = allegation.plain
    return file.root(plain["respondent"]), plain["clause"], plain.get("gross", "no")


def _answered(file: CaseFile, notice: Row, kind: str, put_at: int) -> bool:
    """Whether such a row about this notice came first after that version: corrections keep the first row's place."""
    about = (row for row in file.current(kind) if file.root(row.plain["notice"]) == file.root(notice.id))
    firsts = (file.row(file.root(row.id)) for row in about)
    return any(first is not None and first.version > put_at for first in firsts)
