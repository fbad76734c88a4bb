"""Brings a database to the newest schema, in one transaction; a copy of an SQLite database is kept first."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect, make_url, text

from app import clock, rights
from app.errors import SettingsError
from app.settings import Settings

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
COPIES = 5
_LOCK = 0x6361736574726169  # "casetrai": one migration at a time on a PostgreSQL server


def migrate(settings: Settings) -> Path | None:
    """Migrates the database of these settings; answers the copy kept first, if any. SettingsError.

    Where another login owns the tables, the application's own gets its rights, and those on new tables.
    """
    copy = upgrade(settings.migrate_database_url or settings.database_url)
    if settings.migrate_database_url is not None:
        _give_rights(settings.migrate_database_url, settings.database_url)
    return copy


def _give_rights(owner_url: str, own_url: str) -> None:
    owner, login = make_url(owner_url).username, make_url(own_url).username
    if own_url.startswith("sqlite") or login is None or login == owner:
        return
    engine = migration_engine(owner_url)
    try:
        with engine.begin() as connection:
            rights.grant(connection, login)
    finally:
        engine.dispose()


def upgrade(url: str, *, scripts: Path = MIGRATIONS) -> Path | None:
    """Migrates the database at that address; answers the copy kept first, if any (SQLite only).

    SettingsError where the database is not ours, was written by a newer version, or cannot be opened.
    """
    engine = migration_engine(url)
    try:
        with engine.begin() as connection:
            return _upgrade(connection, scripts)
    finally:
        engine.dispose()


def build(connection: Connection, revision: str, *, scripts: Path = MIGRATIONS) -> None:
    """Makes the tables of a revision in a database without any, in the caller's transaction. SettingsError."""
    config = _config(scripts)
    _refuse_newer(config, revision)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def is_at_head(engine: Engine, *, scripts: Path = MIGRATIONS) -> bool:
    """Whether the schema is the one this version of the program needs."""
    with engine.connect() as connection:
        return _revision(connection) == head(scripts)


def head(scripts: Path = MIGRATIONS) -> str | None:
    """The newest revision there is a migration for."""
    return ScriptDirectory.from_config(_config(scripts)).get_current_head()


def migration_engine(url: str) -> Engine:
    """An engine for schema changes: on SQLite one real transaction, and no foreign keys while tables are rebuilt."""
    if not url.startswith("sqlite"):
        return create_engine(url, poolclass=NullPool)
    _make_private(Path(str(make_url(url).database)))
    engine = create_engine(url, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF", "busy_timeout=60000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _upgrade(connection: Connection, scripts: Path) -> Path | None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    config = _config(scripts)
    present, newest = _revision(connection), ScriptDirectory.from_config(config).get_current_head()
    if present == newest and newest is not None:
        return None
    tables = inspect(connection).get_table_names()
    if present is None and set(tables) - {"alembic_version"}:
        raise SettingsError("CASETRAIL_DATABASE_URL names a database that holds tables of another program")
    _refuse_newer(config, present)
    copy = keep_copy(connection, present) if connection.dialect.name == "sqlite" and present else None
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise SettingsError("The migration was undone: rows would point to rows that do not exist")
    return copy


def _refuse_newer(config: Config, present: str | None) -> None:
    if present is None:
        return
    try:
        ScriptDirectory.from_config(config).get_revision(present)
    except CommandError:
        raise SettingsError(
            f"The database has schema {present}, which this Casetrail does not know: install a newer version"
        ) from None


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(scripts: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _make_private(path: Path) -> None:
    """Makes folder and empty file readable to this account only, before anything is written to them."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise SettingsError(f"The database {path} cannot be opened: {error.strerror}") from None


def reason_of(fault: BaseException | None) -> str:
    """Why a database did not do something, as it names that itself (`SQLITE_FULL`): no word of what is in it."""
    return getattr(fault, "sqlite_errorname", None) or type(fault).__name__


def keep_copy(connection: Connection, revision: str) -> Path:
    """A consistent copy beside an SQLite database, named with time (UTC) and revision; the newest five are kept."""
    source = Path(str(connection.engine.url.database))
    stamp = clock.now().astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    target = source.with_name(f"{source.stem}-before-migration-{stamp}-{revision}{source.suffix}")
    unfinished = target.with_name(f"{target.name}.unfinished")
    for left in source.parent.glob(f"{source.stem}-before-migration-*.unfinished*"):  # by a process that was killed
        left.unlink()
    os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        with closing(sqlite3.connect(source)) as reader, closing(sqlite3.connect(unfinished)) as writer:
            reader.backup(writer)
            writer.execute("PRAGMA journal_mode=DELETE")  # one file, no companions
    except sqlite3.Error as fault:
        unfinished.unlink()
        raise SettingsError(f"No copy of {source} could be kept ({reason_of(fault)}). Nothing was changed") from None
    unfinished.replace(target)
    kept = sorted(source.parent.glob(f"{source.stem}-before-migration-*Z-*{source.suffix}"))
    for old in kept[:-COPIES]:
        old.unlink()
    return target
