"""A letter that waits comes back to the officer where the case around it changed; one that is going out goes."""

from collections.abc import Callable, Sequence

from sqlmodel import Session, col, select

from app.audit.events import Event
from app.audit.log import Actor, append
from app.cases.casefile import ref
from app.cases.models import Case
from app.letters.models import NEEDS_YOU, QUEUED, Letter, letter_columns
from app.outbox import models as outbox
from app.outbox import queue

LETTER = "letters"


def waiting(session: Session, case: Case) -> Sequence[Letter]:
    """The letters of a case that wait to go out by themselves, oldest first."""
    chosen = select(Letter).where(Letter.case_id == case.id, Letter.state == QUEUED)
    return session.exec(chosen.order_by(col(Letter.prepared_at), col(Letter.id))).all()


def recall(
    session: Session,
    case: Case,
    reason: str,
    *,
    actor: Actor,
    via: str,
    which: Callable[[Letter], bool] = lambda _letter: True,
) -> None:
    """Takes these letters out of the queue, each with an entry and with `reason`, a code of what it needs now."""
    for letter in waiting(session, case):
        if not which(letter) or not queue.withdraw(session, letter.mail_id or "", outbox.STOPPED):
            continue
        letter.state, letter.needs = NEEDS_YOU, [reason]
        session.add(letter)
        session.flush()
        append(
            session,
            Event.LETTER_RECALLED,
            actor=actor,
            via=via,
            case=ref(case),
            record=(LETTER, letter.id),
            subject=("letter", letter.name),
            columns=letter_columns(letter),
        )
