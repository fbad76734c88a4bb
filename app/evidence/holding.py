"""A file that waits between two pages: sealed on disk, found again only by whoever has the sealed note about it.

The key of the file stands in that note and nowhere else; what is not fetched is swept away like any file that waits.
"""

import base64
from typing import Any

from app.errors import Problem
from app.evidence.arrival import Arrived, waiting_folder
from app.evidence.kinds import HEAD
from app.evidence.looking import look_at
from app.installation import Installation
from app.vault.vault import Unreadable

LONGEST_NOTE = 16_000
GONE = (
    "It no longer waits here: it was kept already when this form was sent before, or it waited for more than a day. "
    "Look at the evidence on the case, and add it there if it is missing."
)


class Gone(Problem):
    """What waited is not there any more, or the note about it is not theirs."""

    status = 410
    title = "This file no longer waits here"


def hold(home: Installation, owner: str, arrived: Arrived, parts: tuple[str, ...]) -> str:
    """The sealed note about a file that arrived, for this person's form; the caller no longer discards the file."""
    note = {
        "place": arrived.path.name,
        "key": arrived.key.hex(),
        "size": arrived.size,
        "digest": arrived.digest,
        "name": arrived.name,
        "scan": arrived.scan,
        "parts": list(parts),
    }
    with home.db.read() as session:
        return base64.urlsafe_b64encode(home.vault.seal_bytes(session, _bound_to(owner), note)).decode()


def parts_of(home: Installation, owner: str, note: str) -> tuple[str, ...]:
    """The names of what is in a file that waits, to be shown before it is kept. Gone."""
    return tuple(_opened(home, owner, note)["parts"])


def held(home: Installation, owner: str, note: str) -> Arrived:
    """The file a note is about, its kind found out again. Gone; Unwanted."""
    said = _opened(home, owner, note)
    path = waiting_folder(home.settings) / said["place"]
    facts = (said["size"], said["digest"], said["name"])
    arrived = Arrived(path, bytes.fromhex(said["key"]), *facts, b"", said["scan"])
    try:
        for piece in arrived.read():
            arrived.head += piece[: HEAD - len(arrived.head)]
            if len(arrived.head) >= HEAD:
                break
    except FileNotFoundError:
        raise Gone(GONE) from None
    look_at(home.settings, arrived)
    return arrived


def _opened(home: Installation, owner: str, note: str) -> dict[str, Any]:
    if len(note) > LONGEST_NOTE:
        raise Gone(GONE)
    try:
        with home.db.read() as session:
            sealed = base64.urlsafe_b64decode(note.encode("ascii"))
            said: dict[str, Any] = home.vault.open_bytes(session, _bound_to(owner), sealed)
    except (Unreadable, ValueError):
        raise Gone(GONE) from None
    return said


def _bound_to(owner: str) -> str:
    return f"held_file/{owner}"
