"""Checkpoints of the log as C2SP `tlog-checkpoint` writes them: three lines, signed as a note. Pure."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.audit.notes import DASH, ED25519, NoteWrong, Signer, Verifier, decoded, encoded, is_name

SIZE = re.compile(r"0|[1-9][0-9]{0,14}")
"""A number of entries, or a place among them: none that an entry, or another language's numbers, cannot hold."""

CODE_DIGITS, CODE_GROUP = 40, 5
MOST_SIGNATURES = 100
"""So many lines the readers of others take under a note, too."""


def code_of(root: bytes) -> str:
    """A root as people print and type it: its last 40 decimal digits in eight groups, no letters to mistake."""
    digits = f"{int.from_bytes(root, 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}}"
    return " ".join(digits[place : place + CODE_GROUP] for place in range(0, CODE_DIGITS, CODE_GROUP))


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself: its name, how many entries it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{encoded(self.root)}\n"

    @property
    def code(self) -> str:
        """The root as people print and type it."""
        return code_of(self.root)


@dataclass(frozen=True)
class Signed:
    """A checkpoint as it was read, and the keys whose signature was found under it and fits."""

    checkpoint: Checkpoint
    by: Sequence[Verifier]
    strangers: int
    """How many signature lines are of keys that were not named."""


class KeyUnknown(NoteWrong):
    """A checkpoint in good order that no key among those named signed."""


def sign(checkpoint: Checkpoint, signers: Iterable[Signer]) -> str:
    """The note of a checkpoint, signed by each."""
    return f"{checkpoint.text}\n" + "".join(signer.line(checkpoint.text) for signer in signers)


def cosign(note: str, witness: Signer, at: int) -> str:
    """The note with a witness's line added; whoever calls has checked it."""
    return note + witness.line(parted(note)[0], at)


def read_note(note: str, keys: Iterable[Verifier]) -> Signed:
    """A checkpoint signed by at least one of the log's keys among these. NoteWrong: not so, or a signature is wrong."""
    text, lines = parted(note)
    checkpoint = _checkpoint(text)
    known = {(key.name, key.id): key for key in keys}
    by, strangers = list[Verifier](), 0
    for line in lines:
        name, key_id, signature = signature_in(line)
        key = known.get((name, key_id))
        if key is None:
            strangers += 1
        else:
            key.check(text, signature)
            by.append(key)
    if not any(key.kind == ED25519 and key.name == checkpoint.origin for key in by):
        raise KeyUnknown("The checkpoint is not signed by a known key of this log.")
    return Signed(checkpoint, by, strangers)


def without_others(note: str, keys: Iterable[Verifier]) -> str:
    """The note with the lines of these keys alone, each once: anybody can put a line of theirs under it. NoteWrong."""
    text, lines = parted(note)
    known = {(key.name, key.id) for key in keys}
    return f"{text}\n" + "".join(f"{line}\n" for line in dict.fromkeys(lines) if signature_in(line)[:2] in known)


def signature_in(line: str) -> tuple[str, bytes, bytes]:
    """Name, key id and signature of a line under a note. NoteWrong."""
    name, _, written = line.removeprefix(DASH).partition(" ")
    content = decoded(written)
    return name, content[:4], content[4:]


def read_own(note: str) -> Checkpoint:
    """The checkpoint of a note that this log signed itself; its signatures are not looked at. NoteWrong."""
    return _checkpoint(parted(note)[0])


def _checkpoint(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 4 or not is_name(lines[0]) or not SIZE.fullmatch(lines[1]) or not all(lines[3:-1]):
        raise NoteWrong("This is no checkpoint: origin, size and root were expected.")
    root = decoded(lines[2])
    if len(root) != hashlib.sha256().digest_size:
        raise NoteWrong("This is no checkpoint: the root is not of 32 bytes.")
    return Checkpoint(lines[0], int(lines[1]), root)


def parted(note: str) -> tuple[str, list[str]]:
    """The text of a note that is signed, and its signature lines. NoteWrong where it is none."""
    text, blank, below = note.rpartition("\n\n")
    lines = below.split("\n")
    whole = blank and len(lines) > 1 and not lines.pop() and all(map(_is_signature, lines))
    if not whole or len(lines) > MOST_SIGNATURES or any(ord(sign) < ord(" ") and sign != "\n" for sign in note):
        raise NoteWrong("This is no signed note.")
    return f"{text}\n", lines


def _is_signature(line: str) -> bool:
    return line.startswith(DASH) and is_name(line.removeprefix(DASH).partition(" ")[0])
