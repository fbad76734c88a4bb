"""Copies database and files, as they are at one moment, into one file while everybody goes on working."""

import os
import secrets
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Table, inspect, select
from sqlmodel import Session

from app import clock
from app.audit import log_tables
from app.audit.entries import stamp
from app.audit.events import Event
from app.audit.log import Actor, append
from app.errors import SettingsError
from app.evidence import queries as evidence
from app.evidence.models import EvidenceFile
from app.evidence.store import Store, store_of
from app.installation import Installation
from app.oversight.archive import CHECKPOINT, PUBLIC_KEYS, Manifest, TableFacts, Written, kind_of, written
from app.oversight.tables import METADATA
from app.private_files import sync_folder
from app.rights import VERSIONS

BATCH = 500
LEFT_OUT = frozenset({"sign_in_session", "code_session", "sign_in_link", "throttle", "throttle_salt"})
"""Who is signed in and who tried too often: on another computer everybody signs in anew."""


def back_up(home: Installation, file: Path, *, actor: Actor, via: str) -> Manifest:
    """Writes the backup to a new file for this account only; `backup_made` goes on the trail first. OSError.

    SettingsError where the database has a table that this version does not know.
    """
    if file.exists():
        raise FileExistsError(17, "There is a file of this name already", str(file))
    with home.db.write() as session:
        _refuse_unknown(session)
        append(session, Event.BACKUP_MADE, actor=actor, via=via)
    home.log.catch_up()
    with _new(file) as packed, home.db.read() as session:
        parts = Written(packed)
        copied = [_table(session, parts, table) for table in METADATA.sorted_tables if table.name not in LEFT_OUT]
        _log(home, session, parts)
        files, gone = _files(home, session, parts)
        revision = MigrationContext.configure(session.connection()).get_current_revision() or ""
        manifest = Manifest(stamp(clock.now()), revision, copied, files, gone)
        parts.close_with(manifest)
    return manifest


@contextmanager
def _new(file: Path) -> Iterator[zipfile.ZipFile]:
    """Whole or not at all: it gets its name once everything in it is on disk."""
    unfinished = file.with_name(f"{file.name}.{secrets.token_hex(4)}.unfinished")  # one that broke off may lie there
    descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as opened:
            with zipfile.ZipFile(opened, "w") as packed:
                yield packed
            opened.flush()
            os.fsync(opened.fileno())
        os.link(unfinished, file)
    finally:
        unfinished.unlink()
    sync_folder(file.parent)


def not_in(connection: Connection, names: Iterable[str]) -> list[str]:
    """The tables of a database that belong into a backup and are not among these."""
    return sorted(set(inspect(connection).get_table_names()) - {VERSIONS, *LEFT_OUT, *names})


def _refuse_unknown(session: Session) -> None:
    """A table that this program does not know would be missing from the copy, and nobody would see it."""
    if unknown := not_in(session.connection(), METADATA.tables):
        raise SettingsError(
            f"The database has a table that this version does not know, {unknown[0]}: a copy without it would look "
            "whole. Use the version that made it, or move a table of another program out of this schema"
        )


def _table(session: Session, parts: Written, table: Table) -> TableFacts:
    kinds, count = [kind_of(column) for column in table.columns], 0
    chosen = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
    with parts.member(f"tables/{table.name}.jsonl") as lines, session.connection().execute(chosen) as rows:
        for row in rows:
            lines.write(written(row, kinds))
            count += 1
    return TableFacts(table.name, [[c.name, kind] for c, kind in zip(table.columns, kinds, strict=True)], count)


def _log(home: Installation, session: Session, parts: Written) -> None:
    newest = log_tables.newest_checkpoint(session)
    if newest is not None:
        with parts.member(CHECKPOINT) as opened:
            opened.write(newest.note.encode())
    with parts.member(PUBLIC_KEYS) as opened:
        opened.write("".join(f"{key}\n" for key in home.log.folder.verifiers()).encode())


def _files(home: Installation, session: Session, parts: Written) -> tuple[int, list[str]]:
    store, count, missing = store_of(home.settings), 0, list[str]()
    for file in evidence.every_file(session):
        if _copied(store, file, parts):
            count += 1
        elif _still_there(home, file):
            missing.append(file.id)
    return count, missing


def _copied(store: Store, file: EvidenceFile, parts: Written) -> bool:
    try:
        pieces = store.read(file.place)
        first = next(pieces, b"")
    except FileNotFoundError:
        return False
    with parts.member(f"files/{file.place}", small=False) as opened:
        opened.write(first)
        for piece in pieces:
            opened.write(piece)
    return True


def _still_there(home: Installation, file: EvidenceFile) -> bool:
    """Not erased meanwhile: asked outside the moment that is copied."""
    with home.db.read() as session:
        return session.get(EvidenceFile, file.id) is not None
