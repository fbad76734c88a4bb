"""Walks of chance: whatever people try in whatever order, case, version, chain and entries agree."""

import os
from collections import Counter
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.oversight.checking import check
from app.people.queries import Viewer
from tests.branch import AUDITOR, DEPUTY, NOBODY, PANEL, SECRETARY, STAND_IN, STATES, Branch
from tests.cases.walking import MOVES, SIMPLE, THE_HANDLER, Journey
from tests.shared_branch import shared_branch

__all__ = ["shared_branch"]

WALKS = int(os.environ.get("CASETRAIL_TEST_WALKS", "24"))
"""So many walks on each kind of database; `.ci/run` takes 500, `make chaos` 1,000 of eight times the length."""
TURNS = 4
"""So many tests share the walks, so that workers can share them."""
STEPS = int(os.environ.get("CASETRAIL_TEST_WALK_STEPS", "5"))
PEOPLE = st.sampled_from([THE_HANDLER, SECRETARY, DEPUTY, STAND_IN, *PANEL[:2], AUDITOR, NOBODY])
STARTS = st.sampled_from([*["received"] * 5, *["acknowledged"] * 3, *STATES[2:]])


class Walk(RuleBasedStateMachine):
    """One case and everyone who tries something on it."""

    branch: ClassVar[Branch]
    viewers: ClassVar[dict[str, Viewer]]
    taken: ClassVar[Counter[str]]
    on: Journey | None = None

    @property
    def case(self) -> Journey:
        assert self.on is not None
        return self.on

    @initialize(start=STARTS, secret=st.booleans())
    def open(self, start: str, secret: bool) -> None:
        """A case, brought some way by the shortest path; it may be about the secretary."""
        reference = self.branch.at(start, **({"involves_secretary": "yes"} if secret else {}))
        self.on = Journey(self.branch, self.viewers, reference, self.taken)

    @rule(by=PEOPLE, trigger=st.sampled_from(sorted(MOVES)), stale=st.integers(0, 5))
    def step(self, by: str, trigger: str, stale: int) -> None:
        """Any step by anybody, now and then from a stale form."""
        self.case.take(by, trigger, self.case.version - 1 if stale == 0 else self.case.version)

    @rule(which=st.integers(0, 1))
    def forward(self, which: int) -> None:
        """A step out of the present state by whoever should take it, after all that it asks for."""
        leaving = [trigger for trigger, (source, _) in MOVES.items() if source == self.case.state]
        trigger = leaving[which % len(leaving)]
        by = DEPUTY if trigger == "reopen" else THE_HANDLER
        self.case.prepare(by, trigger)
        self.case.take(by, trigger, self.case.version)

    @rule(by=PEOPLE, answer=st.sampled_from(["none", "none", "none", "possible", "conflicted"]))
    def declare(self, by: str, answer: str) -> None:
        """A declaration by anybody."""
        self.case.add(by, "conflict-declarations", answer=answer)

    @rule(by=PEOPLE, decision=st.sampled_from(["cleared", "excluded"]))
    def clear(self, by: str, decision: str) -> None:
        """Somebody decides on the newest declaration."""
        declaration = self.case.newest("conflict-declarations")
        chosen = {"declaration": declaration, "decision": decision, "reason": "They met once."}
        self.case.add(by, "conflict-clearances", **chosen)

    @rule(by=PEOPLE, what=st.sampled_from(sorted(SIMPLE)))
    def record(self, by: str, what: str) -> None:
        """One of the records that stand alone."""
        self.case.add(by, what, **SIMPLE[what])

    @rule(by=PEOPLE, clause=st.sampled_from(["2.2", "3.1", "3.2a"]))
    def allege(self, by: str, clause: str) -> None:
        """An allegation against the newest party."""
        self.case.allege(by, clause)

    @rule(by=PEOPLE)
    def look(self, by: str) -> None:
        """Somebody opens the case."""
        self.case.look(by)

    @invariant()
    def agrees(self) -> None:
        """Case and entries agree."""
        if self.on is not None:
            self.on.agrees()


@pytest.mark.timeout(900 + WALKS * STEPS // 10)
@pytest.mark.parametrize("turn", range(TURNS))
def test_walks(shared_branch: Branch, turn: int) -> None:
    class Here(Walk):
        branch, viewers, taken = shared_branch, {}, Counter()

    chosen = settings(
        max_examples=WALKS // TURNS,
        stateful_step_count=STEPS,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Here, settings=chosen)
    with shared_branch.home.db.read() as session:
        assert check(shared_branch.home, session) == []
    assert Here.taken, "nobody ever got a step done"
