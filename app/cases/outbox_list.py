"""The outbox of an officer: every letter of the cases they look after, page by page, what needs them first."""

import base64
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, literal, or_
from sqlmodel import Session, col, select

from app.cases.access import FULL, visible
from app.cases.models import Case
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.letters import needs
from app.letters.models import FINAL, NEEDS_YOU, QUEUED, STOPPED, Letter
from app.outbox.models import SENDING, Mail
from app.people.queries import Viewer

PAGE = 200
STATES = {
    "needs_you": "Needs you",
    "queued": "Waiting",
    "sending": "Going out now",
    "stopped": "Stopped",
    "sent": "Sent",
    "posted": "Posted or handed over",
}
ORDER = (NEEDS_YOU, QUEUED, STOPPED)
"""What comes before letters that are gone."""
_RANK = case({state: place for place, state in enumerate(ORDER)}, value=col(Letter.state), else_=len(ORDER))


def outbox(home: Installation, viewer: Viewer, after: str | None = None) -> dict[str, Any]:
    """`{items, next}`: one page and the cursor of the next, None at the end. Invalid for a wrong cursor."""
    with home.db.read() as session:
        cases = visible(viewer).subquery()
        mine = (
            select(Letter, Case).join(Case, col(Case.id) == col(Letter.case_id)).join(cases, cases.c.id == col(Case.id))
        )
        mine = mine.where(cases.c.view == FULL, Case.handler_id == viewer.id)
        if after:
            place, prepared_at, letter_id = _read(after)
            rank = literal(place)
            older = or_(
                col(Letter.prepared_at) < prepared_at,
                and_(col(Letter.prepared_at) == prepared_at, col(Letter.id) < letter_id),
            )
            mine = mine.where(or_(rank < _RANK, and_(rank == _RANK, older)))
        order = (_RANK, col(Letter.prepared_at).desc(), col(Letter.id).desc())
        rows = session.exec(mine.order_by(*order).limit(PAGE + 1)).all()
        shown = rows[:PAGE]
        cursor = _cursor(shown[-1][0]) if len(rows) > PAGE else None
        return {"items": [line(session, home, letter, of) for letter, of in shown], "next": cursor}


def line(session: Session, home: Installation, letter: Letter, case: Case) -> dict[str, Any]:
    """A letter in a list: no word of it."""
    mail = session.get(Mail, letter.mail_id) if letter.mail_id else None
    kind = home.workflows.get(case.workflow, case.workflow_version).letters.get(letter.name)
    state = SENDING if letter.state == QUEUED and mail and mail.state == SENDING else letter.state
    waits = letter.state == QUEUED and mail is not None
    return {
        "id": letter.id,
        "case": case.reference,
        "letter": letter.name,
        "label": kind.label if kind else letter.name,
        "recipient": letter.recipient,
        "state": state,
        "state_label": STATES[state],
        "needs": [{"code": code, "message": needs.in_words(code)} for code in letter.needs],
        "prepared_at": letter.prepared_at.isoformat(),
        "goes_at": mail.due_at.isoformat() if waits and mail else None,
        "attempts": mail.attempts if mail else 0,
        "last_failure": needs.why_not(mail.why) if mail and mail.why else None,
        "sent_on": letter.sent_on.isoformat() if letter.sent_on else None,
        "how": letter.how,
        "message_id": mail.message_id if mail else None,
        "can_edit": letter.state not in FINAL and not (mail and (mail.unsure or (waits and mail.attempts))),
    }


def _cursor(letter: Letter) -> str:
    rank = ORDER.index(letter.state) if letter.state in ORDER else len(ORDER)
    return base64.urlsafe_b64encode(f"{rank} {letter.prepared_at.isoformat()} {letter.id}".encode()).decode()


def _read(cursor: str) -> tuple[int, datetime, str]:
    try:
        rank, prepared_at, letter_id = base64.urlsafe_b64decode(cursor.encode()).decode().split(" ")
        moment = datetime.fromisoformat(prepared_at)
        if moment.tzinfo is None or "\0" in letter_id:
            raise ValueError(cursor)
        return min(max(int(rank), 0), len(ORDER)), moment, letter_id
    except ValueError:
        raise Invalid([FieldError("after", "Take the cursor from “next” of the page before")]) from None
