"""Another process at the same door: `python -m tests.cases.rivals URL KEYS EMAIL`, then a line for each step to take.

A line is `REFERENCE VERSION` (`-` for no version); the answer is the status, one line each, after `ready`.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app.cases import door
from app.db import Database
from app.errors import Problem
from tests.branch import REFERRAL, Branch, installation
from tests.rules.sizes import ROOT


class Rival:
    """A process that takes the step `refer` when told to."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._told, self._says = process.stdin, process.stdout

    def tell(self, reference: str, version: int | None) -> None:
        """Starts one attempt."""
        self._told.write(f"{reference} {'-' if version is None else version}\n")
        self._told.flush()

    def says(self) -> str:
        """The next line of the answer."""
        return self._says.readline().strip()


@contextmanager
def rivals(branch: Branch, email: str, number: int = 2) -> Iterator[list[Rival]]:
    """So many processes on the database of a branch, all ready."""
    url, keys = branch.home.db.url, str(branch.home.settings.keys_dir)
    command = [sys.executable, "-m", "tests.cases.rivals", url, keys, email]
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(number)
        ]
        each = [Rival(process) for process in started]
        assert [rival.says() for rival in each] == ["ready"] * number
        yield each


def main(url: str, keys: str, email: str) -> None:
    """Takes steps as told by standard input."""
    home = installation(Database(url), Path(keys).parent, Path(keys))
    viewer = Branch(home).viewer(email)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        reference, version = line.split()
        try:
            door.take_action(
                home, viewer, reference, "refer", REFERRAL, None if version == "-" else int(version), "api"
            )
            said = "200"
        except Problem as problem:
            said = str(problem.status)
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()
    home.db.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
