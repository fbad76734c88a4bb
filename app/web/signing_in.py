"""Signing in and out, and the one-time link for whoever has no password yet or has forgotten it."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from app import demo
from app.deps import Home, address_of, cookie_name, public, slowly
from app.errors import FieldError, NotFound, Problem, TooMany
from app.installation import Installation
from app.people import links, queries, sessions
from app.people.policy import ABSOLUTE, role_words
from app.people.queries import Viewer
from app.web.context import Form, Pairs, Visitor, branch_now, first, navigation, respond, see

MOST = 500
WRONG = "The mail address or the password is wrong. Check both, or ask an administrator for a one-time link."

router = APIRouter(dependencies=[Depends(public)], include_in_schema=False)


@router.get("/sign-in")
def ask(request: Request, viewer: Visitor, next: str = "") -> Response:  # noqa: A002 (its public name)
    """Mail address and password; whoever is signed in goes to their first page."""
    if viewer is not None:
        return RedirectResponse(_landing(viewer, next), 303)
    return _form(request, "", next, [])


@router.post("/sign-in")
async def enter(request: Request, home: Home, pairs: Form) -> Response:
    """Signs in and goes on to `next` or the person's first page; wrong answers look alike."""
    return await slowly(_enter, request, home, pairs)


@router.post("/sign-out")
def leave(home: Home, viewer: Visitor) -> Response:
    """Ends the session and forgets its cookie."""
    if viewer is not None:
        with home.db.write() as session:
            sessions.sign_out(session, viewer)
    answer = see("/", "You are signed out.")
    answer.delete_cookie(cookie_name(home), path="/", secure=is_https(home), httponly=True, samesite="lax")
    return answer


@router.get("/sign-in/link/{token}")
def show_link(request: Request, home: Home, token: str) -> HTMLResponse:
    """A button to use the link: opening the address alone uses nothing up (mail programs do that)."""
    with home.db.read() as session:
        if not links.link_is_open(session, token):
            raise NotFound(links.SPENT)
    return respond(request, "sign_in/link.html", token=token)


@router.post("/sign-in/link/{token}")
def use_link(request: Request, home: Home, token: str) -> Response:
    """Signs in by the link, once, and goes on to choosing a password."""
    with home.db.write() as session:
        previous = request.cookies.get(cookie_name(home))
        secret = links.redeem_link(session, token, previous=previous, address=address_of(request))
    return with_cookie(home, see("/account/password", "You are signed in. Now choose a password."), secret)


def with_cookie(home: Installation, answer: Response, secret: str) -> Response:
    """The answer with the session's cookie; it ends with the browser, the session itself sooner."""
    answer.set_cookie(
        cookie_name(home),
        secret,
        max_age=int(ABSOLUTE.total_seconds()),
        path="/",
        secure=is_https(home),
        httponly=True,
        samesite="lax",
    )
    return answer


def is_https(home: Installation) -> bool:
    """Whether browsers reach this installation by https."""
    return home.settings.base_url.startswith("https:")


def _enter(request: Request, home: Installation, pairs: Pairs) -> Response:
    email, onward = first(pairs, "email")[:MOST], first(pairs, "next")
    try:
        with home.db.read() as session:
            attempt = sessions.check_password(
                session, home.vault, email, first(pairs, "password")[:MOST], address_of(request)
            )
        with home.db.write() as session:
            secret = sessions.finish_sign_in(session, attempt, previous=request.cookies.get(cookie_name(home)))
            viewer = _viewer(session, home, secret)
    except TooMany as many:
        return _form(request, email, onward, [FieldError("", many.detail)], many)
    if secret is None or viewer is None:
        return _form(request, email, onward, [FieldError("email", WRONG)])
    return with_cookie(home, RedirectResponse(_landing(viewer, onward), 303), secret)


def _viewer(session: Session, home: Installation, secret: str | None) -> Viewer | None:
    session.flush()
    return queries.by_session_token(session, home.vault, secret) if secret else None


def _landing(viewer: Viewer, onward: str) -> str:
    local = onward.startswith("/") and not onward.startswith("//") and "\\" not in onward and onward.isprintable()
    return onward if local else navigation(viewer, "")[0].href


def _form(
    request: Request,
    email: str,
    onward: str,
    errors: list[FieldError],
    problem: Problem | None = None,
) -> HTMLResponse:
    demonstration = demo.PEOPLE if branch_now(request).mode == "demo" else ()
    status = problem.status if problem else 422 if errors else 200
    return respond(
        request,
        "sign_in/form.html",
        status=status,
        email=email,
        next=onward,
        errors=errors,
        demonstration=[(role_words(person.office).capitalize(), person.email) for person in demonstration],
        demonstration_password=demo.PASSWORD if demonstration else "",
    )
