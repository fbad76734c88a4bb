"""What entries say of rows by which somebody comes in, and what the check compares: ids, days, digests."""

from app.people.models import ApiToken, Office, Person, SignInLink, SignInSession
from app.people.queries import digest

ENDS_ON = "ends_on"
SESSION, LINK = "session", "link"
HASH = "password_hash"


def office_columns(office: Office) -> dict[str, str | None]:
    """Whose office it is, which, and from when until when."""
    return {
        "person_id": office.person_id,
        "role": office.role,
        "starts_on": office.starts_on.isoformat(),
        ENDS_ON: office.ends_on.isoformat() if office.ends_on else None,
        "case_id": office.case_id,
    }


def token_columns(token: ApiToken) -> dict[str, str | None]:
    """Whom it acts for, and which secret it takes: a digest of the digest, since entries are read by auditors."""
    return {"person_id": token.person_id, "token_hash": digest(token.token_hash)}


def account_columns(person: Person) -> dict[str, str | None]:
    """By which address it is found and whose it is, as sealed: digests of what says nothing without the keys."""
    return {"email_lookup": digest(person.email_lookup), "profile": digest(person.profile.hex())}


def password_columns(person: Person) -> dict[str, str | None]:
    """By which password somebody comes in: a digest of its slow, salted hash, with which nobody can try passwords."""
    return {HASH: digest(person.password_hash) if person.password_hash else None}


def session_columns(row: SignInSession) -> dict[str, str | None]:
    """Which session was opened, for whom and until when."""
    return {SESSION: row.id, **_bearer_columns(row)}


def link_columns(row: SignInLink) -> dict[str, str | None]:
    """Which link was made, for whom (nobody: to set up) and until when."""
    return {LINK: row.id, **_bearer_columns(row)}


def _bearer_columns(row: SignInSession | SignInLink) -> dict[str, str | None]:
    return {
        "person_id": row.person_id,
        "token_hash": digest(row.token_hash),
        "expires_at": row.expires_at.isoformat(),
    }
