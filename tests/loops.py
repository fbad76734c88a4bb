"""One event loop for all clients of a worker: to begin one with its threads takes longer than most requests."""

from collections.abc import Iterator
from contextlib import contextmanager

from anyio.from_thread import BlockingPortal, start_blocking_portal

_RUNNING: list[BlockingPortal] = []


@contextmanager
def one_loop() -> Iterator[None]:
    """While this lasts, clients ask their applications in one loop."""
    with start_blocking_portal() as portal:
        _RUNNING.append(portal)
        yield
        _RUNNING.remove(portal)


def shared() -> BlockingPortal | None:
    """The way into that loop; None where each request begins its own."""
    return _RUNNING[0] if _RUNNING else None
