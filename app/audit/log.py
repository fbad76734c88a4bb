"""Writes entries. `append` is the only function that does, always in the caller's transaction."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import bindparam, inspect
from sqlmodel import Session, SQLModel, select

from app import clock
from app.audit.entries import VERSION, encode, leaf_hash, stamp
from app.audit.events import Event
from app.audit.models import AuditEntry, AuditPending, AuditTip
from app.db import insert_once, new_id

CLOCK_TOLERANCE = timedelta(seconds=2)
ONE_TICK = timedelta(microseconds=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_CODE = re.compile(r"[A-Za-z0-9_.:/+-]{1,200}")
APPENDED = "casetrail_appended"
"""In a session's `info` once it added an entry: at its end the log is to be looked after."""
_ENTER, _PEND = (SQLModel.metadata.tables[str(table.__tablename__)].insert() for table in (AuditEntry, AuditPending))
Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True)
class Actor:
    """Who did it: a random id (None: public, system) and the role acted in. Entries never hold the name."""

    id: str | None
    role: str
    name: str = ""


PUBLIC = Actor(None, "public")
SYSTEM = Actor(None, "system")


@dataclass(frozen=True)
class CaseRef:
    """A case as an entry names it; `version` is the one the case has once this transaction is committed."""

    id: str
    version: int
    workflow: str
    workflow_version: int | str
    rules_digest: str


def append(
    session: Session,
    event: Event,
    *,
    actor: Actor,
    via: str,
    case: CaseRef | None = None,
    trigger: str | None = None,
    source: str | None = None,
    dest: str | None = None,
    held: Iterable[str] = (),
    unmet: Iterable[str] = (),
    record: tuple[str, str] | None = None,
    subject: tuple[str, str] | None = None,
    occurred_on: date | None = None,
    commits: Mapping[str, str] | None = None,
    count: int | None = None,
    sizes: Mapping[str, int] | None = None,
    columns: Mapping[str, str | None] | None = None,
) -> AuditEntry:
    """Adds one entry, at the end of its case's chain where there is a case; flushes, never commits.

    `record` and `subject` are (kind, id); `commits` group -> hex; `columns` what its row holds, for the check.
    ValueError where a value is not a code (free text never enters an entry) or the entry is too large.
    """
    document: dict[str, Any] = {
        "event": Event(event).value,
        "trigger": trigger,
        "from": source,
        "to": dest,
        "held": list(held),
        "unmet": list(unmet),
        **_who(actor, via),
        **_named(record=record, subject=subject),
        "occurred_on": occurred_on.isoformat() if occurred_on else None,
        **_mapped(commits=commits, sizes=sizes, columns=columns),
        "count": count,
    } | _case_part(case)
    return _write(session, document, locked_tip(session, case.id) if case else None)


def locked_tip(session: Session, case_id: str) -> AuditTip:
    """The end of a case's chain, locked until the transaction ends; a new one stands at seq 0, no leaf."""
    fresh = AuditTip(case_id=case_id, seq=0, leaf=b"", recorded_at=_BEGINNING)
    return locked_row(session, AuditTip, case_id, fresh)


def locked_row(session: Session, table: type[Row], key: str, fresh: Row) -> Row:
    """The row with this key, locked and read anew; `fresh` is stored first where there is none."""
    row: Row | None = session.exec(_locking(table), params={"key": key}).first()
    if row is None:
        insert_once(session, table, fresh.model_dump())
        row = session.exec(_locking(table), params={"key": key}).one()
    return row


@cache
def _locking(table: type[SQLModel]) -> Any:
    (key,) = inspect(table).primary_key
    chosen = select(table).where(key == bindparam("key"))
    return chosen.with_for_update().execution_options(populate_existing=True)


def _write(session: Session, document: dict[str, Any], tip: AuditTip | None) -> AuditEntry:
    _refuse_free_text(document)
    now = clock.now()
    recorded_at, seq = (now, None) if tip is None else (max(now, tip.recorded_at + ONE_TICK), tip.seq + 1)
    entry_id = new_id()
    document |= {"v": VERSION, "id": entry_id, "seq": seq, "recorded_at": stamp(recorded_at)}
    if tip is not None:
        document["prev"] = tip.leaf.hex()
        if tip.recorded_at - now > CLOCK_TOLERANCE:
            document["clock_back_us"] = (tip.recorded_at - now) // ONE_TICK
    entry = encode(document)
    row = AuditEntry(
        id=entry_id,
        case_id=document.get("case"),
        seq=seq,
        entry=entry,
        leaf=leaf_hash(entry),
        event=document["event"],
        actor_id=document["actor"],
        actor_role=document["role"],
        to_state=document["to"],
        recorded_at=recorded_at,
        subject_id=document["subject"]["id"] if document["subject"] else None,
    )
    if tip is not None:
        tip.seq, tip.leaf, tip.recorded_at = tip.seq + 1, row.leaf, recorded_at
    session.flush()
    connection = session.connection()
    connection.execute(_ENTER, row.model_dump())
    connection.execute(_PEND, {"entry_id": entry_id})
    session.info[APPENDED] = True
    return row


def _who(actor: Actor, via: str) -> dict[str, str | None]:
    return {"actor": actor.id, "role": actor.role, "via": via}


def _case_part(case: CaseRef | None) -> dict[str, Any]:
    if case is None:
        return {}
    return {
        "case": case.id,
        "case_version": case.version,
        "workflow": case.workflow,
        "workflow_version": case.workflow_version,
        "rules": case.rules_digest,
    }


def _mapped(**maps: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    return {name: {key: one for key, one in (held or {}).items() if one is not None} for name, held in maps.items()}


def _named(**pairs: tuple[str, str] | None) -> dict[str, dict[str, str] | None]:
    return {name: {"kind": pair[0], "id": pair[1]} if pair else None for name, pair in pairs.items()}


def _refuse_free_text(value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse_free_text(key)
            _refuse_free_text(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_free_text(inner)
    elif isinstance(value, str) and value and not _CODE.fullmatch(value):
        raise ValueError("An entry holds ids and codes only; this value is free text.")
