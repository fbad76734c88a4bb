"""For auditors: the books of a period, and the statement of one page to print and sign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app import clock
from app.cases import trails
from app.deps import Home, cookie, slowly
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.letters.book import PDF_TYPE
from app.letters.pdf import Paper, printed
from app.letters.wording import Block
from app.oversight import reconciling
from app.oversight.statement import TITLE, statement
from app.people.queries import Viewer
from app.setup import branch_of
from app.web.context import first, respond
from app.web.wording import day
from app.workflow.definition import Field
from app.workflow.fields import read

PERIOD = (
    Field("from", "date", "From", required=True),
    Field("to", "date", "To", required=True, not_before="from"),
)
WHOLE_YEARS = "Choose whole years that are over: from 1 January to 31 December."

router = APIRouter(include_in_schema=False, prefix="/integrity")
Auditor = Annotated[Viewer, Depends(cookie("trail"))]


@dataclass(frozen=True)
class Asked:
    """The period that was typed; the days are those of this year up to now where nothing, or nothing sound, was."""

    typed: dict[str, str]
    first_day: date
    last_day: date
    errors: list[FieldError]


@router.get("/reconciliation")
async def reconciliation(request: Request, home: Home, viewer: Auditor) -> HTMLResponse:
    """What was open, came, went and is open, and whether each report was answered."""
    return await slowly(_reconciliation, request, home, viewer)


@router.get("/statement")
async def statement_page(request: Request, home: Home, viewer: Auditor) -> HTMLResponse:
    """The statement as a page to print."""
    return await slowly(_statement_page, request, home, viewer)


@router.get("/statement.pdf")
async def statement_pdf(request: Request, home: Home, viewer: Auditor) -> Response:
    """The same on paper."""
    return await slowly(_statement_pdf, request, home, viewer)


def _reconciliation(request: Request, home: Installation, viewer: Viewer) -> HTMLResponse:
    with home.db.read() as session:
        asked = _asked(request, whole_years=trails.knows_of_hidden(session, viewer))
        figures = reconciling.books(home, session, asked.first_day, asked.last_day)
    return respond(
        request,
        "integrity/reconciliation.html",
        status=422 if asked.errors else 200,
        viewer=viewer,
        current="/integrity",
        questions=PERIOD,
        errors=asked.errors,
        typed_in=asked.typed if asked.errors else {"from": day(asked.first_day), "to": day(asked.last_day)},
        figures=figures,
        sums=reconciling.sums(figures),
        lines=[(label, f"{count:,}") for label, count in reconciling.books_in_words(figures)],
        query=f"from={asked.first_day.isoformat()}&to={asked.last_day.isoformat()}",
    )


def _statement_page(request: Request, home: Installation, viewer: Viewer) -> HTMLResponse:
    said = _said(request, home, viewer)
    if said is None:
        return _reconciliation(request, home, viewer)
    asked, parts = said
    query = f"from={asked.first_day.isoformat()}&to={asked.last_day.isoformat()}"
    return respond(
        request, "integrity/statement.html", viewer=viewer, current="/integrity", title=TITLE, parts=parts, query=query
    )


def _statement_pdf(request: Request, home: Installation, viewer: Viewer) -> Response:
    said = _said(request, home, viewer)
    if said is None:
        return _reconciliation(request, home, viewer)
    with home.db.read() as session:
        branch = branch_of(session, home.settings)
    contact = tuple(line.strip() for line in branch.contact.splitlines() if line.strip())
    paper = Paper(TITLE, branch.organisation or "Casetrail", contact, (), clock.today(), said[1], dense=True)
    named = {"content-disposition": 'attachment; filename="statement.pdf"'}
    return Response(printed(paper).content, media_type=PDF_TYPE, headers=named)


def _said(request: Request, home: Installation, viewer: Viewer) -> tuple[Asked, Sequence[Block]] | None:
    """The period that was asked for and the statement about it; None where its days were not understood."""
    with home.db.read() as session:
        asked = _asked(request, whole_years=trails.knows_of_hidden(session, viewer))
        if asked.errors:
            return None
        return asked, statement(home, session, reconciling.books(home, session, asked.first_day, asked.last_day))


def _asked(request: Request, *, whole_years: bool) -> Asked:
    """Days like 1 January 2026, or as the address has them; without any the present year, or the last whole one."""
    today = clock.today()
    typed = {name: first(list(request.query_params.multi_items()), name).strip() for name in ("from", "to")}
    year = {"from": f"{today.year}-01-01", "to": today.isoformat()}
    if whole_years:  # day by day the figures would tell when a case came that this auditor may not see
        year = {"from": f"{today.year - 1}-01-01", "to": f"{today.year - 1}-12-31"}
    given, errors = typed if any(typed.values()) else year, list[FieldError]()
    try:
        days = read(PERIOD, given, today=today)
        if whole_years and not _whole_years(days):
            raise Invalid([FieldError("from", WHOLE_YEARS)])
    except Invalid as wrong:
        labels = {one.name: one.label for one in PERIOD}
        days, errors = year, [replace(one, message=f"{labels[one.field]}: {one.message}") for one in wrong.errors]
    return Asked(given, date.fromisoformat(days["from"]), date.fromisoformat(days["to"]), errors)


def _whole_years(days: Mapping[str, str]) -> bool:
    over = int(days["to"][:4]) < clock.today().year
    return over and days["from"].endswith("-01-01") and days["to"].endswith("-12-31")
