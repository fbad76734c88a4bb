"""A mail that reached the branch, read: who sent it and when, what it says, what came with it. A pure function.

Headers are read with the older, plain policy of the standard library: the newer one parses each header deeply, and a
hostile header then takes minutes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email import policy
from email.message import Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from threading import Lock

from app import clock
from app.errors import Problem
from app.evidence.mail_words import as_text, decoded, sender_of, tidy, without_tags

LARGEST = 25 * 1024 * 1024
MOST_ATTACHMENTS = 10
MOST_PARTS, MOST_BOUNDARIES, MOST_DASHED, MOST_LINES = 200, 30, 2000, 600_000
LONGEST_FIELD, LONGEST_TEXT, LONGEST_SUBJECT = 8 * 1024, 1024 * 1024, 300
FIRST_YEAR = 2000
TWISTED = "It is put together in a way that this program does not unpack. Copy its text and paste that instead."
_FIELD = re.compile(rb"(?:^|[\r\n])content-[a-z-]{1,40}[ \t]*:", re.IGNORECASE)
_FIELD_END = re.compile(rb"(?:\r\n|\r(?!\n)|\n)(?![ \t])")
_BOUNDARY = re.compile(rb"boundary[*0-9]{0,6}[ \t]{0,9}=", re.IGNORECASE)
_DASHED = re.compile(rb"[\r\n]--")
_BODIES = frozenset({"text/plain", "text/html"})
_one_at_a_time = Lock()  # a large mail takes several times its size while it is read


class Twisted(Problem):
    """A mail that would take too long to unpack, or that cannot be unpacked."""

    status = 422
    title = "This mail cannot be read"


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail, by the name its sender gave it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """What a mail says of itself. Nobody has checked any of it."""

    name: str
    address: str
    day: date | None
    """The day in Britain on which it says it was sent; None where it does not say, or a day that cannot be."""
    subject: str
    text: str
    attachments: tuple[Attachment, ...]
    left_out: int = 0
    """So many attachments more there were, past the most that are taken out."""


def read_mail(data: bytes) -> Mail:
    """A mail from its bytes, or from a message that was pasted with or without headers. Twisted."""
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n \t")
    _refuse_twisted(data)
    with _one_at_a_time:
        try:
            message = BytesParser(policy=policy.compat32).parsebytes(data)
            return _read(message)
        except RecursionError:
            raise Twisted(TWISTED) from None


def _refuse_twisted(data: bytes) -> None:
    """Counts what makes reading slow before anything is read."""
    bounded = (
        (len(data), LARGEST),
        (data.count(b"\n") + data.count(b"\r"), 2 * MOST_LINES),
        (sum(1 for _ in _BOUNDARY.finditer(data)), MOST_BOUNDARIES),
        (sum(1 for _ in _DASHED.finditer(data)), MOST_DASHED),
    )
    if any(found > most for found, most in bounded):
        raise Twisted(TWISTED)
    for number, field in enumerate(_FIELD.finditer(data)):
        end = _FIELD_END.search(data, field.end(), field.end() + LONGEST_FIELD)
        long = end is None and len(data) - field.end() > LONGEST_FIELD
        if long or number >= MOST_PARTS * 4:
            raise Twisted(TWISTED)


def _read(message: Message) -> Mail:
    leaves = []
    for leaf in _leaves(message):
        leaves.append(leaf)
        if len(leaves) > MOST_PARTS:
            raise Twisted(TWISTED)
    plain = [leaf for leaf in leaves if _is_body(leaf, "text/plain")]
    html = [leaf for leaf in leaves if _is_body(leaf, "text/html")]
    text = tidy("\n\n".join(_words(leaf) for leaf in plain)) or "\n\n".join(without_tags(_words(leaf)) for leaf in html)
    attached = [leaf for leaf in leaves if not any(_is_body(leaf, body) for body in _BODIES)]
    name, address = sender_of(_header(message, "from"))
    return Mail(
        name,
        address,
        _day(_header(message, "date") or _header(message, "sent")),
        decoded(_header(message, "subject"))[:LONGEST_SUBJECT],
        text,
        tuple(_attachment(leaf) for leaf in attached[:MOST_ATTACHMENTS]),
        max(0, len(attached) - MOST_ATTACHMENTS),
    )


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something; a mail inside a mail is one of them, and stays whole."""
    if message.get_content_maintype() == "message" or not message.is_multipart():
        yield message
        return
    for part in _inside(message):
        yield from _leaves(part)


def _inside(message: Message) -> list[Message]:
    """The parts of a message that has some; asked for in no other, where the library would decode the text."""
    parts = message.get_payload() if message.is_multipart() else []
    return [part for part in parts if isinstance(part, Message)]


def _is_body(leaf: Message, kind: str) -> bool:
    return (
        leaf.get_content_type() == kind and not leaf.get_filename() and leaf.get_content_disposition() != "attachment"
    )


def _content(leaf: Message) -> bytes:
    if leaf.is_multipart():
        return b"\r\n".join(bytes(one) for one in _inside(leaf))
    content = leaf.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _words(leaf: Message) -> str:
    charset = leaf.get_content_charset()
    return as_text(_content(leaf)[:LONGEST_TEXT], charset or "")


def _attachment(leaf: Message) -> Attachment:
    ending = ".eml" if leaf.is_multipart() else ""
    return Attachment(decoded(leaf.get_filename() or "") or f"attachment{ending}", _content(leaf))


def _header(message: Message, name: str) -> str:
    """The first header of this name as it stands, bytes beyond ASCII kept as they came."""
    return next((str(value) for given, value in message.raw_items() if given.lower() == name), "")


def _day(header: str) -> date | None:
    try:
        moment: datetime = parsedate_to_datetime(header[:200])
        # a message that was pasted says the time without its zone: the one of whoever read it
        day = (moment if moment.tzinfo else moment.replace(tzinfo=clock.LONDON)).astimezone(clock.LONDON).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return day if day.year >= FIRST_YEAR and day <= clock.today() else None
