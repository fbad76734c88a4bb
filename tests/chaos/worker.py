"""A worker that can be killed and started again quickly: `python -m tests.chaos.worker URL KEYS SMTP_URL`.

Everything is imported once; each line on standard input (minutes from now) forks a process that ticks once and ends.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

from pydantic import SecretStr

from app import clock, worker
from app.db import Database
from app.letters import pdf
from tests.branch import Branch
from tests.installations import installation, library
from tests.rules.sizes import ROOT


class Workers:
    """What tests do: start one, let it end, or kill it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._told, self._says, self.pid = process.stdin, process.stdout, 0

    def start(self, minutes: float) -> None:
        """A worker for which it is so many minutes later; returns once it is at work."""
        self._told.write(f"{minutes}\n")
        self._told.flush()
        self.pid = int(self._says.readline())

    def kill(self) -> None:
        """kill -9, whatever it is doing; one that has ended already is left alone."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        """Until the worker that was started last has ended, by itself or not."""
        assert self._says.readline().strip() == f"over {self.pid}"


@contextmanager
def workers(branch: Branch, smtp_url: str) -> Iterator[Workers]:
    """Workers for the database of a branch, none started yet."""
    command = [sys.executable, "-m", "tests.chaos.worker", branch.home.db.url]
    command += [str(branch.home.settings.keys_dir), smtp_url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Workers(process)


def work(url: str, keys: Path, smtp_url: str, minutes: float) -> NoReturn:
    """One life; what it logs must not mix with what the tests read."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    given = {"smtp_url": SecretStr(smtp_url), "mail_from": "branch@example.org"}
    home = installation(Database(url), keys.parent, keys, **given)
    worker.tick(home, clock.now() + timedelta(minutes=minutes))
    os._exit(0)


def main(url: str, keys: str, smtp_url: str) -> None:
    """Forks a worker for each line until there are no more."""
    library()
    pdf._compiler()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            work(url, Path(keys), smtp_url, float(line))
        _say(f"{pid}")
        os.waitpid(pid, 0)
        _say(f"over {pid}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
