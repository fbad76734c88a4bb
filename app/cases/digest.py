"""What is due, once a day for each person who has something to do: references only, no names, no facts of a case."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select

from app import clock
from app.cases.access import CARD, FULL, Mine, visible
from app.cases.models import Case, DigestDay
from app.cases.standing import CLEAR, HANDLER_ORDER
from app.cases.worklists import SOON, letter_items, unread_items
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


@dataclass(frozen=True)
class Own:
    """References of one person's own cases: what is late or soon due, what came, where letters need them."""

    late: Sequence[str] = field(default_factory=list)
    soon: Sequence[str] = field(default_factory=list)
    unread: Sequence[str] = field(default_factory=list)
    letters: Sequence[str] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """References of cases that wait for a declaration of one person, or for their decision on somebody else's."""

    declare: Sequence[str] = ()
    decide: Sequence[str] = ()
    only_panel: bool = False
    """Whether all of them are seats on a panel."""


def compose(own: Own, asked: Asked, base_url: str) -> str:
    """The text from the references of cases; empty where there are none."""
    parts = [
        ("Late:", own.late),
        ("Due within two days:", own.soon),
        ("Somebody wrote or sent something, and you have not read it:", own.unread),
        ("Letters wait for you to see to them:", own.letters),
        ("Waiting for you to say whether anything connects you with them:", asked.declare),
        ("Waiting for you to decide on somebody's declaration:", asked.decide),
    ]
    said = ["\n".join([title, *(f"  {one}" for one in references)]) for title, references in parts if references]
    if not said:
        return ""
    place = f"Sign in to see them: {base_url}/{'panel' if asked.only_panel and own == Own() else 'cases'}"
    ending = "This comes at most once a day, and only when something is due. What a case is about is never in it."
    return "\n\n".join([*said, place, ending]) + "\n"


def digest_of(session: Session, home: Installation, viewer: Viewer, today: date) -> Digest | None:
    """What is due for one person; None where nothing is."""
    own = visible(viewer, col(Case.reference), col(Case.next_due_on)).where(
        col(Case.handler_id) == viewer.id, col(Case.final).is_(False), col(Case.next_due_on) <= today + SOON
    )
    due = session.exec(own.order_by(col(Case.next_due_on), col(Case.id)).limit(MOST)).all()
    found = Own(
        late=[reference for reference, due_on, _ in due if due_on < today],
        soon=[reference for reference, due_on, _ in due if due_on >= today],
        unread=[item.reference for item in unread_items(session, home, viewer)],
        letters=[item.reference for item in letter_items(session, home, viewer)[0]],
    )
    text = compose(found, _asked(session, viewer), home.settings.base_url)
    return Digest(viewer.id, viewer.email, SUBJECT, text) if text else None


def _asked(session: Session, viewer: Viewer) -> Asked:
    """A seat on a panel, a case to look after, or somebody's declaration: each asks for one's own declaration first."""
    seat, waits = func.coalesce(col(Mine.part), "") == "panel", col(Case.awaits_clearance)
    mine, undeclared = col(Case.handler_id) == viewer.id, col(Mine.answer).is_(None)
    own = and_(undeclared, or_(and_(or_(seat, mine), col(Case.final).is_(False)), and_(waits, ~seat)))
    theirs = and_(col(Mine.answer).in_(CLEAR), waits, ~seat)
    chosen = visible(viewer, col(Case.reference), col(Mine.answer), col(Mine.part)).where(or_(own, theirs))
    rows = session.exec(chosen.order_by(col(Case.reference)).limit(MOST)).all()
    asked = [(reference, answer, part) for reference, answer, part, view in rows if view in (CARD, FULL)]
    return Asked(
        declare=[reference for reference, answer, _ in asked if answer is None],
        decide=[reference for reference, answer, _ in asked if answer is not None],
        only_panel=all(part == "panel" for _, _, part in asked),
    )


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
