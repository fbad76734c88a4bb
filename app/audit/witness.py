"""A witness on another computer: sees that the log only grew since it last looked, and signs that it did. Pure."""

from collections.abc import Iterable

from app.audit import tree
from app.audit.checkpoints import Checkpoint, cosign, read_note, without_others
from app.audit.notes import NoteWrong, Signer, Verifier


class LogRewritten(NoteWrong):
    """The log is not the one that was seen before."""


def witnessed(note: str, seen: str | None, keys: Iterable[Verifier], read: tree.Read, witness: Signer, at: int) -> str:
    """The log's note with this witness's signature. NoteWrong where it may not sign; LogRewritten: history changed.

    `seen` is the note it signed last, `read` reads the tiles of the log as it is now, `at` is the time in seconds.
    """
    keys = list(keys)
    checkpoint = read_note(note, keys).checkpoint
    try:
        if tree.root(read, checkpoint.size) != checkpoint.root:
            raise NoteWrong("The log's tiles do not give the root that it signed.")
        if seen is not None:
            before = _before(seen, keys)
            if before.origin != checkpoint.origin:
                raise LogRewritten(
                    f"This witness watches {before.origin}, and this is {checkpoint.origin}. "
                    "Where a loss was declared the log goes on under a new name: ask the branch, then begin a new file."
                )
            if before.size > checkpoint.size:
                raise LogRewritten(f"The log had {before.size:,} entries, now it has {checkpoint.size:,}.")
            if not tree.continues(read, before.size, before.root, checkpoint.size, checkpoint.root):
                raise LogRewritten(f"The first {before.size:,} entries are not those that were there before.")
    except tree.TreeIncomplete as missing:
        raise NoteWrong(f"The log cannot be read whole: {missing}") from None
    return cosign(without_others(note, keys), witness, at)


def _before(seen: str, keys: Iterable[Verifier]) -> Checkpoint:
    try:
        return read_note(seen, keys).checkpoint
    except NoteWrong as wrong:
        raise NoteWrong(
            f"What this witness saw last (the file of --state) is damaged, or not of this log: {wrong}"
        ) from None
