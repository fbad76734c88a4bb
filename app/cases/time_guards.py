"""Conditions about time: a pause holds a step up, and a step after its date needs a reason. Neither moves anything."""

from datetime import date

from app.calendar.reckoning import day_in_words
from app.cases.deadlines import LATE_REASONS, Running, late_without_reason
from app.cases.guards import Attempt, guard
from app.cases.pauses import PAUSES, lasting, pauses_of


@guard("It is not paused")
def not_paused(attempt: Attempt) -> str | None:
    """Whether a pause lasts."""
    file = attempt.file
    pause = lasting(pauses_of(file.rows))
    if pause is None:
        return None
    newest = file.newest(PAUSES)
    looks = f", to be looked at on {_said(newest.plain['review_on'], attempt)}" if newest else ""
    return f"It is paused since {day_in_words(pause.since, file.today)}{looks}: record first that it goes on"


@guard("Nothing that ends here is late, or it is said why", bit_by_bit=True)
def late_step_explained(attempt: Attempt) -> str | None:
    """Bites only where a date of the branch that ends with this step is over."""
    late = late_without_reason(attempt.file, attempt.leads_to)
    kind = attempt.file.workflow.records.get(LATE_REASONS)
    asked = f"Record “{kind.label}” first" if kind else "Say why"
    return f"{asked}: {'; '.join(_lateness(one) for one in late)}" if late else None


def _lateness(one: Running) -> str:
    days = "1 day" if one.late_days == 1 else f"{one.late_days} days"
    return f"“{one.rules.label}” is {days} late (was due {day_in_words(one.due_on, one.today)})"


def _said(iso: str, attempt: Attempt) -> str:
    return day_in_words(date.fromisoformat(iso), attempt.file.today)
