"""A witness at the command line, before a log that a test makes up: no database, no branch."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.audit import tree
from app.audit.checkpoints import Checkpoint, sign
from app.audit.notes import Signer
from app.audit.tiles import Tile
from app.cli import cli
from tests.audit.trees import Grown, leaves
from tests.hostile import Answering, Hostile, hostile

__all__ = ["hostile"]
LOG = Signer("cases.example.org/log", bytes(range(32)))
NAME = "witness.example/one"
Answers = dict[str, bytes]


def answers(grown: Grown, size: int, signer: Signer = LOG, note: str = "") -> Answers:
    """The files of a log of that size."""
    found = {"checkpoint": (note or sign(Checkpoint(LOG.name, size, tree.root(grown.read, size)), [signer])).encode()}
    for tile in (Tile(0, number, min(256, size - 256 * number)) for number in range(-(-size // 256))):
        found[f"tile/{tile}"] = b"".join(grown.read(0, tile.number)[: tile.width])
    if size >= 256:
        found[f"tile/{Tile(1, 0, size >> 8)}"] = b"".join(grown.read(1, 0)[: size >> 8])
    return found


def http(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def answered(grown: Grown, size: int) -> Answering:
    """How a server answers that has the files of such a log."""
    return serving(answers(grown, size))


def serving(files: Answers) -> Answering:
    """How a server answers that has these files, and 404 else."""

    def answer(request: bytes) -> Iterator[bytes]:
        path = request.split(b" ", 2)[1].decode().removeprefix("/")
        yield http(files[path]) if path in files else http(b"", "404 Not Found")

    return answer


@dataclass
class Watcher:
    """A witness with its files in a folder, before a server that can say anything."""

    at: Path
    log: Hostile

    @property
    def state(self) -> Path:
        return self.at / "seen"

    @property
    def words(self) -> list[str]:
        named = {"--key": "own", "--state": "seen", "--log-key": "log.keys"}
        return [*(word for name, file in named.items() for word in (name, str(self.at / file))), "--name", NAME]

    def serves(self, files: Answers) -> None:
        """The log answers with these, and with 404 else."""
        self.log.answer = serving(files)

    def asked(self) -> list[bytes]:
        """What is asked from now on."""
        requests, before = list[bytes](), self.log.answer

        def noted(request: bytes) -> Iterator[bytes]:
            requests.append(request)
            yield from before(request)

        self.log.answer = noted
        return requests

    def looks(self, code: int = 0, log: str = "") -> str:
        """What it said on both outputs."""
        found: Result = CliRunner().invoke(cli, ["audit", "witness", log or self.log.url, *self.words])
        assert found.exit_code == code, (found.stdout, found.stderr, found.exception)
        assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
        return found.stdout + found.stderr

    def refuses(self, log: str = "") -> str:
        """It says one line, prints no checkpoint, and its state is as before."""
        before = self.state.read_bytes() if self.state.is_file() else None
        said = self.looks(1, log)
        assert len(said.strip().split("\n")) == 1, said
        assert said.rstrip("\n").isprintable(), said
        assert (self.state.read_bytes() if self.state.is_file() else None) == before
        return said


@pytest.fixture
def grown() -> Grown:
    return Grown(leaves(700))


@pytest.fixture
def watcher(tmp_path: Path, hostile: Hostile) -> Watcher:
    (tmp_path / "log.keys").write_text(f"{LOG.verifier()}\n")
    return Watcher(tmp_path, hostile)


@pytest.fixture
def seen(watcher: Watcher, grown: Grown) -> Watcher:
    """One that has seen 300 entries; the log has 700 now."""
    watcher.serves(answers(grown, 300))
    watcher.looks()
    watcher.serves(answers(grown, 700))
    return watcher
