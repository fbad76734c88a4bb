"""The key folder, never inside the database: the key that wraps all others, and what was erased."""

import os
import re
import secrets
from pathlib import Path

from app.errors import SettingsError

KEY_BYTES = 32
_OWNER_ID = re.compile(r"[0-9a-f]{32}")


class KeyFolder:
    """A folder with `key-encryption.key` (32 bytes, mode 0600) and `erased` (one case id a line).

    `create=True` lets a new database make its key on first use; without it a missing key is an error.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = Path(path)
        self.create = create
        self.key_file = self.path / "key-encryption.key"
        self.erased_file = self.path / "erased"

    def read_key(self) -> bytes:
        """The key-encryption key, 32 bytes. SettingsError where it is missing, open to others or damaged."""
        _refuse_if_open_to_others(self.key_file)
        try:
            key = self.key_file.read_bytes()
        except FileNotFoundError:
            raise SettingsError(
                f"The key file {self.key_file} is missing. Put your copy of the key folder back, or name its "
                "place in CASETRAIL_KEYS_DIR; without it the sealed content cannot be read."
            ) from None
        except OSError as error:
            raise SettingsError(f"The key file {self.key_file} cannot be read: {error.strerror}.") from None
        if len(key) != KEY_BYTES:
            raise SettingsError(f"The key file {self.key_file} is damaged: {len(key)} bytes instead of {KEY_BYTES}.")
        return key

    def read_or_make_key(self) -> bytes:
        """As `read_key`; makes the key first where it is missing and this folder may create one."""
        if self.create and not self.key_file.exists():
            self._make_key()
        return self.read_key()

    def _make_key(self) -> None:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            waiting = self.path / f".{secrets.token_hex(8)}.new"
            _write_private(waiting, secrets.token_bytes(KEY_BYTES), os.O_CREAT | os.O_EXCL)
            try:
                os.link(waiting, self.key_file)  # never replaces a key that another process made meanwhile
            except FileExistsError:
                return
            finally:
                waiting.unlink()
            _sync_folder(self.path)
        except OSError as error:
            raise SettingsError(f"The key folder {self.path} cannot be written: {error.strerror}.") from None

    def erased(self) -> frozenset[str]:
        """Ids of owners whose content was erased; a restored older database does not know of them."""
        _refuse_if_open_to_others(self.erased_file)
        try:
            lines = self.erased_file.read_text("ascii").split()
        except FileNotFoundError:
            return frozenset()
        except (OSError, UnicodeDecodeError):
            raise SettingsError(f"The list of erased cases {self.erased_file} cannot be read.") from None
        if not all(_OWNER_ID.fullmatch(line) for line in lines):
            raise SettingsError(f"The list of erased cases {self.erased_file} is damaged: not case ids, one a line.")
        return frozenset(lines)

    def add_erased(self, owner_id: str) -> None:
        """Notes an erased owner (an id of 32 hexadecimal characters), on disk before it returns."""
        if not _OWNER_ID.fullmatch(owner_id):
            raise ValueError("Only case ids belong on the list of erased cases.")
        _write_private(self.erased_file, f"{owner_id}\n".encode(), os.O_CREAT | os.O_APPEND)
        _sync_folder(self.path)


def _refuse_if_open_to_others(file: Path) -> None:
    try:
        mode = file.stat().st_mode & 0o777
    except OSError:
        return  # missing or unreachable: reading it says so
    if os.name == "posix" and mode & 0o077:
        raise SettingsError(
            f"Others on this computer can read {file} (mode {mode:04o}). Close it with: chmod 600 {file}"
        )


def _write_private(file: Path, content: bytes, flags: int) -> None:
    descriptor = os.open(file, os.O_WRONLY | flags, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _sync_folder(path: Path) -> None:
    if os.name != "posix":
        return  # a folder cannot be opened for fsync elsewhere
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
