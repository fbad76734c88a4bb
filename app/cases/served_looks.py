"""A second look at what was served, for the member it was served on: a picture drawn anew, and an entry each time.

Never the file as it came, nor what its sender called it: either could tell who reported (X17).
"""

from dataclasses import replace

from sqlmodel import Session

from app.audit.limits import denied
from app.cases import access, codes, own_replies
from app.cases.actions import Desk, sit_down_by_code
from app.cases.casefile import ref
from app.cases.code_holders import CodeHolder
from app.cases.models import Case
from app.cases.own_replies import OwnCase
from app.cases.served import Served
from app.evidence import queries
from app.evidence.actions import note_fault, note_opening
from app.evidence.models import EvidenceFile
from app.evidence.pictures import VIEW
from app.evidence.queries import Damaged, Opening
from app.installation import Installation

DAMAGED = (
    "It was changed, cut or lost after it arrived, so it is not shown. The alarm is on the record of steps. Please "
    "tell the branch."
)


def with_looks(session: Session, own: OwnCase) -> OwnCase:
    """The same, with what can be looked at marked: what there is a copy of without hidden data."""
    seen = queries.with_copy(session, {one.file for one in own.evidence}, VIEW)
    return replace(own, evidence=tuple(replace(one, can_look=one.file in seen) for one in own.evidence))


def open_served(home: Installation, holder: CodeHolder, item: str, via: str) -> Opening:
    """The picture of an item that was served on this member, with its entry. NotFound, with its denial; Damaged."""
    try:
        with home.db.write() as session:
            desk = sit_down_by_code(session, home, holder, via)
            picture = _picture(desk, holder, item)
            place = holder.session_id or f"{via}/{holder.party_id}"
            note_opening(session, picture, actor=holder.actor(), session_id=place, case=ref(desk.case), via=via)
            opened = queries.opening(session, home, picture)
    except access.Unseen:
        _note_denial(home, holder, via)
        raise
    if not opened.is_sound():
        with home.db.write() as session:
            case = session.get_one(Case, holder.case_id)
            place = holder.session_id or f"{via}/{holder.party_id}"
            note_fault(session, picture, actor=holder.actor(), session_id=place, case=ref(case), via=via)
        raise Damaged(DAMAGED)
    return opened


def _picture(desk: Desk, holder: CodeHolder, item: str) -> EvidenceFile:
    own = own_replies.describe(desk.file, holder.party_id)
    served = next((one for one in own.evidence if one.id == item and one.file), None)
    original = queries.find(desk.session, desk.case.id, served.file) if served is not None else None
    picture = queries.copy_of(desk.session, original, VIEW) if original is not None else None
    if picture is None:
        raise access.Unseen
    return picture


def _note_denial(home: Installation, holder: CodeHolder, via: str) -> None:
    with home.db.write() as session:
        case = session.get_one(Case, holder.case_id)
        known = ref(case) if codes.still_opens(session, case, holder) else None
        denied(session, holder.actor(), known, via)


def to_look_at(home: Installation, holder: CodeHolder, own: OwnCase, item: str, via: str) -> Served:
    """One item that they can look at. NotFound, with its denial, where it was not served on them or has no picture."""
    found = next((one for one in own.evidence if one.id == item and one.can_look), None)
    if found is None:
        _note_denial(home, holder, via)
        raise access.Unseen
    return found
