"""For auditors: the books of a period, and the statement of one page to print and sign."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app.cases.letter_door import attached
from app.deps import Home, cookie, slowly
from app.errors import Invalid
from app.installation import Installation
from app.letters.book import PDF_TYPE
from app.oversight import periods, reconciling, statement_paper
from app.oversight.statement import TITLE, statement
from app.people.queries import Viewer
from app.setup import branch_of
from app.web.context import first, respond
from app.web.wording import day

LABELS = {one.name: one.label for one in periods.PERIOD}

router = APIRouter(include_in_schema=False, prefix="/integrity")
Auditor = Annotated[Viewer, Depends(cookie("trail"))]


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
        asked = periods.asked(session, viewer, _typed(request))
        # of days that were not understood there is nothing to count
        figures = reconciling.books(home, session, asked.first_day, asked.last_day) if not asked.errors else None
    return respond(
        request,
        "integrity/reconciliation.html",
        status=422 if asked.errors else 200,
        viewer=viewer,
        current="/integrity",
        questions=periods.PERIOD,
        errors=[replace(one, message=f"{LABELS[one.field]}: {one.message}") for one in asked.errors],
        typed_in=asked.typed if asked.errors else {"from": day(asked.first_day), "to": day(asked.last_day)},
        figures=figures,
        sums=reconciling.sums(figures) if figures else (),
        lines=[(label, f"{count:,}") for label, count in reconciling.books_in_words(figures)] if figures else [],
        query=f"from={asked.first_day.isoformat()}&to={asked.last_day.isoformat()}",
    )


def _statement_page(request: Request, home: Installation, viewer: Viewer) -> HTMLResponse:
    try:
        with home.db.read() as session:
            figures = periods.books_asked(home, session, viewer, _typed(request))
            parts = statement(home, session, figures)
    except Invalid:
        return _reconciliation(request, home, viewer)
    query = f"from={figures.first_day.isoformat()}&to={figures.last_day.isoformat()}"
    return respond(
        request, "integrity/statement.html", viewer=viewer, current="/integrity", title=TITLE, parts=parts, query=query
    )


def _statement_pdf(request: Request, home: Installation, viewer: Viewer) -> Response:
    try:
        with home.db.read() as session:
            figures = periods.books_asked(home, session, viewer, _typed(request))
            branch = branch_of(session, home.settings)
            content = statement_paper.statement_pdf(home, session, figures, branch.organisation, branch.contact)
    except Invalid:
        return _reconciliation(request, home, viewer)
    return Response(content, media_type=PDF_TYPE, headers=attached(statement_paper.FILE_NAME))


def _typed(request: Request) -> dict[str, str]:
    return {name: first(list(request.query_params.multi_items()), name).strip() for name in ("from", "to")}
