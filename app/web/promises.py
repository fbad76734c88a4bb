"""What the branch promises by when, read from the clocks of a procedure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.calendar.reckoning import after_days, after_months, after_working_days
from app.workflow.definition import Clock, Workflow


def length_of(promise: Clock) -> str:
    """How long a clock runs, in words: "7 days", "6 to 72 months"; empty where a day is named each time."""
    if promise.months_by_outcome:
        months = promise.months_by_outcome.values()
        return f"{min(months)} to {max(months)} months, by how it ended"
    lengths = ((promise.days, "day"), (promise.working_days, "working day"), (promise.months, "month"))
    return next((f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in lengths if number), "")


def first_reply(workflow: Workflow) -> Clock | None:
    """The clock by which whoever sent a report hears from the branch: it runs in the first state only."""
    started = [workflow.clocks[effect.name] for effect in workflow.opening.then if effect.kind == "clock"]
    return next((one for one in started if one.states == (workflow.initial,)), None)


def reply_by(workflow: Workflow, values: Mapping[str, Any], arrived: date) -> date | None:
    """The promised day for a report with these answers that arrived on a day; None where there is no promise."""
    promise = first_reply(workflow)
    if promise is None:
        return None
    start = date.fromisoformat(values[promise.start_field]) if values.get(promise.start_field) else arrived
    if promise.days:
        return after_days(start, promise.days).due_on
    if promise.working_days:
        return after_working_days(start, promise.working_days).due_on
    return after_months(start, promise.months).due_on
