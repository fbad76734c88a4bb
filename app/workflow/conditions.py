"""Conditions that need no Python: 'record: finder-notes' in a file means that one such record exists."""

from collections.abc import Collection

from app.workflow.definition import Transition, Workflow

RECORD = "record:"


def record_of(condition: str) -> str:
    """The kind of record a condition asks for; empty for a condition by name."""
    return condition.removeprefix(RECORD) if condition.startswith(RECORD) else ""


def shown_name(condition: str) -> str:
    """How a condition is called in answers and on the trail: `record_finder-notes`, or its own name."""
    return condition.replace(":", "_")


def record_answers(workflow: Workflow, step: Transition, present: Collection[str]) -> dict[str, str | None]:
    """The answers to a step's record conditions: None where that kind is present, else the message."""
    kinds = {condition: record_of(condition) for condition in step.conditions}
    return {
        condition: None if kind in present else f'Record "{workflow.records[kind].label}" first'
        for condition, kind in kinds.items()
        if kind
    }
