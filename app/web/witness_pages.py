"""The witnesses of the log: how fresh each one's last good signature is, naming one, taking one off the list."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app import clock
from app.deps import Home, cookie
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.oversight import witnesses
from app.people.queries import Viewer
from app.web.context import Form, first, respond, see
from app.workflow.fields import from_form, read

router = APIRouter(include_in_schema=False, prefix="/integrity/witnesses")
Namer = Annotated[Viewer, Depends(cookie("witnesses"))]


@router.get("")
def everyone(request: Request, home: Home, viewer: Namer) -> HTMLResponse:
    """Every witness, and the form to name one."""
    return _page(request, home, viewer, {}, [])


@router.post("")
def name_one(request: Request, home: Home, viewer: Namer, pairs: Form) -> Response:
    """Names a witness by its public key."""
    try:
        values = read(witnesses.QUESTIONS, from_form(witnesses.QUESTIONS, pairs), today=clock.today())
        key = witnesses.name_witness(home, values[witnesses.FIELD], actor=viewer.actor(), via="page")
    except Invalid as invalid:
        return _page(request, home, viewer, dict(pairs), invalid.errors)
    return see("/integrity/witnesses", f"{key.name} is a witness now.")


@router.post("/remove")
def remove_one(home: Home, viewer: Namer, pairs: Form) -> Response:
    """Takes a witness off the list."""
    witnesses.remove_witness(home, first(pairs, "name"), actor=viewer.actor(), via="page")
    return see("/integrity/witnesses", "The witness is off the list. What it signed stays on record.")


def _page(
    request: Request, home: Installation, viewer: Viewer, values: dict[str, str], errors: list[FieldError]
) -> HTMLResponse:
    with home.db.read() as session:
        found = witnesses.witnesses(session)
    return respond(
        request,
        "integrity/witnesses.html",
        status=422 if errors else 200,
        viewer=viewer,
        current="/integrity",
        found=found,
        questions=witnesses.QUESTIONS,
        values=values,
        errors=errors,
    )
