"""The branch that a browser walks through, served on a free port of this computer."""

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.browser.live import Live, Peopled, Web, staffed_and_served
from tests.databases import Postgresql, Sqlite

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def peopled_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peopled]:
    """The worker's source of databases that somebody can sign in to, on SQLite."""
    with closing(Peopled(Sqlite, tmp_path_factory.mktemp("peopled"))) as source:
        yield source


@pytest.fixture(scope="session")
def peopled_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peopled]:
    """The same on PostgreSQL."""
    with closing(Peopled(Postgresql, tmp_path_factory.mktemp("peopled"))) as source:
        yield source


@pytest.fixture
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The real application on SQLite; `@pytest.mark.parametrize("live", KINDS, indirect=True)` takes both kinds."""
    kind = getattr(request, "param", "sqlite")
    source = request.getfixturevalue(f"peopled_{kind}")
    with staffed_and_served(source, tmp_path_factory.mktemp("live")) as served:
        yield served


@pytest.fixture
def web(live: Live, browser: "Browser") -> Iterator[Web]:
    """Browser profiles of people who use it; at the end no page may have complained about anything."""
    with Web(live, browser) as profiles:
        yield profiles
        assert profiles.complaints == []
