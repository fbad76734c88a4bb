"""Signing in and out. Sessions end after 30 idle minutes or 12 hours; only digests of tokens are stored."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select

from app import clock
from app.audit.events import Event
from app.audit.log import PUBLIC, Actor, append
from app.audit.models import AuditEntry
from app.people import passwords, profiles, queries, throttling
from app.people.models import ApiToken, Person, SignInSession
from app.people.policy import ABSOLUTE, IDLE
from app.people.queries import Viewer, digest
from app.people.told import LINK, SESSION, password_columns, session_columns
from app.vault.vault import Vault

FAILURE_WINDOW = timedelta(minutes=10)
PAIR_FAILURES = 5
ADDRESS_FAILURES = 30
ACCOUNT_FAILURES = 100
_PAIR, _ADDRESS, _ACCOUNT = "sign_in_pair", "sign_in_address", "sign_in_account"
RECENT = 10


@dataclass(frozen=True)
class SignIn:
    """A sign-in that is over or not, as its account lists it."""

    at: datetime
    by_link: bool


@dataclass(frozen=True)
class Attempt:
    """A password that was tried: what `finish_sign_in` needs to write down the outcome."""

    lookup: str
    address: str
    person_id: str | None
    right: bool
    tried_hash: str | None = None
    new_hash: str | None = None


def sign_in(
    session: Session,
    vault: Vault,
    email: str,
    password: str,
    address: str,
    *,
    via: str = "page",
    previous: str | None = None,
) -> str | None:
    """A fresh session token, or None where address or password is wrong (commit: the failure has its entry).

    `address` is the caller's network address, `previous` the token the browser came with, which ends. TooMany
    after 5 failures of the account at this address, 30 of the address or 100 of the account in 10 minutes. To
    keep the slow hash out of a write transaction call `check_password` (a read) and `finish_sign_in` yourself.
    """
    attempt = check_password(session, vault, email, password, address)
    return finish_sign_in(session, attempt, via=via, previous=previous)


def check_password(session: Session, vault: Vault, email: str, password: str, address: str) -> Attempt:
    """Tries the password; an unknown or disabled account costs the same work. Reads only. Raises TooMany."""
    lookup = profiles.lookup_email(session, vault, email)
    _refuse_if_spent(session, lookup, address)
    person = session.exec(select(Person).where(Person.email_lookup == lookup)).first()
    if person is None:
        passwords.verify(password, None)
        return Attempt(lookup, address, None, right=False)
    right, renewed = passwords.verify(password, person.password_hash)
    return Attempt(lookup, address, person.id, right, person.password_hash, renewed)


def finish_sign_in(session: Session, attempt: Attempt, *, via: str = "page", previous: str | None = None) -> str | None:
    """Writes the outcome of an attempt, one entry: a fresh token or None. TooMany if others failed since."""
    # locked first: of many tries at once, each must see the failures before it
    person = session.get(Person, attempt.person_id, with_for_update=True) if attempt.person_id else None
    _refuse_if_spent(session, attempt.lookup, attempt.address)
    right = attempt.right and person is not None and person.password_hash == attempt.tried_hash
    if person is None or not right or person.disabled_at is not None:
        for purpose, key, _ in _limits(attempt.lookup, attempt.address):
            throttling.count(session, purpose, key, FAILURE_WINDOW)
        subject = ("person", person.id) if person is not None else None
        append(session, Event.SIGN_IN_FAILED, actor=PUBLIC, via=via, subject=subject)
        return None
    told = None
    if attempt.new_hash is not None:
        person.password_hash = attempt.new_hash
        told = password_columns(person)
    return open_session(session, person, via=via, previous=previous, address=attempt.address, columns=told)


def open_session(
    session: Session,
    person: Person,
    *,
    via: str,
    link_id: str | None = None,
    previous: str | None = None,
    address: str = "",
    columns: Mapping[str, str | None] | None = None,
) -> str:
    """Opens a session for someone who proved who they are, with its entry; the token for the cookie.

    With `link_id` (they came by that link) it is only good for setting a password; failures at `address` are forgotten.
    `columns` are those of the account that changed with it, for the entry.
    """
    now = clock.now()
    token = secrets.token_urlsafe(32)
    over = or_(col(SignInSession.expires_at) <= now, col(SignInSession.last_seen_at) <= now - IDLE)
    session.execute(delete(SignInSession).where(over))
    if previous:
        session.execute(delete(SignInSession).where(col(SignInSession.token_hash) == digest(previous)))
    throttling.forget(session, _PAIR, _pair(person.email_lookup, address))
    by_link = link_id is not None
    row = SignInSession(token_hash=digest(token), person_id=person.id, by_link=by_link, expires_at=now + ABSOLUTE)
    session.add(row)
    person.last_sign_in_at = now
    subject = (LINK, link_id) if link_id is not None else None
    actor = queries.actor_for(session, person.id)
    told = {**session_columns(row), **(columns or {})}
    append(session, Event.SIGNED_IN, actor=actor, via=via, subject=subject, columns=told)
    return token


def recent(session: Session, person_id: str) -> list[SignIn]:
    """A person's last sign-ins, newest first, from the trail: a link that was used is the subject of its entry."""
    mine = select(AuditEntry).where(AuditEntry.actor_id == person_id, AuditEntry.event == Event.SIGNED_IN)
    rows = session.exec(mine.order_by(col(AuditEntry.recorded_at).desc(), col(AuditEntry.id)).limit(RECENT))
    return [SignIn(row.recorded_at, row.subject_id is not None) for row in rows]


