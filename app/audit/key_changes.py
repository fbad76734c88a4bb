"""How one key of the log names the next, so that whoever trusts the first can follow from outside. Pure.

A checkpoint with two signatures would not do: anybody can add a signature of their own under one. So the old key signs
a note of its own, which names the new one and can be no checkpoint: name, the words `key change`, the new public key.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from app.audit.notes import DASH, ED25519, NoteWrong, Signer, Verifier, decoded, read_verifier

WORDS = "key change"
FOLDER = "key-change"
"""Where the notes are published: `<name of the log>/key-change/<id of the new key>`, and so in a copy in tiles."""


def endorse(old: Signer, fresh: Verifier) -> str:
    """The note by which a key names the one that follows it."""
    text = _text(fresh)
    return f"{text}\n{old.line(text)}"


def followed(keys: Sequence[Verifier], notes: Iterable[str]) -> list[Verifier]:
    """The trusted keys and those that one of them named, or one named by these; `notes` oldest first."""
    found = list(keys)
    for note in notes:
        with suppress(NoteWrong, IndexError):
            fresh = read_verifier(note.split("\n")[2])
            if fresh not in found and _named(note, fresh, found):
                found.append(fresh)
    return found


def _named(note: str, fresh: Verifier, keys: Sequence[Verifier]) -> bool:
    text = _text(fresh)
    if not note.startswith(f"{text}\n{DASH}") or fresh.kind != ED25519:
        return False
    for line in note.removeprefix(f"{text}\n").splitlines():
        name, _, written = line.removeprefix(DASH).partition(" ")
        signature = decoded(written)
        for key in keys:
            if (key.name, key.id, key.kind) == (name, signature[:4], ED25519) and key.name == fresh.name:
                key.check(text, signature[4:])
                return True
    return False


def _text(fresh: Verifier) -> str:
    return f"{fresh.name}\n{WORDS}\n{fresh}\n"
