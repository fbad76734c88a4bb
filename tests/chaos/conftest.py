"""Tests of kills and floods use a branch with people in every office."""

from tests.branch import branch

__all__ = ["branch"]
