"""What every test may ask for: a database of either kind, a key folder, a browser."""

import functools
import gc
import importlib.util
import os
import shutil
from collections.abc import Container, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import freezegun
import hypothesis
import pytest
import typer.main
import typer.testing
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.db import Database
from app.people import passwords
from tests import databases, engines, loops, postgres
from tests.databases import EVERYWHERE, KINDS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.branch import Staffed

PARTS = {
    "browser": ("tests in a browser: no Chromium on this machine", "sudo apt-get install chromium"),
    "postgres": (
        "tests on PostgreSQL: no server programs on this machine",
        "sudo apt-get install postgresql",
    ),
    "go": (
        "checks by Go's own log programs: no Go with golang.org/x/mod on this machine",
        "sudo apt-get install golang-go golang-golang-x-mod-dev",
    ),
    "pm4py": (
        "replay by pm4py: CASETRAIL_TEST_PM4PY names no Python that has it",
        "python -m tests.oversight.make_pm4py FOLDER",
    ),
}
GO_MODULE = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
RUN = pytest.StashKey[postgres.Run]()
WITHOUT_TIME = [
    *("_pytest", "alembic", "anyio", "app.outgoing", "asn1crypto", "attr", "click", "cryptography", "dateutil"),
    *("execnet", "fastapi"),
    *("filetype", "holidays", "httpx2", "hypothesis", "icalendar", "importlib", "jinja2", "mako", "msgspec"),
    *("opentelemetry", "PIL", "playwright", "pluggy", "psycopg", "pydantic", "pygments", "pypdf", "rich", "ruamel"),
    *("schemathesis", "sqlalchemy", "starlette", "typer", "unittest", "uvicorn", "xdist", "xml"),
]
"""Packages whose modules freezegun need not search each time: what they know of the time is no part of a test."""

# Slow machines must not fail a property, and found examples are printed, not kept in the checkout.
hypothesis.settings.register_profile("casetrail", deadline=None, database=None, print_blob=True)
hypothesis.settings.load_profile("casetrail")


def chromium() -> str | None:
    """The path of the machine's own browser."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@functools.cache
def _missing() -> list[str]:
    has_browser = chromium() is not None and importlib.util.find_spec("playwright") is not None
    has_go = shutil.which("go") is not None and GO_MODULE.is_dir()
    has_pm4py = Path(os.environ.get("CASETRAIL_TEST_PM4PY") or "missing").is_file()
    present = {"browser": has_browser, "postgres": postgres.available(), "go": has_go, "pm4py": has_pm4py}
    return [part for part in PARTS if not present[part]]


BY_TURNS = (
    *("tests/api/", "tests/audit/test_refusing", "tests/cases/", "tests/cli/", "tests/evidence/", "tests/letters/"),
    *("tests/outbox/", "tests/oversight/", "tests/people/", "tests/web/"),
)
"""Tests that run on one kind of database, half of them on each; in CI on both."""
NEVER_BY_TURNS = (
    *("test_all_or_nothing", "test_log_attacks", "test_no_way_back", "test_one_door", "test_tamper", "test_walk"),
    *("test_keeping", "test_loss", "test_sending", "test_two_logs", "test_walls"),
)
"""Attacks, races, walls, walks, backup and loss: what a database has most part in runs on both each time."""
LONG = ("tests/browser/", "tests/chaos/", "test_walk.py", "test_fuzz.py")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker more than processors: a test in a browser waits for a third of its time."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long ones first, each group as shuffled: otherwise one worker ends alone with a test of a minute."""
    names = {item.nodeid for item in items}
    waits = {name for name in names if not EVERYWHERE and waits_its_turn(name, names)}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in waits])
    items[:] = [item for item in items if item.nodeid not in waits]
    items.sort(key=lambda item: not any(part in item.nodeid for part in LONG))


