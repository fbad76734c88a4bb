"""Large files against a served process: constant memory, ten at once, one broken off, and digests after a restart.

The short form sends 24 MB and ten of 2 MB; `make chaos` sends 200 MB and ten of 20 MB.
"""

import hashlib
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from app.oversight.checking import check
from tests.branch import SECRETARY, Branch
from tests.chaos.server import PATIENCE, Server, server
from tests.evidence.sending import stored
from tests.shared_branch import embedded_branch

__all__ = ["embedded_branch"]
MIB = 1024 * 1024
LARGE = int(os.environ.get("CASETRAIL_TEST_UPLOAD_MB", "24"))
EACH = max(2, LARGE // 10)
MOST_GROWTH = 20 * MIB
BEGIN = b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42"


def film(number: int, size: int) -> Iterator[bytes]:
    """The pieces of a film of so many MiB, each different."""
    block = hashlib.sha256(bytes([number])).digest() * (MIB // 32)
    for place in range(size):
        yield (BEGIN if place == 0 else place.to_bytes(24, "big")) + block[24:]


def digest(pieces: Iterator[bytes]) -> str:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()


HEAD = (
    b'--x\r\nContent-Disposition: form-data; name="method"\r\n\r\ndocument\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="film.mp4"\r\n\r\n'
)
TAIL = b"\r\n--x--\r\n"
KIND = "multipart/form-data; boundary=x"


def send(http: httpx2.Client, reference: str, number: int, size: int) -> int:
    def body() -> Iterator[bytes]:
        yield HEAD
        yield from film(number, size)
        yield TAIL

    headers = {"content-type": KIND, "content-length": str(len(HEAD) + size * MIB + len(TAIL))}
    return http.post(f"/cases/{reference}/evidence", content=body(), headers=headers).status_code


def break_off(one: Server, reference: str, token: str, size: int) -> None:
    """Announces a film and goes away half-way."""
    host, port = one.url.removeprefix("http://").split(":")
    head = f"POST /api/v1/cases/{reference}/evidence HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n"
    head += f"content-type: {KIND}\r\ncontent-length: {len(HEAD) + size * MIB + len(TAIL)}\r\n\r\n"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + HEAD)
        for piece in film(99, size // 2):
            connection.sendall(piece)


def memory(pid: int, name: str) -> int:
    """VmRSS (now) or VmHWM (the most since it was last asked to forget), in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


@contextmanager
def growing_little(one: Server, what: str) -> Iterator[None]:
    """The memory of the server may grow by so much at most, measured at its peak."""
    Path(f"/proc/{one.pid}/clear_refs").write_text("5")  # forget the peak there was
    before, started = memory(one.pid, "VmRSS"), time.monotonic()
    yield
    took, growth = time.monotonic() - started, memory(one.pid, "VmHWM") - before
    print(f"{what}: {took:.1f} s, peak memory grew by {growth / MIB:.1f} MB")  # noqa: T201 (what a long run found)
    assert growth < MOST_GROWTH


def nothing_is_left(branch: Branch, known: list[Path]) -> None:
    until = time.monotonic() + PATIENCE
    while stored(branch) != known:
        assert time.monotonic() < until, "something is left of a file that was broken off"
        time.sleep(0.02)


@pytest.mark.timeout(120 + 5 * LARGE)
def test_large_files(embedded_branch: Branch) -> None:
    branch, patience = embedded_branch, PATIENCE + 5 * LARGE
    reference, token = branch.at("acknowledged"), branch.token(SECRETARY)
    mine = {"Authorization": f"Bearer {token}"}
    with server(branch) as one, httpx2.Client(base_url=f"{one.url}/api/v1", timeout=patience, headers=mine) as http:
        one.start()
        assert send(http, reference, 0, 1) == 201  # whatever is loaded once is loaded now
        with growing_little(one, f"{LARGE} MB sent"):
            assert send(http, reference, 1, LARGE) == 201
        known = stored(branch)
        break_off(one, reference, token, LARGE)
        nothing_is_left(branch, known)
        with ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(lambda number: send(http, reference, number, EACH), range(2, 12)))
        assert answers == [201] * 10
        one.kill()
        one.start()
        listed = http.get(f"/cases/{reference}/files").json()["items"]
        expected = {digest(film(number, EACH)) for number in range(2, 12)}
        assert {file["sha256"] for file in listed} == expected | {digest(film(1, LARGE)), digest(film(0, 1))}
        with growing_little(one, "all of them read"):
            for file in listed:
                with http.stream("GET", f"/cases/{reference}/files/{file['id']}") as answer:
                    assert digest(answer.iter_bytes()) == file["sha256"]
        one.kill()
    assert len(stored(branch)) == 12
    with branch.home.db.read() as session:
        assert check(branch.home, session) == []
