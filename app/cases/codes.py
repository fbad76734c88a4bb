"""Codes and the sessions they open: found by HMAC, short-lived, and ended with the code they came by."""

import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, delete, select

from app import clock
from app.audit.events import Event
from app.audit.log import Actor, append
from app.cases import reply_codes
from app.cases.casefile import ref
from app.cases.code_holders import REPORTER, RESPONDENT, CodeHolder
from app.cases.models import Case, CodeSession
from app.cases.references import new_code, tidy_code, tidy_reference
from app.installation import Installation
from app.people.queries import digest

PURPOSE, SESSIONS = "access-code", "code-session"
ACCESS = "access_lookup"
IDLE = timedelta(minutes=10)
ABSOLUTE = timedelta(hours=12)


def lookup(session: Session, home: Installation, code: str) -> str:
    """How a reporter's code is kept."""
    return home.vault.lookup(session, PURPOSE, tidy_code(code))


def reporter_by_code(
    session: Session, home: Installation, code: str, reference: str | None = None
) -> CodeHolder | None:
    """Who a code stands for; None alike for a wrong code and for a reference that is not its own."""
    proof = lookup(session, home, code)
    case = session.exec(select(Case).where(Case.access_lookup == proof)).first()
    if case is None or (reference is not None and tidy_reference(reference) != case.reference):
        return None
    return CodeHolder(REPORTER, case.id, proof, reference=case.reference)


def respondent_by_code(
    session: Session, home: Installation, code: str, reference: str | None = None
) -> CodeHolder | None:
    """The same for a member to whom a notice went."""
    row = reply_codes.found(session, reply_codes.lookup(session, home, code))
    case = session.get(Case, row.case_id) if row is not None else None
    if row is None or case is None or (reference is not None and tidy_reference(reference) != case.reference):
        return None
    return CodeHolder(RESPONDENT, case.id, row.lookup or "", party_id=row.party_id, reference=case.reference)


def still_opens(session: Session, case: Case, holder: CodeHolder) -> bool:
    """Whether the code was not replaced meanwhile, nor the session ended."""
    if not _counts(session, case, holder):
        return False
    if holder.session_id is None:
        return True
    row = session.get(CodeSession, holder.session_id, populate_existing=True)
    return row is not None and not _is_over(row)


def _counts(session: Session, case: Case, holder: CodeHolder) -> bool:
    if holder.part == RESPONDENT:
        row = reply_codes.found(session, holder.proof)
        return row is not None and (row.case_id, row.party_id) == (case.id, holder.party_id)
    return holder.part == REPORTER and secrets.compare_digest(case.access_lookup, holder.proof)


def open_session(session: Session, home: Installation, holder: CodeHolder, previous: str | None = None) -> str:
    """A fresh session of whoever gave a code; the token for the cookie. `previous`, which the browser had, ends."""
    now, token = clock.now(), secrets.token_urlsafe(32)
    kept = digest(token)
    session.exec(delete(CodeSession).where(over()))
    if previous:
        session.exec(delete(CodeSession).where(col(CodeSession.token_hash) == digest(previous)))
    session.add(
        CodeSession(
            token_hash=kept,
            case_id=holder.case_id,
            part=holder.part,
            proof=_proof(session, home, kept, holder.proof),
            last_seen_at=now,
            expires_at=now + ABSOLUTE,
        )
    )
    session.flush()
    return token


def by_session(session: Session, home: Installation, token: str, part: str) -> CodeHolder | None:
    """Who a session's token stands for; None where it, or the code that opened it, is unknown or over."""
    row = session.exec(select(CodeSession).where(CodeSession.token_hash == digest(token))).first()
    if row is None or row.part != part or _is_over(row):
        return None
    case = session.get_one(Case, row.case_id)
    live = reply_codes.live_codes(session, case.id) if part == RESPONDENT else {case.access_lookup: ""}
    for code, party_id in live.items():
        if secrets.compare_digest(row.proof, _proof(session, home, row.token_hash, code)):
            return CodeHolder(row.part, row.case_id, code, row.id, party_id, case.reference)
    return None


def _proof(session: Session, home: Installation, token_hash: str, code: str) -> str:
    """What ties a session to the code that opened it: whoever has the database, but not the keys, can make none."""
    return home.vault.lookup(session, SESSIONS, f"{token_hash}/{code}")


def touch(session: Session, holder: CodeHolder) -> None:
    """Notes that the session was just used."""
    row = session.get(CodeSession, holder.session_id) if holder.session_id else None
    if row is not None:
        row.last_seen_at = clock.now()
        session.add(row)


def end_session(session: Session, token: str) -> None:
    """Ends one session; without it nothing happens."""
    session.exec(delete(CodeSession).where(col(CodeSession.token_hash) == digest(token)))


def renew(session: Session, home: Installation, case: Case, *, actor: Actor, via: str) -> str:
    """A new code for the reporter of a case; the old one and every session it opened end."""
    code = _replaced(session, home, case)
    append(session, Event.ACCESS_CODE_RENEWED, actor=actor, via=via, case=ref(case), columns=access_columns(case))
    return code


def end_code(session: Session, home: Installation, case: Case, party_id: str, *, actor: Actor, via: str) -> None:
    """The reporter's code opens nothing any more, nor does a session: nobody gets the one that takes its place."""
    _replaced(session, home, case)
    subject = (reply_codes.PARTY, party_id)
    told = access_columns(case)
    append(session, Event.REPLY_CODE_ENDED, actor=actor, via=via, case=ref(case), subject=subject, columns=told)


def _replaced(session: Session, home: Installation, case: Case) -> str:
    code = new_code()
    case.access_lookup = lookup(session, home, code)
    session.add(case)
    session.exec(delete(CodeSession).where(col(CodeSession.case_id) == case.id, col(CodeSession.part) == REPORTER))
    return code


def access_columns(case: Case) -> dict[str, str | None]:
    """Which code a reporter comes in by, as entries say it and the check compares."""
    return {ACCESS: digest(case.access_lookup)}


def over() -> ColumnElement[bool]:
    """SQL: sessions that open nothing any more."""
    now = clock.now()
    return or_(col(CodeSession.last_seen_at) <= now - IDLE, col(CodeSession.expires_at) <= now)


def _is_over(row: CodeSession) -> bool:
    now = clock.now()
    return row.last_seen_at <= now - IDLE or row.expires_at <= now
