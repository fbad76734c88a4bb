"""What an arrived file is, and the copies to look at: found out before any transaction begins."""

from collections.abc import Callable, Iterable

from app.errors import Problem
from app.evidence import pictures
from app.evidence.arrival import Arrival, Arrived, Unwanted
from app.evidence.kinds import OLD_OFFICE_MAGIC, OLD_OFFICE_MARKS, TAKEN, TAKEN_WORDS, Kind, tell
from app.settings import Settings

REFUSED = f"It is of a type that is not taken, whatever its name says. Taken are {TAKEN_WORDS}."
EMPTY = "It is empty."
_LONGEST_MARK = max(len(mark) for mark in OLD_OFFICE_MARKS)


def look_at(settings: Settings, arrived: Arrived) -> None:
    """Sets its kind and makes copies of a picture. Unwanted (and nothing is left of it) where it is not taken."""
    try:
        if not arrived.size:
            raise Unwanted(EMPTY)
        kind = kind_in(arrived.head, arrived.read)
        if kind is None:
            raise Unwanted(REFUSED)
        arrived.kind = kind
        if kind.group == "image" and arrived.size <= pictures.LARGEST_FILE:
            for purpose, drawn in pictures.copies_of(b"".join(arrived.read())).items():
                arrived.copies[purpose] = _sealed(settings, drawn)
    except Problem:
        arrived.discard()
        raise


def kind_in(head: bytes, pieces: Callable[[], Iterable[bytes]]) -> Kind | None:
    """What a file is by its beginning, where that is not enough by all of it; None where it is not taken."""
    return tell(head, old_office=_old_office(pieces()) if head.startswith(OLD_OFFICE_MAGIC) else "")


def _old_office(pieces: Iterable[bytes]) -> str:
    """The media type of an older Office file, by the names inside it: installers look the same from outside."""
    tail = b""
    for piece in pieces:
        window = tail + piece
        for mark, media_type in OLD_OFFICE_MARKS.items():
            if mark in window:
                return media_type
        tail = window[-_LONGEST_MARK:]
    return ""


def _sealed(settings: Settings, drawn: bytes) -> Arrived:
    arrival = Arrival(settings, "", room=None)
    arrival.write(drawn)
    copy = arrival.finish()
    copy.kind = TAKEN[pictures.COPY_TYPE]
    return copy