def waits_its_turn(name: str, names: Container[str]) -> bool:
    """Whether a test that is there for both kinds of database runs on the other one: half on each, always the same."""
    kind = next((kind for kind in ("sqlite", "postgresql") if f"[{kind}]" in name or f"[{kind}-" in name), None)
    if kind is None or not name.startswith(BY_TURNS) or any(part in name for part in NEVER_BY_TURNS):
        return False
    other = "postgresql" if kind == "sqlite" else "sqlite"
    if name.replace(f"[{kind}", f"[{other}") not in names:
        return False
    return (crc32(name.replace(kind, "").encode()) % 2 == 0) == (kind == "sqlite")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was imported stays: looking through it for rubbish again and again took a fifteenth of a run."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """No look for rubbish while everything is imported: that stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """Makes the folder of this run (in the process that starts the workers) and insists on required parts."""
    required = [part for part in os.environ.get("CASETRAIL_TEST_REQUIRE", "").split(",") if part]
    for part in required:
        if part not in PARTS:
            raise pytest.UsageError(f"CASETRAIL_TEST_REQUIRE knows {', '.join(PARTS)}, not {part}")
        if part in _missing():
            raise pytest.UsageError("required but cannot run: {}; to bring it: {}".format(*PARTS[part]))
    for name in [name for name in os.environ if name.startswith("CASETRAIL_") and "_TEST_" not in name]:
        del os.environ[name]  # a setting of whoever runs the tests must not change them
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]  # nothing here goes through one, and each client would read certificates for it
    freezegun.configure(extend_ignore_list=WITHOUT_TIME)
    engines.share_compiled()
    vars(typer.testing)["_get_command"] = functools.cache(typer.main.get_command)  # 7 ms a command
    if not hasattr(config, "workerinput"):
        postgres.reap()
        config.stash[RUN] = postgres.Run()
        config.option.basetemp = config.option.basetemp or config.stash[RUN].folder / "tmp"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the server and removes the folder of this run."""
    run = config.stash.get(RUN, None)
    if run:
        run.close()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips what this machine cannot run."""
    for part in _missing():
        if item.get_closest_marker(part):
            pytest.skip(PARTS[part][0])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each kind that did not run."""
    for part in _missing():
        terminalreporter.write_line("Not run: {}; to bring it: {}".format(*PARTS[part]), yellow=True)


@pytest.fixture(scope="session", autouse=True)
def one_loop() -> Iterator[None]:
    """The loop in which the clients of this worker ask."""
    with loops.one_loop():
        yield


@pytest.fixture(scope="session")
def sqlite_databases() -> databases.Sqlite:
    """The worker's source of SQLite databases."""
    return databases.Sqlite()


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[databases.Postgresql]:
    """The worker's source of PostgreSQL databases."""
    source = databases.Postgresql()
    yield source
    source.close()


@pytest.fixture(scope="session")
def staffed_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Staffed"]:
    """The worker's source of staffed branches on SQLite."""
    yield from _staffed(databases.Sqlite, tmp_path_factory)


@pytest.fixture(scope="session")
def staffed_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Staffed"]:
    """The worker's source of staffed branches on PostgreSQL."""
    yield from _staffed(databases.Postgresql, tmp_path_factory)


def _staffed(
    kind: type[databases.Sqlite | databases.Postgresql], folders: pytest.TempPathFactory
) -> Iterator["Staffed"]:
    from tests.branch import Staffed

    source = Staffed(kind, folders.mktemp("staffed"))
    yield source
    source.close()


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database with the real schema; the test runs once on each kind."""
    source = request.getfixturevalue(f"{request.param}_databases")
    url = source.take()
    yield url
    source.give_back(url)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """An empty database with the real schema; the test runs once on each kind."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def sqlite_db(sqlite_databases: databases.Sqlite) -> Iterator[Database]:
    """An empty database with the real schema, on SQLite only."""
    url = sqlite_databases.take()
    database = Database(url)
    yield database
    database.close()
    sqlite_databases.give_back(url)


@pytest.fixture
def postgresql_db(postgresql_databases: databases.Postgresql) -> Iterator[Database]:
    """An empty database with the real schema, on PostgreSQL only; mark the test `postgres`."""
    url = postgresql_databases.take()
    database = Database(url)
    yield database
    database.close()
    postgresql_databases.give_back(url)


@pytest.fixture
def keys_dir(tmp_path: Path) -> Path:
    """Where a key folder may be made; nothing is there yet."""
    return tmp_path / "keys"


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """A hash that costs little for everybody who signs in."""
    quick = PasswordHash([Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", quick)
        passwords._nobodys_hash.cache_clear()
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """The machine's own Chromium, headless, once per worker; mark the test `browser`."""
    from playwright.sync_api import sync_playwright

    flags = ["gpu", "quic", "background-networking", "component-update", "sync"]
    arguments = ["--no-first-run", *(f"--disable-{flag}" for flag in flags)]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        yield chrome
        chrome.close()


@pytest.fixture
def context(browser: "Browser") -> Iterator["BrowserContext"]:
    """A fresh browser profile in British English."""
    with browser.new_context(locale="en-GB", timezone_id="Europe/London") as fresh:
        yield fresh


@pytest.fixture
def page(context: "BrowserContext") -> "Page":
    """An empty page of a fresh profile."""
    return context.new_page()
