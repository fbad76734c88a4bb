"""Wishes to withdraw a report as whoever sent it sees them: when they asked, what was decided, what they are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.cases.dialogue import DECISIONS, REQUESTS
from app.cases.models import CaseRecord
from app.workflow.definition import Workflow

TOLD = "told"
"""Of a decision: what is meant for the person who asked. Its reasons are for those who look after the case."""


@dataclass(frozen=True)
class Wish:
    """One wish, and the decision on it: `decision` is empty while nobody has decided."""

    asked_on: date
    decided_on: date | None = None
    decision: str = ""
    decision_label: str = ""
    told: str = ""

    def as_json(self) -> dict[str, object]:
        """One of `withdrawals`."""
        return {
            "asked_on": self.asked_on.isoformat(),
            "decided_on": self.decided_on.isoformat() if self.decided_on else None,
            "decision": self.decision or None,
            "decision_label": self.decision_label or None,
            "told": self.told or None,
        }


def wishes(workflow: Workflow, rows: Sequence[CaseRecord], told: Mapping[str, str]) -> tuple[Wish, ...]:
    """Every wish on a case, oldest first, each with the newest decision on it.

    `rows` are all rows of both kinds, oldest first; `told` is that text of decisions, by row.
    """
    roots: dict[str, str] = {}
    for row in rows:
        roots[row.id] = roots.get(row.replaces or "", row.id)
    replaced = {row.replaces for row in rows}
    asked = {roots[row.id]: row for row in rows if row.kind == REQUESTS and row.id not in replaced}
    decided = {roots[row.plain["request"]]: row for row in rows if row.kind == DECISIONS and row.id not in replaced}
    return tuple(_wish(workflow, row, decided.get(root), told) for root, row in asked.items())


def _wish(workflow: Workflow, asked: CaseRecord, decided: CaseRecord | None, told: Mapping[str, str]) -> Wish:
    given = asked.plain.get("received_on")
    asked_on = date.fromisoformat(given) if given else asked.day
    if decided is None:
        return Wish(asked_on)
    decision = decided.plain["decision"]
    label = workflow.label("withdrawal_decisions", decision)
    return Wish(asked_on, decided.day, decision, label, told.get(decided.id, ""))
