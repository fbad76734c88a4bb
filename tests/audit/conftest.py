"""The record of these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.audit.events import Event
from app.audit.log import append
from app.audit.sequence import Log
from app.db import Database, new_id
from app.vault.keys import KeyFolder
from app.vault.vault import Vault
from tests.audit.logs import opened
from tests.audit.record import PERSON, Record


@pytest.fixture
def record(db: Database, keys_dir: Path) -> Record:
    """A record with one case of six entries, another of one, and an entry about the system."""
    made = Record(db, Vault(KeyFolder(keys_dir, create=True)))
    with db.write() as session:
        made.vault.prepare(session)
        append(session, Event.SIGNED_IN, actor=PERSON, via="page", subject=("person", "a" * 32))
        made.vault.seal(session, "system", "letter", new_id(), "text", "outside a case")
    first = made.open_case()
    made.open_case()
    made.step(first, "acknowledge", "acknowledged")
    made.add_record(first)
    made.view(first)
    made.step(first, "begin_review", "under_review")
    made.view(first)
    return made


@pytest.fixture
def log(db: Database, keys_dir: Path) -> Iterator[Log]:
    """A log without entries."""
    yield opened(db, keys_dir)
    db.closing = None
