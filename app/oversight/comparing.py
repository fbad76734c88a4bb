"""Whether the present record still contains what a checkpoint said: a pasted one, or a size with its code."""

import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.audit import log_tables, old_logs, tree
from app.audit.checkpoints import CODE_DIGITS, KeyUnknown, code_of, read_note, read_own
from app.audit.cosignatures import Cosignature, Standing
from app.audit.models import Checkpoint
from app.audit.notes import NoteWrong
from app.errors import FieldError, Invalid
from app.installation import Installation

EIGHT_GROUPS = "A code has eight groups of five digits"


@dataclass(frozen=True)
class Compared:
    """The answer, in words for somebody who keeps the minutes."""

    same: bool
    words: str
    size: int = 0
    """How many entries of the present log it speaks of."""
    counts: bool = True
    """Whether it says something of the record: a slip of the pen or this computer's own newest says nothing."""
    unsure: bool = False
    """A typed code that does not fit: it counts once somebody looked at it again and says the same."""
    signatures: Sequence[Cosignature] = ()
    """What the signatures of others under it are worth."""

    @property
    def sound(self) -> bool:
        """It fits, and no signature under it is wrong."""
        return self.same and all(one.standing != Standing.WRONG for one in self.signatures)


def with_note(home: Installation, session: Session, note: str) -> Compared:
    """Compares with a whole checkpoint: its signature counts, too."""
    try:
        given = read_note(f"{note.strip()}\n", home.log.folder.verifiers()).checkpoint
    except NoteWrong as wrong:
        words = f"This is not a checkpoint that this branch's log signed, or it was copied wrongly. {wrong}"
        unsigned = read_own(f"{note.strip()}\n") if isinstance(wrong, KeyUnknown) else None
        present = next(reversed(old_logs.readings(session)), None)
        if unsigned is not None and present is not None and unsigned.origin == present.origin:
            # or somebody exchanged the keys of this log; its size is anybody's word and may not outlast what fits later
            return Compared(False, words, min(unsigned.size, present.size))
        return Compared(False, words, counts=False)
    if not given.size:
        return Compared(False, "This checkpoint is of an empty log: it shows nothing.", counts=False)
    return _compared(session, given.size, given.root.__eq__, given.origin)


def with_code(session: Session, size: int, code: str) -> Compared:
    """Compares with a number of entries and eight groups as they stand in the minutes. Invalid where they are not."""
    digits = figures(code)
    if not (digits.isascii() and digits.isdigit()):
        raise Invalid([FieldError("code", f"{EIGHT_GROUPS} and nothing else. Look again.")])
    if len(digits) != CODE_DIGITS:
        said = f"{EIGHT_GROUPS}, {CODE_DIGITS} in all; here are {len(digits)}. Look again."
        raise Invalid([FieldError("code", said)])

    def is_it(root: bytes) -> bool:
        return "".join(code_of(root).split()) == digits

    found = _compared(session, size, is_it, None)
    own = None if found.same else _size_of(session, is_it)
    return found if own is None else Compared(False, _other_number(own, size), counts=False)


def figures(text: str) -> str:
    """What was typed or copied without whatever stands between the figures, seen or not."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isalnum())


def _size_of(session: Session, is_it: Callable[[bytes], bool]) -> int | None:
    """How many entries a code speaks of that was signed here and that the record contains yet; None for any other.

    A wrong number beside such a code is a slip of the pen, which nobody can bring about with a record that lost it.
    """
    for note in session.exec(select(Checkpoint.note).order_by(col(Checkpoint.size).desc())):
        with suppress(NoteWrong, tree.TreeIncomplete):  # one that was edited, which the check tells
            signed = read_own(note)
            if is_it(signed.root) and is_it(tree.root(log_tables.tiles(session), signed.size)):
                return signed.size
    return None


def _compared(session: Session, size: int, is_it: Callable[[bytes], bool], origin: str | None) -> Compared:
    """Against the present log, or the one of that name that ended with a declared loss."""
    logs = old_logs.readings(session)
    found = [log for log in logs if origin is None or log.origin == origin]
    if not found:
        return Compared(False, "This checkpoint is of another log than this branch's.", counts=False)
    for log in found:
        if size <= log.size and _begins_with(log, size, is_it):
            return _fitting(session, size, log)
    named, last = found[-1], max(log.size for log in found)
    if origin is not None and named.number is not None and size > named.size:
        return Compared(False, _lost(size, named.size), counts=False)
    if size > last:
        return Compared(False, _missing(size, named.size), size)
    return Compared(False, _other(size), size)


def _fitting(session: Session, size: int, log: old_logs.Reading) -> Compared:
    newest = log_tables.newest_checkpoint(session)
    own = log.number is None and newest is not None and size >= newest.size
    words = _same(size, log.size, ended=log.number is not None)
    if own:
        words += " It is the newest that this computer signed itself: keep it elsewhere and compare it another day."
    return Compared(True, words, size if log.number is None else 0, counts=not own)


def _lost(size: int, here: int) -> str:
    return (
        f"No. That code speaks of {size:,} entries of the log that ended when a loss was declared; {here:,} of them "
        "are here. The declaration of the loss says what was known to be missing: compare the numbers."
    )


def _other_number(own: int, typed: int) -> str:
    return (
        f"Look again. That code is the one of the first {own:,} entries, and they are all in the present record, "
        f"unchanged; but the number you gave is {typed:,}. One digit too many is enough for this."
    )


def _missing(size: int, here: int) -> str:
    return (
        f"No. That code speaks of {size:,} entries, and the record has {here:,} now: at least {size - here:,} "
        "are missing. It may be an older copy. Show this to the branch committee."
    )


def _other(size: int) -> str:
    return (
        f"No. The first {size:,} entries are not those that were signed then: something was changed, taken out or "
        "replaced (or a digit was copied wrongly). Look again, then show this to the branch committee."
    )


def _begins_with(log: old_logs.Reading, size: int, is_it: Callable[[bytes], bool]) -> bool:
    """Whether a root is that of the log when it was so large, and the log as it is now goes on from there."""
    try:
        then, now = tree.root(log.read, size), tree.root(log.read, log.size)
        return is_it(then) and tree.continues(log.read, size, then, log.size, now)
    except tree.TreeIncomplete:  # the check names what is missing
        return False


def _same(size: int, now: int, *, ended: bool) -> str:
    where = "the log that ended when a loss was declared" if ended else "the present record"
    later = f", and {now - size:,} came after them" if now > size and not ended else ""
    return f"Yes. The {size:,} entries of that time are all in {where}, unchanged and in their order{later}."
