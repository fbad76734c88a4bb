"""Lists of cases: only what this person may see, by keyset pages whose cost does not grow with the number of cases."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, literal, not_, tuple_
from sqlmodel import Session, col, select

from app import clock
from app.cases.access import CARD, visible
from app.cases.models import Case, CaseClause
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.people import queries as people
from app.people.queries import Viewer

PAGE, LARGEST_PAGE = 50, 200
NEVER = date(9999, 12, 31)
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
    key, down = SORTS[sort], sort.startswith("-")
    query = _narrowed(visible(viewer), wanted)
    if after:
        place = tuple_(*(literal(part) for part in _read_cursor(after, sort)))
        here = tuple_(key, col(Case.id))
        query = query.where(here < place if down else here > place)
    order = (key.desc(), col(Case.id).desc()) if down else (key.asc(), col(Case.id).asc())
    found = session.exec(query.order_by(*order).limit(limit + 1)).all()
    shown = found[:limit]
    names = people.actors_by_id(session, home.vault, {case.handler_id for case, _ in shown if case.handler_id})
    cursor = _cursor(shown[-1][0], sort) if len(found) > limit else None
    return {"items": [_item(home, case, view, names) for case, view in shown], "next": cursor}


def count_cases(session: Session, viewer: Viewer, wanted: Filter, *, most: int = 100) -> int:
    """How many cases this person may see under a filter, counted up to `most` + 1."""
    inner = _narrowed(visible(viewer, col(Case.id)), wanted).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(inner)) or 0


def _narrowed(query: Any, wanted: Filter) -> Any:
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


def _cursor(case: Case, sort: str) -> str:
    moment = case.next_due_on or NEVER if sort == "due" else case.opened_at
    text = case.reference if sort == "reference" else moment.isoformat()
    return base64.urlsafe_b64encode(json.dumps([sort, text, case.id]).encode()).decode()


def _read_cursor(after: str, sort: str) -> tuple[Any, str]:
    try:
        made_for, text, case_id = json.loads(base64.urlsafe_b64decode(after.encode()))
        if made_for != sort or not isinstance(case_id, str):
            raise ValueError
        if sort == "reference":
            return str(text), case_id
        return (date if sort == "due" else datetime).fromisoformat(text), case_id
    except (ValueError, TypeError, binascii.Error, UnicodeError):
        raise Invalid(
            [FieldError("after", "Take the cursor from “next” of the page before, with the same sort")]
        ) from None
