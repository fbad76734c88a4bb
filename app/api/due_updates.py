"""Writing again to everyone who waits to hear from the branch, in one call."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from app import clock, deps
from app.api import PREFIX
from app.api.bodies import JsonObject
from app.api.case_schemas import DueUpdates, UpdateResults
from app.api.schemas import refusals
from app.cases import updates
from app.deps import Home
from app.errors import FieldError, Invalid
from app.people.queries import Viewer
from app.workflow.fields import as_schema, read

VIA, MOST = "api", 200
WRONG = f"Send a list of 1 to {MOST} references, or leave it out for everyone who waits"
router = APIRouter(prefix=f"{PREFIX}/due-updates", tags=["Cases"])
Officer = Annotated[Viewer, Depends(deps.bearer("enter_report"))]


def body_schema() -> dict[str, Any]:
    """What the call takes."""
    schema = as_schema((updates.TEXT,))
    named = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": MOST}
    schema["properties"]["cases"] = {**named, "description": "References; without it, everyone who waits."}
    return schema


@router.get("", responses={200: {"model": DueUpdates}, **refusals(401, 403)})
def get_due_updates(home: Home, viewer: Officer) -> JSONResponse:
    """Your open cases whose reporter is to hear from the branch within a week, or should have, by date."""
    with home.db.read() as session:
        found = updates.due_updates(session, home, viewer)
    return JSONResponse({"items": [one.as_json() for one in found]})


@router.post("", status_code=201, responses={201: {"model": UpdateResults}, **refusals(400, 401, 403, 413, 415, 422)})
def send_due_updates(home: Home, viewer: Officer, body: JsonObject) -> JSONResponse:
    """Writes one `text` to everyone who waits, or to the `cases` named; each case by itself, a repeat to nobody."""
    wanted = _references(body)
    text = read((updates.TEXT,), body, today=clock.today())["text"]
    results = updates.update_due(home, viewer, text, VIA, wanted)
    return JSONResponse({"items": [one.as_json() for one in results]}, 201)


def _references(body: dict[str, Any]) -> list[str] | None:
    if "cases" not in body:
        return None
    given = body.pop("cases")
    if not isinstance(given, list) or not 1 <= len(given) <= MOST or not all(isinstance(one, str) for one in given):
        raise Invalid([FieldError("cases", WRONG)])
    return given
