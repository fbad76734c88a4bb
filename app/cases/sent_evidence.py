"""Evidence from those outside: the person who told us, and the member it is about. Each sends it with a code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select

from app.audit.limits import denied
from app.cases import access, attachments, codes, deadlines, receipts, unread
from app.cases.actions import Desk, sit_down_by_code
from app.cases.casefile import CaseFile
from app.cases.code_holders import CodeHolder
from app.cases.disclosure import EVIDENCE, METHODS
from app.cases.door import SENT_BY_CODE, SENT_IN
from app.cases.keeping import keep_record
from app.cases.models import Case, CaseRecord
from app.clock import today
from app.db import new_id
from app.errors import NotFound, TooLarge, WrongState
from app.evidence import queries
from app.evidence.arrival import Arrived
from app.installation import Installation
from app.people.queries import Viewer
from app.people.throttling import throttle
from app.workflow.fields import read

FULL = (
    "There is no more room for what you send here, so that the officer looking after it always has some left. Write to "
    "them: they can add what matters."
)
FIXED = (
    "Nothing is added at this stage to what was collected. The last letter you got says how you can speak to those who "
    "decide, or send them a statement in writing."
)
OVER = "This case is finished. Write to the branch instead, if something new has happened."


@dataclass(frozen=True)
class Sent:
    """What became of a file somebody sent: the record's id, and whether the same bytes were there before."""

    id: str
    known: bool
    reference: str
    receipt: dict[str, Any] | None = None
    """None where the bytes came with the report."""


def takes_files(home: Installation, holder: CodeHolder) -> bool:
    """Whether the procedure of the case that a code opens has evidence at all."""
    with home.db.read() as session:
        case = session.get_one(Case, holder.case_id)
        return EVIDENCE in home.workflows.get(case.workflow, case.workflow_version).records


def room_for(home: Installation, holder: CodeHolder) -> int:
    """How many bytes of files can still come by this code. NotFound where it opens nothing any more."""
    with home.db.read() as session:
        case = session.get(Case, holder.case_id)
        if case is None or not codes.still_opens(session, case, holder):
            raise access.Unseen
        left = queries.share_of(home.settings) - _sent_by(session, case.id, holder.part)
        return max(0, min(left, queries.room_of(session, home.settings, case.id)))


def _sent_by(session: Session, case_id: str, part: str) -> int:
    """How many bytes of files of a case came by the codes of one part."""
    rows = select(CaseRecord.plain).where(
        CaseRecord.case_id == case_id, CaseRecord.kind == EVIDENCE, CaseRecord.by_role == part
    )
    return queries.size_of(session, case_id, {str(plain.get("file", "")) for plain in session.exec(rows)})


def refuse_late(home: Installation, holder: CodeHolder) -> None:
    """WrongState where nothing is taken by this code any more."""
    with home.db.read() as session:
        case = session.get_one(Case, holder.case_id)
    workflow = home.workflows.get(case.workflow, case.workflow_version)
    if not attachments.by_code_now(workflow, case, holder.part):
        raise WrongState(_why_late(case))


def _why_late(case: Case) -> str:
    return OVER if case.final else FIXED


def from_code_holder(
    home: Installation,
    holder: CodeHolder,
    arrived: Arrived,
    via: str,
    *,
    shows: str = "",
    is_news: bool = True,
    clerk: Viewer | None = None,
) -> Sent:
    """Keeps a file that somebody sent who comes by a code, with one entry. NotFound, WrongState, Invalid, TooLarge.

    The same bytes again from the same part are kept once, and answered as if for the first time. TooMany.
    `is_news`: the officer is told that something came; not for what comes with the report itself.
    `clerk` signs instead: an officer who enters what reached the branch, and adds it there.
    """
    try:
        with home.db.write() as session:
            throttle(session, "sent_by_code", holder.place, SENT_BY_CODE, SENT_IN)
            desk = sit_down_by_code(session, home, holder, via)
            return _keep(desk, arrived, shows, is_news, clerk)
    except access.Unseen:
        with home.db.write() as session:
            denied(session, holder.actor(), None, via)
        raise


def _keep(desk: Desk, arrived: Arrived, shows: str, is_news: bool, clerk: Viewer | None) -> Sent:
    session, home = desk.session, desk.home
    case, rules = desk.case, desk.file.workflow.records.get(EVIDENCE)
    if rules is None:
        raise NotFound("This procedure takes no evidence")
    part = desk.position.part
    if not attachments.by_code_now(desk.file.workflow, case, part):
        raise WrongState(_why_late(case))
    values = read(rules.fields, {"file": arrived.id, "method": METHODS[part], "shows": shows}, today=today())
    before = _sent_by(session, case.id, part)
    promised = attachments.keep_files(session, home, case.id, values, {"file": arrived})
    if not promised and (same := _sent_before(desk.file, values, part, by_clerk=clerk is not None)):
        return Sent(same, True, case.reference, receipts.given_before(session, home, case.id, same))
    if promised and clerk is None and before + arrived.size > queries.share_of(home.settings):
        raise TooLarge(FULL)
    actor = clerk.actor() if clerk is not None else desk.position.viewer.actor(part)
    later, record_id = is_news and clerk is None, new_id()
    came = {"sha256": arrived.digest, "name": arrived.name, "size": arrived.size, "shows": shows}
    own = receipts.promise(session, home, case.id, record_id, came) if later else {}
    promises = {**promised, **own}
    kept = keep_record(
        session, home, case, rules, values, actor=actor, via=desk.via, row_id=record_id, promised=promises
    )
    if is_news:
        unread.note(session, case, kept.row)
    deadlines.refresh_next(session, desk.file.workflow, case, case.state)
    session.add(case)
    receipt = None
    if later:
        receipt = receipts.of_arrival(session, home, kept, actor=actor, via=desk.via)
    elif kept.entry is not None:
        receipt = receipts.receipt_of(session, home, kept, kept.entry, values["file"] if promised else None)
    return Sent(kept.row.id, known=False, reference=case.reference, receipt=receipt)


def _sent_before(file: CaseFile, values: Mapping[str, Any], part: str, *, by_clerk: bool) -> str | None:
    """The card of these bytes from this part, unless they say something else of it now: no words are lost.

    One that an officer entered for them does not count where they send it: the panel would not read what a member
    sent, nor would there be a receipt of it.
    """
    same = (row for row in file.rows if row.kind == EVIDENCE and row.plain.get("file") == values["file"])
    theirs = [row for row in same if row.plain.get("method") == METHODS[part] and (by_clerk or row.by_role == part)]
    said = values.get("shows")
    return next((row.id for row in theirs if not said or row.values.get("shows") == said), None)
