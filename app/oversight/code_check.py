"""Checks the codes by which members come in, and the days on which the branch is closed."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.audit.entries import columns_of, document_of
from app.audit.events import Event
from app.audit.models import AuditEntry
from app.audit.sources import Fault
from app.cases.models import Case, ClosureDay, ReplyCode
from app.cases.reply_codes import CODE, code_columns

A_MINUTE = timedelta(minutes=1)


def faults(session: Session) -> Iterator[Fault]:
    """Codes and closed days that were edited, put in or taken out past the trail."""
    yield from _reply_codes(session)
    yield from _closures(session)


def _entries(*events: Event) -> Any:
    return select(AuditEntry).where(col(AuditEntry.event).in_(events)).order_by(col(AuditEntry.recorded_at))


def _reply_codes(session: Session) -> Iterator[Fault]:
    rows = {row.id: row for row in session.exec(select(ReplyCode).order_by(col(ReplyCode.id)))}
    older: dict[tuple[str | None, str | None], int] = {}
    known = set()
    for entry in session.exec(_entries(Event.REPLY_CODE_ISSUED, Event.REPLY_CODE_ENDED)):
        columns, whose = columns_of(document_of(entry.entry)), (entry.case_id, entry.subject_id)
        if columns is None:  # as entries once were: how many there were
            older[whose] = older.get(whose, 0) + (entry.event == Event.REPLY_CODE_ISSUED)
        elif CODE in columns:
            row = rows.get(columns[CODE])
            known.add(columns[CODE])
            same = row is not None and (row.case_id, row.party_id) == whose
            if row is None or not same or {k: v for k, v in code_columns(row).items() if v is not None} != columns:
                where = f"{_case(session, entry.case_id)}, code {columns[CODE]}"
                yield Fault(entry.id, where, "its row is not what this entry says, or is missing")
    issued: dict[tuple[str | None, str | None], int] = {}
    for row in (row for row in rows.values() if row.id not in known):
        whose = row.case_id, row.party_id
        issued[whose] = issued.get(whose, 0) + (row.lookup is not None)
        if whose not in older:
            where = f"{_case(session, row.case_id)}, code {row.id}"
            yield Fault(None, where, "no entry tells of it: it was put in or given to somebody else")
    for whose, count in older.items():
        if issued.get(whose, 0) != count:
            where = f"{_case(session, whose[0])}, the codes of {whose[1]}"
            yield Fault(None, where, f"entries tell of {count}, and there are others: rows were edited")


def _case(session: Session, case_id: str | None) -> str:
    case = session.get(Case, case_id) if case_id else None
    return f"case {case.reference if case is not None else case_id}"


def _closures(session: Session) -> Iterator[Fault]:
    by_day: dict[str, list[AuditEntry]] = {}
    for entry in session.exec(_entries(Event.CLOSURE_ADDED, Event.CLOSURE_WITHDRAWN)):
        by_day.setdefault(str(entry.subject_id), []).append(entry)
    rows: dict[str, list[ClosureDay]] = {}
    for row in session.exec(select(ClosureDay).order_by(col(ClosureDay.number))):
        rows.setdefault(row.day.isoformat(), []).append(row)
    for day in sorted(by_day.keys() | rows.keys()):
        told, kept = by_day.get(day, []), rows.get(day, [])
        if not _agree(told, kept):
            where, entry_id = f"the closed day {day}", told[-1].id if told else None
            yield Fault(entry_id, where, "its rows are not those that entries tell of: they were edited")


def _agree(told: list[AuditEntry], kept: list[ClosureDay]) -> bool:
    """In no order, since such entries are in no chain and a clock can be set back; rows of a day take turns."""
    turns = [(row.number, row.closed) for row in kept] == [(n, n % 2 == 1) for n in range(1, len(kept) + 1)]
    left = list(kept)
    for entry in told:
        found = next((row for row in left if _is_it(entry, row)), None)
        if found is None:
            return False
        left.remove(found)
    return turns and not left


def _is_it(entry: AuditEntry, row: ClosureDay) -> bool:
    columns = columns_of(document_of(entry.entry))
    return (
        (row.closed, row.by_person) == (entry.event == Event.CLOSURE_ADDED, entry.actor_id)
        and abs(row.recorded_at - entry.recorded_at) <= A_MINUTE
        and columns in (None, {"closure": row.id, "why": hashlib.sha256(row.why).hexdigest()})
    )
