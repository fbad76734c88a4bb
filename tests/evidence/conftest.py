"""The branches whose cases these files belong to."""

from tests.branch import branch
from tests.shared_branch import embedded_branch, shared_branch

__all__ = ["branch", "embedded_branch", "shared_branch"]
