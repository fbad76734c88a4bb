"""A server that can be killed and started again quickly: `python -m tests.chaos.server URL KEYS PORT`.

Everything is imported once; each line on standard input forks a process that serves, and its id is answered.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_server
from typing import NoReturn

import httpx2
import uvicorn
from fastapi import FastAPI

from app.db import Database
from app.main import create_app
from tests.branch import Branch
from tests.installations import installation
from tests.rules.sizes import ROOT

LIMITS = {"file_limit_mb": 500, "case_files_limit_mb": 5000}
"""More than a branch has by default, so that large files can be sent."""
NOT_FOR_CLIENTS = 20_000, 32_000
"""Systems give clients their ports from 32,768 on."""
PATIENCE = 60
"""Seconds until a server that does not answer is a failure."""


class Server:
    """What tests do to the server; `url` stays the same over all its lives."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._told, self._says = process.stdin, process.stdout
        self.url, self.pid = f"http://127.0.0.1:{port}", 0

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self._told.write("start\n")
        self._told.flush()
        self.pid = int(self._says.readline())
        with httpx2.Client(base_url=self.url) as http:
            for _ in range(PATIENCE * 50):
                with suppress(httpx2.TransportError):
                    if http.get("/healthz").status_code == 200:
                        return
                time.sleep(0.02)
        raise TimeoutError("the server does not answer")

    def kill(self) -> None:
        """kill -9, whatever it is doing; once it is gone, its port is free for the next life."""
        os.kill(self.pid, signal.SIGKILL)
        for _ in range(PATIENCE * 200):
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.005)
        raise TimeoutError("the server does not end")


@contextmanager
def server(branch: Branch) -> Iterator[Server]:
    """A server for the database of a branch, not started yet."""
    port = free_port()
    command = [sys.executable, "-m", "tests.chaos.server", branch.home.db.url]
    command += [str(branch.home.settings.keys_dir), str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Server(process, port)


def free_port() -> int:
    """One that no client is given for itself: who knocks at its own port connects to itself, and no server gets it."""
    for port in secrets.SystemRandom().sample(range(*NOT_FOR_CLIENTS), 100):
        with suppress(OSError), create_server(("127.0.0.1", port)):
            return port
    raise RuntimeError("a hundred ports are taken")


def serve(app: FastAPI, url: str, keys: Path, port: int) -> NoReturn:
    """One life of the server: the routes were made before, everything that is kept is opened anew."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    app.state.home = installation(Database(url), keys.parent, keys, **LIMITS)
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
    os._exit(0)


def main(url: str, keys: str, port: str) -> None:
    """Forks a server for each line until there are no more; the last one does not outlive this process."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies
    home = installation(Database(url), Path(keys).parent, Path(keys), **LIMITS)
    app, pid = create_app(home, tick_every=5.0), 0
    home.db.close()
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            serve(app, url, Path(keys), int(port))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
