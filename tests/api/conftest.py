"""The branch these tests work on."""

from tests.branch import branch

__all__ = ["branch"]
