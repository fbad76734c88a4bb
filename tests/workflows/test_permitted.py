"""Who may take which step, in which state: the whole table. A refusal leaves nothing but its entry."""

from collections.abc import Callable, Iterator

import pytest

from app.cases import actions, door, queries
from app.errors import Forbidden, NotFound, Refused, WrongState
from app.people.queries import Viewer
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
from tests.databases import EVERYWHERE, KINDS
from tests.shared_branch import embedded_branch, entry_ids, events_after, kept, opened, shared_branch

__all__ = ["embedded_branch", "shared_branch"]

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


@pytest.fixture(scope="module", params=KINDS[1:])
def server_branch(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branch]:
    """One branch for the tests here, on PostgreSQL only."""
    with opened(request, request.param, tmp_path_factory.mktemp("branch")) as branch:
        yield branch


SETUPS: dict[str, Callable[[Branch, str], str]] = {
    "plain": plain,
    "waiting": waiting,
    "passed_on": passed_on,
    "about_secretary": about_secretary,
}


def attempt(branch: Branch, viewer: Viewer, reference: str, trigger: str) -> str:
    """The sign of what came of it."""
    try:
        door.take_action(branch.home, viewer, reference, trigger, INPUTS.get(trigger, {}), None, "api")
    except Refused as refused:
        return "M" if refused.unmet else "refused for no reason"
    except WrongState:
        return "W"
    except Forbidden:
        return "F"
    except NotFound:
        return "N"
    return "D"


def offered(branch: Branch, viewer: Viewer, reference: str) -> set[str]:
    """The triggers that this person is shown."""
    with branch.home.db.read() as session:
        try:
            desk = actions.sit_down(session, branch.home, viewer, reference, "api", lock=False)
        except NotFound:
            return set()
        return {action["trigger"] for action in queries.actions_json(desk)}


def theirs(row: str) -> set[str]:
    return {trigger for trigger, sign in zip(TRIGGERS, row, strict=True) if sign in "MD"}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("setup", SETUPS)
def test_exactly_the_permitted_steps(embedded_branch: Branch, setup: str, state: str) -> None:
    tries_every_step(embedded_branch, setup, state)


@pytest.mark.parametrize("state", STATES if EVERYWHERE else ["under_review", "closed"])
@pytest.mark.parametrize("setup", SETUPS if EVERYWHERE else ["plain", "waiting"])
def test_a_server_keeps_out_the_same_people(server_branch: Branch, setup: str, state: str) -> None:
    """Only who stands how is read from the database: between them these have every way to stand."""
    tries_every_step(server_branch, setup, state)


def tries_every_step(branch: Branch, setup: str, state: str) -> None:
    """Everybody tries everything, those last who get a step done."""
    reference, place = SETUPS[setup](branch, state), STATES.index(state)
    expected = {email: rows[place] for email, rows in TABLE[setup].items()}
    without = {email: row for email, row in expected.items() if "D" not in row}
    before, entries = kept(branch, reference), entry_ids(branch)
    found = {email: tried(branch, email, reference, row) for email, row in without.items()}
    assert kept(branch, reference) == before
    left = events_after(branch, entries)
    assert set(left) <= {"step_refused", "access_denied", "denials_counted"}
    assert left.count("step_refused") == "".join(without.values()).count("M")
    found |= {email: tried(branch, email, reference, row) for email, row in expected.items() if email not in without}
    assert found == expected


def tried(branch: Branch, email: str, reference: str, row: str) -> str:
    """The signs of what came of each trigger, and of one that no procedure has."""
    viewer = branch.viewer(email)
    assert offered(branch, viewer, reference) == theirs(row), email
    found = "".join(attempt(branch, viewer, reference, trigger) for trigger in TRIGGERS)
    assert attempt(branch, viewer, reference, "expel") == "N"
    return found


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
