"""Who may take which step, in which state: the whole table. A refusal leaves nothing but its entry."""

from collections.abc import Callable

import pytest

from app.cases import actions, queries
from app.errors import Forbidden, NotFound, Refused, WrongState
from tests.branch import (
    ADMINISTRATOR,
    AUDITOR,
    DATA_PROTECTION,
    DEPUTY,
    NOBODY,
    PANEL,
    REFERRAL,
    SECRETARY,
    STAND_IN,
    STATES,
    Branch,
    in_days,
)
from tests.shared_branch import entry_ids, events_after, kept, shared_branch

__all__ = ["shared_branch"]

TRIGGERS = ("acknowledge", "begin_review", "refer", "close_after_review", "close_after_panel", "refer_back", "reopen")
INPUTS: dict[str, dict[str, str]] = {
    "refer": REFERRAL,
    "close_after_review": {"outcome": "no_breach", "reasons": "Within the guidance.", "respondent_told": "yes"},
    "close_after_panel": {"reasons": "On the balance of probabilities."},
    "refer_back": {"reason_code": "more_evidence", "missing": "The thread before it.", "requested_on": in_days(0)},
    "reopen": {"ground": "new_evidence", "reasons": "A picture nobody had seen."},
}

# One sign for each trigger, in the order of TRIGGERS; one word for each state, in the order of STATES:
# D done, M theirs but a condition is missing (409), W not from this state (409), F forbidden (403), N not found (404)
UNSEEN = "NNNNNNN"
READS = "FFFFFFF"
HANDLES = ("MWWWWWW", "WMWWWWW", "WWMMWWW", "WWWWMMW", "WWWWWWM")
HANDLES_CLEAR = ("MWWWWWW", "WMWWWWW", "WWMMWWW", "WWWWMDW", "WWWWWWM")
CARD_OPEN = "FFFFFFW"
MAY_REOPEN, REOPENS = "FFFFFFM", "FFFFFFD"
NEVER = (UNSEEN,) * 5
SEATED = (UNSEEN, UNSEEN, READS, READS, READS)
ASKED = (UNSEEN, UNSEEN, READS, UNSEEN, UNSEEN)
ALWAYS_READS = (READS,) * 5
OUTSIDE = {ADMINISTRATOR: NEVER, DATA_PROTECTION: NEVER, NOBODY: NEVER, AUDITOR: ALWAYS_READS}

TABLE: dict[str, dict[str, tuple[str, ...]]] = {
    # the secretary handles it and is clear; panel 1 to 3 are seated, panel 4 was asked and has not declared
    "plain": {
        DEPUTY: (UNSEEN, UNSEEN, UNSEEN, UNSEEN, MAY_REOPEN),
        STAND_IN: (UNSEEN, UNSEEN, UNSEEN, UNSEEN, READS),
        PANEL[0]: SEATED,
        PANEL[3]: ASKED,
        **OUTSIDE,
        SECRETARY: HANDLES_CLEAR,
    },
    # the secretary said that something might connect them; the deputy declared none and has not decided yet
    "waiting": {
        STAND_IN: (CARD_OPEN, CARD_OPEN, CARD_OPEN, CARD_OPEN, READS),
        PANEL[0]: SEATED,
        **OUTSIDE,
        SECRETARY: HANDLES,
        DEPUTY: (CARD_OPEN, CARD_OPEN, CARD_OPEN, CARD_OPEN, REOPENS),
    },
    # the secretary declared a conflict late: the deputy handles it and has not declared
    "passed_on": {
        SECRETARY: NEVER,
        STAND_IN: (UNSEEN, UNSEEN, UNSEEN, UNSEEN, READS),
        PANEL[0]: SEATED,
        **OUTSIDE,
        DEPUTY: HANDLES,
    },
    # about the secretary: the deputy handles it; once the deputy finished it, only the stand-in is left to reopen
    "about_secretary": {
        SECRETARY: NEVER,
        PANEL[0]: SEATED,
        PANEL[3]: ASKED,
        **OUTSIDE,
        DEPUTY: HANDLES_CLEAR,
        STAND_IN: (UNSEEN, UNSEEN, UNSEEN, UNSEEN, REOPENS),
    },
}


