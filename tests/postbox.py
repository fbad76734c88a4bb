"""A real mail server on this computer, for tests: keeps what it takes and misbehaves when told to."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from socket import create_server
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Answer = str | None
"""What the server says; None: it breaks the connection off."""


class Postbox:
    """What arrived, in order. `to` and `data` answer by the number of the mail, from 1; without them it says 250."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.url = ""
        self.tried = 0
        self.to: Callable[[int], Answer] = lambda _: "250 OK"
        self.data: Callable[[int], Answer] = lambda _: "250 OK"
        self.pause = 0.0

    def again(self) -> None:
        """Forgets everything and behaves."""
        url = self.url
        self.__init__()  # type: ignore[misc]  # empties itself
        self.url = url

    @property
    def ids(self) -> list[str]:
        """The Message-IDs of what was taken."""
        return [str(mail["Message-ID"]) for mail in self.mails]

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> Any:
        """One recipient of a new mail."""
        self.tried += 1
        answer = self.to(self.tried)
        if answer == "250 OK":
            envelope.rcpt_tos.append(address)
        return _say(server, answer)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> Any:  # noqa: N802 (the server's own name)
        """The mail itself."""
        await asyncio.sleep(self.pause)
        answer = self.data(self.tried)
        if answer is None or answer.startswith("2"):
            parsed = message_from_bytes(bytes(envelope.original_content or b""), policy=policy.default)
            assert isinstance(parsed, EmailMessage)
            self.mails.append(parsed)
        return _say(server, answer)


def _say(server: SMTP, answer: Answer) -> str:
    if answer is None:
        assert isinstance(server.transport, asyncio.Transport)
        server.transport.abort()
    return answer or "421 gone"


@contextmanager
def postbox() -> Iterator[Postbox]:
    """The server, on a free port of this computer, until the block ends."""
    box = Postbox()
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=30)
    controller.start()
    box.url = f"smtp://127.0.0.1:{port}"
    try:
        yield box
    finally:
        controller.stop()
