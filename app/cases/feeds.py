"""One person's dates for their own calendar, at an address only they were shown: references, no names, no facts."""

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import clock
from app.audit.events import Event as Entry
from app.audit.log import Actor, append
from app.cases.access import CARD, visible
from app.cases.models import CalendarFeed, Case
from app.db import new_id
from app.errors import NotFound
from app.installation import Installation
from app.people import queries as people
from app.people.queries import Viewer, digest

SUMMARY = "Casetrail: a date is due"
MOST = 500
"""So many dates, the next ones first."""
_PURPOSE = "calendar-feed"


@dataclass(frozen=True)
class Feed:
    """An address as it is listed; its secret is kept nowhere."""

    id: str
    made_at: datetime
    revoked_at: datetime | None


def issue(session: Session, home: Installation, person_id: str, *, actor: Actor, via: str) -> str:
    """Makes the address of a person's calendar and answers with its secret, the only time; older ones end with it."""
    revoke_all(session, person_id, actor=actor, via=via)
    secret, feed_id = secrets.token_urlsafe(32), new_id()
    lookup = home.vault.lookup(session, _PURPOSE, secret)
    feed = CalendarFeed(id=feed_id, person_id=person_id, lookup=lookup, made_at=clock.now())
    session.add(feed)
    session.flush()
    told = calendar_columns(feed)
    append(session, Entry.CALENDAR_ISSUED, actor=actor, via=via, subject=("calendar", feed_id), columns=told)
    return secret


def calendar_columns(feed: CalendarFeed) -> dict[str, str | None]:
    """Whose dates it shows and which secret it takes, as its entry says it and the check compares."""
    return {"person_id": feed.person_id, "lookup": digest(feed.lookup)}


def revoke(session: Session, feed_id: str, person_id: str, *, actor: Actor, via: str) -> None:
    """Ends an address for good; again does nothing. NotFound where it is none of this person's."""
    feed = session.get(CalendarFeed, feed_id, with_for_update=True)
    if feed is None or feed.person_id != person_id:
        raise NotFound("There is no such address.")
    if feed.revoked_at is None:
        feed.revoked_at = clock.now()
        append(session, Entry.CALENDAR_REVOKED, actor=actor, via=via, subject=("calendar", feed.id))


def revoke_all(session: Session, person_id: str, *, actor: Actor, via: str) -> None:
    """Ends every address of a person for good."""
    for feed in session.exec(_open(person_id)):
        feed.revoked_at = clock.now()
        append(session, Entry.CALENDAR_REVOKED, actor=actor, via=via, subject=("calendar", feed.id))


def revoke_every(session: Session) -> int:
    """Ends every address there is, as part of a change that writes its own entry; how many."""
    found = session.exec(select(CalendarFeed).where(col(CalendarFeed.revoked_at).is_(None))).all()
    for feed in found:
        feed.revoked_at = clock.now()
    return len(found)


def feeds(session: Session, person_id: str) -> list[Feed]:
    """The address of this person that still works, if there is one."""
    return [Feed(row.id, row.made_at, row.revoked_at) for row in session.exec(_open(person_id))]


def owner(session: Session, home: Installation, secret: str) -> Viewer | None:
    """Whose calendar this is; None for a wrong or withdrawn address, a closed account, and without any office."""
    lookup = home.vault.lookup(session, _PURPOSE, secret)
    feed = session.exec(select(CalendarFeed).where(CalendarFeed.lookup == lookup)).first()
    if feed is None or feed.revoked_at is not None:
        return None
    viewer = people.viewer_for(session, home.vault, feed.person_id, clock.today())
    return viewer if viewer is not None and (viewer.offices or viewer.case_offices) else None


def calendar_of(session: Session, home: Installation, viewer: Viewer) -> bytes:
    """The next date of every open case whose dates this person may see, as an iCalendar file."""
    calendar = Calendar()
    calendar.add("prodid", "-//Casetrail//due dates//EN")
    calendar.add("version", "2.0")
    for reference, due_on in _dates(session, viewer):
        calendar.add_component(_event(home, reference, due_on))
    return bytes(calendar.to_ical())


def _dates(session: Session, viewer: Viewer) -> list[tuple[str, date]]:
    query = visible(viewer, col(Case.reference), col(Case.next_due_on), col(Case.handler_id))
    due = query.where(col(Case.final).is_(False), col(Case.next_due_on).is_not(None))
    rows = session.exec(due.order_by(col(Case.next_due_on), col(Case.id)).limit(MOST)).all()
    return [(reference, due_on) for reference, due_on, handler, view in rows if view != CARD or handler == viewer.id]


def _event(home: Installation, reference: str, due_on: date) -> Event:
    event = Event()
    event.add("uid", f"{reference}@casetrail")  # one for each case: a calendar moves it where another date is next
    event.add("dtstamp", datetime.combine(due_on, datetime.min.time(), UTC))  # the same bytes while nothing changed
    event.add("dtstart", due_on)
    event.add("dtend", due_on + timedelta(days=1))
    event.add("summary", f"{SUMMARY}, {reference}")
    event.add("url", f"{home.settings.base_url}/cases/{reference}")
    event.add("transp", "TRANSPARENT")
    return event


def _open(person_id: str) -> SelectOfScalar[CalendarFeed]:
    return select(CalendarFeed).where(CalendarFeed.person_id == person_id, col(CalendarFeed.revoked_at).is_(None))
