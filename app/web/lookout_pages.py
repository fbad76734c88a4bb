"""What an auditor looks for: the lists, one of them, and how cases about the same clause ended."""

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.deps import Home, slowly
from app.errors import FieldError, Invalid, NotFound
from app.oversight import alike, exceptions
from app.oversight.exceptions import LOOKOUTS, MOST, MOST_DAYS, Finding
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
    """What one list holds, newest first. NotFound."""
    if name not in LOOKOUTS:
        raise NotFound("There is no such list")
    lookout = LOOKOUTS[name]
    typed = first(list(request.query_params.multi_items()), "days").strip() if lookout.days is not None else ""
    errors: list[FieldError] = []
    rows: list[Finding] = []
    more = False
    try:
        days = _number(typed) if typed else None
        rows, more = await slowly(exceptions.look_out, home, viewer, name, via="page", days=days)
    except Invalid as invalid:
        errors = [replace(error, message=WRITE_DAYS) for error in invalid.errors]
    return await slowly(
        respond,
        request,
        "trail/exception.html",
        status=422 if errors else 200,
        viewer=viewer,
        current="/trail",
        one=lookout,
        rows=rows,
        most=MOST if more else 0,
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
