"""The branch's own procedure: five states, the opening and seven triggers, and only these moves."""

import pytest
from ruamel.yaml import YAML

from app.workflow.definition import Vocabulary, Workflow
from app.workflow.guidance import load_guidance
from app.workflow.loader import load
from tests.workflow.examples import GUIDANCE, REAL

MOVES = {
    ("acknowledge", "received", "acknowledged"),
    ("begin_review", "acknowledged", "under_review"),
    ("refer", "under_review", "referred"),
    ("close_after_review", "under_review", "closed"),
    ("close_after_panel", "referred", "closed"),
    ("refer_back", "referred", "under_review"),
    ("reopen", "closed", "under_review"),
}


def _words() -> Vocabulary:
    """Every name the file uses: whether each is registered is a test of those who register them."""
    raw = YAML(typ="safe", pure=True).load(REAL.read_text(encoding="utf-8"))
    blocks = [raw["open"], *raw["transitions"], *raw["records"]]
    return Vocabulary(
        conditions=frozenset(
            name
            for block in blocks
            for name in (*block.get("conditions", ()), *block.get("answers", ()))
            if isinstance(name, str)
        ),
        effects=frozenset(then["effect"] for block in blocks for then in block.get("then", ()) if "effect" in then),
        roles=frozenset(role for block in blocks for role in block["roles"]),
        offices=frozenset({"panel"}),
        readers=frozenset({"handler", "panel", "panel_until_review_ends"}),
        letters=frozenset(letter["name"] for letter in raw["letters"]),
        recipients=frozenset(letter["to"] for letter in raw["letters"]),
    )


REAL_WORDS = _words()


@pytest.fixture(scope="module")
def real() -> Workflow:
    guidance = load_guidance(GUIDANCE)
    return load(REAL, REAL_WORDS, {guidance.version: guidance})


def test_the_only_moves(real: Workflow) -> None:
    assert {(step.trigger, step.source, step.dest) for step in real.transitions} == MOVES


def test_the_clauses_come_from_the_guidance(real: Workflow) -> None:
    assert len(real.lists["clauses"]) == 18
    assert real.label("clauses", "3.2b") == "3.2b Cyber-bullying"
    assert real.lists["reported_clauses"][-1].value == "not_sure"
    assert [option.value for option in real.lists["guidance_versions"]] == ["use-of-social-media-2014"]


def test_only_section_three_can_be_referred() -> None:
    clauses = load_guidance(GUIDANCE).clauses.values()
    assert all(clause.referable == clause.code.startswith("3.") for clause in clauses)
    assert {clause.code for clause in clauses if clause.gross_possible} == {"3.2a", "3.2b", "3.2c"}
    assert {clause.code for clause in clauses if clause.needs} == {"3.3", "3.4", "3.7b", "3.9"}


def test_membership_is_never_ended_locally(real: Workflow) -> None:
    measures = " ".join(option.value for option in real.lists["measures"])
    assert "expulsion" not in measures
    assert "suspension" not in measures


def test_every_date_the_branch_keeps_can_be_explained_and_ends_with_steps_that_ask_why(real: Workflow) -> None:
    (asked,) = (one for one in real.records["late-reasons"].fields if one.name == "clock")
    own = {name for name, rules in real.clocks.items() if not rules.due_field}
    assert {option.value for option in asked.options} == own
    ending = {arrow.trigger for arrow in real.transitions if "late_step_explained" in arrow.conditions}
    assert ending == {arrow.trigger for arrow in real.transitions} - {"reopen"}
