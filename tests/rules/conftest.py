"""The branch whose application the rules are read from."""

from tests.branch import branch

__all__ = ["branch"]
