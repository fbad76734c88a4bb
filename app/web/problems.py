"""Refusals and errors as pages. Whoever is not signed in is sent to do so, and then back."""

from http import HTTPStatus
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app import deps
from app.errors import NotSignedIn, Problem, Refused, TooMany
from app.web.context import respond
from app.web.templating import Page, render

TEMPLATE = "errors/problem.html"
RETRY_AFTER_SECONDS = 60


def problem_page(request: Request, problem: Problem) -> Response:
    """The page for a problem, or 303 to /sign-in where somebody must sign in first."""
    if isinstance(problem, NotSignedIn):
        return RedirectResponse(sign_in_path(request), 303)
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
    )
    if isinstance(problem, TooMany):
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


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
