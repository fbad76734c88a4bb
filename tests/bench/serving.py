"""A server in a process of its own: `python -m tests.bench.serving URL KEYS PORT`; `without` leaves the log alone."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import uvicorn

from app.db import Database
from app.main import create_app
from tests.branch import Branch
from tests.chaos.server import PATIENCE, free_port
from tests.installations import installation
from tests.rules.sizes import ROOT

TICK = 3600.0
"""Nothing falls due while it measures; the log is told of each change all the same."""


@contextmanager
def serving(branch: Branch, *, sequenced: bool) -> Iterator[str]:
    """The address of a server for the database of a branch, which answers."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.serving", branch.home.db.url]
    command += [str(branch.home.settings.keys_dir), str(port), *([] if sequenced else ["without"])]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:  # a line a request
        try:
            yield _answering(f"http://127.0.0.1:{port}")
        finally:
            process.send_signal(signal.SIGINT)


def _answering(url: str) -> str:
    with httpx2.Client(base_url=url) as http:
        for _ in range(PATIENCE * 50):
            with suppress(httpx2.TransportError):
                if http.get("/healthz").status_code == 200:
                    return url
            time.sleep(0.02)
    raise TimeoutError("the server does not answer")


def main(url: str, keys: str, port: str, log: str = "with") -> None:
    """Serves until it is interrupted."""
    home = installation(Database(url), Path(keys).parent, Path(keys))
    sequenced = log == "with"
    if not sequenced:
        home.db.closing = None
    app = create_app(home, tick_every=TICK if sequenced else None)
    with suppress(KeyboardInterrupt):
        uvicorn.run(app, host="127.0.0.1", port=int(port), log_config=None, access_log=False)
    home.db.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
