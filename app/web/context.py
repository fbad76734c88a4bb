"""What every page needs: its frame, its answer, the form that was sent, and the sentence said once after a step."""

import base64
import binascii
from collections.abc import Iterable, Sequence
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app import deps
from app.errors import BadRequest, Problem, TooLarge
from app.installation import Setting
from app.people.policy import may
from app.people.queries import Viewer
from app.setup import Branch, branch_of
from app.web import brand
from app.web.templating import NavItem, Page, render
from app.workflow.definition import Field
from app.workflow.forms import LISTS

FLASH = "flash"
FLASH_SECONDS = 60
FLASH_LENGTH = 500
FORM_BYTES = 1024 * 1024
FORM_FIELDS = 2000
FORM_TYPE = "application/x-www-form-urlencoded"
NAV = (
    ("cases", "/cases", "Cases"),
    ("letters", "/letters", "Letters"),
    ("panel", "/panel", "Panel"),
    ("trail", "/trail", "Record of steps"),
    ("users", "/users", "People"),
    ("integrity", "/integrity", "Is the record sound?"),
)
NOT_SET_UP = "Not set up yet"
Pairs = list[tuple[str, str]]


class WrongForm(Problem):
    """A form of another content type than pages send."""

    status = 415
    title = "The form could not be read"


def branch_now(request: Request) -> Branch:
    """The branch as it is now: name, contacts, mode."""
    home = deps.home(request)
    with home.db.read() as session:
        return branch_of(session, home.settings)


def accent_now(request: Request) -> str:
    """The branch's own colour, like #5b2450; empty without one."""
    with deps.home(request).db.read() as session:
        kept = session.get(Setting, brand.SETTING)
    return kept.value if kept else ""


def visitor(request: Request, home: deps.Home) -> Viewer | None:
    """Whoever is signed in, if anybody: for public pages."""
    return deps.viewer_of_page(home, request)


Visitor = Annotated[Viewer | None, Depends(visitor)]


def page_for(request: Request, viewer: Viewer | None, *, current: str = "") -> Page:
    """The frame of a page for this person; `current` is the path that is open, for the navigation."""
    branch, accent = branch_now(request), accent_now(request)
    nav = navigation(viewer, current or request.url.path) if viewer else ()
    words = ", ".join(viewer.office_words) if viewer else ""
    return Page(
        organisation=branch.organisation or NOT_SET_UP,
        contact=one_line(branch.contact),
        contact_about_secretary=one_line(branch.contact_about_secretary),
        viewer=viewer,
        who=words[:1].upper() + words[1:],
        nav=nav,
        mode=branch.mode,
        flash=_said(request),
        keys_copied=branch.keys_copied,
        brand=f"/brand.css?v={accent.removeprefix('#')}" if accent else "",
    )


def one_line(contact: str) -> str:
    """A contact written on several lines as one, without the full stop that the page sets."""
    return ", ".join(line.strip(" ,") for line in contact.splitlines() if line.strip(" ,")).rstrip(".")


def navigation(viewer: Viewer, current: str) -> tuple[NavItem, ...]:
    """The sections this person may open; the one that holds the path `current` is marked."""
    open_to = [(href, label) for thing, href, label in NAV if may(viewer, thing)]
    return tuple(
        NavItem(href, label, current == href or current.startswith(f"{href}/"))
        for href, label in [*open_to, ("/account", "Your account")]
    )


def respond(
    request: Request,
    template: str,
    *,
    status: int = 200,
    viewer: Viewer | None = None,
    current: str = "",
    **context: object,
) -> HTMLResponse:
    """A whole page from a template that extends base.html; a flash message that was shown is gone then."""
    page = page_for(request, viewer, current=current)
    answer = HTMLResponse(render(template, page=page, **context), status)
    if FLASH in request.cookies:
        answer.delete_cookie(FLASH, httponly=True, samesite="lax")
    return answer


def see(url: str, flash: str = "") -> RedirectResponse:
    """Sends the browser on to a page (303) that says `flash` once; never put content of a case into it."""
    answer = RedirectResponse(url, 303)
    if flash:
        value = base64.urlsafe_b64encode(flash[:FLASH_LENGTH].encode()).decode()
        answer.set_cookie(FLASH, value, max_age=FLASH_SECONDS, httponly=True, samesite="lax")
    return answer


def _said(request: Request) -> str:
    try:
        said = base64.urlsafe_b64decode(request.cookies.get(FLASH, "")).decode()
    except (binascii.Error, ValueError):
        return ""  # not ours: whoever made it up has nothing to say
    return said[:FLASH_LENGTH] if said.isprintable() else ""


async def form_of(request: Request) -> Pairs:
    """The names and values of the form that was sent, in order.

    Raises TooLarge over 1 MiB or 2,000 fields, BadRequest for NUL or wrong UTF-8, WrongForm for other types (files).
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES:
            raise TooLarge("This form holds more than can be sent at once. Shorten it, or send it in two parts.")
    sent_as = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and sent_as != FORM_TYPE:
        raise WrongForm("Send this as an ordinary form, without files.")
    return _pairs(bytes(body))


def _pairs(body: bytes) -> Pairs:
    if body.count(b"&") >= FORM_FIELDS:
        raise TooLarge(f"This form has more than {FORM_FIELDS:,} answers. Send it in two parts.")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise BadRequest("The form holds signs that cannot be read. Type them again.") from None
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise BadRequest("The form holds a sign that cannot be stored. Take it out and send it again.")
    return [(name, value.replace("\r\n", "\n")) for name, value in pairs]


Form = Annotated[Pairs, Depends(form_of)]
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Start = Annotated[int, Query(ge=0, le=2**31)]
"""How many rows of a list stand on the pages before this one."""
"""An id in an address; anything else is a page that does not exist."""


def first(pairs: Pairs, name: str, otherwise: str = "") -> str:
    """The first value sent under a name."""
    return next((value for given, value in pairs if given == name), otherwise)


def flat(fields: Sequence[Field], pairs: Iterable[tuple[str, str]]) -> dict[str, str | list[str]]:
    """What was typed by dotted name, for drawing the fields again; questions with several answers get a list."""
    lists = {question.name for question in fields if question.type in LISTS}
    typed: dict[str, str | list[str]] = {}
    for name, value in pairs:
        held = typed.setdefault(name, []) if name in lists else None
        if isinstance(held, list):
            held.append(value)
        else:
            typed[name] = value
    return typed
