"""The whole application served to a real browser, and browser profiles for the people of its branch."""

import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

import uvicorn
from starlette.types import ASGIApp

from app.db import Database
from tests.branch import PASSWORD, Branch, installation, staffed
from tests.browser.somebody import Somebody
from tests.databases import Postgresql, Sqlite, build_schema

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

PHONE, DESK, NARROW = 375, 1280, 320
HEIGHT = 900
PATIENCE = 20.0
Theme = Literal["light", "dark"]


@dataclass
class Live:
    """A branch and the address its application answers on."""

    branch: Branch
    url: str


@contextmanager
def served(app: ASGIApp, listening: socket.socket) -> Iterator[None]:
    """Serves an application on a socket that listens already, by uvicorn in a thread."""
    config = uvicorn.Config(app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    limit = time.monotonic() + PATIENCE
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < limit, "the server took too long to start"
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
    assert not thread.is_alive(), "the server did not stop"


class Peopled:
    """Databases with somebody in every office, each with a password: made once per worker, then copied."""

    def __init__(self, kind: type[Sqlite | Postgresql], folder: Path) -> None:
        self._folder = folder
        self.ids: dict[str, str] = {}
        self._source = kind(self._build)

    @property
    def keys(self) -> Path:
        """The keys of all of them."""
        return self._folder / "keys"

    def _build(self, url: str) -> None:
        build_schema(url)
        with closing(Database(url)) as db:
            branch = staffed(installation(db, self._folder, self.keys))
            for email in branch.ids:
                branch.give_password(email)
            self.ids = branch.ids

    def take(self) -> str:
        """The address of a fresh one."""
        return self._source.take()

    def give_back(self, url: str) -> None:
        """It is not needed any more."""
        self._source.give_back(url)

    def close(self) -> None:
        """Lets go of the databases."""
        self._source.close()


@contextmanager
def new_and_served(source: Sqlite | Postgresql | Peopled, folder: Path, **given: Any) -> Iterator[Live]:
    """An application nobody set up yet, on a fresh database, behind a real socket."""
    url = source.take()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        db = Database(url)
        branch = Branch(installation(db, folder, folder / "keys", port=listening.getsockname()[1], **given))
        with served(branch.app, listening):
            yield Live(branch, branch.home.settings.base_url)
        db.close()
    source.give_back(url)


@contextmanager
def staffed_and_served(source: Peopled, folder: Path, **given: Any) -> Iterator[Live]:
    """The same with somebody in every office, each with a password."""
    shutil.copytree(source.keys, folder / "keys")
    with new_and_served(source, folder, **CONTACTS, **given) as live:
        live.branch.ids |= source.ids
        yield live


CONTACTS = {
    "organisation": "Test branch",
    "contact": "01632 960010, or 1 Example Street",
    "contact_about_secretary": "01632 960011",
    "controller_contact": "The branch, 1 Example Street",
}


@dataclass
class Web:
    """Opens one browser profile for each person, and gathers what their pages complained about."""

    live: Live
    browser: "Browser"
    complaints: list[str] = field(default_factory=list)
    _open: "list[BrowserContext]" = field(default_factory=list)

    def __enter__(self) -> "Web":
        return self

    def __exit__(self, kind: type[BaseException] | None, raised: object, traceback: TracebackType | None) -> None:
        for context in self._open:
            context.close()

    def visitor(self, width: int = DESK, theme: Theme = "light", *, scripts: bool = True) -> Somebody:
        """Somebody without an account."""
        context = self.browser.new_context(
            base_url=self.live.url,
            locale="en-GB",
            timezone_id="Europe/London",
            viewport={"width": width, "height": HEIGHT},
            color_scheme=theme,
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(30_000)
        self._open.append(context)
        return Somebody(context.new_page(), self.complaints)

    def officer(self, email: str, width: int = DESK, theme: Theme = "light", *, scripts: bool = True) -> Somebody:
        """Somebody of the branch, who sent the form of the page for signing in and was led on from it."""
        one = self.visitor(width, theme, scripts=scripts)
        form: dict[str, str | float | bool] = {"email": email, "password": PASSWORD}
        answer = one.page.context.request.post("/sign-in", form=form, max_redirects=0)
        assert answer.status == 303, f"{email} cannot sign in: {answer.status}"
        one.go(answer.headers["location"])
        one.name = email
        return one
