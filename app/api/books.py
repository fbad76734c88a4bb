"""The books of a period and the statement to sign, for programs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse, Response

from app import deps
from app.api import PREFIX
from app.api.integrity_schemas import Reconciliation, StatementShape
from app.api.queries import PeriodParameters
from app.api.schemas import refusals
from app.cases.letter_door import attached
from app.deps import Home, slowly
from app.installation import Installation
from app.letters.book import PDF_TYPE
from app.oversight import for_programs, periods, statement_paper
from app.oversight.statement import statement
from app.people.queries import Viewer
from app.setup import branch_of

router = APIRouter(prefix=f"{PREFIX}/integrity", tags=["Integrity"])
Auditor = Annotated[Viewer, Depends(deps.bearer("trail"))]
Period = Annotated[PeriodParameters, Query()]


@router.get("/reconciliation", responses={200: {"model": Reconciliation}, **refusals(401, 403, 422)})
async def get_reconciliation(home: Home, viewer: Auditor, wanted: Period) -> JSONResponse:
    """What was open, came, went and is open, and whether each report was answered; without days the present year.

    An auditor for whom a case does not exist asks for whole years that are over, and without days gets the last one.
    """
    return JSONResponse(await slowly(_reconciliation, home, viewer, wanted.typed()))


@router.get("/statement", responses={200: {"model": StatementShape}, **refusals(401, 403, 422)})
async def get_statement(home: Home, viewer: Auditor, wanted: Period) -> JSONResponse:
    """The statement about the record and a period, part by part."""
    return JSONResponse(await slowly(_statement, home, viewer, wanted.typed()))


@router.get(
    "/statement.pdf",
    response_class=Response,
    responses={200: {"content": {PDF_TYPE: {}}}, **refusals(401, 403, 422)},
)
async def get_statement_on_paper(home: Home, viewer: Auditor, wanted: Period) -> Response:
    """The same to print and sign."""
    content = await slowly(_on_paper, home, viewer, wanted.typed())
    return Response(content, media_type=PDF_TYPE, headers=attached(statement_paper.FILE_NAME))


def _reconciliation(home: Installation, viewer: Viewer, typed: dict[str, str]) -> dict[str, object]:
    with home.db.read() as session:
        return for_programs.books_json(periods.books_asked(home, session, viewer, typed))


def _statement(home: Installation, viewer: Viewer, typed: dict[str, str]) -> dict[str, object]:
    with home.db.read() as session:
        figures = periods.books_asked(home, session, viewer, typed)
        return for_programs.statement_json(figures, statement(home, session, figures))


def _on_paper(home: Installation, viewer: Viewer, typed: dict[str, str]) -> bytes:
    with home.db.read() as session:
        figures = periods.books_asked(home, session, viewer, typed)
        branch = branch_of(session, home.settings)
        return statement_paper.statement_pdf(home, session, figures, branch.organisation, branch.contact)
