"""Files that only this account may read, and that are on disk before the program goes on."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import SettingsError

if os.name == "posix":
    import fcntl


def refuse_if_open_to_others(file: Path) -> None:
    """SettingsError where others on this computer can read the file."""
    try:
        mode = file.stat().st_mode & 0o777
    except OSError:
        return  # missing or unreachable: reading it says so
    if os.name == "posix" and mode & 0o077:
        raise SettingsError(
            f"Others on this computer can read {file} (mode {mode:04o}). Close it with: chmod 600 {file}"
        )


def make_folder(path: Path) -> None:
    """Makes a folder, and those above it, for this account only. OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def make_once(file: Path, content: bytes) -> None:
    """Writes a file whole, never over one that another process made meanwhile: that one stays. OSError."""
    make_folder(file.parent)
    waiting = _waiting(file, content)
    try:
        os.link(waiting, file)
    except FileExistsError:
        return
    finally:
        waiting.unlink()
    sync_folder(file.parent)


def replace(file: Path, content: bytes) -> None:
    """Writes a file whole, in the place of the one before: whoever reads sees the old one or the new one. OSError."""
    make_folder(file.parent)
    _waiting(file, content).replace(file)
    sync_folder(file.parent)


def add_line(file: Path, line: str) -> None:
    """Adds a line of ASCII at the end. OSError."""
    make_folder(file.parent)
    _write(file, f"{line}\n".encode("ascii"), os.O_CREAT | os.O_APPEND)
    sync_folder(file.parent)


@contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Waits until no other process is inside, where the system can. OSError."""
    with lock.open("a") as opened:
        if os.name == "posix":
            fcntl.flock(opened, fcntl.LOCK_EX)
        yield


def sync_folder(path: Path) -> None:
    """Puts names of new files on disk."""
    if os.name != "posix":
        return  # a folder cannot be opened for fsync elsewhere
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _waiting(file: Path, content: bytes) -> Path:
    waiting = file.parent / f".{secrets.token_hex(8)}.new"
    _write(waiting, content, os.O_CREAT | os.O_EXCL)
    return waiting


def _write(file: Path, content: bytes, flags: int) -> None:
    descriptor = os.open(file, os.O_WRONLY | flags, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
