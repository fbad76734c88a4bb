"""The key folder, never inside the database: the key that wraps all others, and what was erased."""

import re
import secrets
from pathlib import Path

from app import private_files
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
        private_files.refuse_if_open_to_others(self.key_file)
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
            private_files.make_once(self.key_file, secrets.token_bytes(KEY_BYTES))
        except OSError as error:
            raise SettingsError(f"The key folder {self.path} cannot be written: {error.strerror}.") from None

    def erased(self) -> frozenset[str]:
        """Ids of owners whose content was erased; a restored older database does not know of them."""
        private_files.refuse_if_open_to_others(self.erased_file)
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
        private_files.add_line(self.erased_file, owner_id)
