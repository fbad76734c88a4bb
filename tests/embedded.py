"""A `branch` on SQLite alone, for tests of words and forms, in which no database has a part.

What they show is read by the same functions as by API and command line, and those are tested on both kinds.
Take it into a test module with: `from tests.embedded import branch` and `__all__ = ["branch"]`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.branch import Branch, Staffed, quicken


@pytest.fixture
def branch(
    staffed_sqlite: Staffed, tmp_path: Path, keys_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Branch]:
    """A branch with somebody in every office."""
    quicken(monkeypatch)
    with staffed_sqlite.opened(tmp_path, keys_dir) as made:
        yield made
