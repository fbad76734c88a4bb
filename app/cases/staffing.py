"""Changes of offices, with what follows for cases: nobody without an office keeps one."""

from datetime import date

from sqlmodel import Session

from app import clock
from app.audit.log import SYSTEM, Actor
from app.cases import feeds, standing
from app.cases.involvement import exclude_from_past
from app.installation import Installation
from app.people import actions, offices, tokens
from app.people.models import Office
from app.people.profiles import Profile


def give_office(
    session: Session,
    home: Installation,
    person_id: str,
    role: str,
    *,
    actor: Actor,
    via: str,
    starts_on: date | None = None,
    ends_on: date | None = None,
    case_id: str | None = None,
) -> Office:
    """As people.actions.give_office; cases that name the person are closed to them, those without an officer go on."""
    if not offices.holds_office(session, person_id, clock.today()):
        feeds.revoke_all(session, person_id, actor=actor, via=via)  # one whose office ran out by the calendar
    office = actions.give_office(
        session, person_id, role, actor=actor, via=via, starts_on=starts_on, ends_on=ends_on, case_id=case_id
    )
    exclude_from_past(session, home, person_id, actor=actor, via=via)
    standing.reassign_orphans(session, home, actor=actor, via=via)
    return office


def change_person(
    session: Session, home: Installation, person_id: str, profile: Profile, *, actor: Actor, via: str
) -> None:
    """As people.actions.change_person; a new name or contact is matched against every case."""
    actions.change_person(session, home.vault, person_id, profile, actor=actor, via=via)
    exclude_from_past(session, home, person_id, actor=actor, via=via)


def end_office(
    session: Session, home: Installation, office_id: str, *, actor: Actor, via: str, ends_on: date | None = None
) -> Office:
    """As people.actions.end_office; open cases of somebody who now holds none go on, and their calendar ends."""
    office = actions.end_office(session, office_id, actor=actor, via=via, ends_on=ends_on)
    if not offices.holds_office(session, office.person_id, clock.today()):
        feeds.revoke_all(session, office.person_id, actor=actor, via=via)
    standing.reassign_orphans(session, home, actor=actor, via=via)
    return office


def disable_person(session: Session, home: Installation, person_id: str, *, actor: Actor, via: str) -> None:
    """As people.actions.disable_person; their open cases go to the next officer, and their calendar ends."""
    actions.disable_person(session, person_id, actor=actor, via=via)
    feeds.revoke_all(session, person_id, actor=actor, via=via)
    standing.reassign_orphans(session, home, actor=actor, via=via)


def end_keys(session: Session, person_id: str, *, actor: Actor, via: str) -> None:
    """Ends what opens something in a person's name without a password; part of a change that writes its own entry.

    For a password that was set by whoever did not know the old one: keys may be in the same wrong hands.
    """
    tokens.revoke_all(session, person_id)
    feeds.revoke_all(session, person_id, actor=actor, via=via)


def catch_up(home: Installation) -> int:
    """Cases whose officer's term has run out by the calendar go to the next officer; the number that moved.

    Called when somebody lists cases: no timer is needed for an office to end on its day (X14 is about states).
    """
    with home.db.read() as session:
        if not standing.orphans(session, home):
            return 0
    with home.db.write() as session:
        return standing.reassign_orphans(session, home, actor=SYSTEM, via="worker")
