"""A `branch` on SQLite, in CI on both kinds, for tests of words and forms, in which a database has little part.

What they show is read by the same functions as by API and command line, and those are tested on both kinds.
Take it, or a `shared_branch`, into a test module with: `from tests.embedded import branch` and `__all__ = ["branch"]`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.branch import Branch, a_branch
from tests.databases import SPARING
from tests.shared_branch import opened


@pytest.fixture(params=SPARING)
def branch(request: pytest.FixtureRequest, tmp_path: Path, keys_dir: Path) -> Iterator[Branch]:
    """A branch with somebody in every office."""
    yield from a_branch(request, tmp_path, keys_dir)


@pytest.fixture(scope="module", params=SPARING)
def shared_branch(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branch]:
    """One branch for all tests of a module; tests use cases of their own."""
    with opened(request, request.param, tmp_path_factory.mktemp("branch")) as branch:
        yield branch
