"""A small branch for tests of people: a vault, a quick hash, and accounts made through the actions."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from app.audit.log import SYSTEM
from app.audit.models import AuditEntry
from app.db import Database
from app.people import actions, queries, sessions
from app.people.queries import Viewer
from app.vault.keys import KeyFolder
from app.vault.vault import Vault

PASSWORD = "gravel teapot ninety orbit"
AddPerson = Callable[..., str]
Events = Callable[[], list[str]]
Enter = Callable[..., str | None]
See = Callable[[str | None], Viewer | None]
HERE, THERE = "198.51.100.1", "198.51.100.2"


@pytest.fixture
def vault(db: Database, keys_dir: Path) -> Vault:
    opened = Vault(KeyFolder(keys_dir, create=True))
    with db.write() as session:
        opened.prepare(session)
    return opened


@pytest.fixture
def add_person(db: Database, vault: Vault) -> AddPerson:
    """Adds `NAME@example.org` with these offices and, unless told otherwise, PASSWORD; the id."""

    def add(name: str, *roles: str, password: str | None = PASSWORD) -> str:
        with db.write() as session:
            person = actions.add_person(
                session, vault, name=name.title(), email=f"{name}@example.org", actor=SYSTEM, via="cli"
            )
            for role in roles:
                actions.give_office(session, person.id, role, actor=SYSTEM, via="cli")
            if password:
                actions.set_password(session, vault, person.id, password, actor=SYSTEM, via="cli")
            return person.id

    return add


@pytest.fixture
def events(db: Database) -> Events:
    """The events written since the last call, oldest first."""
    seen: set[str] = set()

    def new_events() -> list[str]:
        with db.read() as session:
            rows = _entries(session)
        fresh = [row.event for row in rows if row.id not in seen]
        seen.update(row.id for row in rows)
        return fresh

    return new_events


def _entries(session: Session) -> list[AuditEntry]:
    return list(session.exec(select(AuditEntry).order_by(col(AuditEntry.recorded_at), col(AuditEntry.id))))


@pytest.fixture
def enter(db: Database, vault: Vault) -> Enter:
    """Tries to sign Ann in, by default rightly and from HERE; the token or None."""

    def sign_in(
        password: str = PASSWORD, address: str = HERE, email: str = "ann@example.org", **more: str
    ) -> str | None:
        with db.write() as session:
            return sessions.sign_in(session, vault, email, password, address, **more)

    return sign_in


@pytest.fixture
def viewer(db: Database, vault: Vault) -> See:
    """Who a session token belongs to, noted as seen where that is due, as every request does."""

    def see(token: str | None) -> Viewer | None:
        assert token is not None
        with db.write() as session:
            found = queries.by_session_token(session, vault, token)
            if found is not None and found.needs_touch:
                sessions.touch(session, found)
            return found

    return see
