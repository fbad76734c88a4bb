"""What an auditor looks for: the lists, one of them, and how cases about the same clause ended."""

from dataclasses import replace
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.deps import Home, slowly
from app.errors import FieldError, Invalid, NotFound
from app.oversight import alike, looking
from app.oversight.exceptions import LOOKOUTS
from app.oversight.looking import MOST_DAYS, Finding
from app.web.context import first, respond
from app.web.trail_pages import Auditor

WRITE_DAYS = f"Write a number of days from 1 to {MOST_DAYS:,}"
router = APIRouter(include_in_schema=False)


@router.get("/trail/exceptions")
def lists(request: Request, viewer: Auditor) -> HTMLResponse:
    """Every list, and what it shows."""
    return respond(request, "trail/exceptions.html", viewer=viewer, current="/trail", lists=list(LOOKOUTS.values()))


@router.get("/trail/exceptions/{name}")
async def one_list(request: Request, name: str, home: Home, viewer: Auditor) -> HTMLResponse:
    """A page of what one list holds. NotFound."""
    if name not in LOOKOUTS:
        raise NotFound("There is no such list")
    lookout = LOOKOUTS[name]
    query = list(request.query_params.multi_items())
    typed = first(query, "days").strip() if lookout.days is not None else ""
    errors: list[FieldError] = []
    rows: list[Finding] = []
    cursor: str | None = None
    try:
        days = _number(typed) if typed else None
        after = first(query, "after") or None
        rows, cursor = await slowly(looking.look_out, home, viewer, name, via="page", days=days, after=after)
    except Invalid as invalid:
        errors = [replace(one, message=WRITE_DAYS) if one.field == "days" else one for one in invalid.errors]
    return await slowly(
        respond,
        request,
        "trail/exception.html",
        status=422 if errors else 200,
        viewer=viewer,
        current="/trail",
        one=lookout,
        rows=rows,
        onward=urlencode({key: value for key, value in (("days", typed), ("after", cursor or "")) if value})
        if cursor
        else "",
        later=bool(first(query, "after")),
        typed=typed or str(lookout.days or ""),
        errors=errors,
    )


@router.get("/trail/alike")
async def side_by_side(request: Request, home: Home, viewer: Auditor) -> HTMLResponse:
    """Clause, outcome and measure of finished cases, counted."""
    rows = await slowly(alike.of_branch, home, viewer, via="page")
    return await slowly(respond, request, "trail/alike.html", viewer=viewer, current="/trail", rows=rows)


def _number(typed: str) -> int:
    if not typed.isascii() or not typed.isdigit() or len(typed) > len(str(MOST_DAYS)):
        raise Invalid([FieldError("days", WRITE_DAYS)])
    return int(typed)
