"""The names that a workflow file may use: what is registered here, and nothing else."""

from app.cases import time_effects, time_guards
from app.cases.effects import EFFECTS
from app.cases.guards import GUARDS
from app.cases.permissions import ROLES
from app.people.policy import Role
from app.workflow.definition import Vocabulary

REGISTERED = (time_effects, time_guards)
"""Modules that are imported for what they register."""
VOCABULARY = Vocabulary(
    conditions=frozenset(GUARDS),
    effects=frozenset(EFFECTS),
    roles=frozenset(ROLES),
    offices=frozenset(role.value for role in Role),
    readers=frozenset({"handler", "panel", "panel_until_review_ends"}),
)
