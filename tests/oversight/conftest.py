"""Tests of the whole record use a branch with people in every office."""

from tests.branch import branch

__all__ = ["branch"]
