"""Branches on which something happened already: it is done once per module and kind of database, then copied."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from app.db import Database
from tests.branch import Branch, Staffed, installation
from tests.databases import Postgresql, Sqlite


class Prepared(Staffed):
    """Staffed branches on which `prepare` was done; `begun` is what it answered with."""

    def __init__(self, kind: type[Sqlite | Postgresql], folder: Path, prepare: Callable[[Branch], object]) -> None:
        self._prepare = prepare
        self._codes: dict[str, str] = {}
        super().__init__(kind, folder)

    def _build(self, url: str) -> None:
        super()._build(url)
        with closing(Database(url)) as db:
            branch = Branch(installation(db, self._folder, self._keys), self._ids)
            self.begun = self._prepare(branch)
            self._codes = branch.codes
        written_out(url)

    @contextmanager
    def opened(self, folder: Path, keys: Path) -> Iterator[Branch]:
        """A branch of its own, with the codes of the cases that are there already."""
        with super().opened(folder, keys) as branch:
            branch.codes |= self._codes
            yield branch


def written_out(url: str) -> None:
    """What SQLite still keeps beside the file, because a command that failed left it open, goes into the file."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(address.database))) as file:
            assert file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0


def prepared(
    request: pytest.FixtureRequest, folders: pytest.TempPathFactory, prepare: Callable[[Branch], object]
) -> Iterator[Prepared]:
    """The source for a fixture of a module, with KINDS as its parameters."""
    kind = Sqlite if request.param == "sqlite" else Postgresql
    source = Prepared(kind, folders.mktemp("prepared"), prepare)
    yield source
    source.close()
