"""What is kept only for a while: counts of denials that wait to be written, answers for repeats, sign-ins."""

from datetime import timedelta

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, delete, select

from app import clock
from app.audit import limits
from app.cases import codes
from app.cases.models import CodeSession, IdempotentAnswer
from app.evidence.arrival import sweep
from app.installation import Installation
from app.people.models import SignInSession
from app.people.policy import IDLE

ANSWERS_KEPT = timedelta(hours=24)


def tidy_up(home: Installation) -> None:
    """Writes the counts of denials whose minute is over and forgets what no longer binds; often nothing to do.

    Called before lists and before a check of the record, and by the server once a minute.
    """
    sweep(home.settings)
    with home.db.read() as session:
        if not _something_to_do(session):
            return
    with home.db.write() as session:
        limits.flush_denials(session, clock.now())
        session.exec(delete(IdempotentAnswer).where(_old()))
        session.exec(delete(SignInSession).where(_over()))
        session.exec(delete(CodeSession).where(codes.over()))


def _something_to_do(session: Session) -> bool:
    if limits.wait_to_be_flushed(session, clock.now()):
        return True
    old, over = select(IdempotentAnswer.key).where(_old()), select(SignInSession.id).where(_over())
    left = select(CodeSession.id).where(codes.over())
    return any(session.exec(query.limit(1)).first() is not None for query in (old, over, left))


def _old() -> ColumnElement[bool]:
    return col(IdempotentAnswer.made_at) < clock.now() - ANSWERS_KEPT


def _over() -> ColumnElement[bool]:
    now = clock.now()
    return or_(col(SignInSession.expires_at) <= now, col(SignInSession.last_seen_at) <= now - IDLE)
