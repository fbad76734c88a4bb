"""Checks the whole record: entries, chains, case states, sealed content, columns and files, each against the others."""

import heapq
from collections.abc import Iterator
from typing import Any, TypeVar

from sqlalchemy import func
from sqlmodel import Session, SQLModel, col, select

from app import clock
from app.audit import old_check, old_logs
from app.audit.events import Event
from app.audit.log import Actor, append
from app.audit.models import AuditEntry, AuditPending, AuditTip
from app.audit.sources import CaseState, Fault, FileState, PlainCopy, Sources
from app.audit.verify import verify
from app.cases.keeping import as_committed
from app.cases.models import Case, CaseRecord
from app.cases.tidying import tidy_up
from app.evidence import actions as evidence_actions
from app.evidence import queries as evidence
from app.evidence.store import StoreAway
from app.installation import Installation
from app.vault.models import CaseKey
from app.vault.vault import Unreadable

BATCH = 500
Row = TypeVar("Row", bound=SQLModel)


def check(home: Installation, session: Session) -> list[Fault]:
    """Every fault of the record, each in words with the entry it concerns; empty where it is sound."""
    found = list(verify(_sources(home, session)))
    return [*found, *old_check.faults(session, home.log.folder.verifiers())]


def record_check(home: Installation, *, actor: Actor, via: str) -> list[Fault]:
    """Checks the record, then puts on the trail that it was checked and how many faults there were."""
    tidy_up(home)
    home.log.catch_up()
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
        records=_copies(session),
        now=clock.now(),
        files=_files(home, session),
        pending=_ids(session, AuditPending.entry_id),
        logged=old_logs.placed_anywhere(session),
        erased=erased | home.vault.folder.erased(),
    )


def _copies(session: Session) -> Iterator[PlainCopy]:
    """The plain columns of records and of files, by case."""
    records = (
        PlainCopy(row.case_id, row.kind, row.id, as_committed(row))
        for row in _stream(session, CaseRecord, col(CaseRecord.case_id), col(CaseRecord.id))
    )
    files = (
        PlainCopy(file.case_id, "file", file.id, evidence_actions.as_committed(file))
        for file in evidence.every_file(session)
    )
    return heapq.merge(records, files, key=lambda copy: copy.case_id)


def _files(home: Installation, session: Session) -> Iterator[FileState]:
    """Every file, read from the store and compared with the digest it had on arrival."""
    for file in evidence.every_file(session):
        try:
            fault = evidence.fault_of(evidence.opening(session, home, file))
        except (Unreadable, StoreAway) as problem:
            fault = str(problem)
        yield FileState(file.case_id, file.id, fault)


def _stream(session: Session, table: type[Row], *order: Any) -> Iterator[Row]:
    return iter(session.exec(select(table).order_by(*order).execution_options(yield_per=BATCH)))


def _ids(session: Session, column: Any) -> Iterator[str]:
    return iter(session.exec(select(column).execution_options(yield_per=BATCH)))
