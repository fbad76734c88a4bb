"""Bearer tokens of the API: shown once, kept as a digest, revocable."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app import clock
from app.audit.events import Event
from app.audit.log import Actor, append
from app.db import new_id
from app.errors import FieldError, Forbidden, Invalid, NotFound
from app.people.models import ApiToken, Person
from app.people.queries import digest
from app.people.told import token_columns
from app.vault.vault import Vault

PREFIX = "ct_"
LABEL_LENGTH = 100


@dataclass(frozen=True)
class TokenRow:
    """An API token as it is listed; the secret is not kept anywhere."""

    id: str
    label: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def issue_token(session: Session, vault: Vault, person_id: str, label: str, *, actor: Actor, via: str) -> str:
    """Makes a token for a person and returns it, the only time it is seen: `ct_` and 43 characters.

    Only for oneself, or from the command line: a token acts as its person. Else Forbidden; NotFound; Invalid.
    """
    if actor.id is not None and actor.id != person_id:
        raise Forbidden("A token acts as its person, so everyone makes their own.")
    person = session.get(Person, person_id)
    if person is None or person.disabled_at is not None:
        raise NotFound("There is no such person, or the account is disabled.")
    name = " ".join(label.split())
    if not 1 <= len(name) <= LABEL_LENGTH or not name.isprintable():
        raise Invalid([FieldError("label", f"Say in 1 to {LABEL_LENGTH} characters what the token is for.")])
    secret = PREFIX + secrets.token_urlsafe(32)
    token_id = new_id()
    sealed = vault.seal_bytes(session, _bound_to(token_id), name)
    token = ApiToken(id=token_id, token_hash=digest(secret), person_id=person_id, label=sealed)
    session.add(token)
    session.flush()
    append(session, Event.TOKEN_ISSUED, actor=actor, via=via, subject=("token", token_id), columns=token_columns(token))
    return secret


def revoke_token(session: Session, token_id: str, *, actor: Actor, via: str, person_id: str | None = None) -> None:
    """Stops a token for good; again does nothing. NotFound where there is none, or none of `person_id`."""
    token = session.get(ApiToken, token_id, with_for_update=True)
    if token is None or (person_id is not None and token.person_id != person_id):
        raise NotFound("There is no such token.")
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        append(session, Event.TOKEN_REVOKED, actor=actor, via=via, subject=("token", token.id))


def revoke_all(session: Session, person_id: str) -> None:
    """Stops every token of a person, as part of a change that writes its own entry."""
    open_ones = select(ApiToken).where(ApiToken.person_id == person_id, col(ApiToken.revoked_at).is_(None))
    for token in session.exec(open_ones):
        token.revoked_at = clock.now()


def revoke_every(session: Session) -> int:
    """Stops every token there is, as part of a change that writes its own entry; how many."""
    found = session.exec(select(ApiToken).where(col(ApiToken.revoked_at).is_(None))).all()
    for token in found:
        token.revoked_at = clock.now()
    return len(found)


def tokens(session: Session, vault: Vault, person_id: str) -> list[TokenRow]:
    """The tokens of a person, newest first, revoked ones too."""
    rows = select(ApiToken).where(ApiToken.person_id == person_id).order_by(col(ApiToken.created_at).desc())
    return [
        TokenRow(
            id=row.id,
            label=vault.open_bytes(session, _bound_to(row.id), row.label),
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            revoked_at=row.revoked_at,
        )
        for row in session.exec(rows)
    ]


def _bound_to(token_id: str) -> str:
    return f"api_token/{token_id}/label"
