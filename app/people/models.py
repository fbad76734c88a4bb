"""What is stored about people: names and contacts only sealed, secrets only as digests."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from app.clock import now
from app.db import ID_LENGTH, new_id

DIGEST_LENGTH = 64  # SHA-256 or HMAC-SHA-256 in hexadecimal


class Person(SQLModel, table=True):
    """An account. `profile` is sealed under the system key: name, email, phone, address, handles."""

    __tablename__ = "person"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    email_lookup: str = Field(max_length=DIGEST_LENGTH, unique=True)
    profile: bytes
    password_hash: str | None = Field(default=None, max_length=300)
    disabled_at: datetime | None = None
    last_sign_in_at: datetime | None = None
    created_at: datetime = Field(default_factory=now)


class Office(SQLModel, table=True):
    """A role held from `starts_on` up to, not including, `ends_on`; with `case_id` for that case only."""

    __tablename__ = "office"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=ID_LENGTH)
    role: str = Field(max_length=20, index=True)
    starts_on: date
    ends_on: date | None = None
    case_id: str | None = Field(default=None, index=True, max_length=ID_LENGTH)
    created_at: datetime = Field(default_factory=now)


class SignInSession(SQLModel, table=True):
    """One signed-in browser. The token itself is only in its cookie."""

    __tablename__ = "sign_in_session"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    token_hash: str = Field(max_length=DIGEST_LENGTH, unique=True)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=ID_LENGTH)
    by_link: bool = False
    created_at: datetime = Field(default_factory=now)
    last_seen_at: datetime = Field(default_factory=now)
    expires_at: datetime


class ApiToken(SQLModel, table=True):
    """A bearer token of the API; the secret is shown once and kept as a digest, the label is sealed."""

    __tablename__ = "api_token"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    token_hash: str = Field(max_length=DIGEST_LENGTH, unique=True)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=ID_LENGTH)
    label: bytes
    created_at: datetime = Field(default_factory=now)
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class SignInLink(SQLModel, table=True):
    """A one-time link: for a person to sign in, or, without a person, to set up a new database."""

    __tablename__ = "sign_in_link"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    token_hash: str = Field(max_length=DIGEST_LENGTH, unique=True)
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True, max_length=ID_LENGTH)
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime
    used_at: datetime | None = None


class Throttle(SQLModel, table=True):
    """How often something was tried in a window of time; the key says nothing without that day's salt."""

    __tablename__ = "throttle"

    key: str = Field(primary_key=True, max_length=DIGEST_LENGTH)
    tries: int = 0
    window_starts_at: datetime


class ThrottleSalt(SQLModel, table=True):
    """The salt of one day (ISO date); older ones are deleted: nobody can try out yesterday's keys."""

    __tablename__ = "throttle_salt"

    day: str = Field(primary_key=True, max_length=10)
    salt: bytes
