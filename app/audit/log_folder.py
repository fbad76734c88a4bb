"""What the log keeps outside the database, in the key folder: its keys and the last checkpoint."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from app import private_files
from app.audit.checkpoints import Signed, read_note
from app.audit.key_changes import FOLDER, endorse
from app.audit.log_names import follows
from app.audit.notes import NoteWrong, Signer, Verifier, read_verifier
from app.errors import SettingsError

Key = TypeVar("Key")


class LogFolder:
    """`KEYS_DIR/log`: `signing.key` (0600), `public-keys` (every key there ever was, oldest first), `checkpoint`.

    `key-change` holds a note for each key that the one before it named.
    """

    def __init__(self, keys_dir: Path) -> None:
        self.path = keys_dir / "log"
        self.key_file, self.public_file = self.path / "signing.key", self.path / "public-keys"
        self.checkpoint_file = self.path / "checkpoint"

    def prepare(self, origin: str) -> None:
        """Makes the key of a log that signed nothing yet, under this name; else the key stays. SettingsError."""
        with self._one_at_a_time():
            present = self.signers()
            named = present and (present[-1].name == origin or follows(present[-1].name, origin))
            if self.checkpoint_file.exists() or named:
                return
            key = Signer.make(origin)
            private_files.replace(self.public_file, f"{key.verifier()}\n".encode())
            private_files.replace(self.key_file, f"{key.text}\n".encode())

    def begin_anew(self, origin: str) -> None:
        """A key of its own for the log after a declared loss; the last checkpoint of the old one is put aside."""
        with self._one_at_a_time():
            key = Signer.make(origin)
            if os.path.lexists(self.checkpoint_file):
                self.checkpoint_file.replace(self.path / f"checkpoint-before-{key.verifier().id.hex()}")
                private_files.sync_folder(self.path)
            private_files.add_line(self.public_file, str(key.verifier()))
            private_files.replace(self.key_file, f"{key.text}\n".encode())  # last: until then nothing is signed

    def signers(self) -> list[Signer]:
        """The key that signs; two while a new one takes over, the old one first.

        SettingsError where it is open to others or damaged.
        """
        private_files.refuse_if_open_to_others(self.key_file)
        return [_whole(Signer.read, line, self.key_file) for line in _lines(self.key_file)]

    def verifiers(self) -> list[Verifier]:
        """The public keys as far as they can be read, oldest first: what /log/key publishes."""
        found = list[Verifier]()
        with suppress(SettingsError):
            for line in _lines(self.public_file):
                with suppress(NoteWrong):
                    found.append(read_verifier(line))
        return found

    def every_verifier(self) -> list[Verifier]:
        """The same for who signs and checks. SettingsError where the file is damaged."""
        return [_whole(read_verifier, line, self.public_file) for line in _lines(self.public_file)]

    def kept(self) -> Signed | None:
        """The last checkpoint, None where there is none yet. NoteWrong where it is not one of this log; OSError."""
        note = self.kept_text()
        return read_note(note, self.every_verifier()) if note is not None else None

    def kept_text(self) -> str | None:
        """Its text, whatever it says; None where there is none yet. OSError."""
        try:
            return self.checkpoint_file.read_text("utf-8", "replace")
        except FileNotFoundError:
            return None

    def keep(self, note: str) -> None:
        """Keeps a committed checkpoint unless a larger one is there; an old key that signed it, too, ends. OSError.

        NoteWrong: it is none of the log that signs now.
        """
        with self._one_at_a_time():
            keys = self.every_verifier()
            signed, before = read_note(note, keys), self.kept()
            if signed.checkpoint.origin != keys[-1].name:  # one of a log that ended says nothing of this one
                raise NoteWrong("This checkpoint is of a log that ended.")
            if before is None or before.checkpoint.size < signed.checkpoint.size:
                private_files.replace(self.checkpoint_file, note.encode())
            signers = self.signers()
            if len(signers) > 1 and signers[-1].verifier() in signed.by:
                private_files.replace(self.key_file, f"{signers[-1].text}\n".encode())

    def rotate(self) -> Verifier:
        """Makes a new key; the next checkpoint is signed by old and new, from then on the new one signs alone."""
        with self._one_at_a_time():
            signers = self.signers()
            if not signers:
                raise SettingsError(f"The log's key {self.key_file} is missing. Put your copy of the key folder back.")
            fresh = Signer.make(signers[-1].name)
            note = endorse(signers[-1], fresh.verifier())
            private_files.replace(self.path / FOLDER / fresh.verifier().id.hex(), note.encode())
            private_files.add_line(self.public_file, str(fresh.verifier()))
            lines = "".join(f"{signer.text}\n" for signer in (*signers, fresh))
            private_files.replace(self.key_file, lines.encode())
            return fresh.verifier()

    def key_changes(self) -> list[tuple[str, str]]:
        """The id of each key that the one before it named, and the note that does so, oldest first."""
        ids = (verifier.id.hex() for verifier in self.verifiers())
        return [(one, note) for one in ids if (note := _text(self.path / FOLDER / one)) is not None]

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """Several processes share the folder: none may put an older file over a newer one."""
        try:
            private_files.make_folder(self.path)
        except OSError as error:
            raise SettingsError(f"The key folder {self.path} cannot be written: {error.strerror}.") from None
        with private_files.one_at_a_time(self.path / ".lock"):
            yield


def _text(file: Path) -> str | None:
    try:
        return file.read_text("utf-8", "replace") if file.is_file() else None
    except OSError:  # as if it were not there: the check names a key that none before it named
        return None


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8").split("\n")[:-1]
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"The log's key file {file} cannot be read.") from None


def _whole(read: Callable[[str], Key], line: str, file: Path) -> Key:
    try:
        return read(line)
    except NoteWrong as wrong:
        raise SettingsError(f"The log's key file {file} is damaged: {wrong}") from None
