"""The names that a workflow file may use: what is registered here, and nothing else."""

from app.cases import evidence_rules as _evidence_rules  # noqa: F401 (registers its conditions and effects)
from app.cases.effects import EFFECTS
from app.cases.guards import GUARDS
from app.cases.permissions import ROLES
from app.people.policy import Role
from app.workflow.definition import Vocabulary

VOCABULARY = Vocabulary(
    conditions=frozenset(GUARDS),
    effects=frozenset(EFFECTS),
    roles=frozenset(ROLES),
    offices=frozenset(role.value for role in Role),
    readers=frozenset({"handler", "panel", "panel_until_review_ends"}),
)
