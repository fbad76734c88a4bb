"""Who may see a case, and as what: part of every query. An unseen case does not exist: 404, in no list or count."""

from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, case, false, literal, null, or_
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
_OFFICERS, _PANEL, _AUDITOR = frozenset(HANDLER_ORDER), frozenset({"panel"}), frozenset({"auditor"})
LOOKS_REMEMBERED = 256
"""Of so many people the SQL is kept: making it takes longer than many a query."""


class _Look(NamedTuple):
    """All of a viewer that the SQL depends on; of each office whether it is the branch's, or the cases of a guest."""

    person_id: str
    officer: bool | frozenset[str]
    panel: bool | frozenset[str]
    auditor: bool | frozenset[str]
    today: date


def view_of(viewer: Viewer) -> ColumnElement[str | None]:
    """SQL: `full`, `card`, `trail` or NULL for each case of a query made by `visible`."""
    return _view(_look(viewer))


def visible(viewer: Viewer, *columns: Any) -> Any:
    """A SELECT of cases (or of `columns`) with this person's view as the last column, only where there is one."""
    return _visible(_look(viewer), columns or (Case,))


def _look(viewer: Viewer) -> _Look:
    officer, panel, auditor = (_held(viewer, roles) for roles in (_OFFICERS, _PANEL, _AUDITOR))
    return _Look(viewer.id, officer, panel, auditor, clock.today())


def _held(viewer: Viewer, roles: frozenset[str]) -> bool | frozenset[str]:
    if viewer.offices & roles:
        return True
    return frozenset(case_id for case_id, held in viewer.case_offices.items() if held & roles)


@lru_cache(LOOKS_REMEMBERED)
def _view(look: _Look) -> ColumnElement[str | None]:
    clear, out = col(Mine.answer).in_(CLEAR), col(Mine.answer).in_(OUT)
    officer = _holds(look.officer)
    seated = and_(col(Mine.part) == "panel", _holds(look.panel))
    open_to_panel = or_(col(Case.panel_reads), col(Case.panel_reads_until) >= look.today)
    return case(
        (out, null()),
        (and_(col(Case.handler_id) == look.person_id, officer), case((clear, literal(FULL)), else_=literal(CARD))),
        (and_(seated, clear, open_to_panel), literal(FULL)),
        (and_(seated, col(Case.final).is_(False)), literal(CARD)),
        (and_(officer, or_(col(Case.final), col(Case.awaits_clearance))), literal(CARD)),
        (_holds(look.auditor), literal(TRAIL)),
        else_=null(),
    )


@lru_cache(LOOKS_REMEMBERED)
def _visible(look: _Look, columns: tuple[Any, ...]) -> Any:
    view = _view(look)
    mine = and_(col(Mine.case_id) == col(Case.id), col(Mine.person_id) == look.person_id)
    # the typed form of `select` knows no list of columns that varies
    chosen: Any = select(*columns, view.label("view"))  # type: ignore[call-overload]
    return chosen.select_from(Case).join(Mine, mine, isouter=True).where(view.is_not(None))


@lru_cache(LOOKS_REMEMBERED)
def _named(look: _Look) -> Any:
    return _visible(look, (Case,)).where(col(Case.reference) == bindparam("reference"))


def find(session: Session, viewer: Viewer, reference: str, *, lock: bool = False) -> tuple[Case, str] | None:
    """The case with this reference as this person may see it, and their view; None where they may not.

    With `lock` the case row stays locked until the transaction ends.
    """
    if lock and session.get_bind().dialect.name != "sqlite" and not _lock(session, reference):
        return None  # on SQLite a write transaction holds the whole database from its beginning
    found = session.exec(_named(_look(viewer)), params={"reference": reference}).first()
    return (found[0], found[1]) if found else None


_LOCKING = (
    select(Case)
    .where(col(Case.reference) == bindparam("reference"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def _lock(session: Session, reference: str) -> bool:
    return session.exec(_LOCKING, params={"reference": reference}).first() is not None


def serves_as_officer(viewer: Viewer, case_id: str) -> bool:
    """Whether this person is secretary, deputy or stand-in today, for the branch or as a guest for this case."""
    return bool(offices_for(viewer, case_id) & _OFFICERS)


def offices_for(viewer: Viewer, case_id: str) -> frozenset[str]:
    """The offices in force today that count for one case."""
    return viewer.offices | viewer.case_offices.get(case_id, frozenset())


def _holds(held: bool | frozenset[str]) -> ColumnElement[bool]:
    if isinstance(held, bool):
        return literal(held)
    return col(Case.id).in_(sorted(held)) if held else false()


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
