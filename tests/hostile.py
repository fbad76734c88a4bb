"""A server on this computer that answers whatever bytes a test wants, once or without end, as slowly as it wants."""

import contextlib
import socket
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
        with connection, contextlib.suppress(OSError):
            request = connection.recv(65536)
            for part in self.answer(request):
                connection.sendall(part)
                self.sent += len(part)


@contextlib.contextmanager
def answering() -> Iterator[Hostile]:
    """One on a port of its own; its threads end with this."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Hostile(f"http://127.0.0.1:{listening.getsockname()[1]}")
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
