"""Branches on which a loss was declared twice: two logs that ended, and one that goes on."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from app import clock
from app.audit import log_tables
from app.audit.events import Event
from app.audit.log import SYSTEM, append
from app.oversight import loss
from app.people import queries as people
from tests.branch import AUDITOR, SECRETARY, Branch
from tests.databases import KINDS
from tests.oversight.signed_log import attack, faults
from tests.prepared import Prepared, prepared

LOST = 4
"""How many entries each loss takes from the end of a log."""


@pytest.fixture(scope="module", params=KINDS)
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """Branches with two logs that ended."""
    yield from prepared(request, tmp_path_factory, twice_lost)


@pytest.fixture
def ended(source: Prepared, tmp_path: Path, keys_dir: Path) -> Iterator[Branch]:
    """A branch of the test's own with such logs."""
    with source.opened(tmp_path, keys_dir) as branch:
        yield branch


def twice_lost(branch: Branch) -> None:
    begun = clock.now() - timedelta(hours=1)
    with freeze_time(begun):
        branch.at("acknowledged")
    for minutes in (10, 20):
        with freeze_time(begun + timedelta(minutes=minutes)):
            goes_on(branch)
            lose(branch)
            declared(branch)
    with freeze_time(begun + timedelta(minutes=30)):
        goes_on(branch)
    assert faults(branch) == []


def goes_on(branch: Branch) -> None:
    """A case begins, a few entries without a case follow, and they are signed in two steps."""
    branch.report()
    signed(branch)
    with freeze_time(clock.now() + timedelta(minutes=1)):
        with branch.home.db.write() as session:
            for _ in range(LOST):
                append(session, Event.SIGNED_OUT, actor=SYSTEM, via="page")
        signed(branch)


def signed(branch: Branch) -> None:
    branch.home.log.restart()


def lose(branch: Branch) -> None:
    """The database as it was some entries ago: the key folder knows better."""
    with branch.home.db.read() as session:
        size = log_tables.size_of(session) - LOST
    attack(branch, "DELETE FROM checkpoint WHERE size > ?", size)
    attack(branch, "DELETE FROM log_hash WHERE level = 0 AND idx >= ?", size)
    attack(branch, "CREATE TABLE lost AS SELECT entry_id FROM log_entry WHERE log_index >= ?", size)
    attack(branch, "DELETE FROM log_entry WHERE log_index >= ?", size)
    attack(branch, "DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM lost)")
    attack(branch, "DROP TABLE lost")


def declared(branch: Branch, *emails: str) -> loss.Loss:
    viewers = []
    with branch.home.db.read() as session:
        for email in emails or (SECRETARY, AUDITOR):
            viewer = people.by_email(session, branch.home.vault, email, clock.today())
            assert viewer is not None
            viewers.append(viewer)
    return loss.declare(branch.home, viewers, [], None, via="cli")
