"""Databases that begin alike, one for each test that asks, on SQLite and on PostgreSQL.

How they begin (`build`: the real schema, perhaps with rows) is made once per worker. A test on SQLite gets a copy of
that file. A test on PostgreSQL gets a database that was emptied after the last test, or a new one whenever its
schema is no longer the template's.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url
from sqlmodel import SQLModel

from app.db import Database, new_id
from tests import postgres

KINDS = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgres),
]
EVERYWHERE = bool(os.environ.get("CASETRAIL_TEST_EVERYWHERE"))
"""Set by CI: tests of words, forms and files, in which a database has little part, run on both kinds, too."""
SPARING = KINDS if EVERYWHERE else KINDS[:1]
ROOT = Path(__file__).resolve().parent.parent
REUSE = 100  # rows that were deleted still take room: a new database after so many tests
_FINGERPRINT = """
SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
  SELECT concat_ws(' ', attrelid::regclass, attname, atttypid, attnotnull) AS line FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0
  UNION ALL SELECT concat_ws(' ', tgrelid::regclass, tgname, tgenabled, tgtype) FROM pg_trigger
    WHERE NOT tgisinternal
  UNION ALL SELECT concat_ws(' ', proname, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace) AS lines
"""
_BUSY = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND state IS DISTINCT FROM 'idle'"
"""Ends what a test left in the middle of something; whoever is idle holds no lock."""
_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
_SEQUENCES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'"
_TRIGGERS = "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
_STATES = {"A": "ENABLE ALWAYS", "O": "ENABLE", "R": "ENABLE REPLICA", "D": "DISABLE"}


def build_schema(url: str) -> None:
    """Makes all tables in an empty database: by the migrations, or from the models while there are none."""
    if any((ROOT / "migrations" / "versions").glob("*.py")):
        from app.migrate import upgrade

        upgrade(url)
        return
    import app.oversight.tables  # noqa: F401 (makes every table known)

    database = Database(url)
    SQLModel.metadata.create_all(database.engine)
    database.close()


@dataclass(frozen=True)
class Snapshot:
    """What a database held: a file, or rows that are not the template's and where sequences stood."""

    file: Path | None = None
    rows: Mapping[str, bytes] = field(default_factory=dict)
    sequences: Mapping[str, tuple[int, bool]] = field(default_factory=dict)


class Sqlite:
    """Copies of one file."""

    reuses = False

    def __init__(self, build: Callable[[str], None] = build_schema) -> None:
        self._folder = Path(os.environ[postgres.RUN_VARIABLE]) / f"sqlite-{new_id()}"
        self._folder.mkdir()
        self._template = self._folder / "template.sqlite"
        build(f"sqlite:///{self._template}")

    def take(self) -> str:
        """The address of a fresh database, in a folder of its own."""
        folder = self._folder / new_id()
        folder.mkdir()
        return f"sqlite:///{shutil.copy(self._template, folder / 'casetrail.sqlite')}"

    def snapshot(self, url: str) -> Snapshot:
        """All that is in a database now."""
        kept = self._folder / f"{new_id()}.snapshot"
        _copied(make_url(url).database, kept)
        return Snapshot(file=kept)

    def bring_back(self, url: str, snapshot: Snapshot) -> None:
        """Fills a database with what is in a snapshot, whoever has it open."""
        _copied(snapshot.file, make_url(url).database)

    def close(self) -> None:
        """Nothing is held open."""

    def give_back(self, url: str) -> bool:
        """Removes the database; False, as it is not kept."""
        path = make_url(url).database
        if path:
            shutil.rmtree(Path(path).parent)
        return False


