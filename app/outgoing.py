"""One request to another computer, bounded in time and size however it answers, and sent on to nobody else."""

import io
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from time import monotonic
from typing import Any

USER_AGENT = "Casetrail"
FRAMING = 64 * 1024
"""Bytes that status, headers and the frames of chunks may take besides what is asked for."""
TOO_LARGE, TIMED_OUT, UNREACHABLE, NOT_TRUSTED = "too_large", "timed_out", "unreachable", "not_trusted"
ANSWERED = "answered_"


class Unanswered(Exception):
    """No answer came that could be of use; `why` is a code: of these above, or `answered_` with a status."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def answer_of(
    url: str, *, seconds: float, most: int, content: bytes | None = None, headers: dict[str, str] | None = None
) -> bytes:
    """The body of one answer of at most so many bytes, within so many seconds. Unanswered.

    With `content` it is a POST. Who sends on to another address is not followed.
    """
    if not url.lower().startswith(("http://", "https://")):  # no file of this computer
        raise Unanswered(UNREACHABLE)
    bounds = _Bounds(monotonic() + seconds, most + FRAMING)
    try:
        named = {"user-agent": USER_AGENT, **(headers or {})}
        asked = urllib.request.Request(url, content, named)  # noqa: S310 (http and https alone, as asked above)
        opener = urllib.request.build_opener(_NoWayOn, _Http(bounds), _Https(bounds))
        with opener.open(asked, timeout=seconds) as answer:
            found: bytes = answer.read(most + 1)
    except urllib.error.HTTPError as refused:
        with refused:
            raise Unanswered(f"{ANSWERED}{refused.code}") from None
    except (HTTPException, OSError, ValueError) as broken:  # ValueError: an address that cannot be one
        reason = broken.reason if isinstance(broken, urllib.error.URLError) else broken
        kinds = ((TimeoutError, TIMED_OUT), (ssl.SSLCertVerificationError, NOT_TRUSTED))
        raise Unanswered(next((why for kind, why in kinds if isinstance(reason, kind)), UNREACHABLE)) from None
    if len(found) > most:
        raise Unanswered(TOO_LARGE)
    return found


class _NoWayOn(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Asks nobody but the address that was named."""


@dataclass
class _Bounds:
    """Until when, and how many bytes may come yet."""

    until: float
    bytes_left: int

    def seconds_left(self) -> float:
        """TimeoutError where there are none."""
        left = self.until - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Bounded(io.RawIOBase):
    """What a socket gives, as long as there is time: status, headers and chunks as well as the body.

    A timeout of the socket alone begins anew with each byte.
    """

    def __init__(self, raw: Any, socket: Any, bounds: _Bounds) -> None:
        self._raw, self._socket, self._bounds = raw, socket, bounds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.settimeout(self._bounds.seconds_left())
        read: int | None = self._raw.readinto(buffer)
        self._bounds.bytes_left -= read or 0
        if self._bounds.bytes_left < 0:
            raise Unanswered(TOO_LARGE)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(HTTPResponse):
    def __init__(self, bounds: _Bounds, socket: Any, *args: Any, **named: Any) -> None:
        super().__init__(socket, *args, **named)
        self.fp = io.BufferedReader(_Bounded(self.fp.detach(), socket, bounds))


def _connecting(kind: type[HTTPConnection], bounds: _Bounds) -> Callable[..., HTTPConnection]:
    def connection(*args: Any, **named: Any) -> HTTPConnection:
        made = kind(*args, **named)
        made.__dict__["response_class"] = partial(_Answer, bounds)  # it is only ever called
        return made

    return connection


class _Http(urllib.request.HTTPHandler):
    def __init__(self, bounds: _Bounds) -> None:
        super().__init__()
        self._made = _connecting(HTTPConnection, bounds)

    def http_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(self._made, req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, bounds: _Bounds) -> None:
        super().__init__()
        self._made = _connecting(HTTPSConnection, bounds)

    def https_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(self._made, req)
