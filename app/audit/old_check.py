"""Checks the logs that ended with a declared loss: entries against leaves, tiles against roots, roots against notes."""

from collections.abc import Iterator, Sequence

from sqlmodel import Session

from app.audit import old_logs, tree
from app.audit.checkpoints import read_note
from app.audit.entries import leaf_hash
from app.audit.notes import NoteWrong, Verifier
from app.audit.old_logs import Reading
from app.audit.sources import Fault
from app.audit.tree import WIDTH


def faults(session: Session, keys: Sequence[Verifier]) -> Iterator[Fault]:
    """Every fault of every log that ended; nothing where there is none."""
    for log in old_logs.readings(session):
        if log.number is not None:
            yield from _leaves(session, log, log.number)
            yield from _roots(session, log, log.number, keys)


def _leaves(session: Session, log: Reading, number: int) -> Iterator[Fault]:
    """Each entry with the tree's hash of it, a tile at a time."""
    for place in range(-(-log.size // WIDTH)):
        first, end = place * WIDTH, min((place + 1) * WIDTH, log.size)
        entries = old_logs.entries(session, number, first, end)
        if len(entries) != end - first:
            yield _fault(log, f"entries are missing between place {first} and {end - 1}")
        for index, (entry, stored) in enumerate(zip(entries, log.read(0, place), strict=False), first):
            if leaf_hash(entry) != stored:
                yield _fault(log, f"the entry at place {index} is not the one that was signed")


def _roots(session: Session, log: Reading, number: int, keys: Sequence[Verifier]) -> Iterator[Fault]:
    for level, place in tree.filled(0, log.size):
        above = log.read(level + 1, place // WIDTH)
        hashes = log.read(level, place)
        if len(hashes) != WIDTH or len(above) <= place % WIDTH or tree.fold(hashes) != above[place % WIDTH]:
            yield _fault(log, f"the stored hash {place} of level {level + 1} does not fit those below it")
    newest = old_logs.newest_of(session, number)
    try:
        signed = read_note(newest.note if newest is not None else "", keys).checkpoint
        same = tree.root(log.read, signed.size) == signed.root
    except (NoteWrong, tree.TreeIncomplete):
        same = False
    if not same:
        yield _fault(log, "its last checkpoint is not over these entries, or was not signed by this branch")


def _fault(log: Reading, message: str) -> Fault:
    return Fault(None, f"old log {log.origin}", message)
