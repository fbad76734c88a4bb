"""Forms with files: each file is sealed while it arrives, so that no part of it is ever on disk in the clear.

Starlette's own form reader would write parts over 1 MiB to a temporary file; it is never used here.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import anyio.to_thread
from anyio import CapacityLimiter
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from app.errors import BadRequest, Problem, TooLarge
from app.evidence.arrival import NO_ROOM, Arrival, Arrived, tidy_name
from app.evidence.looking import look_at
from app.evidence.scanner import scan_of
from app.settings import Settings

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

TYPE = "multipart/form-data"
FIELD_BYTES = 1024 * 1024
FIELDS = 2000
FILES_AT_ONCE = 10
HEADER_BYTES, HEADERS = 16 * 1024, 16
ROOM_FOR_FIELDS = 2 * 1024 * 1024
"""What a body may hold beside the files it is allowed."""
_sealing, _looking = CapacityLimiter(2), CapacityLimiter(2)


@dataclass
class Refused:
    """A file that was not taken, by the name of its question, and what to say of it."""

    question: str
    name: str
    problem: Problem


@dataclass
class Received:
    """A form that came with files: answers in order, files that wait, and those that were refused."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    files: list[tuple[str, Arrived]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def file(self, question: str) -> Arrived | None:
        """The first file that arrived for a question."""
        return next((arrived for name, arrived in self.files if name == question), None)

    def discard(self) -> None:
        """Takes away every file that still waits."""
        for _, arrived in self.files:
            arrived.discard()


def is_upload(request: Request) -> bool:
    """Whether the body is a form that may hold files."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == TYPE


@asynccontextmanager
async def receiving(
    request: Request, settings: Settings, room: int | None = None, full: str = NO_ROOM
) -> AsyncIterator[Received]:
    """Reads a form with files; whatever was not kept by the end of the block is gone.

    `room` is what the case can still take, in bytes; `full` is said of a file beyond it. A refused file is read to
    its end and dropped, so that the rest of the form is kept. BadRequest where the form is broken or was cut off;
    TooLarge for too many answers.
    """
    reading = _Reading(settings, _boundary(request), room, full)
    try:
        async for piece in request.stream():
            if piece:
                await anyio.to_thread.run_sync(reading.feed, piece, limiter=_sealing)
        reading.end()
        await anyio.to_thread.run_sync(reading.look, limiter=_looking)
        yield reading.received
    finally:
        reading.close()


def _boundary(request: Request) -> bytes:
    _, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if not boundary:
        raise _broken()
    return boundary


def _broken() -> BadRequest:
    return BadRequest("The form with its files could not be read, or was cut off half-way. Send it again.")


class _Part:
    """One part of the form: an answer, or a file."""

    def __init__(self) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.name, self.filename = "", ""
        self.text = bytearray()
        self.arrival: Arrival | None = None
        self.dropped = False


class _Reading:
    """The parser's callbacks, which run in a thread: what they raise ends the reading of the form."""

    def __init__(self, settings: Settings, boundary: bytes, room: int | None, full: str) -> None:
        self.settings, self.room, self.full, self.received = settings, room, full, Received()
        self._part, self._name, self._value = _Part(), bytearray(), bytearray()
        self._field_bytes, self._ended = 0, False
        spans = {
            "on_part_data": self._data,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
        }
        moments = {
            "on_part_begin": self._begin,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_done,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }
        callbacks = cast("MultipartCallbacks", {**spans, **moments})
        try:
            self._parser = MultipartParser(
                boundary,
                callbacks,
                max_header_count=HEADERS,
                max_header_size=HEADER_BYTES,
            )
        except FormParserError:
            raise _broken() from None

    def feed(self, piece: bytes) -> None:
        """The next piece of the body."""
        try:
            self._parser.write(piece)
        except FormParserError:
            raise _broken() from None

    def end(self) -> None:
        """The body is over; BadRequest where the form is not."""
        if not self._ended:
            raise _broken()

    def look(self) -> None:
        """Finds out what the files are; those that are not taken become refusals."""
        for question, arrived in list(self.received.files):
            try:
                look_at(self.settings, arrived)
            except Problem as problem:
                self.received.files.remove((question, arrived))
                self.received.refused.append(Refused(question, arrived.name, problem))

    def close(self) -> None:
        """Leaves nothing behind."""
        if self._part.arrival is not None:
            self._part.arrival.abort()
        self.received.discard()

    def _begin(self) -> None:
        self._part = _Part()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._part.headers[bytes(self._name).lower()] = bytes(self._value)
        self._name.clear()
        self._value.clear()

    def _headers_done(self) -> None:
        _, options = parse_options_header(self._part.headers.get(b"content-disposition", b"").decode("latin-1"))
        self._part.name = _readable(options.get(b"name", b""))
        if b"filename" in options:
            self._part.filename = options[b"filename"].decode("utf-8", "replace")
            self._open_file(given=bool(options[b"filename"]))
        elif len(self.received.pairs) >= FIELDS:
            raise TooLarge(f"This form has more than {FIELDS:,} answers. Send it in two parts.")

    def _open_file(self, *, given: bool) -> None:
        part = self._part
        part.dropped = True
        if not given:
            return  # a question for a file that was left out
        if len(self.received.files) + len(self.received.refused) >= FILES_AT_ONCE:
            self._refuse(TooLarge(f"At most {FILES_AT_ONCE} files can be sent at once. Send the others afterwards."))
            return
        taken = sum(arrived.size for _, arrived in self.received.files)
        left = None if self.room is None else self.room - taken
        try:
            part.arrival = Arrival(self.settings, part.filename, room=left, full=self.full, scan=scan_of(self.settings))
            part.dropped = False
        except Problem as problem:
            self._refuse(problem)

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        if part.arrival is not None:
            try:
                part.arrival.write(data[start:end])
            except Problem as problem:
                self._refuse(problem)
        elif not part.dropped:
            self._field_bytes += end - start
            if self._field_bytes > FIELD_BYTES:
                raise TooLarge("The answers of this form are more than can be sent at once. Shorten them.")
            part.text += data[start:end]

    def _end_part(self) -> None:
        part = self._part
        if part.arrival is not None:
            arrival, part.arrival = part.arrival, None
            try:
                self.received.files.append((part.name, arrival.finish()))
            except Problem as problem:
                self._refuse(problem)
        elif not part.dropped:
            text = _readable(bytes(part.text)).replace("\r\n", "\n")
            self.received.pairs.append((part.name, text))

    def _refuse(self, problem: Problem) -> None:
        part = self._part
        part.arrival, part.dropped = None, True
        self.received.refused.append(Refused(part.name, tidy_name(part.filename), problem))

    def _end(self) -> None:
        self._ended = True


def _readable(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("The form holds signs that cannot be read. Type them again.") from None
    if "\0" in text:
        raise BadRequest("The form holds a sign that cannot be stored. Take it out and send it again.")
    return text
