"""Asking a timestamp authority over HTTP (RFC 3161, section 3.4): a request goes out, its answer comes back unread."""

from dataclasses import dataclass
from typing import Protocol

from app.outgoing import answer_of

TIMEOUT = 20.0
"""Seconds for one answer, however slowly it drips."""
LARGEST_ANSWER = 64 * 1024
ASKED_WITH = {"content-type": "application/timestamp-query"}


class Authority(Protocol):
    """Whoever puts a time on a hash."""

    def ask(self, request: bytes) -> bytes:
        """The answer to a request, both in DER. Unanswered."""


@dataclass(frozen=True)
class TimestampServer:
    """An authority at an address such as https://stamps.example.org/tsa."""

    url: str
    timeout: float = TIMEOUT

    def ask(self, request: bytes) -> bytes:
        """One request, one answer. Unanswered."""
        return answer_of(self.url, seconds=self.timeout, most=LARGEST_ANSWER, content=request, headers=ASKED_WITH)
