"""What came by mail: a saved or pasted message fills in the form of a report, or is marked as no report."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app import clock
from app.cases import mail_report, set_aside
from app.cases.disclosure import EVIDENCE
from app.cases.mail_report import FILE, NOT_MAIL, PASTED
from app.deps import Home, cookie
from app.errors import FieldError, Invalid, Problem
from app.evidence.arrival import Unwanted
from app.evidence.holding import hold
from app.evidence.looking import REFUSED
from app.evidence.mail import MOST_ATTACHMENTS
from app.installation import Installation
from app.people.queries import Viewer
from app.uploads import Received, is_upload, receiving
from app.web.answers import as_typed
from app.web.context import Form, Pairs, WrongForm, first, form_of, respond, see
from app.web.received import NO_FILES
from app.web.report import Asking, Clerk
from app.web.report_form import Draft, found
from app.web.wording import day
from app.workflow.definition import ReportKind, Workflow
from app.workflow.fields import from_form, read

KIND = "kind"
CODE = "It holds code of a page or a program, which is not kept. Take that out, or choose the saved message instead"
SET_ASIDE = "It is marked as no report, with your reason. Nothing of the message was kept."

router = APIRouter(include_in_schema=False)
Reader = Annotated[Viewer, Depends(cookie("cases"))]


async def _of_mail(request: Request, home: Home, _viewer: Clerk) -> AsyncIterator[Received]:
    """The form with a message in it; whoever may not enter reports is refused before it is read."""
    if not is_upload(request):
        received = Received(await form_of(request))
        try:
            yield received
        finally:
            received.discard()
        return
    async with receiving(request, home.settings) as received:
        if {name for name, _ in received.files} - {FILE}:
            raise WrongForm(NO_FILES)
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
        if received.refused:
            raise Invalid([FieldError(FILE, f"{received.refused[0].problem.detail} {NOT_MAIL}")])
        filled = mail_report.fill_in(home, workflow, kind, received.file(FILE), first(received.pairs, PASTED))
    except Invalid as invalid:
        return _page(request, home, viewer, _Typed(_typed(received.pairs), invalid.errors))
    except Unwanted as unwanted:
        errors = [FieldError(PASTED, CODE if unwanted.detail == REFUSED else unwanted.detail)]
        return _page(request, home, viewer, _Typed(_typed(received.pairs), errors))
    except Problem as problem:
        errors = [FieldError(PASTED if first(received.pairs, PASTED) else FILE, problem.detail)]
        return _page(request, home, viewer, _Typed(_typed(received.pairs), errors))
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
