"""Both files of a day's time stamp, as a stranger's `openssl ts -verify` reads them."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from app.oversight.stamping import stamped

TOKEN_TYPE, TEXT_TYPE = "application/timestamp-reply", "text/plain; charset=utf-8"


@dataclass(frozen=True)
class StampFile:
    """A file with the name it is saved under."""

    name: str
    content: bytes
    media_type: str


def token_file(session: Session, day: date) -> StampFile:
    """The authority's answer. NotFound."""
    return StampFile(f"checkpoint-{day}.tsr", stamped(session, day).answer, TOKEN_TYPE)


def checkpoint_file(session: Session, day: date) -> StampFile:
    """The checkpoint that was stamped, byte for byte. NotFound."""
    return StampFile(f"checkpoint-{day}.txt", stamped(session, day).note.encode(), TEXT_TYPE)
