"""Which cases a list can have something to say of at all: conditions in SQL, so that the others are not looked at."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from app.audit.models import AuditEntry
from app.cases.casefile import STEP
from app.cases.models import Case, CaseDeadline, CaseRecord
from app.cases.trails import midnight
from app.installation import Installation
from app.letters.models import FINAL, Letter
from app.oversight.findings import ACKNOWLEDGEMENTS, INFLUENCE, READING, REFER, REOPEN, Asked, closing_letters

Candidates = Callable[[Installation, Asked], Any]
_Row, _Newer = aliased(CaseRecord), aliased(CaseRecord)


def without_reply(_home: Installation, _asked: Asked) -> Any:
    """No reply is recorded, or only that none was possible."""
    newer = select(_Newer.id).where(col(_Newer.case_id) == _Row.case_id, col(_Newer.replaces) == _Row.id).exists()
    how = col(_Row.plain)["how"].as_string()
    return ~_recorded(ACKNOWLEDGEMENTS, how.is_distinct_from("impossible"), ~newer)


def past_due(_home: Installation, asked: Asked) -> Any:
    """Some date has gone by."""
    dates = select(CaseDeadline.id).where(CaseDeadline.case_id == Case.id, CaseDeadline.due_on < asked.today)
    return dates.exists()


def referred(_home: Installation, _asked: Asked) -> Any:
    """It went to the panel once."""
    return _stepped(REFER)


def opened_again(_home: Installation, _asked: Asked) -> Any:
    """It was finished and opened again."""
    return _stepped(REOPEN)


def spoken_to(_home: Installation, _asked: Asked) -> Any:
    """Somebody outside spoke to somebody about it."""
    return _recorded(INFLUENCE)


def closing_letter_open(home: Installation, _asked: Asked) -> Any:
    """Some letter did not go, or it is finished without one that its procedure closes with."""
    letters = select(Letter.id).where(Letter.case_id == Case.id)
    none = [
        and_(
            col(Case.workflow) == name,
            col(Case.workflow_version) == version,
            ~letters.where(col(Letter.name).in_(closing_letters(home.workflows.get(name, version)))).exists(),
        )
        for name, version in home.workflows.machines
    ]
    return or_(letters.where(col(Letter.state).not_in(FINAL)).exists(), and_(col(Case.final), or_(*none)))


def quiet(_home: Installation, asked: Asked) -> Any:
    """Open, and nothing was done since so many days."""
    since = midnight(asked.today - timedelta(days=asked.days - 1))
    done = select(AuditEntry.id).where(
        AuditEntry.case_id == Case.id, AuditEntry.recorded_at >= since, col(AuditEntry.event).not_in(READING)
    )
    return and_(col(Case.final).is_(False), ~done.exists())


def _stepped(trigger: str) -> Any:
    return _recorded(STEP, col(_Row.plain)["trigger"].as_string() == trigger)


def _recorded(kind: str, *conditions: Any) -> Any:
    return select(_Row.id).where(col(_Row.case_id) == Case.id, col(_Row.kind) == kind, *conditions).exists()
