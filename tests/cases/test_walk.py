"""Walks of chance: whatever people try in whatever order, case, version, chain and entries agree."""

import itertools
import os
from collections import Counter
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.cases import door
from app.errors import Invalid, NotFound, Problem, Refused
from app.oversight.checking import check
from app.people.queries import Viewer
from tests.branch import AUDITOR, CLOSING, DEPUTY, NOBODY, PANEL, REFERRAL, SECRETARY, STAND_IN, STATES, Branch, in_days
from tests.shared_branch import shared_branch

__all__ = ["shared_branch"]

WALKS = {"sqlite": 400, "postgresql": 110}
MORE = int(os.environ.get("CASETRAIL_TEST_WALKS", "0"))
"""So many walks on each kind of database in the long run, each longer."""
PEOPLE = st.sampled_from(["the handler", SECRETARY, DEPUTY, STAND_IN, *PANEL[:2], AUDITOR, NOBODY])
STARTS = st.sampled_from([*["received"] * 4, *["acknowledged"] * 2, *STATES[2:]])
MOVES = {
    "acknowledge": ("received", "acknowledged"),
    "begin_review": ("acknowledged", "under_review"),
    "refer": ("under_review", "referred"),
    "close_after_review": ("under_review", "closed"),
    "close_after_panel": ("referred", "closed"),
    "refer_back": ("referred", "under_review"),
    "reopen": ("closed", "under_review"),
}
INPUTS: dict[str, dict[str, Any]] = {
    "refer": REFERRAL,
    "close_after_review": CLOSING,
    "close_after_panel": {"reasons": "As the panel wrote."},
    "refer_back": {"reason_code": "more_evidence", "missing": "A thread.", "requested_on": in_days(0)},
    "reopen": {"ground": "new_evidence", "reasons": "A picture nobody had seen."},
}


