"""The yearly return, for programs: who declared that everything that came was entered."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from app import clock, deps
from app.api import PREFIX
from app.api.bodies import JsonObject
from app.api.integrity_schemas import YearlyReturn
from app.api.schemas import refusals
from app.deps import Home
from app.installation import Installation
from app.oversight import for_programs, yearly
from app.people.queries import Viewer
from app.workflow.fields import read

VIA = "api"
router = APIRouter(prefix=f"{PREFIX}/yearly-returns", tags=["Yearly return"])


@router.get(
    "/{year}",
    responses={200: {"model": YearlyReturn}, **refusals(401, 403, 422)},
    dependencies=[Depends(deps.bearer("yearly_return"))],
)
def get_yearly_return(year: str, home: Home) -> JSONResponse:
    """A year's declarations: the last word of each person counts."""
    return _return(home, yearly.year_of(year))


@router.post("", status_code=201, responses={201: {"model": YearlyReturn}, **refusals(400, 401, 403, 413, 415, 422)})
def declare_year(
    home: Home, viewer: Annotated[Viewer, Depends(deps.bearer("declare_year"))], body: JsonObject
) -> JSONResponse:
    """Keeps a declaration; an earlier one of the same person stays on record and counts no more."""
    values = read(yearly.QUESTIONS, body, today=clock.today())
    return _return(home, yearly.declare(home, viewer, values, via=VIA), 201)


def _return(home: Installation, year: int, status: int = 200) -> JSONResponse:
    with home.db.read() as session:
        return JSONResponse(for_programs.return_json(yearly.yearly_return(session, home, year), year), status)
