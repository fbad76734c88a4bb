"""Similar facts, similar outcomes: how cases that touch the same clause ended, side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlmodel import col

from app.cases.models import Case
from app.cases.worklists import outcome_words
from app.installation import Installation
from app.oversight.dossiers import Dossier, dossiers
from app.oversight.reading import note_reading
from app.people.queries import Viewer

DECISIONS, MEASURES = "panel-decisions", "measures"
NO_CLAUSE, NO_MEASURE = "No clause", "None"


@dataclass(frozen=True)
class Alike:
    """Finished cases with the same clause, outcome and measure: their references, newest case first."""

    clause: str
    outcome: str
    measure: str
    cases: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As programs read it."""
        told = {"clause": self.clause, "outcome": self.outcome, "measure": self.measure}
        return told | {"count": len(self.cases), "cases": list(self.cases)}


def alike(found: Iterable[Dossier]) -> list[Alike]:
    """The table, by clause; within a clause the most frequent first. A case counts once for each clause and measure."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for dossier in found:
        if not dossier.case.final:
            continue
        outcome = outcome_words(dossier.workflow, dossier.case.outcome)
        for clause in dossier.clauses or (NO_CLAUSE,):
            for measure in _measures(dossier):
                rows.setdefault((clause, outcome, measure), []).append(dossier.case.reference)
    table = [Alike(*place, tuple(cases)) for place, cases in rows.items()]
    return sorted(table, key=lambda row: (row.clause, -len(row.cases), row.outcome, row.measure))


def of_branch(home: Installation, viewer: Viewer, *, via: str) -> list[Alike]:
    """The table over every finished case this auditor may see; that it was read goes on the trail first."""
    note_reading(home, viewer, via=via)
    with home.db.read() as session:
        return alike(
            dossiers(session, home, viewer, tables=("case_record", "case_clause"), where=col(Case.final).is_(True))
        )


def _measures(dossier: Dossier) -> list[str]:
    """The measures of the decision under which the case was finished, if the panel finished it."""
    decisions = dossier.current(DECISIONS)
    if not decisions or decisions[-1].plain.get("outcome") != dossier.case.outcome:
        return [NO_MEASURE]
    return [dossier.workflow.label(MEASURES, value) for value in decisions[-1].plain[MEASURES]]
