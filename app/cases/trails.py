"""Reading the trail: entries as JSON and as sentences, for one case or, for auditors, for all they may audit."""

import base64
import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, func, literal, or_, tuple_
from sqlmodel import Session, col, select

from app.audit.entries import entry_json, told_by
from app.audit.events import EVENTS, Event
from app.audit.models import AuditEntry, LogEntry, OldLogEntry
from app.cases.access import visible
from app.cases.models import Case, CaseRecord, CaseStanding
from app.cases.sentences import sentence
from app.cases.standing import INVOLVED, OUT
from app.clock import LONDON
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.people import queries as people
from app.people.policy import Role, role_words
from app.people.queries import Viewer

ROLES_WITHOUT_ACCOUNT = ("public", "reporter", "respondent", "system")
PAGE, LARGEST_PAGE, STREAMED = 50, 200, 500
Placed = tuple[AuditEntry, int | None, int | None]
"""An entry, its place in its log, and the number of that log where it ended with a declared loss."""
AN_ID = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class TrailFilter:
    """What an auditor narrows the trail to; days are calendar days in Europe/London, both included."""

    case: str | None = None
    actor: str | None = None
    event: str | None = None
    first_day: date | None = None
    last_day: date | None = None


def of_case(
    session: Session,
    home: Installation,
    case: Case,
    *,
    newest_first: bool = False,
    without: Collection[Event] = (),
    before: int | None = None,
    limit: int | None = None,
    places: bool = True,
) -> list[dict[str, Any]]:
    """Every entry of a case in order. The caller has made sure that the person may read them.

    `without` leaves out kinds of entry; `before` keeps those with a smaller number in the case; `limit` stops there.
    `places` is `shows_places`.
    """
    query = with_log(placed()).where(AuditEntry.case_id == case.id)
    if without:
        query = query.where(col(AuditEntry.event).not_in(without))
    if before is not None:
        query = query.where(col(AuditEntry.seq) < before)
    order = col(AuditEntry.seq).desc() if newest_first else col(AuditEntry.seq).asc()
    rows = session.exec(query.order_by(order).limit(limit)).all()
    return _as_json(session, home, rows if places else _without_places(rows), {case.id: case})


def count_of_case(session: Session, case: Case) -> int:
    """How many entries a case has."""
    return session.exec(select(func.count()).where(col(AuditEntry.case_id) == case.id)).one()


def of_everything(
    session: Session,
    home: Installation,
    viewer: Viewer,
    wanted: TrailFilter,
    *,
    after: str | None = None,
    limit: int = PAGE,
) -> dict[str, Any]:
    """`{items, next}`, newest first: system entries and those of every case this auditor may see."""
    shown, cursor = _page(session, viewer, wanted, after, limit)
    ids = {entry.case_id for entry, _, _ in shown if entry.case_id}
    cases = {case.id: case for case in session.exec(select(Case).where(col(Case.id).in_(ids))).all()}
    return {"items": _as_json(session, home, shown, cases), "next": cursor}


def stream(home: Installation, viewer: Viewer, wanted: TrailFilter) -> Iterator[Placed]:
    """The entries of `of_everything` one by one, in short transactions, so that a slow download holds none open."""
    after: str | None = ""
    while after is not None:
        with home.db.read() as session:
            found, after = _page(session, viewer, wanted, after, STREAMED)
            session.expunge_all()
        yield from found


def stream_by_case(home: Installation, viewer: Viewer, wanted: TrailFilter) -> Iterator[Placed]:
    """Those of `stream` that are about a case, one case after the other, each in the order of its entries."""
    here, after = tuple_(col(AuditEntry.case_id), col(AuditEntry.seq)), ("", 0)
    while True:
        with home.db.read() as session:
            query = _narrowed(with_log(auditable(viewer)), wanted).where(col(AuditEntry.case_id).is_not(None))
            query = query.where(here > tuple_(*map(literal, after))).order_by(AuditEntry.case_id, AuditEntry.seq)
            found = session.exec(query.limit(STREAMED)).all()
            shown = found if shows_places(session, viewer) else _without_places(found)
            session.expunge_all()
        yield from shown
        if len(found) < STREAMED:
            return
        last: AuditEntry = found[-1][0]
        after = (last.case_id or "", last.seq or 0)


