"""Gives entries their places in the log and signs the tree, never one that the last checkpoint contradicts."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlmodel import Session

from app import clock
from app.audit import log_state, log_tables, old_logs, tree
from app.audit.checkpoints import Checkpoint, read_note, sign
from app.audit.events import Event
from app.audit.log import APPENDED, SYSTEM, Actor, append
from app.audit.log_folder import LogFolder
from app.audit.log_names import follows
from app.audit.log_state import Refusal
from app.audit.notes import NoteWrong, Verifier
from app.db import Database
from app.errors import SettingsError

SIGN_EVERY = timedelta(seconds=1)
MISSED_AGAIN = timedelta(days=1)
INLINE, BATCH = 200, 10_000
"""How many entries one transaction moves at most: while somebody waits for it, and in the background."""
_LOCK = text(f"SELECT pg_try_advisory_xact_lock({log_tables.SEQUENCER})")


class _Refused(Exception):
    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


class _Made(NamedTuple):
    """A signed note; `missed`: the checkpoint in the key folder was not there to be compared with."""

    note: str
    missed: bool


class Log:
    """The log of one installation, for any number of threads; other processes may work on the same one."""

    def __init__(self, db: Database, folder: LogFolder) -> None:
        self.db, self.folder = db, folder
        self.nudged = threading.Event()
        """Set when something waits: whoever keeps the log need not sleep on."""
        self._signed_at: datetime | None = None
        self._refused: Refusal | None = None
        db.closing = self._close

    def _close(self, session: Session) -> Callable[[], None] | None:
        """The end of every write transaction: on SQLite its entries get their places in it, elsewhere soon after."""
        if not session.info.pop(APPENDED, False):
            return None
        if self.db.dialect != "sqlite":
            return self.nudged.set
        sizes = _moved(session, INLINE)
        return self._then(self._sign_if_due(session, sizes[1]) if sizes is not None else Refusal.INCOMPLETE)

    def sequence(self) -> bool:
        """Moves what waits and signs what grew, once; whether more may wait. Another process at it: does nothing."""
        with self.db.read() as session:
            if not log_state.something_waits(session):
                return False
        with self.db.write() as session:
            if self.db.dialect != "sqlite" and not session.connection().execute(_LOCK).scalar_one():
                return False
            sizes = _moved(session, BATCH)
            then = self._then(self._sign_if_due(session, sizes[1]) if sizes is not None else Refusal.INCOMPLETE)
        if then is not None:
            then()
        return sizes is not None and sizes[1] - sizes[0] == BATCH

    def catch_up(self) -> None:
        """Sequences until nothing is left to move."""
        while self.sequence():
            pass

    def change_key(self, *, actor: Actor, via: str) -> Verifier:
        """Makes a new key, names it on the trail, and has the next checkpoint signed by old and new. SettingsError."""
        fresh = self.folder.rotate()
        with self.db.write() as session:
            append(session, Event.LOG_KEY_CHANGED, actor=actor, via=via, subject=("log_key", fresh.id.hex()))
        return fresh

    def restart(self) -> None:
        """Signs at once what a new log begins with, whenever the old one was signed last."""
        self._signed_at = None
        self.catch_up()

    def refusal(self) -> Refusal | None:
        """Why the tree as it is now would not be signed; None where it would."""
        with self.db.read() as session:
            newest = log_tables.newest_checkpoint(session)
            try:
                self._note(session, log_tables.size_of(session), newest.note if newest is not None else None)
            except _Refused as refused:
                return refused.reason
        return None

    def _sign_if_due(self, session: Session, size: int) -> _Made | Refusal | None:
        """The note of the tree as it is now, stored; None where none is due."""
        now = clock.now()
        if self._signed_at is not None and abs(now - self._signed_at) < SIGN_EVERY:
            return None
        newest = log_tables.newest_checkpoint(session)
        if newest is not None and (newest.size == size or abs(now - newest.signed_at) < SIGN_EVERY):
            self._signed_at = newest.signed_at
            return None
        self._signed_at = now
        try:
            made = self._note(session, size, newest.note if newest is not None else None)
        except _Refused as refused:
            return refused.reason
        log_tables.add_checkpoint(session, size, made.note, now)
        return made

    def _note(self, session: Session, size: int, newest: str | None) -> _Made:
        """The signed note; _Refused where the tree does not continue what was signed before."""
        try:
            signers, keys = self.folder.signers(), self.folder.every_verifier()
        except SettingsError:
            raise _Refused(Refusal.KEY_WRONG) from None
        if not signers or any(signer.verifier() not in keys for signer in signers):
            raise _Refused(Refusal.KEY_WRONG)
        if old_logs.ended(session, signers[-1].name):
            raise _Refused(Refusal.KEY_ENDED)  # or two logs would have one name
        try:
            kept = self.folder.kept()
            stored = read_note(newest, keys) if newest is not None else None
        except (NoteWrong, OSError):
            raise _Refused(Refusal.KEPT_WRONG) from None
        read = log_tables.tiles(session)
        try:
            now = Checkpoint(signers[-1].name, size, tree.root(read, size))
            for before in {one.checkpoint for one in (kept, stored) if one is not None}:  # mostly the same one
                _refuse_unless_continued(read, before, now)
            note = sign(now, signers)
            return _Made(note, kept is None and stored is not None)
        except tree.TreeIncomplete:
            raise _Refused(Refusal.INCOMPLETE) from None

    def _then(self, signed: _Made | Refusal | None) -> Callable[[], None] | None:
        """What is to be done once the transaction is committed."""
        if signed is None:
            return None
        if isinstance(signed, Refusal):
            return partial(self._alarm, signed)
        return partial(self._keep, signed)

    def _keep(self, made: _Made) -> None:
        try:
            self.folder.keep(made.note)
            kept = True
        except (OSError, NoteWrong, SettingsError) as fault:
            # the next checkpoint is compared with the one in the database and with the one kept before
            structlog.get_logger().error("fault", kind=type(fault).__name__, where="the kept checkpoint")
            kept = False
        if made.missed:
            self._missed(kept)

    def _missed(self, kept: bool) -> None:
        """Puts on the trail that the kept checkpoint was gone: once, since the next one is kept; a day apart else."""
        structlog.get_logger().error("fault", kind="KeptMissing", where="the kept checkpoint")
        try:
            with self.db.read() as session:
                if not kept and log_state.missed_since(session, clock.now() - MISSED_AGAIN):
                    return
            with self.db.write() as session:
                append(session, Event.CHECKPOINT_MISSED, actor=SYSTEM, via="system")
        except SQLAlchemyError as fault:  # as in _alarm
            structlog.get_logger().error("fault", kind=type(fault).__name__, where="checkpoint missed")

    def _alarm(self, reason: Refusal) -> None:
        """Puts on the trail that the log is not signed any more, once for each reason; the product goes on."""
        try:
            with self.db.read() as session:
                if log_state.refused(session) == reason:
                    return
            structlog.get_logger().error("fault", kind="LogRefused", where=reason.value)
            with self.db.write() as session:
                append(session, Event.LOG_REFUSED, actor=SYSTEM, via="system", unmet=[reason.value])
        except SQLAlchemyError as fault:
            # what was to be recorded is committed: whoever waits for the answer must not hear otherwise
            structlog.get_logger().error("fault", kind=type(fault).__name__, where="log refused")


def open_log(session: Session, db: Database, keys_dir: Path, wanted: str | None, usual: str) -> Log:
    """The log of a database, its key made where it signed nothing yet. SettingsError where it has another name.

    The name is fixed by the first checkpoint: `wanted` where one was set, else `usual`.
    """
    folder, newest = LogFolder(keys_dir), log_tables.newest_checkpoint(session)
    fixed = newest.note.partition("\n")[0] if newest is not None else None
    if fixed is not None and wanted not in (None, fixed) and not follows(fixed, str(wanted)):
        raise SettingsError(
            f"CASETRAIL_LOG_ORIGIN is {wanted}, but the log of this database was begun as {fixed}: that cannot change"
        )
    if fixed is None and not old_logs.how_many(session):  # else whoever declares a loss makes the key
        folder.prepare(wanted or usual)
    return Log(db, folder)


def _moved(session: Session, most: int) -> tuple[int, int] | None:
    """As `log_tables.move`; None where the tables are such that it cannot: the entries wait, and writing goes on."""
    try:
        with session.begin_nested():
            return log_tables.move(session, most)
    except (DBAPIError, OverflowError) as fault:  # a place that somebody put in may be too large to count on from
        if isinstance(fault, DBAPIError) and fault.connection_invalidated:
            raise
        structlog.get_logger().error("fault", kind=type(fault).__name__, where="the log's tables")
        return None


def _refuse_unless_continued(read: tree.Read, before: Checkpoint, now: Checkpoint) -> None:
    if before.origin != now.origin:
        raise _Refused(Refusal.DIFFERS)
    if before.size > now.size:
        raise _Refused(Refusal.SMALLER)
    if not tree.continues(read, before.size, before.root, now.size, now.root):
        raise _Refused(Refusal.DIFFERS)
