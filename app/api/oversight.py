"""The auditor's lists, for programs."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from app import clock, deps
from app.api import PREFIX
from app.api.bodies import JsonObject, numbers_as_typed
from app.api.oversight_schemas import AlikeTable, Findings, Lookouts, Samples, SampleShape
from app.api.queries import DaysParameters
from app.api.schemas import refusals
from app.deps import Home
from app.installation import Installation
from app.oversight import alike, exceptions, looking, sampling
from app.people.queries import Viewer
from app.workflow.fields import read

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
    """A page of what one list holds of the cases you may audit: the newest cases, or entries, first.

    A page may be short, or empty, and yet have a `next`: it ends after so many cases or entries that were looked at.
    """
    rows, cursor = looking.look_out(home, viewer, name, via=VIA, days=wanted.days, after=wanted.after)
    return JSONResponse({"items": [row.as_json() for row in rows], "next": cursor})


@router.get("/alike", responses={200: {"model": AlikeTable}, **refusals(401, 403)})
def get_alike(home: Home, viewer: Auditor) -> JSONResponse:
    """How finished cases with the same clause, outcome and measure stand side by side."""
    return JSONResponse({"items": [row.as_json() for row in alike.of_branch(home, viewer, via=VIA)]})


@router.get("/samples", responses={200: {"model": Samples}, **refusals(401, 403)})
def get_samples(home: Home, _viewer: Auditor) -> JSONResponse:
    """The newest fifty random samples, newest first, without their cases."""
    with home.db.read() as session:
        return JSONResponse({"items": [one.as_json() for one in sampling.drawings(session, home)]})


@router.post(
    "/samples", status_code=201, responses={201: {"model": SampleShape}, **refusals(400, 401, 403, 413, 415, 422)}
)
def draw_sample(home: Home, viewer: Auditor, body: JsonObject) -> JSONResponse:
    """Draws `count` cases from a `start` number (made up where it is left out) and the log as it is now."""
    answers = read(sampling.QUESTIONS, numbers_as_typed(body), today=clock.today())
    return JSONResponse(_sample(home, viewer, sampling.draw(home, viewer, answers, via=VIA)), 201)


@router.get("/samples/{drawing}", responses={200: {"model": SampleShape}, **refusals(401, 403, 404)})
def get_sample(drawing: str, home: Home, viewer: Auditor) -> JSONResponse:
    """A sample drawn again from what the trail holds of it, in the order of drawing."""
    return JSONResponse(_sample(home, viewer, drawing))


def _sample(home: Installation, viewer: Viewer, drawing: str) -> dict[str, Any]:
    told, cases, known = sampling.again(home, viewer, drawing, via=VIA)
    return told.as_json() | {"known": known, "items": [one.as_json() for one in cases]}
