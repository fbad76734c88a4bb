"""Lists of cases: only what this person may see, by keyset pages whose cost does not grow with the number of cases."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, not_, or_, tuple_
from sqlmodel import Session, col, select

from app import clock
from app.cases.access import CARD, view_of, visible
from app.cases.models import Case, CaseClause
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.people import queries as people
from app.people.queries import Viewer
from app.vault.vault import Unreadable

PAGE, LARGEST_PAGE = 50, 200
BY_REFERENCE = "reference"
NEVER = date(9999, 12, 31)
Place = tuple[bool, str, str]
"""Where a page ends: whether among the cases that hide it, what they are sorted by, the id."""
_DUE = func.coalesce(col(Case.next_due_on), literal(NEVER))
SORTS: dict[str, Any] = {
    "due": _DUE,
    "opened": col(Case.opened_at),
    "-opened": col(Case.opened_at),
    "reference": col(Case.reference),
}


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; None asks for everything. `handler` is an account's id."""

    state: str | None = None
    kind: str | None = None
    handler: str | None = None
    clause: str | None = None
    overdue: bool | None = None
    final: bool | None = None
    due_by: date | None = None


def list_cases(
    session: Session,
    home: Installation,
    viewer: Viewer,
    wanted: Filter,
    *,
    sort: str = "due",
    after: str | None = None,
    limit: int = PAGE,
) -> dict[str, Any]:
    """`{items, next}`: one page and the cursor of the next, None at the end. Invalid for an unknown sort or cursor."""
    if sort not in SORTS:
        raise Invalid([FieldError("sort", f"Sort by one of: {', '.join(SORTS)}")])
    place = _read_cursor(session, home, viewer, after, sort) if after else None
    found: Sequence[tuple[Case, str]] = []
    if place is None or not place[0]:
        found = _part(session, viewer, wanted, sort, place, limit + 1, hidden=False)
    if sort != BY_REFERENCE and len(found) <= limit:
        behind = place if place is not None and place[0] else None
        found = [*found, *_part(session, viewer, wanted, sort, behind, limit + 1 - len(found), hidden=True)]
    shown = found[:limit]
    names = people.actors_by_id(session, home.vault, {case.handler_id for case, _ in shown if case.handler_id})
    cursor = _cursor(session, home, viewer, *shown[-1], sort) if len(found) > limit else None
    return {"items": [_item(home, case, view, names) for case, view in shown], "next": cursor}


def _part(
    session: Session, viewer: Viewer, wanted: Filter, sort: str, place: Place | None, limit: int, *, hidden: bool
) -> Sequence[tuple[Case, str]]:
    """What follows a place among the cases whose dates this person knows, or among those that hide them."""
    query = _narrowed(visible(viewer), wanted, viewer)
    by, down = (BY_REFERENCE, False) if hidden else (sort, sort.startswith("-"))
    if sort != BY_REFERENCE:
        query = query.where(not_(_told(viewer)) if hidden else _told(viewer))
    key, case_id = SORTS[by], col(Case.id)
    if place is not None:
        here, end = tuple_(key, case_id), tuple_(literal(_value(by, place[1])), literal(place[2]))
        query = query.where(here < end if down else here > end)
    order = (key.desc(), case_id.desc()) if down else (key.asc(), case_id.asc())
    found: Sequence[tuple[Case, str]] = session.exec(query.order_by(*order).limit(limit)).all()
    return found


def _told(viewer: Viewer) -> ColumnElement[bool]:
    """SQL: who has the case and what is due is open to this person. A card hides it, but not from its own handler."""
    return or_(view_of(viewer) != CARD, func.coalesce(col(Case.handler_id), "") == viewer.id)


def count_cases(session: Session, viewer: Viewer, wanted: Filter, *, most: int = 100) -> int:
    """How many cases this person may see under a filter, counted up to `most` + 1."""
    inner = _narrowed(visible(viewer, col(Case.id)), wanted, viewer).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(inner)) or 0


def _narrowed(query: Any, wanted: Filter, viewer: Viewer) -> Any:
    if (wanted.handler, wanted.overdue, wanted.due_by) != (None, None, None):
        query = query.where(_told(viewer))
    for column, value in ((Case.state, wanted.state), (Case.kind, wanted.kind), (Case.handler_id, wanted.handler)):
        if value is not None:
            query = query.where(column == value)
    if wanted.final is not None:
        query = query.where(col(Case.final).is_(wanted.final))
    if wanted.overdue is not None:
        late = and_(col(Case.final).is_(False), func.coalesce(col(Case.next_due_on), NEVER) < clock.today())
        query = query.where(late if wanted.overdue else not_(late))
    if wanted.due_by is not None:
        query = query.where(col(Case.next_due_on) <= wanted.due_by)
    if wanted.clause is not None:
        touched = col(Case.id).in_(_with_clause(wanted.clause))
        query = query.where(touched)
    return query


def _with_clause(code: str) -> Any:
    return select(CaseClause.case_id).where(CaseClause.code == code)


def _item(home: Installation, case: Case, view: str, names: dict[str, str]) -> dict[str, Any]:
    workflow = home.workflows.get(case.workflow, case.workflow_version)
    state = workflow.states[case.state]
    kind = next(one for one in workflow.opening.kinds if one.name == case.kind)
    item: dict[str, Any] = {
        "reference": case.reference,
        "kind": case.kind,
        "kind_title": kind.title or kind.label,
        "state": case.state,
        "state_label": state.label,
        "tone": state.tone,
        "final": case.final,
        "version": case.version,
        "view": view,
    }
    if view == CARD:
        return item
    clock_ = workflow.clocks.get(case.next_due_clock or "")
    return item | {
        "handler": {"id": case.handler_id, "name": names.get(case.handler_id, "")} if case.handler_id else None,
        "channel": case.channel,
        "received_on": case.received_on.isoformat(),
        "opened_at": case.opened_at.isoformat(),
        "outcome": case.outcome,
        "next": state.next,
        "due_on": case.next_due_on.isoformat() if case.next_due_on else None,
        "due_label": clock_.label if clock_ else None,
        "overdue": not case.final and case.next_due_on is not None and case.next_due_on < clock.today(),
    }


def _cursor(session: Session, home: Installation, viewer: Viewer, case: Case, view: str, sort: str) -> str:
    hidden = sort != BY_REFERENCE and view == CARD and case.handler_id != viewer.id
    moment = case.next_due_on or NEVER if sort == "due" else case.opened_at
    text = case.reference if hidden or sort == BY_REFERENCE else moment.isoformat()
    sealed = home.vault.seal_bytes(session, _cursor_of(viewer, sort), [hidden, text, case.id])
    return base64.urlsafe_b64encode(sealed).decode()


def _read_cursor(session: Session, home: Installation, viewer: Viewer, after: str, sort: str) -> Place:
    """The place a cursor of this person and sort leads to; sealed, so that nobody reads or makes one up."""
    try:
        sealed = base64.urlsafe_b64decode(after.encode())
        hidden, text, case_id = home.vault.open_bytes(session, _cursor_of(viewer, sort), sealed)
    except (ValueError, Unreadable):
        raise Invalid(
            [FieldError("after", "Take the cursor from “next” of the page before, with the same sort")]
        ) from None
    return hidden, text, case_id


def _cursor_of(viewer: Viewer, sort: str) -> str:
    return f"cursor/cases/{viewer.id}/{sort}"


def _value(sort: str, text: str) -> Any:
    if sort == BY_REFERENCE:
        return text
    return (date if sort == "due" else datetime).fromisoformat(text)
