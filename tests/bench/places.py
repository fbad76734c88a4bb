"""Where a bench works: a folder on the disk, and databases that keep what they were told."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.audit.sequence import Log, open_log
from app.db import Database
from tests import postgres
from tests.databases import Postgresql, Sqlite

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on"}
Kind = type[Sqlite | Postgresql]
ORIGIN = "bench.example.org/log"


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder of its own, removed at the end with the servers that were started in it."""
    postgres.OPTIONS.update(DURABLE)
    postgres.reap()
    run = postgres.Run(Path(tempfile.gettempdir()))
    try:
        yield run.folder
    finally:
        run.close()


@contextmanager
def empty_log(kind: Kind, folder: Path) -> Iterator[Log]:
    """A log on a fresh database."""
    source = kind()
    db = Database(source.take())
    with db.read() as session:
        log = open_log(session, db, folder, ORIGIN, ORIGIN)
    yield log
    db.close()
    source.close()
