"""Computers that a branch moves between: each with a database, folders and the command line."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time
from typer.testing import CliRunner, Result

from app import clock
from app.audit import log_tables
from app.cli import cli
from app.db import Database
from tests.branch import AUDITOR, SECRETARY, Branch, installation
from tests.databases import KINDS
from tests.installations import read_workflows_once

TWO = ("--officer", SECRETARY, "--officer", AUDITOR)


@dataclass
class Computer:
    """A computer: its database, its folders, its commands."""

    url: str
    folder: Path
    keys: Path
    patch: pytest.MonkeyPatch

    def run(self, *words: str, code: int = 0) -> str:
        """`casetrail ...` there; what it printed."""
        given = {"DATABASE_URL": self.url, "DATA_DIR": str(self.folder / "data"), "KEYS_DIR": str(self.keys)}
        for name, value in given.items():
            self.patch.setenv(f"CASETRAIL_{name}", value)
        result: Result = CliRunner().invoke(cli, words)
        assert result.exit_code == code, (words, result.stdout, result.stderr, result.exception)
        return result.stdout + result.stderr

    def opened(self) -> Branch:
        """The branch as it is there."""
        return Branch(installation(Database(self.url), self.folder, self.keys))


def computer_of(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> Computer:
    """The computer of a branch; its commands do not read the procedures once more each time."""
    read_workflows_once(monkeypatch)
    settings = branch.home.settings
    return Computer(settings.database_url, settings.data_dir.parent, settings.keys_dir, monkeypatch)


@pytest.fixture
def here(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> Computer:
    """The computer of `branch`."""
    return computer_of(branch, monkeypatch)


@pytest.fixture(params=KINDS)
def there(
    request: pytest.FixtureRequest, here: Computer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Computer]:
    """Another computer with a database of either kind and the copy of the keys that an officer kept."""
    source = request.getfixturevalue(f"{request.param}_databases")
    url = source.take()
    folder = tmp_path / "elsewhere"
    shutil.copytree(here.keys, folder / "keys")
    yield Computer(url, folder, folder / "keys", monkeypatch)
    source.give_back(url)


class Killed(Exception):
    """As if the computer was switched off there."""


def killed(*_: object, **__: object) -> None:
    raise Killed


def newest(branch: Branch) -> str:
    branch.home.log.catch_up()
    with branch.home.db.read() as session:
        signed = log_tables.newest_checkpoint(session)
    assert signed is not None
    return signed.note


def later(branch: Branch, minutes: int) -> None:
    with freeze_time(clock.now() + timedelta(minutes=minutes)):
        branch.report()
        branch.home.log.catch_up()
