"""One's own account: offices, password, tokens for programs."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from app.cases import feeds, staffing
from app.deps import Home, SignedIn, slowly
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.people import actions, sessions, tokens
from app.people.models import SignInSession
from app.people.policy import may
from app.people.queries import Viewer
from app.web.context import Form, Id, Pairs, branch_now, first, navigation, respond, see

MOST = 500
TWICE = "The two passwords differ. Type the same one twice."

router = APIRouter(include_in_schema=False)


@router.get("/account")
def own(request: Request, home: Home, viewer: SignedIn) -> HTMLResponse:
    """Name, offices, sign-ins and tokens of whoever is signed in."""
    return own_page(request, home, viewer)


@router.get("/account/password")
def ask_password(request: Request, home: Home, viewer: SignedIn) -> HTMLResponse:
    """A new password; whoever came by a one-time link needs no old one."""
    return _password(request, home, viewer, [])


@router.post("/account/password")
async def set_password(request: Request, home: Home, viewer: SignedIn, pairs: Form) -> Response:
    """Sets the password and ends every other session of this person."""
    return await slowly(_set_password, request, home, viewer, pairs)


@router.post("/account/sessions")
def end_others(home: Home, viewer: SignedIn) -> Response:
    """Signs this person out everywhere else."""
    with home.db.write() as session:
        ended = sessions.end_sessions(session, viewer.id, actor=viewer.actor(), via="page", keep=viewer.session_id)
    return see("/account", "You are signed out everywhere else." if ended else "You are signed in nowhere else.")


@router.post("/account/tokens")
def make_token(request: Request, home: Home, viewer: SignedIn, pairs: Form) -> HTMLResponse:
    """Makes a token and shows it, the only time; no redirect, so that it is in no address and no cookie."""
    label = first(pairs, "label")[:MOST]
    try:
        with home.db.write() as session:
            secret = actions.issue_token(session, home.vault, viewer.id, label, actor=viewer.actor(), via="page")
    except Invalid as invalid:
        return own_page(request, home, viewer, label=label, errors=invalid.errors)
    return own_page(request, home, viewer, secret=secret)


@router.post("/account/tokens/{token_id}/revoke")
def withdraw_token(home: Home, viewer: SignedIn, token_id: Id) -> Response:
    """Stops one's own token for good."""
    with home.db.write() as session:
        actions.revoke_token(session, token_id, actor=viewer.actor(), via="page", person_id=viewer.id)
    return see("/account", "The token is withdrawn.")


def own_page(
    request: Request,
    home: Installation,
    viewer: Viewer,
    *,
    secret: str = "",
    label: str = "",
    calendar: str = "",
    errors: list[FieldError] | None = None,
) -> HTMLResponse:
    """The page of one's own account; `secret` and `calendar` (an address) are what was just made."""
    with home.db.read() as session:
        dates = feeds.feeds(session, viewer.id)
        rows = tokens.tokens(session, home.vault, viewer.id)
        recent = sessions.recent(session, viewer.id)
    return respond(
        request,
        "account/own.html",
        status=422 if errors else 200,
        viewer=viewer,
        current="/account",
        tokens=rows,
        recent=recent,
        secret=secret,
        calendar=calendar,
        feeds=dates,
        label=label,
        declares=may(viewer, "declare_year"),
        errors=errors or [],
    )


def _password(request: Request, home: Installation, viewer: Viewer, errors: list[FieldError]) -> HTMLResponse:
    with home.db.read() as session:
        row = session.get(SignInSession, viewer.session_id)
    return respond(
        request,
        "account/password.html",
        status=422 if errors else 200,
        viewer=viewer,
        current="/account",
        asks_current=row is None or not row.by_link,
        errors=errors,
    )


def _set_password(request: Request, home: Installation, viewer: Viewer, pairs: Pairs) -> Response:
    password = first(pairs, "password")
    if password != first(pairs, "again"):
        return _password(request, home, viewer, [FieldError("again", TWICE)])
    try:
        with home.db.write() as session:
            actions.set_password(
                session,
                home.vault,
                viewer.id,
                password[:MOST],
                actor=viewer.actor(),
                via="page",
                current=first(pairs, "current")[:MOST],
                session_id=viewer.session_id,
                branch=branch_now(request).organisation,
            )
            if viewer.by_link:
                staffing.end_keys(session, viewer.id, actor=viewer.actor(), via="page")
    except Invalid as invalid:
        return _password(request, home, viewer, invalid.errors)
    return see(navigation(viewer, "")[0].href, "Your password is set.")
