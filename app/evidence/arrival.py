"""A file on its way in: sealed piece by piece under a key of its own, measured and counted, never in clear on disk."""

import errno
import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from app import clock
from app.db import new_id
from app.errors import Problem, TooLarge
from app.evidence.kinds import HEAD, Kind
from app.evidence.scanner import FOUND, NOT_SCANNED, Scan
from app.evidence.store import FOLDER, PIECE
from app.settings import Settings
from app.vault.stream import FileSealer, new_file_key, open_file

WAITING = "arriving"
NAME_LENGTH = 120
LEFT_OVER_SECONDS = 24 * 3600
"""After so long a file that still waits was left by a process that ended; its key went with that process."""
MIB = 1024 * 1024
NO_ROOM = "There is no more room for files on this case. Ask the officer looking after it."
_UNSAFE = re.compile(r'[\\/:*?"<>|]')


class Unwanted(Problem):
    """A file of a type that is not taken, or in which the virus scanner found something."""

    status = 422
    title = "This file cannot be taken"


class NoRoom(Problem):
    """The disk is full."""

    status = 507
    title = "There is no room for this file"


@dataclass
class Arrived:
    """A whole file that waits, sealed, to be kept; whoever does not keep it calls `discard`."""

    path: Path
    key: bytes
    size: int
    digest: str
    name: str
    head: bytes
    scan: str = NOT_SCANNED
    kind: Kind | None = None
    """What it is; set once that was found out."""
    copies: "dict[str, Arrived]" = field(default_factory=dict)
    """Copies made for looking at, by what they are for."""
    id: str = field(default_factory=new_id)

    def __str__(self) -> str:
        return self.digest

    def read(self) -> Iterator[bytes]:
        """The file again, in the clear, piece by piece."""
        return open_file(self.key, _pieces(self.path))

    def discard(self) -> None:
        """Takes away what waits, its copies too; nothing where it was kept."""
        for copy in self.copies.values():
            copy.discard()
        with suppress(FileNotFoundError):
            self.path.unlink()


class Arrival:
    """Takes one file in pieces. TooLarge, NoRoom and Unwanted end it: then nothing of it is left."""

    def __init__(
        self, settings: Settings, name: str, *, room: int | None = None, full: str = NO_ROOM, scan: Scan | None = None
    ) -> None:
        """`room` is what the case can still take, in bytes, where that is known; `full` what is said beyond it."""
        self.name = tidy_name(name)
        self._limits = Limits.of(settings, room, full)
        self._key = new_file_key()
        self._sealer, self._digest = FileSealer(self._key), hashlib.sha256()
        self._head, self.size, self._scan = bytearray(), 0, scan
        self._path = waiting_folder(settings) / secrets.token_hex(16)
        with saying_what_failed():
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb", buffering=0)

    def write(self, data: bytes) -> None:
        """The next piece."""
        try:
            self.size += len(data)
            self._limits.refuse_beyond(self.size)
            self._digest.update(data)
            if len(self._head) < HEAD:
                self._head += data[: HEAD - len(self._head)]
            if self._scan is not None:
                self._scan.feed(data)
            with saying_what_failed():
                _write_all(self._file.fileno(), self._sealer.feed(data))
        except BaseException:
            self.abort()
            raise

    def finish(self) -> Arrived:
        """The whole file, on disk."""
        try:
            with saying_what_failed():
                _write_all(self._file.fileno(), self._sealer.finish())
                os.fsync(self._file.fileno())
                self._file.close()
            scan = self._scan.result() if self._scan is not None else NOT_SCANNED
        except BaseException:
            self.abort()
            raise
        arrived = Arrived(
            self._path, self._key, self.size, self._digest.hexdigest(), self.name, bytes(self._head), scan
        )
        if scan == FOUND:
            arrived.discard()
            raise Unwanted("The virus scanner found something harmful in it. Nothing of it was stored.")
        return arrived

    def abort(self) -> None:
        """Leaves nothing of a file that did not come whole."""
        self._file.close()
        if self._scan is not None:
            self._scan.close()
        with suppress(FileNotFoundError):
            self._path.unlink()


@dataclass(frozen=True)
class Limits:
    """How much one file may hold, and how much its case still can."""

    file: int
    room: int | None
    full: str

    @classmethod
    def of(cls, settings: Settings, room: int | None, full: str) -> "Limits":
        """As the settings say."""
        return cls(settings.file_limit_mb * MIB, room, full)

    def refuse_beyond(self, size: int) -> None:
        """TooLarge, with the limit that was passed."""
        if size > self.file:
            raise TooLarge(f"It is larger than {self.file // MIB} MB, the most that one file may have.")
        if self.room is not None and size > self.room:
            raise TooLarge(self.full)


class saying_what_failed:  # noqa: N801 (reads as a sentence where it is used)
    """Turns a full disk into NoRoom; other faults of the disk stay what they are."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, fault: object, traceback: object) -> None:
        """NoRoom instead of an OSError that says the disk is full."""
        if isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise NoRoom("The computer that this is kept on is full. Nothing of the file was stored.") from None


def waiting_folder(settings: Settings) -> Path:
    """Where files wait; on the disk of the folder store, so that keeping one is a rename."""
    folder = settings.data_dir / FOLDER / WAITING
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def sweep(settings: Settings) -> None:
    """Takes away what a process that was killed had begun: unreadable, since nobody has its key."""
    folder = settings.data_dir / FOLDER / WAITING
    if not folder.is_dir():
        return
    before = clock.now().timestamp() - LEFT_OVER_SECONDS
    for file in folder.iterdir():
        with suppress(FileNotFoundError):
            if file.stat().st_mtime < before:
                file.unlink()


def tidy_name(given: str) -> str:
    """What pages show of the name a sender gave: its last part, without marks that mislead, cut short. Never a path."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C" and sign not in "\u2028\u2029")
    plain = " ".join(_UNSAFE.sub(" ", plain).split()).strip(". ")
    if len(plain) > NAME_LENGTH:
        stem, dot, ending = plain.rpartition(".")
        kept = f"{dot}{ending}" if stem and len(ending) <= 8 else ""
        plain = plain[: NAME_LENGTH - len(kept) - 1].rstrip() + "…" + kept
    return plain or "without a name"


def _write_all(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
