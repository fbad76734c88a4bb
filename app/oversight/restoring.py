"""Puts a backup back: on another computer, on either kind of database, whole or not at all."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection, column, insert, inspect, select, table, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlmodel import Session, col, func
from sqlmodel import select as choose

from app import clock, migrate
from app.audit.checkpoints import read_note
from app.audit.events import Event
from app.audit.log import SYSTEM, append
from app.audit.log_state import Refusal
from app.audit.notes import NoteWrong
from app.cases import feeds
from app.errors import SettingsError, WrongState
from app.evidence.store import Store, store_of
from app.installation import BEGUN, DONE, RESTORE, Installation, Setting
from app.outbox.models import SENDING, WAITING, Mail
from app.oversight import checking, comparing
from app.oversight.archive import DAMAGED, TYPES, Archive, NoBackup, TableFacts
from app.oversight.backup import not_in
from app.people import tokens
from app.rights import VERSIONS
from app.settings import Settings
from app.vault.keys import KeyFolder
from app.vault.vault import Vault

BATCH = 500
WAITING_HERE = ".restore-"
ONCE_FORGOTTEN = frozenset(
    {"checkpoint_day", "checkpoint_stamp", "opening_seen", "remark", "unmasking", "yearly_declaration"}
)
"""Not in backups that earlier releases made: the check names what entries tell of and is not there."""
SETTING = table("setting", column("name"), column("value"), column("changed_at", TYPES["time"]))
"""As it is in every schema."""
_BEGUN = select(SETTING.c.name).where(SETTING.c.name == RESTORE, SETTING.c.value == BEGUN)


@dataclass(frozen=True)
class Restored:
    """What there is after a restore: what is wrong with it, how many mails wait to go out."""

    faults: Sequence[str]
    mails_waiting: int
    tokens: int
    """How many tokens of programs were withdrawn: one withdrawn after the backup would work again."""
    calendars: int
    """The same of addresses of calendars."""
    refused: Refusal | None
    """Why the log cannot be signed on, as it was before the restore itself was written into it."""


def put_back(settings: Settings, archive: Archive, *, replace: bool) -> Path | None:
    """Fills database and store; answers with the copy kept of an SQLite database that was replaced.

    SettingsError: the key folder is missing or not the one of this backup. WrongState: the target holds something.
    """
    keys = KeyFolder(settings.keys_dir)
    keys.read_key()
    engine = migrate.migration_engine(settings.migrate_database_url or settings.database_url)
    copy = None
    try:
        with _as_damage(), engine.begin() as connection:
            copy = _make_room(connection, replace=replace)
            migrate.build(connection, archive.manifest.revision)
            _refuse_unless_all(connection, archive)
            for facts in archive.manifest.tables:
                _fill(connection, archive, facts)
            if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise NoBackup(f"{DAMAGED}: rows point to rows that do not exist.")
            with Session(connection) as session:
                Vault(keys).prepare(session)
            _store_files(store_of(settings), archive, settings.data_dir)
            _note_begun(connection)
    except BaseException:
        if copy is not None:  # all is as it was: a copy more of it would only push out older ones
            copy.unlink(missing_ok=True)
        raise
    finally:
        engine.dispose()
    migrate.migrate(settings)
    return copy


@contextmanager
def _as_damage() -> Iterator[None]:
    """What the database or the file does not take is the backup's fault; what somebody wrote is in no message."""
    try:
        yield
    except (SQLAlchemyError, CommandError, ValueError) as fault:
        if isinstance(fault, OperationalError):
            raise SettingsError(
                f"The database did not do what was asked ({migrate.reason_of(fault.orig)}). Nothing was put back"
            ) from None
        raise NoBackup(f"{DAMAGED}, or not of this program ({type(fault).__name__}).") from None


