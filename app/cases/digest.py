"""What is due, once a day for each person who has something to do: references only, no names, no facts of a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import Session, col, select

from app import clock
from app.cases.access import CARD, Mine, visible
from app.cases.models import Case, DigestDay
from app.cases.standing import HANDLER_ORDER
from app.cases.worklists import SOON
from app.db import insert_once
from app.installation import Installation
from app.people import queries as people
from app.people.policy import Role
from app.people.queries import Viewer

KIND = "digest"
NOT_BEFORE = time(7)
"""In Europe/London: nobody is woken by it."""
MOST = 200
SUBJECT = "Casetrail: something is due"
READERS = (*HANDLER_ORDER, Role.PANEL.value)


@dataclass(frozen=True)
class Digest:
    """One mail."""

    person_id: str
    to: str
    subject: str
    text: str


def compose(
    late: Sequence[str], soon: Sequence[str], asked: Sequence[str], base_url: str, *, to_panel: bool = False
) -> str:
    """The text from the references of cases; empty where there are none."""
    parts = [
        ("Late:", late),
        ("Due within two days:", soon),
        ("Waiting for you to say whether anything connects you with them:", asked),
    ]
    said = ["\n".join([title, *(f"  {one}" for one in references)]) for title, references in parts if references]
    if not said:
        return ""
    place = f"Sign in to see them: {base_url}/{'panel' if to_panel else 'cases'}"
    ending = "This comes at most once a day, and only when something is due. What a case is about is never in it."
    return "\n\n".join([*said, place, ending]) + "\n"


def digest_of(session: Session, home: Installation, viewer: Viewer, today: date) -> Digest | None:
    """What is due for one person; None where nothing is."""
    own = visible(viewer, col(Case.reference), col(Case.next_due_on)).where(
        col(Case.handler_id) == viewer.id, col(Case.final).is_(False), col(Case.next_due_on) <= today + SOON
    )
    due = session.exec(own.order_by(col(Case.next_due_on), col(Case.id)).limit(MOST)).all()
    seats = visible(viewer, col(Case.reference)).where(
        col(Mine.part) == "panel", col(Mine.answer).is_(None), col(Case.final).is_(False)
    )
    waiting = session.exec(seats.order_by(col(Case.reference)).limit(MOST)).all()
    late = [reference for reference, due_on, _ in due if due_on < today]
    soon = [reference for reference, due_on, _ in due if due_on >= today]
    asked = [reference for reference, view in waiting if view == CARD]
    text = compose(late, soon, asked, home.settings.base_url, to_panel=not due)
    return Digest(viewer.id, viewer.email, SUBJECT, text) if text else None


def wait_to_be_made(session: Session, now: datetime) -> bool:
    """Whether a digest of this day may still be made for somebody; reads only, often nothing to do."""
    return bool(_readers(session, now))


def digests_due(session: Session, home: Installation, now: datetime) -> list[Digest]:
    """The digests of this day that nobody made yet, claimed in this transaction; after a sleep one, not one a day."""
    today, found = clock.local(now).date(), []
    for person_id in _readers(session, now):
        claim = {"person_id": person_id, "day": today, "made_at": now}
        viewer = people.viewer_for(session, home.vault, person_id, today)
        if viewer is not None and insert_once(session, DigestDay, claim):
            found.append(digest_of(session, home, viewer, today))
    return [one for one in found if one is not None]


def _readers(session: Session, now: datetime) -> list[str]:
    """Who serves today and has no digest of today, once it is late enough in the morning."""
    local = clock.local(now)
    if local.time() < NOT_BEFORE:
        return []
    serving = {one.person_id for one in people.serving(session, local.date()) if one.role in READERS}
    made = session.exec(select(DigestDay.person_id).where(DigestDay.day == local.date())).all()
    return sorted(serving - set(made))
