"""The machine that a case moves under: one shared `transitions.Machine` for each version of a procedure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from transitions import EventData, Machine, MachineError

from app.errors import Refused, Unmet, WrongState
from app.workflow.conditions import shown_name
from app.workflow.definition import Transition, Workflow

Answers = Mapping[str, str | None]
"""Each condition, evaluated once: None where it holds, else what is missing in words."""


@dataclass
class _Subject:
    """What the machine moves: never a database row, which would be left attached to it."""

    state: str


class WorkflowMachine:
    """Decides about steps; may be shared by all threads."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self._steps = {(step.trigger, step.source): step for step in workflow.transitions}
        self._machine = Machine(
            model=None,
            states=list(workflow.states),
            initial=workflow.initial,
            transitions=[
                {
                    "trigger": step.trigger,
                    "source": step.source,
                    "dest": step.dest,
                    "conditions": [_looked_up(name) for name in step.conditions],
                }
                for step in workflow.transitions
            ],
            auto_transitions=False,
            send_event=True,
            queued=False,
        )

    def decide(self, state: str, trigger: str, answers: Answers) -> Transition:
        """The step that may be taken from this state; `answers` must answer every condition of it.

        Raises WrongState where the trigger does not leave this state, Refused with every condition that does
        not hold (in the order of the file), KeyError where a condition was not answered.
        """
        event = self._machine.events.get(trigger)
        if event is None or state not in self.workflow.states:
            raise WrongState("There is no such step in this procedure")
        subject = _Subject(state)
        try:
            moved = event.trigger(subject, answers=answers)
        except MachineError:
            label = next(step.label for step in self.workflow.transitions if step.trigger == trigger)
            where = self.workflow.states[state].label
            raise WrongState(f"“{label}” cannot be done while the case is at “{where}”") from None
        step = self._steps[trigger, state]
        if not moved:
            raise Refused(unmet(step, answers))
        if subject.state != step.dest:
            raise RuntimeError(f"{trigger} led to {subject.state} where the file says {step.dest}")
        return step


def unmet(step: Transition, answers: Answers) -> list[Unmet]:
    """Every condition of this step that does not hold, in the order of the file."""
    found = ((name, answers[name]) for name in step.conditions)
    return [Unmet(shown_name(name), message) for name, message in found if message is not None]


def _looked_up(name: str) -> Callable[[EventData], bool]:
    def holds(event: EventData) -> bool:
        answers: Answers = event.kwargs["answers"]
        return answers[name] is None

    return holds