def shows_places(session: Session, viewer: Viewer) -> bool:
    """Whether entries are shown to this person with their places in the log: not to an auditor who is out of a case.

    They read everything else, so the gaps would be that case's own steps and times.
    """
    return not _audits_without(session, viewer, OUT)


def knows_of_hidden(session: Session, viewer: Viewer) -> bool:
    """Whether this is an auditor who is out of a case and knows it: they declared a connection, or were told."""
    return _audits_without(session, viewer, OUT - {INVOLVED})


def _audits_without(session: Session, viewer: Viewer, answers: frozenset[str]) -> bool:
    out = select(CaseStanding.case_id).where(CaseStanding.person_id == viewer.id, col(CaseStanding.answer).in_(answers))
    return Role.AUDITOR in viewer.offices and session.exec(out.limit(1)).first() is not None


def _without_places(rows: Iterable[Placed]) -> list[Placed]:
    return [(row, None, None) for row, _, _ in rows]


def placed() -> Any:
    """A query of entries, each with its place in the log, the present one or one that ended, if it has one yet."""
    chosen = select(AuditEntry, func.coalesce(LogEntry.log_index, OldLogEntry.log_index))
    chosen = chosen.join(LogEntry, col(LogEntry.entry_id) == col(AuditEntry.id), isouter=True)
    return chosen.join(OldLogEntry, col(OldLogEntry.entry_id) == col(AuditEntry.id), isouter=True)


def with_log(query: Any) -> Any:
    """The same with the number of the log that ended beside it."""
    return query.add_columns(col(OldLogEntry.log))


def auditable(viewer: Viewer, *columns: Any) -> Any:
    """As `placed`: entries of no case, and those of every case this auditor may see, with these columns of it."""
    mine = visible(viewer, col(Case.id), *columns).subquery()
    query = placed().add_columns(*(mine.c[column.key] for column in columns))
    query = query.join(mine, mine.c.id == col(AuditEntry.case_id), isouter=True)
    of_none = and_(
        col(AuditEntry.case_id).is_(None), or_(col(AuditEntry.event) != Event.RECEIPT_GIVEN, _receipt_of(viewer))
    )
    return query.where(or_(of_none, mine.c.id.is_not(None)))


def _receipt_of(viewer: Viewer) -> Any:
    """SQL: an entry is the receipt of something on a case that exists for this person; it names no case itself."""
    about = visible(viewer, col(Case.id)).join(CaseRecord, col(CaseRecord.case_id) == col(Case.id))
    return about.where(col(CaseRecord.id) == col(AuditEntry.subject_id)).correlate(AuditEntry).exists()


def newest(session: Session, event: Event) -> dict[str, Any] | None:
    """The last entry of a kind that is about the whole record, with the `count` it holds."""
    query = select(AuditEntry).where(AuditEntry.event == event).order_by(col(AuditEntry.recorded_at).desc())
    entry = session.exec(query.limit(1)).first()
    document = told_by(entry) if entry is not None else {}
    return document if document.get("event") == event else None  # one that was edited says nothing


def hides(session: Session, viewer: Viewer, entry_ids: Any) -> bool:
    """Whether any of these entries, given as a query of their ids, is about a case this auditor may not see."""
    mine = visible(viewer, col(Case.id)).subquery()
    about = select(AuditEntry.id).join(Case, col(Case.id) == col(AuditEntry.case_id))
    hidden = about.where(col(AuditEntry.id).in_(entry_ids), col(Case.id).not_in(select(mine.c.id)))
    unseen = select(AuditEntry.id).where(AuditEntry.event == Event.RECEIPT_GIVEN, ~_receipt_of(viewer))
    unseen = unseen.where(col(AuditEntry.id).in_(entry_ids))
    return any(session.exec(query.limit(1)).first() is not None for query in (hidden, unseen))


