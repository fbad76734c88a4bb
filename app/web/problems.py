"""Refusals and errors as pages. Whoever is not signed in is sent to do so, and then back."""

from http import HTTPStatus
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app import deps
from app.errors import NotSignedIn, Problem, Refused, TooMany
from app.uploads import Received, is_upload, receiving
from app.web.context import form_of, respond
from app.web.templating import Page, render

TEMPLATE, SIGNED_OUT = "errors/problem.html", "errors/signed_out.html"
RETRY_AFTER_SECONDS = 60


WORK = ("/cases/", "/report/")
"""Where officers type what must not be lost."""


async def typed_in_vain(request: Request, problem: Problem) -> Received:
    """What stands in a form of an officer's that was sent after the session ended; otherwise nothing."""
    is_work = request.method == "POST" and request.url.path.startswith(WORK)
    if not is_work or not isinstance(problem, NotSignedIn):
        return Received()
    try:
        if is_upload(request):
            async with receiving(request, deps.home(request).settings, room=0) as received:
                return received  # the files are gone: whoever is not signed in may leave none here
        return Received(await form_of(request))
    except Problem:
        return Received()  # it could not be read after signing in either


def problem_page(request: Request, problem: Problem, typed: Received | None = None) -> Response:
    """The page for a problem, or 303 to /sign-in where somebody must sign in first.

    With `typed`, 401 and its answers in hidden inputs: nothing of them is kept here, and nothing is lost.
    """
    if isinstance(problem, NotSignedIn):
        if typed is not None and typed.pairs:
            path, files = request.url.path, bool(typed.refused)
            return respond(request, SIGNED_OUT, status=problem.status, action=path, typed=typed.pairs, files=files)
        return RedirectResponse(sign_in_path(request), 303)
    if isinstance(problem, deps.PasswordDue):
        return RedirectResponse(deps.AFTER_LINK, 303)
    viewer = deps.viewer_of_page(deps.home(request), request)
    answer = respond(
        request,
        TEMPLATE,
        status=problem.status,
        viewer=viewer,
        title=problem.title,
        detail=problem.detail,
        unmet=problem.unmet if isinstance(problem, Refused) else [],
        inside=viewer is not None,
        back=_case_of(request, problem) if viewer is not None else "",
    )
    if isinstance(problem, TooMany):
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _case_of(request: Request, problem: Problem) -> str:
    """The case whose page or form was refused, to go back to; empty where there is none to see."""
    parts = request.url.path.split("/")
    seen = problem.status in (HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT) and parts[1] == "cases" and len(parts) > 3
    return f"/cases/{quote(parts[2])}" if seen else ""


def sign_in_path(request: Request) -> str:
    """Where to sign in; a page that was only read is returned to afterwards."""
    if request.method not in ("GET", "HEAD"):
        return "/sign-in"
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/sign-in?next={quote(wanted, safe='/')}"


def bare_page(organisation: str, status: int, title: str = "", detail: str = "") -> HTMLResponse:
    """A page that needs no database: for faults, and for what is refused before any route."""
    said = title or HTTPStatus(status).phrase
    return HTMLResponse(render(TEMPLATE, page=Page(organisation=organisation), title=said, detail=detail), status)
