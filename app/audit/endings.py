"""Whether logs that ended hang together: each end was declared in the log after it, with the last checkpoint. Pure."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from app.audit.chain import commits_of
from app.audit.checkpoints import read_own
from app.audit.notes import NoteWrong
from app.audit.sources import Fault

LAST_KNOWN, PRESENT = "last_known", "present"
"""What a declaration commits to: the last checkpoint that anybody kept, and the last one that was here."""


class Declared(NamedTuple):
    """A declaration: the number of the log it stands in, and the digest of the last checkpoint of the one before."""

    entry_id: str | None
    log: int
    last: str | None


def declared(document: Mapping[str, Any], log: int) -> Declared:
    """What an entry `loss_declared` says that stands in the log of this number."""
    return Declared(document.get("id"), log, commits_of(dict(document)).get(PRESENT))


def digest_of(text: str) -> str:
    """What a declaration holds of a checkpoint: a hash of its three lines."""
    return hashlib.sha256(text.encode()).hexdigest()


def ending_faults(last: Mapping[int, str], found: Iterable[Declared]) -> Iterator[Fault]:
    """Logs that ended, by number with the last checkpoint of each (empty where there is none), against declarations."""
    ended = set[int]()
    for one in found:
        if one.last is None:  # nothing was signed in the log that it ended
            continue
        number = one.log - 1
        ended.add(number)
        if _digest(last.get(number, "")) != one.last:
            said = (
                "the log that it ended is not stored with the last checkpoint of then: it was cut, exchanged or removed"
            )
            yield Fault(one.entry_id, "the declaration of a loss", said)
    for number in range(1, max(last, default=0) + 1):
        if number not in last:
            yield Fault(None, name_of(number), "it is not there, but later ones are: it was removed")
        elif number not in ended:
            yield Fault(None, name_of(number), "no declaration in the log after it ended it: it was put in or moved")


def name_of(number: int) -> str:
    """What faults call a log that ended."""
    return f"old log {number}"


def _digest(note: str) -> str | None:
    try:
        return digest_of(read_own(note).text)
    except NoteWrong:
        return None
