"""The helper that other tests stand on: cases reach every state by the shortest way, and the record stays sound."""

import pytest

from app.oversight.checking import check
from tests.branch import STATES, Branch


@pytest.mark.parametrize("state", STATES)
def test_a_case_can_be_brought_to_every_state(branch: Branch, state: str) -> None:
    reference = branch.at(state)
    assert branch.case(reference).state == state
    with branch.home.db.read() as session:
        assert check(branch.home, session) == []
