"""Trees grown in memory, and others' programs that check what ours say of them."""

import base64
import json
import os
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from app.audit.entries import leaf_hash
from app.audit.tree import WIDTH, filled, fold
from tests import postgres

ORACLE = Path(__file__).with_name("oracle")
GO_SOURCES = Path("/usr/share/gocode")


def leaves(count: int) -> list[bytes]:
    """Entries of a test tree, not yet hashed."""
    return [f"entry {number}".encode() for number in range(count)]


class Grown:
    """A tree that grows leaf by leaf, holding only what a log stores."""

    def __init__(self, entries: Sequence[bytes] = ()) -> None:
        self.levels: dict[int, list[bytes]] = {0: []}
        for entry in entries:
            self.add(entry)

    def add(self, entry: bytes) -> None:
        size = len(self.levels[0])
        self.levels[0].append(leaf_hash(entry))
        for level, number in filled(size, size + 1):
            above = self.levels.setdefault(level + 1, [])
            assert len(above) == number
            above.append(fold(self.read(level, number)))

    def read(self, level: int, number: int) -> list[bytes]:
        return self.levels.get(level, [])[number * WIDTH : (number + 1) * WIDTH]


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


@cache
def go_oracle() -> Path:
    """The oracle, built once per process from its source and Debian's golang.org/x/mod."""
    built = Path(os.environ[postgres.RUN_VARIABLE]) / f"oracle-{os.getpid()}"
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": str(GO_SOURCES),
        "GOCACHE": str(built.with_name("go-cache")),
        "GOFLAGS": "",
    }
    subprocess.run(["go", "build", "-o", built, "main.go"], cwd=ORACLE, env=environment, check=True)
    return built


def go_says(**claims: Any) -> str:
    """What the Go program says of these claims: `ok`, or what is wrong."""
    done = subprocess.run([go_oracle()], input=json.dumps(claims), capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.strip()