class Postgresql:
    """Databases on the shared server, all named `casetrail_test_...`; no other database is ever touched."""

    reuses = True

    def __init__(self, build: Callable[[str], None] = build_schema) -> None:
        self._server = make_url(postgres.server_url())
        self._prefix = f"casetrail_test_{new_id()[:12]}"
        self._admin = psycopg.connect(self._address(self._server.database or "postgres"), autocommit=True)
        self._made = 0
        self._idle: list[str] = []
        self._uses: dict[str, int] = {}
        self._hands: dict[str, psycopg.Connection] = {}  # one stays at each database: a new one begins cold
        self._template = f"{self._prefix}_template"
        self._admin_runs(
            "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
            self._template,
        )
        build(self._url(self._template))
        with psycopg.connect(self._address(self._template), autocommit=True) as template:
            self._fingerprint = _one(template, _FINGERPRINT)
            self._rows = {name: _rows(template, name) for name in _filled(template)}

    def take(self) -> str:
        """The address of a fresh database."""
        name = self._idle.pop() if self._idle else self._create()
        self._uses[name] = self._uses.get(name, 0) + 1
        return self._url(name)

    def give_back(self, url: str) -> bool:
        """Empties the database for the next test, or drops it where that is not safe; whether it was kept."""
        name = str(make_url(url).database)
        kept = self._uses[name] < REUSE and self._emptied(name)
        if kept:
            self._idle.append(name)
        else:
            self._drop(name)
        return kept

    def snapshot(self, url: str) -> Snapshot:
        """All that is in a database now."""
        with self._hand(str(make_url(url).database)).transaction() as block:
            connection = block.connection
            rows = {name: _rows(connection, name) for name in _filled(connection)}
            named = [name for (name,) in connection.execute(_SEQUENCES).fetchall()]
            stood = {name: connection.execute(_standing(name)).fetchone() for name in named}
        both = {name: (rows.get(name, b""), self._rows.get(name, b"")) for name in {*rows, *self._rows}}
        others = {name: kept for name, (kept, begun) in both.items() if kept != begun}
        return Snapshot(rows=others, sequences={name: row for name, row in stood.items() if row})

    def bring_back(self, url: str, snapshot: Snapshot) -> None:
        """Fills a database, which was taken just now, with what is in a snapshot."""
        with self._hand(str(make_url(url).database)).transaction() as block:
            block.connection.execute("SET LOCAL session_replication_role = replica")  # no order among foreign keys
            for table, rows in snapshot.rows.items():
                _refill(block.connection, table, rows)
            for name, stood in snapshot.sequences.items():
                block.connection.execute("SELECT setval(%s::regclass, %s, %s)", [f'"{name}"', *stood])

    def close(self) -> None:
        """Drops everything that was made here."""
        for name in [*self._uses, self._template]:
            self._drop(name)
        self._admin.close()

    def _create(self) -> str:
        self._made += 1
        name = f"{self._prefix}_{self._made}"
        self._admin_runs(f"CREATE DATABASE {{}} TEMPLATE {self._template}", name)
        return name

    def _drop(self, name: str) -> None:
        if not name.startswith("casetrail_test_"):
            raise ValueError(name)
        if name in self._hands:
            self._hands.pop(name).close()
        self._admin_runs("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _emptied(self, name: str) -> bool:
        self._admin.execute(_BUSY, [name])
        try:
            with self._hand(name).transaction():
                connection = self._hands[name]
                if _one(connection, _FINGERPRINT) != self._fingerprint:
                    return False
                connection.execute("SET LOCAL lock_timeout = '2s'")
                connection.execute("SET LOCAL session_replication_role = replica")  # no order among foreign keys
                for table in sorted(
                    {*_filled(connection), *self._rows}
                ):  # a test may have emptied what began with rows
                    _refill(connection, table, self._rows.get(table))
                for (sequence,) in connection.execute(_SEQUENCES).fetchall():
                    connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(sequence)))
        except psycopg.Error:
            return False  # not our server, or a test broke it: a new database is always right
        return True

    def _hand(self, name: str) -> psycopg.Connection:
        if name not in self._hands:
            self._hands[name] = psycopg.connect(self._address(name), autocommit=True)
        return self._hands[name]

    def _admin_runs(self, statement: str, name: str) -> None:
        self._admin.execute(sql.SQL(statement).format(sql.Identifier(name)))

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _address(self, name: str) -> str:
        return self._server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


def _copied(source: str | Path | None, target: str | Path | None) -> None:
    with closing(sqlite3.connect(str(source))) as one, closing(sqlite3.connect(str(target))) as other:
        one.backup(other)


def _standing(sequence: str) -> sql.Composed:
    return sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(sequence))


def _one(connection: psycopg.Connection, statement: str) -> object:
    row = connection.execute(sql.SQL(statement)).fetchone()
    return row[0] if row else None


def _filled(connection: psycopg.Connection) -> list[str]:
    names = [name for (name,) in connection.execute(_TABLES).fetchall()]
    if not names:
        return []
    parts = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(name), sql.Identifier(name))
        for name in names
    ]
    return [name for (name,) in connection.execute(sql.SQL(" UNION ALL ").join(parts)).fetchall()]


def _rows(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        return b"".join(bytes(part) for part in copy)


def _refill(connection: psycopg.Connection, table: str, rows: bytes | None) -> None:
    """Gives a table the template's rows again, past its append-only triggers, which then stand as before."""
    if rows is not None and _rows(connection, table) == rows:
        return
    name = sql.Identifier(table)
    triggers = connection.execute(_TRIGGERS, [f'"{table}"']).fetchall()
    if triggers:
        connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
    connection.execute(sql.SQL("DELETE FROM {}").format(name))
    if rows:
        with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(name)) as copy:
            copy.write(rows)
    for trigger, state in triggers:
        change = sql.SQL(f"ALTER TABLE {{}} {_STATES[state]} TRIGGER {{}}")
        connection.execute(change.format(name, sql.Identifier(trigger)))
