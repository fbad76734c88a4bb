"""The branches whose cases these files belong to."""

from collections.abc import Iterator

import pytest

from app.db import Database
from tests.branch import Branch, branch, installation, staffed
from tests.shared_branch import embedded_branch, shared_branch

__all__ = ["branch", "embedded_branch", "shared_branch"]


@pytest.fixture(scope="module")
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branch]:
    """A branch that takes files of 1 MB, and 2 MB a case."""
    folder, source = tmp_path_factory.mktemp("small"), request.getfixturevalue("sqlite_databases")
    url = source.take()
    db = Database(url)
    yield staffed(installation(db, folder, folder / "keys", file_limit_mb=1, case_files_limit_mb=2))
    db.close()
    source.give_back(url)
