"""One-time links: to sign in without a password, and to set up a new database."""

import secrets

from sqlmodel import Session, col, select

from app import clock
from app.audit.events import Event
from app.audit.log import SYSTEM, Actor, append
from app.errors import NotFound, WrongState
from app.people import queries, sessions
from app.people.models import Person, SignInLink
from app.people.policy import LINK_LASTS
from app.people.queries import digest
from app.people.told import link_columns

SPENT = "This link was used, was replaced by a newer one, or is over 24 hours old. Ask for a new one."


def issue_link(session: Session, person_id: str, *, actor: Actor, via: str) -> str:
    """The secret of a link to sign in once within 24 hours; older links of theirs stop. NotFound."""
    person = session.get(Person, person_id, with_for_update=True)  # of two made at once only one stays open
    if person is None or person.disabled_at is not None:
        raise NotFound("There is no such person, or the account is disabled.")
    secret, told = _new_link(session, person_id)
    append(session, Event.LINK_ISSUED, actor=actor, via=via, subject=("person", person_id), columns=told)
    return secret


def redeem_link(
    session: Session, secret: str, *, via: str = "page", previous: str | None = None, address: str = ""
) -> str:
    """Uses a sign-in link up and returns a session token; all it is good for is a new password, without the old one.

    Not throttled: 256 random bits are not guessed. NotFound (nothing written) where it is spent or unknown.
    """
    found = _open_link(session, secret)
    # the person first, as whoever makes a new link does: the other way round both could wait for each other
    person = session.get(Person, found.person_id, with_for_update=True) if found and found.person_id else None
    link = _open_link(session, secret, lock=True) if person is not None else None
    if link is None or person is None or person.disabled_at is not None:
        raise NotFound(SPENT)
    link.used_at = clock.now()
    return sessions.open_session(session, person, via=via, link_id=link.id, previous=previous, address=address)


def setup_link(session: Session, *, via: str = "cli") -> str:
    """The secret of the link that sets up a new database; older ones stop. WrongState if set up already."""
    if not queries.is_empty(session):
        raise WrongState("This branch is set up already. Ask an administrator for a sign-in link.")
    secret, told = _new_link(session, None)
    append(session, Event.LINK_ISSUED, actor=SYSTEM, via=via, columns=told)
    return secret


def redeem_setup(session: Session, secret: str) -> None:
    """Uses the set-up link up; what set-up makes in the same transaction writes the entries. NotFound."""
    link = _open_link(session, secret, lock=True)
    if link is None or link.person_id is not None or not queries.is_empty(session):
        raise NotFound(SPENT)
    link.used_at = clock.now()
    session.flush()


def setup_is_open(session: Session, secret: str) -> bool:
    """Whether the set-up link would be accepted; reads only, for showing the page."""
    link = _open_link(session, secret)
    return link is not None and link.person_id is None and queries.is_empty(session)


def link_is_open(session: Session, secret: str) -> bool:
    """Whether a sign-in link would be accepted; reads only, so that a mail scanner uses nothing up."""
    link = _open_link(session, secret)
    person = session.get(Person, link.person_id) if link is not None and link.person_id else None
    return person is not None and person.disabled_at is None


def use_up_links(session: Session, person_id: str | None) -> None:
    """Stops every open link of a person (None: of set-up), as part of a change that writes its own entry."""
    for link in session.exec(
        select(SignInLink).where(
            col(SignInLink.person_id).is_not_distinct_from(person_id), col(SignInLink.used_at).is_(None)
        )
    ):
        link.used_at = clock.now()


def _new_link(session: Session, person_id: str | None) -> tuple[str, dict[str, str | None]]:
    """The secret of a link, and what its entry says of its row."""
    use_up_links(session, person_id)
    secret = secrets.token_urlsafe(32)
    link = SignInLink(token_hash=digest(secret), person_id=person_id, expires_at=clock.now() + LINK_LASTS)
    session.add(link)
    session.flush()
    return secret, link_columns(link)


def _open_link(session: Session, secret: str, *, lock: bool = False) -> SignInLink | None:
    query = select(SignInLink).where(SignInLink.token_hash == digest(secret), col(SignInLink.used_at).is_(None))
    link = session.exec(query.with_for_update() if lock else query).first()
    return link if link is not None and clock.now() < link.expires_at else None
