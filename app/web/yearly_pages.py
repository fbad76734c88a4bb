"""The yearly return: who declared that everything that came was entered, and the form for those who have not yet."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app import clock
from app.deps import Home, cookie
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.oversight import yearly
from app.people.policy import may
from app.people.queries import Viewer
from app.web.context import Form, first, respond, see
from app.workflow.fields import from_form, read

router = APIRouter(include_in_schema=False)
Reader = Annotated[Viewer, Depends(cookie("yearly_return"))]
Declarer = Annotated[Viewer, Depends(cookie("declare_year"))]


@router.get("/yearly-return")
def yearly_return(request: Request, home: Home, viewer: Reader) -> HTMLResponse:
    """A year's declarations; this year's where none is named."""
    named = first(list(request.query_params.multi_items()), "year")
    return _page(request, home, viewer, yearly.year_in(named) or clock.today().year, {}, [])


@router.post("/yearly-return")
def declare(request: Request, home: Home, viewer: Declarer, pairs: Form) -> Response:
    """Keeps a declaration; an earlier one of the same person stays on record and counts no more."""
    try:
        values = read(yearly.QUESTIONS, from_form(yearly.QUESTIONS, pairs), today=clock.today())
        year = yearly.declare(home, viewer, values, via="page")
    except Invalid as invalid:
        return _page(request, home, viewer, clock.today().year, dict(pairs), invalid.errors)
    return see(f"/yearly-return?year={year}", "Your declaration is recorded.")


def _page(
    request: Request,
    home: Installation,
    viewer: Viewer,
    year: int,
    values: dict[str, str],
    errors: list[FieldError],
) -> HTMLResponse:
    with home.db.read() as session:
        found = yearly.yearly_return(session, home, year)
    return respond(
        request,
        "integrity/yearly.html",
        status=422 if errors else 200,
        viewer=viewer,
        current="/integrity" if may(viewer, "integrity") else "/account",
        year=year,
        found=found,
        parts=yearly.PARTS,
        missing=yearly.missing(found),
        lacking=yearly.lacking(found),
        questions=yearly.QUESTIONS if may(viewer, "declare_year") else (),
        values=values or {"year": str(year)},
        errors=errors,
    )
