"""A member at the door by the code of their notice: in, out, and their own view of the case."""

from app.audit.limits import viewed
from app.audit.log import Actor
from app.cases import casefile, code_door, codes, own_letters, own_replies, served_looks
from app.cases.casefile import ref
from app.cases.code_door import WRONG
from app.cases.code_holders import RESPONDENT, CodeHolder
from app.cases.models import Case
from app.cases.own_replies import OwnCase
from app.errors import NotFound
from app.installation import Installation
from app.workflow.definition import RecordKind

BY_CODE = Actor(None, RESPONDENT)


def enter(home: Installation, code: str, reference: str, previous: str | None) -> str:
    """Opens a session of the page and answers with its token. NotFound alike for a wrong code and a wrong reference."""
    return code_door.enter(home, RESPONDENT, code, reference, previous)


def by_code(home: Installation, code: str, via: str) -> CodeHolder:
    """Who a code stands for. NotFound, with its denial."""
    return code_door.by_code(home, RESPONDENT, code, via)


def by_session(home: Installation, token: str) -> CodeHolder | None:
    """Who a session of the page stands for; None where it or the code is over, so that the code is asked for again."""
    return code_door.by_session(home, RESPONDENT, token)


def read(home: Installation, holder: CodeHolder, via: str) -> OwnCase:
    """The case as this member may see it; the view goes on the trail. NotFound where the code opens nothing now."""
    with home.db.write() as session:
        case = session.get_one(Case, holder.case_id)
        if not codes.still_opens(session, case, holder):
            raise NotFound(WRONG[RESPONDENT])
        file = casefile.load(session, home, case)
        if not own_replies.is_respondent(file, holder.party_id):
            raise NotFound(WRONG[RESPONDENT])
        codes.touch(session, holder)
        viewed(session, BY_CODE, holder.session_id or f"{via}/{holder.party_id}", ref(case), via)
        letters = own_letters.of_member(session, home, file, holder.party_id)
        return served_looks.with_looks(session, own_replies.describe(file, holder.party_id, letters))


def kind(home: Installation, holder: CodeHolder, name: str) -> RecordKind:
    """A kind of record that the procedure of this case lets whoever has this code keep. NotFound."""
    return code_door.kind(home, holder, name)
