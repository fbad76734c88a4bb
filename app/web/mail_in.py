"""What came by mail: a saved or pasted message fills in the form of a report, or is marked as no report."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app import clock
from app.cases import mail_report, set_aside
from app.cases.disclosure import EVIDENCE
from app.deps import Home, cookie
from app.errors import FieldError, Invalid, Problem
from app.evidence.holding import hold
from app.evidence.mail import MOST_ATTACHMENTS
from app.evidence.mail_arrival import PASTED
from app.installation import Installation
from app.people.queries import Viewer
from app.uploads import Received
from app.web.answers import as_typed
from app.web.context import Form, Pairs, first, respond, see
from app.web.mail_form import faults, message_in, with_message
from app.web.report import Asking, Clerk
from app.web.report_form import Draft, found
from app.web.wording import day
from app.workflow.definition import ReportKind, Workflow
from app.workflow.fields import from_form, read

KIND = "kind"
SET_ASIDE = "It is marked as no report, with your reason. Nothing of the message was kept."

router = APIRouter(include_in_schema=False)
Reader = Annotated[Viewer, Depends(cookie("cases"))]


async def _of_mail(request: Request, home: Home, _viewer: Clerk) -> AsyncIterator[Received]:
    """The form with a message in it; whoever may not enter reports is refused before it is read."""
    async with with_message(request, home.settings) as received:
        yield received


MailForm = Annotated[Received, Depends(_of_mail, scope="function")]


@dataclass
class _Typed:
    """What was typed on the page, to be shown again, and what to look at."""

    values: dict[str, str] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)


@router.get("/report/mail")
def ask(request: Request, home: Home, viewer: Clerk) -> HTMLResponse:
    """Where a message is dropped, or marked as no report."""
    return _page(request, home, viewer, _Typed())


@router.post("/report/mail")
def fill_in(request: Request, home: Home, viewer: Clerk, received: MailForm) -> HTMLResponse:
    """The first page of an ordinary report, filled in from the message; nothing is on a case yet."""
    try:
        workflow, kind = _procedure(home, first(received.pairs, KIND))
        filled = mail_report.fill_in(home, workflow, kind, message_in(received), first(received.pairs, PASTED))
    except Problem as problem:
        return _page(request, home, viewer, _Typed(_typed(received.pairs), faults(problem, received.pairs)))
    note = hold(home, viewer.id, filled.message, filled.parts)
    received.files.clear()  # from here on it waits for the last page
    draft = Draft(workflow, kind, account=True)
    draft = Draft(workflow, kind, account=True, pairs=tuple(as_typed(draft.fields, filled.answers).items()))
    return Asking(request, home, viewer, [("mail", note)]).show(draft, draft.steps[0])


@router.post("/report/set-aside")
def mark(request: Request, home: Home, viewer: Clerk, pairs: Form) -> Response:
    """Marks a message as no report, with a reason."""
    try:
        values = read(set_aside.QUESTIONS, from_form(set_aside.QUESTIONS, pairs), today=clock.today())
        with home.db.write() as session:
            set_aside.record(session, home, values, actor=viewer.actor(), via="page")
    except Invalid as invalid:
        return _page(request, home, viewer, _Typed(dict(pairs), invalid.errors))
    return see("/report/set-aside", SET_ASIDE)


@router.get("/report/set-aside")
def marked(request: Request, home: Home, viewer: Reader) -> HTMLResponse:
    """What was marked as no report, with reason and note, for officers and auditors."""
    with home.db.read() as session:
        listed = set_aside.listed(session, home)
    rows = [(day(clock.local(one.recorded_at).date()), f"{one.words}\n{one.note}".strip()) for one in listed]
    return respond(request, "report/set_aside.html", viewer=viewer, current="/cases", rows=rows)


def _procedure(home: Installation, chosen: str) -> tuple[Workflow, ReportKind]:
    workflow, _, kind = chosen.partition("/")
    procedure = found(home.workflows.all(), workflow, kind)
    if procedure is None:
        raise Invalid([FieldError(KIND, "Choose what kind of report it is")])
    return procedure


def _typed(pairs: Pairs) -> dict[str, str]:
    return {name: value for name, value in pairs if name in (PASTED, KIND)}


def _page(request: Request, home: Installation, viewer: Viewer, typed: _Typed) -> HTMLResponse:
    names = sorted({workflow.name for workflow in home.workflows.all()})
    procedures = [home.workflows.latest(name) for name in names]
    before = {one.name: f"{one.title}: " if len(procedures) > 1 else "" for one in procedures}
    kinds = [
        {"value": f"{one.name}/{kind.name}", "text": before[one.name] + kind.label}
        for one in procedures
        for kind in one.opening.kinds
    ]
    return respond(
        request,
        "report/mail.html",
        status=422 if typed.errors else 200,
        viewer=viewer,
        kinds=kinds,
        questions=set_aside.QUESTIONS,
        values=typed.values,
        errors=typed.errors,
        file_limit=home.settings.file_limit_mb,
        most_attachments=MOST_ATTACHMENTS,
        takes_files=any(EVIDENCE in one.records for one in procedures),
    )
