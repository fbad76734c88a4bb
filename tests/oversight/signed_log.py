"""Branches with a signed log of several checkpoints, and what somebody does to it who owns the database."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from app import clock
from app.audit import log_tables
from app.audit.entries import leaf_hash
from app.audit.events import Event
from app.audit.log import SYSTEM, append
from app.audit.sources import Fault
from app.oversight.checking import check
from tests.audit.record import by_owner
from tests.branch import Branch
from tests.databases import KINDS
from tests.prepared import Prepared, prepared

ENTRIES, PLACE = 300, 150
"""More than one tile of entries; the one at PLACE says that somebody signed out."""


@pytest.fixture(scope="module", params=KINDS)
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """Branches with a signed log of several checkpoints."""
    yield from prepared(request, tmp_path_factory, signs)


def signs(branch: Branch) -> None:
    begun = clock.now()
    branch.at("acknowledged")
    for minute in range(4):
        with freeze_time(begun + timedelta(minutes=minute)):
            with branch.home.db.write() as session:
                for _ in range(ENTRIES // 4):
                    append(session, Event.SIGNED_OUT, actor=SYSTEM, via="page")
            branch.home.log.catch_up()
    with freeze_time(begun + timedelta(minutes=5)):
        branch.home.log.catch_up()
    assert faults(branch) == []


@pytest.fixture
def logged(source: Prepared, tmp_path: Path, keys_dir: Path) -> Iterator[Branch]:
    """A branch of the test's own with such a log."""
    with source.opened(tmp_path, keys_dir) as branch:
        yield branch


def faults(branch: Branch, *saved: tuple[str, str]) -> list[Fault]:
    with branch.home.db.read() as session:
        return check(branch.home, session, saved)


def said(branch: Branch, *saved: tuple[str, str]) -> str:
    return "\n".join(map(str, faults(branch, *saved)))


def attack(branch: Branch, statement: str, *values: object) -> None:
    by_owner(branch.home.db, statement, *values)


def at(branch: Branch, index: int) -> tuple[str, bytes]:
    """The id and the bytes of the entry at a place in the log."""
    with branch.home.db.read() as session:
        mark = "?" if branch.home.db.dialect == "sqlite" else "%s"
        query = f"SELECT entry_id FROM log_entry WHERE log_index = {mark}"
        entry_id = session.connection().exec_driver_sql(query, (index,)).scalar_one()
        return entry_id, log_tables.entries(session, index, index + 1)[0]


def edited(branch: Branch) -> tuple[str, bytes]:
    """Edits the entry at PLACE with every copy but the tree: its id and its new leaf."""
    entry_id, entry = at(branch, PLACE)
    entry = entry.replace(b'"role":"system"', b'"role":"public"')
    statement = "UPDATE audit_entry SET entry = ?, leaf = ?, actor_role = 'public' WHERE id = ?"
    attack(branch, statement, entry, leaf_hash(entry), entry_id)
    return entry_id, leaf_hash(entry)


def newest(branch: Branch) -> log_tables.SignedTree:
    with branch.home.db.read() as session:
        found = log_tables.newest_checkpoint(session)
    assert found is not None
    return found
