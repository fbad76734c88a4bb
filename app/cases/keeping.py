"""Keeping a row on a case: codes in plain columns, names and text in the vault, a commitment for each group."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlmodel import Session

from app import clock
from app.audit.entries import stamp
from app.audit.events import Event
from app.audit.log import Actor, append
from app.audit.models import AuditEntry
from app.cases.casefile import PLAIN, ref
from app.cases.models import Case, CaseRecord
from app.db import new_id
from app.installation import Installation
from app.workflow.definition import Field, RecordKind
from app.workflow.fields import split

TEXT = "text"
OCCURRED = (
    "sent_on",
    "received_on",
    "decided_on",
    "requested_on",
    "served_on",
    "checked_on",
    "happened_on",
    "returned_on",
)
"""Fields that say on which day something happened, if that was not today."""


@dataclass(frozen=True)
class Kept:
    """A stored row and the commitments of its groups, for the entry that records it."""

    row: CaseRecord
    commits: dict[str, str]
    values: dict[str, Any]
    shown: dict[str, str] = field(default_factory=dict)
    """What is answered this once and kept nowhere in clear: a new code."""
    entry: AuditEntry | None = None
    """The entry that records it, once there is one."""


def keep_record(
    session: Session,
    home: Installation,
    case: Case,
    rules: RecordKind,
    values: dict[str, Any],
    *,
    actor: Actor,
    via: str,
    codes: dict[str, Any] | None = None,
    replaces: str | None = None,
    row_id: str = "",
    promised: Mapping[str, str] = MappingProxyType({}),
) -> Kept:
    """Raises the case's version and keeps one record with its entry. Effects and clocks are the caller's.

    `promised` are commitments of what was kept with it, such as a file; `row_id` is its id where it has one already.
    """
    case.version += 1
    ask = rules.name, rules.fields
    kept = keep(session, home, case, *ask, values, actor=actor, codes=codes, replaces=replaces, row_id=row_id)
    entry = append(
        session,
        Event.RECORD_ADDED,
        actor=actor,
        via=via,
        case=ref(case),
        record=(rules.name, kept.row.id),
        occurred_on=occurred_on(values),
        commits={**kept.commits, **promised},
    )
    return replace(kept, entry=entry)


def occurred_on(values: Mapping[str, Any]) -> date | None:
    """The day on which something happened, where it was not today."""
    given = next((values[name] for name in OCCURRED if values.get(name)), None)
    happened = date.fromisoformat(given) if given else None
    return happened if happened != clock.today() else None


def keep(
    session: Session,
    home: Installation,
    case: Case,
    kind: str,
    fields: Sequence[Field],
    values: dict[str, Any],
    *,
    actor: Actor,
    codes: dict[str, Any] | None = None,
    replaces: str | None = None,
    row_id: str = "",
) -> Kept:
    """Stores one row under the case's present version (already raised by the caller) and seals its content."""
    plain, sealed = split(fields, values)
    plain = {**plain, **(codes or {})}
    row = CaseRecord(
        id=row_id or new_id(),
        case_id=case.id,
        kind=kind,
        plain=plain,
        replaces=replaces,
        by_person=actor.id,
        by_role=actor.role,
        recorded_at=clock.now(),
        case_version=case.version,
    )
    session.add(row)
    groups = {PLAIN: as_committed(row), **dict(_groups(sealed))}
    table = CaseRecord.__tablename__
    commits = home.vault.seal_groups(session, case.id, table, row.id, groups)
    return Kept(row, commits, values)


def as_committed(row: CaseRecord) -> dict[str, Any]:
    """What the `plain` group commits to, and what `verify` compares with the columns."""
    return {
        "kind": row.kind,
        "replaces": row.replaces,
        "by": row.by_person,
        "role": row.by_role,
        "version": row.case_version,
        "recorded_at": stamp(row.recorded_at),
        "codes": row.plain,
    }


def _groups(sealed: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """One group for each set of details (reporter, ...), one for all other text: each can be shown alone."""
    text = {name: value for name, value in sealed.items() if not isinstance(value, dict)}
    if text:
        yield TEXT, text
    for name, value in sealed.items():
        if isinstance(value, dict):
            yield name.replace("_", "-"), {name: value}
