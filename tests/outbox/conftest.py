"""One mail server for all tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.postbox import Postbox, postbox
from tests.shared_branch import shared_branch

__all__ = ["shared_branch"]


@pytest.fixture(scope="module")
def server() -> Iterator[Postbox]:
    """The mail server of a module."""
    with postbox() as box:
        yield box


@pytest.fixture
def box(server: Postbox) -> Postbox:
    """The same, empty and well-behaved."""
    server.again()
    return server
