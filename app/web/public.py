"""Pages for everyone: the first page, following a report, the guidance, privacy, accessibility, and the way out."""

from datetime import date, timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app import clock
from app.cases.reporter import own_report
from app.deps import Home, address_of, public
from app.errors import FieldError, NotFound, Problem, TooMany
from app.installation import Installation
from app.people import throttling
from app.web import brand
from app.web.context import Form, Visitor, accent_now, branch_now, first, respond
from app.web.promises import first_reply, length_of
from app.web.report import nobody_for
from app.web.report_form import YES_NO, Draft, found
from app.workflow.definition import Field

ELSEWHERE = "https://www.bbc.co.uk/weather"
WRONG_CODES = 10
WRONG_CODES_IN = timedelta(minutes=10)
CODE_LENGTH = 100
_TRIES = "own_report"
QUESTIONS = (
    Field("reference", "line", "Reference", "For example 2026-K7QFM", required=True),
    Field("code", "line", "Private code", "16 letters and figures", required=True),
)

router = APIRouter(dependencies=[Depends(public)], include_in_schema=False)


@router.get("/")
def front(request: Request, home: Home, viewer: Visitor) -> HTMLResponse:
    """What this is, the ways to begin, what happens then, and how to reach the branch without it."""
    workflow = home.workflows.default()
    promise = first_reply(workflow)
    return respond(
        request,
        "public/home.html",
        viewer=viewer,
        procedure=workflow,
        others=len({one.name for one in home.workflows.all()}) > 1,
        reply_within=length_of(promise) if promise else "",
        unreachable=nobody_for(home, Draft(workflow, workflow.opening.kinds[0], account=False)),
        is_new=branch_now(request).is_new,
    )


@router.get("/report/{workflow}/{kind}/paper")
def on_paper(request: Request, workflow: str, kind: str, home: Home, viewer: Visitor) -> HTMLResponse:
    """Every question of a kind with room to write, to be printed."""
    procedure = found(home.workflows.all(), workflow, kind)
    if procedure is None:
        raise NotFound("There is no such form here. Begin again from the first page.")
    draft = Draft(*procedure, account=False)
    return respond(request, "report/paper.html", viewer=viewer, draft=draft, yes_no=YES_NO)


@router.get("/my-report")
def ask_for_code(request: Request, viewer: Visitor) -> HTMLResponse:
    """The form for reference and private code; neither ever stands in an address."""
    return _code_form(request, viewer, "", [])


@router.post("/my-report")
def follow(request: Request, home: Home, viewer: Visitor, pairs: Form) -> HTMLResponse:
    """How far a report is, for whoever has its reference and code; every wrong pair gets the same answer."""
    reference, code = first(pairs, "reference")[:CODE_LENGTH], first(pairs, "code")[:CODE_LENGTH]
    try:
        _refuse_guessing(home, request)
        report = own_report(home, code, "page", reference)
    except (NotFound, TooMany) as problem:
        if isinstance(problem, NotFound):
            _count_guess(home, request)
        return _ask_again(request, viewer, reference, problem)
    return respond(request, "public/my_report.html", viewer=viewer, report=report)


@router.get("/guidance")
def guidance(request: Request, home: Home, viewer: Visitor) -> HTMLResponse:
    """The clauses in our words, and what the branch's own procedure adds to them."""
    procedures = [home.workflows.latest(name) for name in sorted({one.name for one in home.workflows.all()})]
    in_force = home.workflows.guidance_in_force(clock.today())
    return respond(
        request,
        "public/guidance.html",
        viewer=viewer,
        guidance=in_force,
        agreed_on=date.fromisoformat(in_force.agreed_on) if in_force else None,
        adopted_on=date.fromisoformat(in_force.adopted_on) if in_force else None,
        procedures=procedures,
        length_of=length_of,
    )


@router.get("/privacy")
def privacy(request: Request, viewer: Visitor) -> HTMLResponse:
    """Who reads what, what is sealed, what remains, who answers for it."""
    return respond(request, "public/privacy.html", viewer=viewer, branch=branch_now(request))


@router.get("/accessibility")
def accessibility(request: Request, viewer: Visitor) -> HTMLResponse:
    """What works, what was not tried, and another way in."""
    return respond(request, "public/accessibility.html", viewer=viewer)


@router.get("/brand.css")
def own_colours(request: Request) -> Response:
    """The branch's own colour in both themes; empty without one."""
    return Response(brand.css(accent_now(request)), media_type="text/css")


@router.get("/leave")
def leave() -> RedirectResponse:
    """Away at once, to a page that says nothing; the browser forgets what it kept of this one."""
    return RedirectResponse(ELSEWHERE, 303, headers={"clear-site-data": '"cache", "cookies", "storage"'})


def _refuse_guessing(home: Installation, request: Request) -> None:
    with home.db.read() as session:
        throttling.refuse_if_spent(session, _TRIES, address_of(request), WRONG_CODES, WRONG_CODES_IN)


def _count_guess(home: Installation, request: Request) -> None:
    with home.db.write() as session:
        throttling.count(session, _TRIES, address_of(request), WRONG_CODES_IN)


def _ask_again(request: Request, viewer: Visitor, reference: str, problem: Problem) -> HTMLResponse:
    guessed = isinstance(problem, NotFound)
    errors = [FieldError("reference" if guessed else "", problem.detail)]
    return _code_form(request, viewer, reference, errors, status=422 if guessed else problem.status)


def _code_form(
    request: Request, viewer: Visitor, reference: str, errors: list[FieldError], *, status: int = 200
) -> HTMLResponse:
    return respond(
        request,
        "public/my_report_form.html",
        status=status,
        viewer=viewer,
        questions=QUESTIONS,
        values={"reference": reference},
        errors=errors,
    )
