"""Who may see a case, and as what: part of every query. An unseen case does not exist: 404, in no list or count."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, literal, null, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app import clock
from app.cases.models import Case, CaseStanding
from app.cases.standing import CLEAR, HANDLER_ORDER, OUT
from app.errors import NotFound
from app.people.queries import Viewer


class Unseen(NotFound):
    """The case does not exist for this person; the attempt goes on the trail."""


FULL, CARD, TRAIL = "full", "card", "trail"
Mine = aliased(CaseStanding, name="mine")


def view_of(viewer: Viewer) -> ColumnElement[str | None]:
    """SQL: `full`, `card`, `trail` or NULL for each case of a query made by `visible`."""
    clear, out = col(Mine.answer).in_(CLEAR), col(Mine.answer).in_(OUT)
    officer = _holds(viewer, frozenset(HANDLER_ORDER))
    seated = and_(col(Mine.part) == "panel", _holds(viewer, frozenset({"panel"})))
    open_to_panel = or_(col(Case.panel_reads), col(Case.panel_reads_until) >= clock.today())
    return case(
        (out, null()),
        (and_(col(Case.handler_id) == viewer.id, officer), case((clear, literal(FULL)), else_=literal(CARD))),
        (and_(seated, clear, open_to_panel), literal(FULL)),
        (and_(seated, col(Case.final).is_(False)), literal(CARD)),
        (and_(officer, or_(col(Case.final), col(Case.awaits_clearance))), literal(CARD)),
        (_holds(viewer, frozenset({"auditor"})), literal(TRAIL)),
        else_=null(),
    )


def visible(viewer: Viewer, *columns: Any) -> Any:
    """A SELECT of cases (or of `columns`) with this person's view as the last column, only where there is one."""
    view = view_of(viewer)
    mine = and_(col(Mine.case_id) == col(Case.id), col(Mine.person_id) == viewer.id)
    # the typed form of `select` knows no list of columns that varies
    chosen: Any = select(*(columns or (Case,)), view.label("view"))  # type: ignore[call-overload]
    return chosen.select_from(Case).join(Mine, mine, isouter=True).where(view.is_not(None))


def find(session: Session, viewer: Viewer, reference: str, *, lock: bool = False) -> tuple[Case, str] | None:
    """The case with this reference as this person may see it, and their view; None where they may not.

    With `lock` the case row stays locked until the transaction ends.
    """
    if lock and session.get_bind().dialect.name != "sqlite" and not _lock(session, reference):
        return None  # on SQLite a write transaction holds the whole database from its beginning
    found = session.exec(visible(viewer).where(Case.reference == reference)).first()
    return (found[0], found[1]) if found else None


def _lock(session: Session, reference: str) -> bool:
    locking = (
        select(Case).where(Case.reference == reference).with_for_update().execution_options(populate_existing=True)
    )
    return session.exec(locking).first() is not None


def serves_as_officer(viewer: Viewer, case_id: str) -> bool:
    """Whether this person is secretary, deputy or stand-in today, for the branch or as a guest for this case."""
    return bool(offices_for(viewer, case_id) & frozenset(HANDLER_ORDER))


def offices_for(viewer: Viewer, case_id: str) -> frozenset[str]:
    """The offices in force today that count for one case."""
    return viewer.offices | viewer.case_offices.get(case_id, frozenset())


def _holds(viewer: Viewer, roles: frozenset[str]) -> ColumnElement[bool]:
    if viewer.offices & roles:
        return literal(True)
    guest_of = [case_id for case_id, held in viewer.case_offices.items() if held & roles]
    return col(Case.id).in_(guest_of) if guest_of else false()


def guest_case(session: Session, viewer: Viewer, reference: str) -> str | None:
    """The id of the case somebody is to be a guest for, named by whoever gives offices, who need not see it.

    None where there is none, and alike where it does not exist for `viewer` because they are involved in it.
    """
    out = select(CaseStanding).where(
        CaseStanding.case_id == Case.id, CaseStanding.person_id == viewer.id, col(CaseStanding.answer).in_(OUT)
    )
    return session.exec(select(Case.id).where(Case.reference == reference, ~out.exists())).first()


def visible_ids(session: Session, viewer: Viewer, ids: set[str]) -> dict[str, str]:
    """The references, by id, of those cases among `ids` that exist for this person."""
    rows = session.exec(visible(viewer, col(Case.id), col(Case.reference)).where(col(Case.id).in_(ids))).all()
    return {case_id: reference for case_id, reference, _ in rows}