def _page(
    session: Session, viewer: Viewer, wanted: TrailFilter, after: str | None, limit: int
) -> tuple[Sequence[Placed], str | None]:
    query = _narrowed(with_log(auditable(viewer)), wanted)
    here = tuple_(col(AuditEntry.recorded_at), col(AuditEntry.id))
    if after:
        query = query.where(here < tuple_(*(literal(part) for part in read_cursor(after))))
    order = query.order_by(col(AuditEntry.recorded_at).desc(), col(AuditEntry.id).desc())
    found = session.exec(order.limit(limit + 1)).all()
    shown = found[:limit] if shows_places(session, viewer) else _without_places(found[:limit])
    return shown, cursor_of(shown[-1][0].recorded_at, shown[-1][0].id) if len(found) > limit else None


def refuse_unknown(wanted: TrailFilter) -> None:
    """Invalid where there is no such kind of entry."""
    if wanted.event is not None and wanted.event not in EVENTS:
        raise Invalid([FieldError("event", "There is no such kind of entry")])


def _narrowed(query: Any, wanted: TrailFilter) -> Any:
    refuse_unknown(wanted)
    if wanted.case is not None:
        query = query.where(col(AuditEntry.case_id).in_(select(Case.id).where(Case.reference == wanted.case)))
    if wanted.actor is not None:
        query = query.where(_by_actor(wanted.actor))
    if wanted.event is not None:
        query = query.where(AuditEntry.event == wanted.event)
    if wanted.first_day is not None:
        query = query.where(AuditEntry.recorded_at >= midnight(wanted.first_day))
    if wanted.last_day is not None:
        query = query.where(AuditEntry.recorded_at < midnight(wanted.last_day + timedelta(days=1)))
    return query


def _by_actor(actor: str) -> Any:
    if actor in ROLES_WITHOUT_ACCOUNT:
        return AuditEntry.actor_role == actor
    return AuditEntry.actor_id == actor


def midnight(day: date) -> datetime:
    """The moment at which a day begins in Europe/London."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def _as_json(
    session: Session, home: Installation, entries: Sequence[Placed], cases: dict[str, Case]
) -> list[dict[str, Any]]:
    names = people.actors_by_id(session, home.vault, {entry.actor_id for entry, _, _ in entries if entry.actor_id})
    items = [entry_json(row, index=index, log=log, name=names.get(row.actor_id or "")) for row, index, log in entries]
    codes = _codes(session, items)
    for item in items:
        case = cases.get(item["case"] or "")
        item["case"] = case.reference if case is not None else None
        record = item["record"] or {}
        item["details"] = codes.get(record.get("id", ""))
        workflow = home.workflows.get(case.workflow, case.workflow_version) if case is not None else None
        item["sentence"] = sentence(item, workflow, role_words(item["actor"]["role"]))
    return items


def _codes(session: Session, items: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The plain codes of the records that entries speak of: no text, no names."""
    ids = {item["record"]["id"] for item in items if item["record"]}
    rows = session.exec(select(CaseRecord.id, CaseRecord.plain).where(col(CaseRecord.id).in_(ids))).all()
    return {row_id: dict(plain) for row_id, plain in rows}


def cursor_of(moment: datetime, row_id: str) -> str:
    """Where a page of rows ordered by time and id ends."""
    return base64.urlsafe_b64encode(json.dumps([moment.isoformat(), row_id]).encode()).decode()


def read_cursor(after: str) -> tuple[datetime, str]:
    """What `cursor_of` was made of. Invalid."""
    try:
        moment, entry_id = json.loads(base64.urlsafe_b64decode(after.encode()))
        parsed = datetime.fromisoformat(moment)
        if not isinstance(entry_id, str) or not AN_ID.fullmatch(entry_id) or parsed.tzinfo is None:
            raise ValueError
        return parsed.astimezone(UTC), entry_id
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise Invalid([FieldError("after", "Take the cursor from “next” of the page before")]) from None


MOVES = frozenset({Event.CASE_OPENED, Event.STEP_TAKEN})
"""Entries drawn bold on a timeline: the case changed its state."""