def sign_out(session: Session, viewer: Viewer, *, via: str = "page") -> None:
    """Ends the viewer's own session; without one (or a second time) nothing is written."""
    row = session.get(SignInSession, viewer.session_id) if viewer.session_id else None
    if row is not None:
        session.delete(row)
        append(session, Event.SIGNED_OUT, actor=viewer.actor(), via=via, columns={SESSION: row.id})


def end_sessions(session: Session, person_id: str, *, actor: Actor, via: str, keep: str | None = None) -> int:
    """Signs a person out everywhere but in the session with the id `keep`; how many. One entry if any."""
    ended = drop_sessions(session, person_id, keep=keep)
    if ended:
        append(session, Event.SESSION_ENDED, actor=actor, via=via, subject=("person", person_id))
    return ended


def drop_sessions(session: Session, person_id: str, *, keep: str | None = None) -> int:
    """Removes a person's sessions as part of a change that writes its own entry; how many."""
    rows = session.exec(select(SignInSession).where(SignInSession.person_id == person_id)).all()
    dropped = [row for row in rows if row.id != keep]
    for row in dropped:
        session.delete(row)
    session.flush()
    return len(dropped)


def touch(session: Session, viewer: Viewer) -> None:
    """Notes that the viewer's session or API token was just used; call where `viewer.needs_touch`."""
    seen = session.get(SignInSession, viewer.session_id) if viewer.session_id else None
    if seen is not None:
        seen.last_seen_at = clock.now()
    used = session.get(ApiToken, viewer.token_id) if viewer.token_id else None
    if used is not None:
        used.last_used_at = clock.now()
    session.flush()


def _refuse_if_spent(session: Session, lookup: str, address: str) -> None:
    for purpose, key, most in _limits(lookup, address):
        throttling.refuse_if_spent(session, purpose, key, most, FAILURE_WINDOW)


def _limits(lookup: str, address: str) -> list[tuple[str, str, int]]:
    """What is counted, under which key, and how often it may fail: strangers must not keep the owner out elsewhere."""
    limits = [(_PAIR, _pair(lookup, address), PAIR_FAILURES), (_ACCOUNT, lookup, ACCOUNT_FAILURES)]
    return [*limits, (_ADDRESS, address, ADDRESS_FAILURES)] if address else limits


def _pair(lookup: str, address: str) -> str:
    return f"{lookup}/{address}"