class Walk(RuleBasedStateMachine):
    """One case and everyone who tries something on it; `branch` is set for each kind of database."""

    branch: ClassVar[Branch]
    viewers: ClassVar[dict[str, Viewer]]
    taken: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.reference = ""
        self.state, self.version = "", 0
        self.expected: Counter[str] = Counter()

    @initialize(start=STARTS, secret=st.booleans())
    def open(self, start: str, secret: bool) -> None:
        """A case, brought some way by the shortest path; it may be about the secretary."""
        self.reference = self.branch.at(start, **({"involves_secretary": "yes"} if secret else {}))
        self.state, self.version = start, self.branch.case(self.reference).version
        self.expected = Counter(self.branch.events(self.reference))

    @rule(by=PEOPLE, trigger=st.sampled_from(sorted(MOVES)), stale=st.integers(0, 5))
    def step(self, by: str, trigger: str, stale: int) -> None:
        """Any step by anybody, now and then from a stale form."""
        self.take(self.person(by), trigger, self.version - 1 if stale == 0 else self.version)

    @rule(which=st.integers(0, 1), declares=st.sampled_from(["none", "none", "none", "possible"]))
    def forward(self, which: int, declares: str) -> None:
        """A step out of the present state by whoever should take it, after all that it asks for, as far as they may."""
        leaving = [trigger for trigger, (source, _) in MOVES.items() if source == self.state]
        trigger = leaving[which % len(leaving)]
        by = self.person(DEPUTY if trigger == "reopen" else "the handler")
        if self.state in ("received", "closed"):
            self.add(by, "conflict-declarations", answer=declares)
        for name, prepare in (
            ("refer", self.hear),
            ("close_after_review", self.find),
            ("close_after_panel", self.find),
        ):
            if trigger == name:
                prepare(by)
        self.take(by, trigger, self.version)

    def take(self, by: str, trigger: str, version: int) -> None:
        viewer, inputs = self.viewer(by), INPUTS.get(trigger, {})
        try:
            door.take_action(self.branch.home, viewer, self.reference, trigger, inputs, version, "api")
        except Refused:
            self.expected["step_refused"] += 1
        except Problem as problem:
            self.refused(problem)
        else:
            assert version == self.version
            assert MOVES[trigger][0] == self.state
            self.state, self.version = MOVES[trigger][1], self.version + 1
            self.expected["step_taken"] += 1
            self.taken[trigger] += 1

    @rule(by=PEOPLE, answer=st.sampled_from(["none", "none", "none", "possible", "conflicted"]))
    def declare(self, by: str, answer: str) -> None:
        """A declaration by anybody; a conflict of the handler brings another one, with an entry."""
        self.add(by, "conflict-declarations", answer=answer)

    @rule(by=PEOPLE, decision=st.sampled_from(["cleared", "excluded"]))
    def clear(self, by: str, decision: str) -> None:
        """Somebody decides on the newest declaration."""
        declared = self.branch.rows(self.reference, "conflict-declarations")
        if declared:
            chosen = {"declaration": declared[-1].id, "decision": decision, "reason": "They met once."}
            self.add(by, "conflict-clearances", **chosen)

    @rule(by=PEOPLE, what=st.sampled_from(["acknowledgements", "risks", "scope-notes", "parties", "notes"]))
    def record(self, by: str, what: str) -> None:
        """One of the records that stand alone."""
        given: dict[str, dict[str, Any]] = {
            "acknowledgements": {"how": "email", "sent_on": in_days(0)},
            "risks": {"threat": "no", "child": "no", "vulnerable": "unknown"},
            "scope-notes": {"in_scope": "yes", "note": "On a public page.", "national_route": "not_needed"},
            "parties": {"role": "respondent", "name": "A Member", "identified": "named", "member_then": "yes"},
            "notes": {"text": "Someone rang.", "audience": "hidden"},
        }
        self.add(by, what, **given[what])

    @rule(by=PEOPLE, clause=st.sampled_from(["2.2", "3.1", "3.2a"]))
    def allege(self, by: str, clause: str) -> None:
        """An allegation against the newest party."""
        parties = self.branch.rows(self.reference, "parties")
        if parties:
            self.add(by, "allegations", clause=clause, respondent=parties[-1].id, conduct="A public post.")

    def find(self, by: str) -> None:
        """A finding for every allegation; with the panel, after its decision."""
        finding: dict[str, Any] = {"result": "not_proved", "reasons": "More likely than not."}
        if self.state == "referred":
            decision = {"decided_on": in_days(0), "members": list(PANEL[:3]), "outcome": "not_upheld"}
            self.add(by, "panel-decisions", **decision, measures=["none"], reasons="As written.")
            decided = self.branch.rows(self.reference, "panel-decisions")
            finding["panel_decision"] = decided[-1].id if decided else "0" * 32
        for row in self.branch.rows(self.reference, "allegations"):
            self.add(by, "findings", allegation=row.id, **finding)

    def hear(self, by: str) -> None:
        """Notice, reply, review note, and a panel that declared."""
        self.put_to_member(by, [row.id for row in self.branch.rows(self.reference, "allegations")])
        note = {"established": "A.", "not_established": "B.", "mitigation": "C.", "reasons": "D."}
        self.add(by, "review-notes", **note, recommends="refer")
        for email in PANEL[:3]:
            self.add(by, "panel", person=email)
            self.add(email, "conflict-declarations", answer="none")

    def put_to_member(self, by: str, alleged: list[str]) -> None:
        """A notice of everything alleged, and a reply."""
        parties = self.branch.rows(self.reference, "parties")
        if not parties or not alleged:
            return
        notice = {"respondent": parties[-1].id, "allegations": alleged, "sent_on": in_days(0), "how": "email"}
        self.add(by, "notices", **notice, reply_by=in_days(14))
        notices = self.branch.rows(self.reference, "notices")
        if notices:
            reply = {"received_on": in_days(0), "text": "Banter.", "disputes_attribution": "no"}
            self.add(by, "replies", notice=notices[-1].id, **reply)

    @rule(by=PEOPLE)
    def look(self, by: str) -> None:
        """Somebody opens the case; the limit on views knows who looked."""
        before = self.branch.events(self.reference).count("case_viewed")
        try:
            door.note_view(self.branch.home, self.viewer(self.person(by)), self.reference, "api")
        except NotFound:
            self.count_denials()
        views = self.branch.events(self.reference).count("case_viewed")
        assert views - before in (0, 1)
        self.expected["case_viewed"] = views

    def person(self, who: str) -> str:
        """A mail address; nobody's where the case has no handler."""
        handler = self.branch.case(self.reference).handler_id
        there = (email for email, person_id in self.branch.ids.items() if person_id == handler)
        return next(there, NOBODY) if who == "the handler" else who

    def viewer(self, email: str) -> Viewer:
        if email not in self.viewers:  # offices do not change during the walks
            self.viewers[email] = self.branch.viewer(email)
        return self.viewers[email]

    def add(self, who: str, kind: str, **values: Any) -> None:
        handler, viewer = self.branch.case(self.reference).handler_id, self.viewer(self.person(who))
        try:
            door.add_record(self.branch.home, viewer, self.reference, kind, values, None, "api")
        except Problem as problem:
            self.refused(problem)
            return
        self.version += 1
        self.expected["record_added"] += 1
        self.expected["handler_assigned"] += self.branch.case(self.reference).handler_id != handler

    def refused(self, problem: Problem) -> None:
        """Only 403 and 404 leave an entry, and beyond twenty a minute not even that."""
        assert problem.status in (403, 404, 409) or isinstance(problem, Invalid)
        if problem.status in (403, 404):
            self.count_denials()
        else:
            assert self.branch.events(self.reference).count("access_denied") == self.expected["access_denied"]

    def count_denials(self) -> None:
        denials = self.branch.events(self.reference).count("access_denied")
        assert denials - self.expected["access_denied"] in (0, 1)
        self.expected["access_denied"] = denials

    @invariant()
    def agrees(self) -> None:
        """The case is where its steps brought it, and there is one entry for each change and nothing else."""
        if not self.reference:
            return
        case, entries = self.branch.case(self.reference), self.branch.entries(self.reference)
        assert (case.state, case.version) == (self.state, self.version)
        assert next(entry.to_state for entry in reversed(entries) if entry.to_state) == self.state
        assert Counter(entry.event for entry in entries) == +self.expected
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        assert all(a.recorded_at < b.recorded_at for a, b in itertools.pairwise(entries))
        assert case.final == (self.state == "closed")
        assert (case.outcome is None) == (case.closed_by is None) == (self.state != "closed")


@pytest.mark.timeout(3600 if MORE else 400)
def test_walks(shared_branch: Branch) -> None:
    class Here(Walk):
        branch, viewers, taken = shared_branch, {}, Counter()

    chosen = settings(
        max_examples=MORE or WALKS[shared_branch.home.db.dialect],
        stateful_step_count=40 if MORE else 6,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Here, settings=chosen)
    with shared_branch.home.db.read() as session:
        assert check(shared_branch.home, session) == []
    assert set(Here.taken) == set(MOVES)
