"""The auditor's lists, for programs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from app import deps
from app.api import PREFIX
from app.api.oversight_schemas import AlikeTable, Findings, Lookouts
from app.api.queries import DaysParameters
from app.api.schemas import refusals
from app.deps import Home
from app.oversight import alike, exceptions
from app.people.queries import Viewer

VIA = "api"
router = APIRouter(prefix=f"{PREFIX}/trail", tags=["Trail"])
Auditor = Annotated[Viewer, Depends(deps.bearer("trail"))]


@router.get(
    "/exceptions",
    responses={200: {"model": Lookouts}, **refusals(401, 403)},
    dependencies=[Depends(deps.bearer("trail"))],
)
def get_exception_lists() -> JSONResponse:
    """Every list of what an auditor looks for; `days` is the number of days it asks for, if it asks for one."""
    lists = exceptions.LOOKOUTS.values()
    return JSONResponse(
        {"items": [{"name": one.name, "title": one.title, "help": one.help, "days": one.days} for one in lists]}
    )


@router.get("/exceptions/{name}", responses={200: {"model": Findings}, **refusals(401, 403, 404, 422)})
def get_exceptions(name: str, home: Home, viewer: Auditor, wanted: Annotated[DaysParameters, Query()]) -> JSONResponse:
    """What one list holds of the cases you may audit, newest first; `more` where there are over 500."""
    rows, more = exceptions.look_out(home, viewer, name, via=VIA, days=wanted.days)
    return JSONResponse({"items": [row.as_json() for row in rows], "more": more})


@router.get("/alike", responses={200: {"model": AlikeTable}, **refusals(401, 403)})
def get_alike(home: Home, viewer: Auditor) -> JSONResponse:
    """How finished cases with the same clause, outcome and measure stand side by side."""
    return JSONResponse({"items": [row.as_json() for row in alike.of_branch(home, viewer, via=VIA)]})
