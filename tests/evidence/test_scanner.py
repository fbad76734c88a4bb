"""The virus scanner: a small real server that speaks INSTREAM, a socket that is not there, one that breaks off."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from app.evidence.arrival import Arrival, Unwanted, waiting_folder
from app.evidence.scanner import CLEAN, FOUND, NOT_SCANNED, Scan, scan_of
from app.settings import Settings

MARK = b"X5O!P%@AP-TEST"


def speaks(connection: socket.socket) -> bytes:
    """One conversation as clamd has it: the command, chunks with their length, an empty one, the answer."""
    stream = connection.makefile("rb")
    assert stream.read(10) == b"zINSTREAM\0"
    content = b""
    while length := int.from_bytes(stream.read(4), "big"):
        content += stream.read(length)
    connection.sendall(b"stream: Test-Signature FOUND\0" if MARK in content else b"stream: OK\0")
    return content


def breaks_off(connection: socket.socket) -> bytes:
    return connection.recv(4)


@contextmanager
def scanner(answer: Callable[[socket.socket], bytes], where: Path | None = None) -> Iterator[tuple[str, list[bytes]]]:
    seen: list[bytes] = []
    family = socket.AF_UNIX if where else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.bind(str(where) if where else ("127.0.0.1", 0))
        listening.listen()

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                seen.append(answer(connection))

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield str(where) if where else f"127.0.0.1:{listening.getsockname()[1]}", seen
        thread.join(10)


def scanned(address: str, *pieces: bytes) -> str:
    scan = Scan(address)
    for piece in pieces:
        scan.feed(piece)
    return scan.result()


def test_a_clean_file_by_network_and_by_socket(tmp_path: Path) -> None:
    for where in (None, tmp_path / "clamd.ctl"):
        with scanner(speaks, where) as (address, seen):
            assert scanned(address, b"a" * 100_000, b"", b"b") == CLEAN
        assert seen == [b"a" * 100_000 + b"b"]


def test_something_found_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with scanner(speaks) as (address, _):
        settings = Settings(data_dir=tmp_path / "data", keys_dir=tmp_path / "keys", clamav=address)
        arrival = Arrival(settings, "a.txt", scan=scan_of(settings))
        arrival.write(b"in two pieces: " + MARK[:5])
        arrival.write(MARK[5:])
        with pytest.raises(Unwanted, match="scanner found something harmful"):
            arrival.finish()
    assert list(waiting_folder(settings).iterdir()) == []


def test_a_scanner_that_is_away_or_breaks_off_is_no_reason_to_refuse(tmp_path: Path) -> None:
    assert scanned(str(tmp_path / "nobody"), b"x") == NOT_SCANNED
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert scanned(f"127.0.0.1:{port}", b"x") == NOT_SCANNED
    with scanner(breaks_off) as (address, _):
        assert scanned(address, b"x" * 1000, b"y") == NOT_SCANNED


def test_without_a_scanner_nothing_is_scanned(tmp_path: Path) -> None:
    assert scan_of(Settings(data_dir=tmp_path / "data", keys_dir=tmp_path / "keys")) is None
    assert FOUND not in (CLEAN, NOT_SCANNED)
