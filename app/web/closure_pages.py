"""Days on which the branch is closed: everyone with an office reads them, administrators record them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app import clock
from app.cases import closures
from app.cases.closures import QUESTIONS
from app.deps import Home, cookie
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.people.policy import may
from app.people.queries import Viewer
from app.web.context import Form, respond, see
from app.web.users import Administrator
from app.workflow.fields import from_form, read

router = APIRouter(include_in_schema=False)
Office = Annotated[Viewer, Depends(cookie("offices"))]


@router.get("/closure-days")
def days(request: Request, home: Home, viewer: Office) -> HTMLResponse:
    """Every day that was recorded, with the form for administrators."""
    return _days(request, home, viewer, {}, [])


@router.post("/closure-days")
def keep(request: Request, home: Home, viewer: Administrator, pairs: Form) -> Response:
    """Records a day, or that the branch is open on it after all."""
    try:
        values = read(QUESTIONS, from_form(QUESTIONS, pairs), today=clock.today())
        with home.db.write() as session:
            closures.record(session, home, values, actor=viewer.actor(), via="page")
    except Invalid as invalid:
        return _days(request, home, viewer, dict(pairs), invalid.errors)
    return see("/closure-days", "The day is recorded. Dates that were set before stay as they are.")


def _days(
    request: Request, home: Installation, viewer: Viewer, values: dict[str, str], errors: list[FieldError]
) -> HTMLResponse:
    with home.db.read() as session:
        rows = closures.closures(session, home)
    writes = may(viewer, "users")
    return respond(
        request,
        "closures/days.html",
        status=422 if errors else 200,
        viewer=viewer,
        current="/users" if writes else "/closure-days",
        rows=rows,
        questions=QUESTIONS if writes else (),
        values=values,
        errors=errors,
    )
