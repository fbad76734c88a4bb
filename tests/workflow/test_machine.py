"""Decisions: the machine alone says what may be done, and says everything that is missing."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.errors import Refused, Unmet, WrongState
from app.workflow.conditions import record_answers
from app.workflow.machine import WorkflowMachine
from tests.workflow.examples import SMALL, small

READY = {"is_ready": None, "record:notes": None, "is_paid": None}
THREADS, EACH = 8, 5_000


@pytest.fixture
def machine(tmp_path: Path) -> WorkflowMachine:
    return WorkflowMachine(small(tmp_path))


def test_a_step_whose_conditions_hold_is_given(machine: WorkflowMachine) -> None:
    assert machine.decide("new", "begin", READY).dest == "open"


def test_every_unmet_condition_is_named_in_the_order_of_the_file(machine: WorkflowMachine) -> None:
    with pytest.raises(Refused) as refused:
        machine.decide("new", "begin", {"record:notes": "Write a note", "is_ready": "Get ready"})
    assert refused.value.unmet == [Unmet("is_ready", "Get ready"), Unmet("record_notes", "Write a note")]


@pytest.mark.parametrize(
    ("state", "trigger"),
    [("open", "begin"), ("new", "finish"), ("done", "finish"), ("new", "fly"), ("gone", "begin"), ("new", "to_done")],
)
def test_no_other_move_exists(machine: WorkflowMachine, state: str, trigger: str) -> None:
    with pytest.raises(WrongState):
        machine.decide(state, trigger, READY)


def test_a_condition_without_an_answer_never_passes(machine: WorkflowMachine) -> None:
    with pytest.raises(KeyError):
        machine.decide("new", "begin", {"is_ready": None})


def test_a_record_condition_needs_no_python(machine: WorkflowMachine) -> None:
    step = machine.workflow.transitions[0]
    assert record_answers(machine.workflow, step, {"notes"}) == {"record:notes": None}
    assert record_answers(machine.workflow, step, set()) == {"record:notes": 'Record "Note" first'}


def test_one_trigger_may_leave_several_states(tmp_path: Path) -> None:
    more = "  - trigger: finish\n    source: new\n    dest: done\n    label: Skip\n    roles: [handler]\n    done: x\n"
    machine = WorkflowMachine(small(tmp_path, SMALL.replace("records:\n", f"{more}records:\n", 1)))
    assert machine.decide("new", "finish", READY).label == "Skip"
    assert machine.decide("open", "finish", READY).label == "Finish"


def test_threads_do_not_disturb_each_other(machine: WorkflowMachine) -> None:
    cases = [("new", "begin", "open"), ("open", "finish", "done"), ("new", "begin", ""), ("done", "begin", "")]

    def work(number: int) -> int:
        wrong = 0
        for turn in range(EACH):
            state, trigger, dest = cases[(number + turn) % len(cases)]
            answers = READY if dest else {**READY, "is_ready": f"Get ready {number}"}
            try:
                wrong += machine.decide(state, trigger, answers).dest != dest
            except Refused as refused:
                wrong += bool(dest) or refused.unmet != [Unmet("is_ready", f"Get ready {number}")]
            except WrongState:
                wrong += state != "done"
        return wrong

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(work, range(THREADS))) == 0
