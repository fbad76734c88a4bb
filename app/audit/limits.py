"""Views and denials, limited, so that they cannot flood the record."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from app import clock
from app.audit.events import Event
from app.audit.log import Actor, CaseRef, append, locked_row
from app.audit.models import AuditEntry, AuditLimit

VIEW_EVERY = timedelta(minutes=15)
DENIAL_WINDOW = timedelta(minutes=1)
DENIALS_WRITTEN = 20
DENIED = "denied/"


def viewed(session: Session, actor: Actor, session_id: str | None, case: CaseRef, via: str) -> AuditEntry | None:
    """Writes `case_viewed`, one per person, case and sign-in every 15 minutes; None where one stands."""
    key = f"viewed/{actor.id or actor.role}/{case.id}/{session_id or via}"
    return _seldom(session, key, Event.CASE_VIEWED, actor=actor, via=via, case=case)


def opened(
    session: Session,
    actor: Actor,
    session_id: str | None,
    case: CaseRef,
    via: str,
    *,
    event: Event,
    record: tuple[str, str],
) -> AuditEntry | None:
    """The same for one thing on a case, such as a file: `record` is its kind and id."""
    key = f"{event.value}/{actor.id or actor.role}/{record[1]}/{session_id or via}"
    return _seldom(session, key, event, actor=actor, via=via, case=case, record=record)


def _seldom(session: Session, key: str, event: Event, **details: Any) -> AuditEntry | None:
    now = clock.now()
    limit = locked_row(session, AuditLimit, key, AuditLimit(key=key, since=now))
    if limit.count and limit.since <= now < limit.since + VIEW_EVERY:
        return None
    limit.since, limit.count = now, 1
    return append(session, event, **details)


def denied(
    session: Session, actor: Actor, case: CaseRef | None, via: str, subject: tuple[str, str] | None = None
) -> AuditEntry | None:
    """Writes `access_denied`; beyond 20 a minute of one person they are counted (None), written as one later.

    All without an id share one limit per role. `subject` is (kind, id): never what someone typed.
    """
    now = clock.now()
    key = f"{DENIED}{actor.id or actor.role}"
    limit = locked_row(session, AuditLimit, key, AuditLimit(key=key, since=now))
    if not limit.since <= now < limit.since + DENIAL_WINDOW:
        _write_count(session, limit)
        limit.since, limit.count = now, 0
    limit.count, limit.actor_id, limit.role, limit.via = limit.count + 1, actor.id, actor.role, via
    if limit.count > DENIALS_WRITTEN:
        return None
    return append(session, Event.ACCESS_DENIED, actor=actor, via=via, case=case, subject=subject)


def wait_to_be_flushed(session: Session, now: datetime) -> bool:
    """Whether `flush_denials` has something to do; reads only."""
    counted = and_(col(AuditLimit.key).startswith(DENIED), col(AuditLimit.since) <= now - DENIAL_WINDOW)
    over = select(AuditLimit.key).where(or_(counted, col(AuditLimit.since) <= now - VIEW_EVERY))
    return session.exec(over.limit(1)).first() is not None


def flush_denials(session: Session, now: datetime) -> None:
    """Writes the counts of minutes that are over and forgets limits that no longer bind."""
    over = select(AuditLimit).where(AuditLimit.since <= now - DENIAL_WINDOW).order_by(col(AuditLimit.key))
    for limit in session.exec(over.with_for_update(skip_locked=True)).all():
        if limit.key.startswith(DENIED):
            _write_count(session, limit)
            session.delete(limit)
        elif limit.since <= now - VIEW_EVERY:
            session.delete(limit)
    session.flush()


def _write_count(session: Session, limit: AuditLimit) -> None:
    beyond = limit.count - DENIALS_WRITTEN
    if beyond > 0:
        actor = Actor(limit.actor_id, limit.role)
        append(session, Event.DENIALS_COUNTED, actor=actor, via=limit.via, count=beyond)
