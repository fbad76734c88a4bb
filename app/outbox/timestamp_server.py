"""Asking a timestamp authority over HTTP (RFC 3161, section 3.4): a request goes out, its answer comes back unread."""

import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from time import monotonic
from typing import Any, Protocol

TIMEOUT = 20.0
"""Seconds for one answer, however slowly it drips."""
LARGEST_ANSWER, AT_ONCE = 64 * 1024, 4096
ASKED_WITH = {"content-type": "application/timestamp-query", "user-agent": "Casetrail"}


class Unanswered(Exception):
    """No answer came that could be a time stamp; `why` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Authority(Protocol):
    """Whoever puts a time on a hash."""

    def ask(self, request: bytes) -> bytes:
        """The answer to a request, both in DER. Unanswered."""


class _NoWayOn(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Asks nobody but the address that the branch named."""


@dataclass(frozen=True)
class TimestampServer:
    """An authority at an address such as https://stamps.example.org/tsa."""

    url: str
    timeout: float = TIMEOUT

    def ask(self, request: bytes) -> bytes:
        """One request, one answer. Unanswered."""
        asked = urllib.request.Request(self.url, request, ASKED_WITH)  # noqa: S310 (the setting allows http and https)
        until = monotonic() + self.timeout
        try:
            with urllib.request.build_opener(_NoWayOn).open(asked, timeout=self.timeout) as answer:
                return _whole(answer, until)
        except urllib.error.HTTPError as refused:
            with refused:
                raise Unanswered(f"answered_{refused.code}") from None
        except (urllib.error.URLError, HTTPException, OSError) as broken:
            reason = broken.reason if isinstance(broken, urllib.error.URLError) else broken
            raise Unanswered("timed_out" if isinstance(reason, TimeoutError) else "unreachable") from None


def _whole(answer: Any, until: float) -> bytes:
    content = bytearray()
    while part := answer.read1(AT_ONCE):
        content += part
        if monotonic() > until:
            raise TimeoutError
        if len(content) > LARGEST_ANSWER:
            raise Unanswered("too_large")
    return bytes(content)
