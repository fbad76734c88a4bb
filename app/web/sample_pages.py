"""A random sample for auditors: drawn, listed, and drawn again from what is on the trail."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from app import clock
from app.deps import Home, slowly
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.oversight import sampling
from app.oversight.sampling import QUESTIONS
from app.people.queries import Viewer
from app.web.context import Form, Id, respond, see
from app.web.trail_pages import Auditor
from app.workflow.fields import from_form, read

DRAWN = "The sample is drawn, and its start number is on the record."
router = APIRouter(include_in_schema=False)


@router.get("/trail/samples")
def samples(request: Request, home: Home, viewer: Auditor) -> HTMLResponse:
    """The form to draw one, and those drawn before."""
    return _samples(request, home, viewer, {}, [])


@router.post("/trail/samples")
async def draw(request: Request, home: Home, viewer: Auditor, pairs: Form) -> Response:
    """Draws one."""
    try:
        answers = read(QUESTIONS, from_form(QUESTIONS, pairs), today=clock.today())
        drawn = await slowly(sampling.draw, home, viewer, answers, via="page")
    except Invalid as invalid:
        return await slowly(_samples, request, home, viewer, dict(pairs), invalid.errors)
    return see(f"/trail/samples/{drawn}", DRAWN)


@router.get("/trail/samples/{drawing}")
async def one_sample(request: Request, drawing: Id, home: Home, viewer: Auditor) -> HTMLResponse:
    """The cases of a drawing, drawn again now, and how anybody does the same. NotFound."""
    told, cases, known = await slowly(sampling.again, home, viewer, drawing, via="page")
    return await slowly(
        respond,
        request,
        "trail/sample.html",
        viewer=viewer,
        current="/trail",
        drawing=told,
        cases=cases,
        known=known,
    )


def _samples(
    request: Request, home: Installation, viewer: Viewer, values: dict[str, Any], errors: list[FieldError]
) -> HTMLResponse:
    with home.db.read() as session:
        before = sampling.drawings(session, home)
    return respond(
        request,
        "trail/samples.html",
        status=422 if errors else 200,
        viewer=viewer,
        current="/trail",
        before=before,
        questions=QUESTIONS,
        values=values,
        errors=errors,
    )
