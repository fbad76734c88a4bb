"""The names that a workflow file may use: what is registered here, and nothing else."""

from dataclasses import replace
from pathlib import Path

from app.cases import (
    decision_guards,
    dialogue_effects,
    evidence_rules,
    hearing_effects,
    hearing_guards,
    party_effects,
    time_effects,
    time_guards,
)
from app.cases.effects import EFFECTS
from app.cases.guards import GUARDS
from app.cases.permissions import ROLES
from app.letters.templates import FOLDER, names
from app.people.policy import Role
from app.workflow.definition import Vocabulary

REGISTERED = (
    decision_guards,
    dialogue_effects,
    evidence_rules,
    hearing_effects,
    hearing_guards,
    party_effects,
    time_effects,
    time_guards,
)
"""Modules that are imported for what they register."""


def vocabulary(letters: Path = FOLDER) -> Vocabulary:
    """The names a workflow file may use beside these templates of letters. TemplateErrors."""
    return replace(VOCABULARY, letters=names(letters))


VOCABULARY = Vocabulary(
    conditions=frozenset(GUARDS),
    effects=frozenset(EFFECTS),
    roles=frozenset(ROLES),
    offices=frozenset(role.value for role in Role),
    readers=frozenset({"handler", "panel", "panel_until_review_ends"}),
    letters=names(),
    recipients=frozenset({"reporter", "target", "respondent", "witness"}),
)
