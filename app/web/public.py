"""Pages for everyone: the first page, the guidance, privacy, accessibility, and the way out."""

from datetime import date

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app import clock
from app.cases import reporter
from app.cases.code_holders import PARTS
from app.cases.letter_door import attached
from app.deps import Home, public
from app.errors import NotFound
from app.installation import Installation
from app.web import brand
from app.web.code_session import token_of
from app.web.context import Visitor, accent_now, branch_now, respond
from app.web.paper import FILE_NAME, choices_of, form_as_pdf, room_for
from app.web.promises import first_reply, length_of
from app.web.report import nobody_for
from app.web.report_form import Draft, found

ELSEWHERE = "https://www.bbc.co.uk/weather"

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
    draft = _on_paper(home, workflow, kind)
    return respond(request, "report/paper.html", viewer=viewer, draft=draft, choices_of=choices_of, room_for=room_for)


@router.get("/report/{workflow}/{kind}/paper.pdf")
def as_pdf(request: Request, workflow: str, kind: str, home: Home) -> Response:
    """The same as a PDF to save, print or send by mail."""
    content = form_as_pdf(_on_paper(home, workflow, kind), branch_now(request))
    return Response(content, media_type="application/pdf", headers=attached(FILE_NAME))


def _on_paper(home: Installation, workflow: str, kind: str) -> Draft:
    procedure = found(home.workflows.all(), workflow, kind)
    if procedure is None:
        raise NotFound("There is no such form here. Begin again from the first page.")
    return Draft(*procedure, account=False)


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
def leave(request: Request, home: Home) -> RedirectResponse:
    """Away at once, to a page that says nothing; the browser forgets what it kept of this one, an open report too."""
    for part in sorted(PARTS):
        if token := token_of(home, request, part):
            reporter.leave(home, token)
    return RedirectResponse(ELSEWHERE, 303, headers={"clear-site-data": '"cache", "cookies", "storage"'})
