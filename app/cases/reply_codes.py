"""The code of the member a notice goes to: made with the notice, shown once, kept as an HMAC, ended by a new one."""

from sqlmodel import Session, col, select

from app import clock
from app.audit.events import Event
from app.audit.log import Actor, append
from app.cases.casefile import ref
from app.cases.models import Case, ReplyCode
from app.cases.references import new_code, tidy_code
from app.installation import Installation
from app.people.queries import digest

PURPOSE = "reply-code"
PARTY = "party"
CODE = "code"


def lookup(session: Session, home: Installation, code: str) -> str:
    """How a code is kept."""
    return home.vault.lookup(session, PURPOSE, tidy_code(code))


def issue_reply_code(session: Session, home: Installation, case: Case, party_id: str, *, actor: Actor, via: str) -> str:
    """A new code of 80 bits for a member, with its entry; the one before opens nothing any more.

    `party_id` is the first row of the member's chain. Whoever writes the letter calls this: the code is not kept.
    """
    code = new_code()
    told = code_columns(_add(session, case, party_id, lookup(session, home, code)))
    append(
        session, Event.REPLY_CODE_ISSUED, actor=actor, via=via, case=ref(case), subject=(PARTY, party_id), columns=told
    )
    return code


def live_code(session: Session, case_id: str, party_id: str) -> ReplyCode | None:
    """The code that opens the case for this member now, if there is one."""
    newest = _newest(session, case_id, party_id)
    return newest if newest is not None and newest.lookup is not None else None


def live_codes(session: Session, case_id: str) -> dict[str, str]:
    """The members whom a code lets in now, by the `lookup` of their code."""
    rows = select(ReplyCode).where(ReplyCode.case_id == case_id).order_by(col(ReplyCode.number))
    newest = {row.party_id: row.lookup for row in session.exec(rows)}
    return {kept: party_id for party_id, kept in newest.items() if kept is not None}


def found(session: Session, proof: str) -> ReplyCode | None:
    """The row of a code, by its `lookup`; None alike for an unknown one and for one that opens nothing any more."""
    row = session.exec(select(ReplyCode).where(ReplyCode.lookup == proof)).first()
    return row if row is not None and live_code(session, row.case_id, row.party_id) == row else None


def is_over(session: Session, home: Installation, code: str) -> bool:
    """Whether this is a code that opens nothing any more; no code is none that is over."""
    return bool(code) and found(session, lookup(session, home, code)) is None


def was_given(session: Session, case_id: str, party_id: str) -> bool:
    """Whether this member ever had a code."""
    return _newest(session, case_id, party_id) is not None


def end_reply_code(session: Session, case: Case, party_id: str, *, actor: Actor, via: str) -> None:
    """The member's code opens nothing any more; without one nothing happens."""
    if live_code(session, case.id, party_id) is not None:
        told, subject = code_columns(_add(session, case, party_id, None)), (PARTY, party_id)
        append(session, Event.REPLY_CODE_ENDED, actor=actor, via=via, case=ref(case), subject=subject, columns=told)


def code_columns(row: ReplyCode) -> dict[str, str | None]:
    """Which row a code has, of which number, and which code it takes, as entries say it and the check compares."""
    return {CODE: row.id, "number": str(row.number), "lookup": digest(row.lookup) if row.lookup else None}


def _add(session: Session, case: Case, party_id: str, kept: str | None) -> ReplyCode:
    before = _newest(session, case.id, party_id)
    row = ReplyCode(
        case_id=case.id,
        party_id=party_id,
        lookup=kept,
        case_version=case.version,
        number=before.number + 1 if before is not None else 1,
        made_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def _newest(session: Session, case_id: str, party_id: str) -> ReplyCode | None:
    rows = select(ReplyCode).where(ReplyCode.case_id == case_id, ReplyCode.party_id == party_id)
    return session.exec(rows.order_by(col(ReplyCode.number).desc()).limit(1)).first()
