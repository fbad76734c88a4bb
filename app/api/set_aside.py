"""Messages that reached the branch and are no report: officers mark them so, officers and auditors read why."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from app import clock, deps
from app.api import PREFIX
from app.api.bodies import JsonObject
from app.api.schemas import SetAsideMessages, SetAsideShape, refusals
from app.cases import set_aside
from app.deps import Home
from app.people.queries import Viewer
from app.workflow.fields import read

VIA = "api"
router = APIRouter(prefix=f"{PREFIX}/set-aside-messages", tags=["Messages that are no report"])


@router.get(
    "", responses={200: {"model": SetAsideMessages}, **refusals(401, 403)}, dependencies=[Depends(deps.bearer("cases"))]
)
def get_set_aside_messages(home: Home) -> JSONResponse:
    """The newest hundred, newest first, with reason and note; nothing of the messages themselves was kept."""
    with home.db.read() as session:
        return JSONResponse({"items": [one.as_json() for one in set_aside.listed(session, home)]})


@router.post("", status_code=201, responses={201: {"model": SetAsideShape}, **refusals(400, 401, 403, 413, 415, 422)})
def set_message_aside(
    home: Home, viewer: Annotated[Viewer, Depends(deps.bearer("enter_report"))], body: JsonObject
) -> JSONResponse:
    """Marks a message as no report with a `reason` and, where that says too little, a `note`: one entry."""
    values = read(set_aside.QUESTIONS, body, today=clock.today())
    with home.db.write() as session:
        kept = set_aside.record(session, home, values, actor=viewer.actor(), via=VIA)
    return JSONResponse(kept.as_json(), 201)
