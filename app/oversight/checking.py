"""Checks the whole record: entries, chains, case states, sealed content and plain columns, each against the others."""

from collections.abc import Iterator
from typing import Any, TypeVar

from sqlalchemy import func
from sqlmodel import Session, SQLModel, col, select

from app import clock
from app.audit.events import Event
from app.audit.log import Actor, append
from app.audit.models import AuditEntry, AuditPending, AuditTip, LogEntry
from app.audit.sources import CaseState, Fault, PlainCopy, Sources
from app.audit.verify import verify
from app.cases.keeping import as_committed
from app.cases.models import Case, CaseRecord
from app.cases.tidying import tidy_up
from app.installation import Installation
from app.vault.models import CaseKey

BATCH = 500
Row = TypeVar("Row", bound=SQLModel)


def check(home: Installation, session: Session) -> list[Fault]:
    """Every fault of the record, each in words with the entry it concerns; empty where it is sound."""
    return list(verify(_sources(home, session)))


def record_check(home: Installation, *, actor: Actor, via: str) -> list[Fault]:
    """Checks the record, then puts on the trail that it was checked and how many faults there were."""
    tidy_up(home)
    with home.db.read() as session:
        faults = check(home, session)
    with home.db.write() as session:
        append(session, Event.RECORD_CHECKED, actor=actor, via=via, count=len(faults))
    return faults


def entry_count(session: Session) -> int:
    """How many entries the trail holds."""
    return session.exec(select(func.count()).select_from(AuditEntry)).one()


def _sources(home: Installation, session: Session) -> Sources:
    erased = set(session.exec(select(CaseKey.owner_id).where(col(CaseKey.erased).is_(True))).all())
    return Sources(
        entries=_stream(session, AuditEntry, func.coalesce(col(AuditEntry.case_id), ""), col(AuditEntry.seq)),
        tips=_stream(session, AuditTip, col(AuditTip.case_id)),
        cases=(
            CaseState(case.id, case.reference, case.state, case.version)
            for case in _stream(session, Case, col(Case.id))
        ),
        sealed=home.vault.examine(session),
        records=(
            PlainCopy(row.case_id, row.kind, row.id, as_committed(row))
            for row in _stream(session, CaseRecord, col(CaseRecord.case_id), col(CaseRecord.id))
        ),
        now=clock.now(),
        pending=_ids(session, AuditPending.entry_id),
        logged=_ids(session, LogEntry.entry_id),
        erased=erased | home.vault.folder.erased(),
    )


def _stream(session: Session, table: type[Row], *order: Any) -> Iterator[Row]:
    return iter(session.exec(select(table).order_by(*order).execution_options(yield_per=BATCH)))


def _ids(session: Session, column: Any) -> Iterator[str]:
    return iter(session.exec(select(column).execution_options(yield_per=BATCH)))
