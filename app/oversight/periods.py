"""The period of which an auditor wants the books, and which periods an auditor may ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from app import clock
from app.cases import trails
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.oversight import reconciling
from app.oversight.reconciling import Books
from app.people.queries import Viewer
from app.workflow.definition import Field
from app.workflow.fields import read

FROM, TO = "from", "to"
PERIOD = (
    Field(FROM, "date", "From", required=True),
    Field(TO, "date", "To", required=True, not_before=FROM),
)
WHOLE_YEARS = "Choose whole years that are over: from 1 January to 31 December."


@dataclass(frozen=True)
class Asked:
    """The period that was typed; the days are those of this year up to now where nothing, or nothing sound, was."""

    typed: Mapping[str, str]
    first_day: date
    last_day: date
    errors: list[FieldError]


def asked(session: Session, viewer: Viewer, typed: Mapping[str, str]) -> Asked:
    """Days like 1 January 2026, or as the address has them; without any the present year, or the last whole one."""
    today, whole_years = clock.today(), trails.knows_of_hidden(session, viewer)
    year = {FROM: f"{today.year}-01-01", TO: today.isoformat()}
    if whole_years:  # day by day the figures would tell when a case came that this auditor may not see
        year = {FROM: f"{today.year - 1}-01-01", TO: f"{today.year - 1}-12-31"}
    given, errors = typed if any(typed.values()) else year, list[FieldError]()
    try:
        days = read(PERIOD, given, today=today)
        if whole_years and not _whole_years(days):
            raise Invalid([FieldError(FROM, WHOLE_YEARS)])
    except Invalid as wrong:
        days, errors = year, wrong.errors
    return Asked(given, date.fromisoformat(days[FROM]), date.fromisoformat(days[TO]), errors)


def books_asked(home: Installation, session: Session, viewer: Viewer, typed: Mapping[str, str]) -> Books:
    """The books of the period that was typed. Invalid."""
    period = asked(session, viewer, typed)
    if period.errors:
        raise Invalid(period.errors)
    return reconciling.books(home, session, period.first_day, period.last_day)


def _whole_years(days: Mapping[str, str]) -> bool:
    over = int(days[TO][:4]) < clock.today().year
    return over and days[FROM].endswith("-01-01") and days[TO].endswith("-12-31")
