"""Days on which the branch is closed: officers read them, administrators record them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from app import clock, deps
from app.api import PREFIX
from app.api.bodies import JsonObject
from app.api.schemas import ClosureDays, ClosureShape, refusals
from app.cases import closures
from app.cases.closures import QUESTIONS, Closure
from app.deps import Home
from app.people.policy import Role
from app.people.queries import Viewer
from app.workflow.fields import read

VIA = "api"
router = APIRouter(prefix=f"{PREFIX}/closure-days", tags=["Closure days"])


@router.get(
    "", responses={200: {"model": ClosureDays}, **refusals(401, 403)}, dependencies=[Depends(deps.bearer("offices"))]
)
def get_closure_days(home: Home) -> JSONResponse:
    """Every row, latest day first; of each day only the newest `counts`. Due dates that were set never move."""
    with home.db.read() as session:
        return JSONResponse({"items": [_json(one) for one in closures.closures(session, home)]})


@router.post("", status_code=201, responses={201: {"model": ClosureShape}, **refusals(400, 401, 403, 413, 415, 422)})
def record_closure_day(
    home: Home, viewer: Annotated[Viewer, Depends(deps.bearer("users"))], body: JsonObject
) -> JSONResponse:
    """Records that the branch is `closed` on a day, or `open` after all, for administrators; nothing is deleted."""
    values = read(QUESTIONS, body, today=clock.today())
    with home.db.write() as session:
        kept = closures.record(session, home, values, actor=viewer.actor(Role.ADMINISTRATOR), via=VIA)
    return JSONResponse(_json(kept), 201)


def _json(one: Closure) -> dict[str, Any]:
    return {
        "id": one.id,
        "day": one.day.isoformat(),
        "closed": one.closed,
        "why": one.why,
        "recorded_at": one.recorded_at.isoformat(),
        "counts": one.counts,
    }
