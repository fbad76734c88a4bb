"""Changes to accounts. Every function writes one entry in the caller's transaction; the caller commits."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, select

from app import clock
from app.audit.events import Event
from app.audit.log import Actor, append
from app.db import new_id
from app.errors import FieldError, Forbidden, Invalid, NotFound
from app.people import passwords, profiles, queries, sessions
from app.people.links import issue_link, redeem_link, redeem_setup, setup_link, use_up_links
from app.people.models import Office, Person, SignInSession
from app.people.offices import (
    end_office,
    give_office,
    lock_offices,
    refuse_conflicts,
    refuse_last_administrator,
)
from app.people.policy import Role
from app.people.profiles import Profile
from app.people.tokens import issue_token, revoke_all, revoke_token
from app.people.told import SESSION, account_columns, password_columns
from app.vault.vault import Vault

__all__ = [
    "add_person",
    "change_person",
    "disable_person",
    "enable_person",
    "end_office",
    "give_office",
    "issue_link",
    "issue_token",
    "redeem_link",
    "redeem_setup",
    "revoke_token",
    "set_password",
    "setup_link",
]


def add_person(
    session: Session,
    vault: Vault,
    *,
    name: str,
    email: str,
    phone: str = "",
    address: str = "",
    handles: Iterable[str] = (),
    actor: Actor,
    via: str,
) -> Person:
    """Makes an account without password or office. Invalid: a part is wrong or the mail address taken."""
    profile = profiles.tidy(Profile(name, email, phone, address, tuple(handles)))
    person_id = new_id()
    person = Person(
        id=person_id,
        email_lookup=_free_lookup(session, vault, profile.email),
        profile=profiles.seal(session, vault, person_id, profile),
    )
    session.add(person)
    session.flush()
    append(session, Event.PERSON_ADDED, actor=actor, via=via, **_told_of(person))
    return person


def change_person(session: Session, vault: Vault, person_id: str, profile: Profile, *, actor: Actor, via: str) -> None:
    """Replaces name and contacts; nothing where they are the same. NotFound; Invalid as `add_person`."""
    person = _person(session, person_id)
    wanted = profiles.tidy(profile)
    if wanted == profiles.unseal(session, vault, person):
        return
    person.email_lookup = _free_lookup(session, vault, wanted.email, but=person.id)
    person.profile = profiles.seal(session, vault, person.id, wanted)
    append(session, Event.PERSON_CHANGED, actor=actor, via=via, **_told_of(person))


def disable_person(session: Session, person_id: str, *, actor: Actor, via: str) -> None:
    """Closes an account at once: sessions, tokens and links end, offices no longer count.

    Forbidden for oneself and, except from the command line, for the last administrator; NotFound;
    Invalid where it is disabled already.
    """
    if actor.id == person_id:
        raise Forbidden("Nobody disables their own account. Ask another administrator to do it.")
    lock_offices(session)
    person = _person(session, person_id)
    if person.disabled_at is not None:
        raise Invalid([FieldError("person", "This account is disabled already.")])
    today = clock.today()
    held = session.exec(select(Office).where(Office.person_id == person_id, Office.role == Role.ADMINISTRATOR))
    if any(queries.in_force(office, today) for office in held):
        refuse_last_administrator(session, person_id, today, actor)
    person.disabled_at = clock.now()
    sessions.drop_sessions(session, person_id)
    revoke_all(session, person_id)
    use_up_links(session, person_id)
    append(session, Event.PERSON_DISABLED, actor=actor, via=via, subject=("person", person_id))


def enable_person(session: Session, person_id: str, *, actor: Actor, via: str) -> None:
    """Opens a disabled account again, with the offices it still has; its sessions and tokens stay ended.

    NotFound; Invalid where it is open, or where an office clashes with one given meanwhile (end that first).
    """
    lock_offices(session)
    person = _person(session, person_id)
    if person.disabled_at is None:
        raise Invalid([FieldError("person", "This account is not disabled.")])
    person.disabled_at = None
    session.flush()
    today = clock.today()
    held = session.exec(select(Office).where(Office.person_id == person_id)).all()
    still = [queries.holding(office) for office in held if office.ends_on is None or office.ends_on > today]
    refuse_conflicts(session, still, but=person_id)
    append(session, Event.PERSON_CHANGED, actor=actor, via=via, subject=("person", person_id))


def set_password(
    session: Session,
    vault: Vault,
    person_id: str,
    password: str,
    *,
    actor: Actor,
    via: str,
    current: str | None = None,
    session_id: str | None = None,
    branch: str = "",
) -> None:
    """Sets a password and signs the person out of every other session than `session_id`.

    Only the person themself, with the `current` password or in a session from a one-time link, or set-up
    and the command line (no actor id) may: else Forbidden. Invalid where it is weak or like `branch`.
    """
    person = _person(session, person_id)
    if person.disabled_at is not None:
        raise NotFound("This account is disabled.")
    row = session.get(SignInSession, session_id) if session_id else None
    if actor.id is not None:
        if actor.id != person_id:
            raise Forbidden("Nobody sets another person's password. Send them a one-time link instead.")
        came_by_link = row is not None and row.person_id == person_id and row.by_link
        if not came_by_link and not passwords.verify(current or "", person.password_hash)[0]:
            raise Invalid([FieldError("current", "This is not your present password.")])
    profile = profiles.unseal(session, vault, person)
    passwords.check(password, (profile.name, profile.email, branch, *profile.handles))
    person.password_hash = passwords.hash_password(password)
    freed = {SESSION: row.id} if row is not None and row.by_link else {}
    if row is not None:
        row.by_link = False
    sessions.drop_sessions(session, person_id, keep=session_id)
    told = {**password_columns(person), **freed}
    append(session, Event.PASSWORD_SET, actor=actor, via=via, subject=("person", person_id), columns=told)


def _told_of(person: Person) -> dict[str, Any]:
    return {"subject": ("person", person.id), "columns": account_columns(person)}


def _person(session: Session, person_id: str) -> Person:
    person = session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound("There is no such person.")
    return person


def _free_lookup(session: Session, vault: Vault, email: str, but: str | None = None) -> str:
    if session.get_bind().dialect.name == "postgresql":  # two at once must not both find the address free
        session.execute(text("LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE"))
    lookup = profiles.lookup_email(session, vault, email)
    taken = session.exec(select(Person.id).where(Person.email_lookup == lookup)).first()
    if taken is not None and taken != but:
        raise Invalid([FieldError("email", "There is an account with this mail address already.")])
    return lookup