def brought_to(branch: Branch, state: str, **report: str) -> str:
    """A case in a state, with nothing done yet of what the next step needs, and a panel from the review on."""
    reference = branch.report(**report)
    by = branch.handler(reference)
    branch.keep(by, reference, "conflict-declarations", answer="none")
    if state == "received":
        return reference
    branch.acknowledged(reference)
    if state == "acknowledged":
        return reference
    branch.under_review(reference)
    if state == "under_review":
        branch.seated(reference)
        branch.keep(by, reference, "panel", person=PANEL[3])
        return reference
    branch.referred(reference)
    if state == "closed":
        branch.decided(reference)
        branch.act(by, reference, "close_after_panel", reasons="As the panel wrote.")
    return reference


def plain(branch: Branch, state: str) -> str:
    return brought_to(branch, state)


def waiting(branch: Branch, state: str) -> str:
    reference = brought_to(branch, state)
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="possible")
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="none")
    return reference


def passed_on(branch: Branch, state: str) -> str:
    reference = brought_to(branch, state)
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="conflicted")
    return reference


def about_secretary(branch: Branch, state: str) -> str:
    reference = brought_to(branch, state, involves_secretary="yes")
    if state == "closed":
        branch.keep(STAND_IN, reference, "conflict-declarations", answer="none")
    return reference


SETUPS: dict[str, Callable[[Branch, str], str]] = {
    "plain": plain,
    "waiting": waiting,
    "passed_on": passed_on,
    "about_secretary": about_secretary,
}


def attempt(branch: Branch, by: str, reference: str, trigger: str) -> str:
    """The sign of what came of it."""
    try:
        branch.act(by, reference, trigger, **INPUTS.get(trigger, {}))
    except Refused as refused:
        return "M" if refused.unmet else "refused for no reason"
    except WrongState:
        return "W"
    except Forbidden:
        return "F"
    except NotFound:
        return "N"
    return "D"


def offered(branch: Branch, by: str, reference: str) -> set[str]:
    """The triggers that this person is shown."""
    viewer = branch.viewer(by)
    with branch.home.db.read() as session:
        try:
            desk = actions.sit_down(session, branch.home, viewer, reference, "api", lock=False)
        except NotFound:
            return set()
        return {action["trigger"] for action in queries.actions_json(desk)}


def theirs(row: str) -> set[str]:
    return {trigger for trigger, sign in zip(TRIGGERS, row, strict=True) if sign in "MD"}


@pytest.mark.parametrize("setup", SETUPS)
@pytest.mark.parametrize("state", STATES)
def test_exactly_the_permitted_steps(shared_branch: Branch, setup: str, state: str) -> None:
    branch, place = shared_branch, STATES.index(state)
    reference = SETUPS[setup](branch, state)
    found, expected = {}, {}
    for email, rows in TABLE[setup].items():
        row = rows[place]
        assert offered(branch, email, reference) == theirs(row), email
        before, entries = kept(branch, reference), entry_ids(branch)
        found[email] = "".join(attempt(branch, email, reference, trigger) for trigger in TRIGGERS)
        expected[email] = row
        with pytest.raises(NotFound):
            branch.act(email, reference, "expel")
        if "D" not in row:
            assert kept(branch, reference) == before, email
            assert set(events_after(branch, entries)) <= {"step_refused", "access_denied", "denials_counted"}
            assert events_after(branch, entries).count("step_refused") == row.count("M")
    assert found == expected


def test_every_step_is_done_by_whom_it_belongs_to(shared_branch: Branch) -> None:
    branch = shared_branch
    reference = branch.at("referred")
    branch.act(SECRETARY, reference, "refer_back", **INPUTS["refer_back"])
    branch.found(reference)
    branch.act(SECRETARY, reference, "close_after_review", **INPUTS["close_after_review"])
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="none")
    branch.act(DEPUTY, reference, "reopen", **INPUTS["reopen"])
    branch.referred(reference)
    branch.decided(reference)
    branch.act(DEPUTY, reference, "close_after_panel", **INPUTS["close_after_panel"])
    steps = [entry for entry in branch.entries(reference) if entry.event == "step_taken"]
    assert [(entry.actor_id, entry.to_state) for entry in steps] == [
        (branch.ids[SECRETARY], "acknowledged"),
        (branch.ids[SECRETARY], "under_review"),
        (branch.ids[SECRETARY], "referred"),
        (branch.ids[SECRETARY], "under_review"),
        (branch.ids[SECRETARY], "closed"),
        (branch.ids[DEPUTY], "under_review"),
        (branch.ids[DEPUTY], "referred"),
        (branch.ids[DEPUTY], "closed"),
    ]
