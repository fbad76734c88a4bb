"""What auditors leave on a case, as pages: remarks that are answered, and parts of the content opened for a day."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from app.cases import door, trails
from app.cases.access import TRAIL
from app.cases.actions import Desk
from app.cases.references import tidy_reference
from app.deps import Home, SignedIn
from app.errors import FieldError, Invalid, WrongState
from app.installation import Installation
from app.oversight import opened, remarks, unmasking
from app.people.queries import Viewer
from app.web.answers import Reader
from app.web.case_view import head
from app.web.context import Form, Id, respond, see
from app.web.opened_pages import file_of
from app.web.wording import day
from app.workflow.definition import Field, Option
from app.workflow.fields import from_form

NEWEST = 200
"""So many steps stand in the list to choose from."""
WRITTEN, ANSWERED = "The remark is on the record.", "The answer is on the record."
STANDS = "What you wrote stands below, so that you can copy it."
OPENED = "It is open to you for 24 hours. Whoever looks after the case and the other auditors are told."
router = APIRouter(include_in_schema=False)


@router.get("/cases/{reference}/remarks")
def remarks_page(request: Request, reference: str, home: Home, viewer: SignedIn) -> HTMLResponse:
    """Every remark with its answers, and the forms of whoever may write."""
    return _remarks(request, home, viewer, reference, {}, [], "")


@router.post("/cases/{reference}/remarks")
def write_remark(request: Request, reference: str, home: Home, viewer: SignedIn, pairs: Form) -> Response:
    """An auditor's remark."""
    try:
        remarks.write(home, viewer, reference, from_form(remarks.QUESTIONS, pairs), via="page")
    except Invalid as invalid:
        return _remarks(request, home, viewer, reference, dict(pairs), invalid.errors, "")
    return see(f"/cases/{tidy_reference(reference)}/remarks", WRITTEN)


@router.post("/cases/{reference}/remarks/{remark}")
def answer_remark(request: Request, reference: str, remark: Id, home: Home, viewer: SignedIn, pairs: Form) -> Response:
    """The answer of whoever looks after the case."""
    try:
        remarks.answer(home, viewer, reference, remark, from_form(remarks.ANSWER, pairs), via="page")
    except Invalid as invalid:
        return _remarks(request, home, viewer, reference, dict(pairs), invalid.errors, remark)
    except WrongState as answered:  # while they wrote: their words must not be lost
        errors = [FieldError("", f"{answered.detail} {STANDS}")]
        return _remarks(request, home, viewer, reference, dict(pairs), errors, remark, answered.status)
    return see(f"/cases/{tidy_reference(reference)}/remarks", ANSWERED)


@router.get("/cases/{reference}/openings")
def openings_page(request: Request, reference: str, home: Home, viewer: SignedIn) -> HTMLResponse:
    """What auditors opened and why; for an auditor what is open to them, and the form to ask for more."""
    return _openings(request, home, viewer, reference, {}, [])


@router.post("/cases/{reference}/openings")
def open_part(request: Request, reference: str, home: Home, viewer: SignedIn, pairs: Form) -> Response:
    """Opens one part."""
    try:
        unmasking.unmask(home, viewer, reference, from_form(unmasking.QUESTIONS, pairs), via="page")
    except Invalid as invalid:
        return _openings(request, home, viewer, reference, dict(pairs), invalid.errors)
    return see(f"/cases/{tidy_reference(reference)}/openings", OPENED)


def _remarks(
    request: Request,
    home: Installation,
    viewer: Viewer,
    reference: str,
    values: dict[str, Any],
    errors: list[FieldError],
    answered: str,
    status: int = 422,
) -> HTMLResponse:
    def draw(desk: Desk) -> dict[str, Any]:
        return {
            "threads": remarks.threads(desk),
            "questions": _with_steps(desk) if desk.position.view == TRAIL else (),
            "answer": remarks.ANSWER if remarks.answers_here(desk) else (),
            "answered": answered,
        }

    return _page(request, home, viewer, reference, "cases/remarks.html", draw, values, errors, status)


def _openings(
    request: Request,
    home: Installation,
    viewer: Viewer,
    reference: str,
    values: dict[str, Any],
    errors: list[FieldError],
) -> HTMLResponse:
    shown: list[opened.Opened] = []

    def draw(desk: Desk) -> dict[str, Any]:
        shown[:] = opened.openings(desk)
        parts = [Option(one.key, f"{one.words}, {day(one.day)}") for one in unmasking.offered(desk)]
        which, why = unmasking.QUESTIONS
        asked = (replace(which, type="choice", options=tuple(parts)), why) if parts else ()
        return {
            "openings": [(one, file_of(desk, one)) for one in shown],
            "questions": asked,
            "waits": unmasking.WAITS if unmasking.waits(desk) else "",
        }

    page = _page(request, home, viewer, reference, "cases/openings.html", draw, values, errors)
    unmasking.note_seen(home, viewer, [one.id for one in shown])
    return page


def _page(
    request: Request,
    home: Installation,
    viewer: Viewer,
    reference: str,
    template: str,
    draw: Callable[[Desk], dict[str, Any]],
    values: dict[str, Any],
    errors: list[FieldError],
    status: int = 422,
) -> HTMLResponse:
    def read(_session: Session, desk: Desk) -> dict[str, Any]:
        return {"head": head(Reader.at(desk), "/trail"), **draw(desk)}

    context = door.read_case(home, viewer, reference, "page", read)
    shown = {"current": "/cases", "values": values, "errors": errors, **context}
    return respond(request, template, status=status if errors else 200, viewer=viewer, **shown)


def _with_steps(desk: Desk) -> tuple[Field, ...]:
    """The questions of a remark, with the newest steps of the case to choose from."""
    steps = trails.of_case(desk.session, desk.home, desk.case, newest_first=True, limit=NEWEST)
    options = tuple(Option(step["id"], f"Step {step['seq']}: {step['sentence']}") for step in steps)
    text, entry = remarks.QUESTIONS
    return text, replace(entry, type="choice", options=options)
