"""A server on this computer that answers whatever bytes a test wants, once or without end, as slowly as it wants."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

Answering = Callable[[bytes], Iterator[bytes]]
OK = b"HTTP/1.1 200 OK\r\n"


@dataclass
class Hostile:
    """`answer` gives what is sent to a request, part by part; the connection is closed after the last."""

    url: str
    answer: Answering = lambda _: iter(())
    sent: int = 0
    """Bytes that were taken by whoever asked."""
    ended: threading.Event = field(default_factory=threading.Event)
    secure: ssl.SSLContext | None = None

    def says(self, *parts: bytes, again: bytes = b"", every: float = 0.0) -> None:
        """Answers with these parts and then, without end, with `again`, so many seconds apart."""

        def answer(_: bytes) -> Iterator[bytes]:
            yield from parts
            while again and not self.ended.wait(every):
                yield again

        self.answer = answer

    def serve(self, listening: socket.socket) -> None:
        """Until the listening socket is closed."""
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), self._secured(connection) as talking:
            request = talking.recv(65536)
            for part in self.answer(request):
                talking.sendall(part)
                self.sent += len(part)
            talking.shutdown(socket.SHUT_WR)
            talking.settimeout(1)
            while talking.recv(65536):
                pass  # what is unread when it is closed would take the answer back

    def _secured(self, connection: socket.socket) -> socket.socket:
        return self.secure.wrap_socket(connection, server_side=True) if self.secure else connection


@contextlib.contextmanager
def answering(secure: ssl.SSLContext | None = None) -> Iterator[Hostile]:
    """One on a port of its own; its threads end with this."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        scheme = "https" if secure else "http"
        made = Hostile(f"{scheme}://127.0.0.1:{listening.getsockname()[1]}", secure=secure)
        thread = threading.Thread(target=made.serve, args=(listening,), daemon=True)
        thread.start()
        yield made
        made.ended.set()
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    """One for a test."""
    with answering() as made:
        yield made