def after_restore(home: Installation, archive: Archive, saved: Sequence[tuple[str, str]], *, via: str) -> Restored:
    """Writes `backup_restored`, then checks everything against the backup's checkpoint and those that were `saved`."""
    notes = [("the backup's own checkpoint", archive.checkpoint)] if archive.checkpoint is not None else []
    for _, note in (*notes, *saved):
        with suppress(NoteWrong, OSError, SettingsError):  # told below, where it is compared and all is checked
            home.log.folder.keep(note)  # so that the log is not signed on past it
    refused = home.log.refusal()
    with home.db.write() as session:
        ended = {"tokens": tokens.revoke_every(session), "calendars": feeds.revoke_every(session)}
        _tell(home, session, archive.checkpoint, ended, via)
        session.merge(Setting(name=RESTORE, value=DONE, changed_at=clock.now()))
    faults = [str(fault) for fault in checking.record_check(home, actor=SYSTEM, via=via)]
    with home.db.read() as session:
        for name, note in [*notes, *saved]:
            found = comparing.with_note(home, session, note)
            faults += [] if found.same else [f"{name}: {found.words}"]
        mails = choose(func.count()).where(col(Mail.state).in_((WAITING, SENDING)))
        waiting = session.exec(mails).one()
    faults += [f"A file was missing when the backup was made: {name}" for name in archive.manifest.missing]
    return Restored(faults, waiting, ended["tokens"], ended["calendars"], refused)


def _tell(home: Installation, session: Session, note: str | None, ended: Mapping[str, int], via: str) -> None:
    try:
        known = read_note(note, home.log.folder.verifiers()).checkpoint if note is not None else None
    except NoteWrong:
        known = None
    subject = ("checkpoint", known.root.hex()) if known is not None else None
    sizes = {**ended, **({"backup": known.size} if known is not None else {})}
    append(session, Event.BACKUP_RESTORED, actor=SYSTEM, via=via, subject=subject, sizes=sizes)


def _make_room(connection: Connection, *, replace: bool) -> Path | None:
    """Takes away empty tables, and full ones where that was asked for; keeps a copy of those of SQLite."""
    tables = inspect(connection).get_table_names()
    if tables and VERSIONS not in tables:
        raise SettingsError("CASETRAIL_DATABASE_URL names a database that holds tables of another program")
    full = [name for name in tables if name != VERSIONS and _has_rows(connection, name)]
    half_done = SETTING.name in tables and connection.execute(_BEGUN).first() is not None
    if full and not (replace or half_done):
        raise WrongState(
            "There is a database already, and it is not empty. Name an empty one, or add --replace: what is in it goes."
        )
    copy = None
    if full and connection.dialect.name == "sqlite":
        copy = migrate.keep_copy(connection, MigrationContext.configure(connection).get_current_revision() or "")
    _drop(connection, tables)
    return copy


def _note_begun(connection: Connection) -> None:
    """In the same transaction: whoever opens this database before the restore is at its end is told so."""
    connection.execute(SETTING.delete().where(SETTING.c.name == RESTORE))
    connection.execute(SETTING.insert().values(name=RESTORE, value=BEGUN, changed_at=clock.now()))


def _refuse_unless_all(connection: Connection, archive: Archive) -> None:
    """A table that is not in the backup would be an empty one."""
    if missing := not_in(connection, {*ONCE_FORGOTTEN, *(facts.name for facts in archive.manifest.tables)}):
        raise NoBackup(f"{DAMAGED}: table {missing[0]} is not in it.")


def _drop(connection: Connection, tables: Sequence[str]) -> None:
    quoted = [connection.dialect.identifier_preparer.quote(name) for name in tables]
    if connection.dialect.name == "postgresql" and quoted:
        connection.execute(text(f"DROP TABLE {', '.join(quoted)} CASCADE"))
        return
    for name in quoted:
        connection.execute(text(f"DROP TABLE {name}"))


def _has_rows(connection: Connection, name: str) -> bool:
    return connection.execute(select(text("1")).select_from(table(name)).limit(1)).first() is not None


def _fill(connection: Connection, archive: Archive, facts: TableFacts) -> None:
    target = insert(table(facts.name, *[column(name, TYPES[kind]) for name, kind in facts.columns]))
    rows = archive.rows(facts)
    while batch := list(islice(rows, BATCH)):
        connection.execute(target, batch)


def _store_files(store: Store, archive: Archive, data_dir: Path) -> None:
    """Files first wait in the data folder, so that one gets its name only once it is whole."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in data_dir.glob(f"{WAITING_HERE}*"):  # by a restore that broke off; nobody else restores here
        shutil.rmtree(left)
    count = 0
    with tempfile.TemporaryDirectory(prefix=WAITING_HERE, dir=data_dir) as folder:
        for name, pieces in archive.files():
            waiting = Path(folder) / secrets.token_hex(8)
            with waiting.open("xb") as opened:
                waiting.chmod(0o600)
                for piece in pieces:
                    opened.write(piece)
            store.keep(name, waiting)
            count += 1
    if count != archive.manifest.files:
        raise NoBackup(f"{DAMAGED}: it has {count} files, not {archive.manifest.files}.")
