"""The rules of a procedure as canonical text: what a case is pinned to. Labels and sentences are none."""

import hashlib
from collections.abc import Sequence
from typing import Any

import rfc8785

from app.workflow.catalogue import Guidance
from app.workflow.definition import Clock, Effect, Field, LetterKind, RecordKind, State, Transition, Workflow

_VERSIONS = "guidance_versions"


def rules_text(workflow: Workflow, guidance: Guidance | None) -> str:
    """RFC 8785 canonical JSON of everything that decides what may happen; the same after any rewording."""
    opening = workflow.opening
    rules: dict[str, Any] = {
        "name": workflow.name,
        "version": workflow.version,
        "initial": workflow.initial,
        "states": [_state(state) for state in workflow.states.values()],
        "transitions": [_transition(step) for step in workflow.transitions],
        "records": [_record(kind) for kind in workflow.records.values()],
        "clocks": [_clock(clock) for clock in workflow.clocks.values()],
        "open": {
            "kinds": [kind.name for kind in opening.kinds],
            "fields": [_field(question) for page in opening.pages for question in page.fields],
            "roles": sorted(opening.roles),
            "then": _effects(opening.then),
        },
    }
    if workflow.letters:
        rules["letters"] = [_letter(kind) for kind in workflow.letters.values()]
    if guidance:
        rules["guidance"] = {"version": guidance.version, "clauses": _clauses(guidance)}
    return rfc8785.dumps(rules).decode()


def digest(text: str) -> str:
    """SHA-256 of a rules text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _state(state: State) -> dict[str, Any]:
    return {
        "name": state.name,
        "final": state.final,
        "visible_to": sorted(state.visible_to),
        "public_step": state.public_step,
    }


def _transition(step: Transition) -> dict[str, Any]:
    return {
        "trigger": step.trigger,
        "source": step.source,
        "dest": step.dest,
        "roles": sorted(step.roles),
        "inputs": [_field(question) for question in step.inputs],
        "conditions": list(step.conditions),
        "then": _effects(step.then),
    }


def _record(kind: RecordKind) -> dict[str, Any]:
    rules: dict[str, Any] = {
        "name": kind.name,
        "roles": sorted(kind.roles),
        "states": sorted(kind.states),
        "fields": [_field(question) for question in kind.fields],
        "then": _effects(kind.then),
    }
    if kind.audience != "everyone":
        rules["audience"] = kind.audience
    if kind.by_letter:
        rules["by_letter"] = kind.by_letter
    if kind.wait_days:
        rules["wait_days"] = kind.wait_days
    return rules


def _letter(kind: LetterKind) -> dict[str, Any]:
    rules = {"name": kind.name, "to": kind.to, "kinds": sorted(kind.kinds), "after": kind.after}
    more = {"restarts": kind.restarts, "sender": kind.sender}
    return rules | {name: value for name, value in more.items() if value}


def _clock(clock: Clock) -> dict[str, Any]:
    rules: dict[str, Any] = {"name": clock.name, "states": sorted(clock.states)}
    lengths = ("days", "working_days", "months", "start_field", "due_field", "until_record", "runs_on")
    rules.update({name: getattr(clock, name) for name in lengths if getattr(clock, name)})
    if clock.kinds:
        rules["kinds"] = sorted(clock.kinds)
    if clock.months_by_outcome:
        rules["months_by_outcome"] = dict(clock.months_by_outcome)
    return rules


def _field(question: Field) -> dict[str, Any]:
    rules: dict[str, Any] = {"name": question.name, "type": question.type, "audience": question.audience}
    names = ("required", "account_only", "correction_only", "min_length", "future", "not_before", "of")
    rules.update({name: getattr(question, name) for name in names if getattr(question, name)})
    if question.sealed:
        rules["max_length"] = question.max_length
    if question.type in {"items", "records", "persons"}:
        rules["max_items"] = question.max_items
    for name in ("kinds", "required_kinds", "account_values", "holder_values"):
        if values := getattr(question, name):
            rules[name] = sorted(values)
    if question.kind_values:
        rules["kind_values"] = {value: sorted(kinds) for value, kinds in question.kind_values.items()}
    if question.required_if:
        rules["required_if"] = {name: sorted(values) for name, values in question.required_if.items()}
    if question.choices_from == _VERSIONS:
        # another guidance in the folder must not change the rules of the cases that are already open
        rules["options"] = _VERSIONS
    elif question.options:
        rules["options"] = [option.value for option in question.options]
    if question.fields:
        rules["fields"] = [_field(inside) for inside in question.fields]
    return rules


def _effects(effects: Sequence[Effect]) -> list[dict[str, str]]:
    return [{effect.kind: effect.name} for effect in effects]


def _clauses(guidance: Guidance) -> dict[str, dict[str, Any]]:
    return {
        clause.code: {
            "referable": clause.referable,
            "gross_possible": clause.gross_possible,
            "needs": clause.needs,
        }
        for clause in guidance.clauses.values()
    }
