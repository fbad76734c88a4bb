"""People and their offices, for administrators: no content of cases, and nobody changes their own offices."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, func, select

from app import clock, setup
from app.cases.models import Case
from app.cases.standing import HANDLER_ORDER
from app.deps import Home, cookie
from app.errors import FieldError, Invalid
from app.installation import remember
from app.people import actions, queries
from app.people.policy import ROLE_WORDS
from app.people.profiles import Profile
from app.people.queries import Viewer
from app.web import brand
from app.web.context import Form, Pairs, Start, accent_now, first, respond, see
from app.workflow.definition import Field
from app.workflow.fields import from_form, read

PROFILE = (
    Field("name", "line", "Name", required=True, max_length=200),
    Field("email", "email", "Email", "They sign in with it.", required=True, max_length=254),
    Field("phone", "tel", "Telephone", max_length=200),
    Field("address", "text", "Postal address", max_length=500),
    Field(
        "handles",
        "text",
        "Accounts they use online",
        "One on each line. Reports about these accounts, this name or these addresses never reach this person.",
        max_length=4000,
    ),
)
COLOUR = (
    Field(brand.SETTING, "line", "Colour", "As # and six figures or letters, like #12505c. Left empty: our own."),
)

router = APIRouter(include_in_schema=False)
ON_PAGE = 50
Words = Annotated[str, Query(max_length=200)]
Administrator = Annotated[Viewer, Depends(cookie("users"))]


@router.get("/users")
def everyone(request: Request, home: Home, viewer: Administrator, q: Words = "", start: Start = 0) -> HTMLResponse:
    """Accounts with their offices, in pages, or those whose name or address has the words typed.

    And what is wrong: offices nobody holds, cases nobody looks after.
    """
    with home.db.read() as session:
        people = queries.people_list(session, home.vault)
        acting = queries.acting(session, home.vault, clock.today())
        orphans = _without_handler(session)
    vacant = [ROLE_WORDS[role] for role in HANDLER_ORDER if not acting[role]]
    words = q.strip().casefold()
    fit = [one for one in people if words in one.name.casefold() or words in one.email.casefold()]
    begin = start if start < len(fit) else 0
    shown: dict[str, Any] = {
        "people": fit[begin : begin + ON_PAGE],
        "count": len(people),
        "fit": len(fit),
        "typed": q.strip(),
    }
    page: dict[str, Any] = {"start": begin, "size": ON_PAGE, "vacant": vacant, "orphans": orphans}
    return respond(request, "users/list.html", viewer=viewer, **shown, **page)


@router.get("/users/new")
def ask_new(request: Request, viewer: Administrator) -> HTMLResponse:
    """The questions about a new person."""
    return profile_form(request, viewer, None, {}, [])


@router.post("/users")
def add(request: Request, home: Home, viewer: Administrator, pairs: Form) -> Response:
    """Makes an account; offices and a one-time link follow on its page."""
    try:
        values = profile_of(pairs)
        with home.db.write() as session:
            person = actions.add_person(
                session,
                home.vault,
                name=values.name,
                email=values.email,
                phone=values.phone,
                address=values.address,
                handles=values.handles,
                actor=viewer.actor(),
                via="page",
            )
    except Invalid as invalid:
        return profile_form(request, viewer, None, dict(pairs), invalid.errors)
    return see(f"/users/{person.id}", "The account is made. Now give an office, then a one-time link.")


@router.get("/users/keys")
def ask_keys(request: Request, home: Home, viewer: Administrator) -> HTMLResponse:
    """Where the key folder is and why a copy matters."""
    return respond(request, "users/keys.html", viewer=viewer, keys_dir=str(home.settings.keys_dir))


@router.post("/users/keys")
def confirm_keys(home: Home, viewer: Administrator) -> Response:
    """Notes that a copy of the key folder is kept elsewhere."""
    with home.db.write() as session:
        setup.confirm_keys_copied(session, actor=viewer.actor(), via="page")
    return see("/users", "Noted: a copy of the key folder is kept.")


@router.get("/users/colour")
def ask_colour(request: Request, viewer: Administrator) -> HTMLResponse:
    """The branch's own colour."""
    return _colour_form(request, viewer, accent_now(request), [])


@router.post("/users/colour")
def keep_colour(request: Request, home: Home, viewer: Administrator, pairs: Form) -> Response:
    """Keeps the colour, or goes back to ours where it is left empty."""
    accent = first(pairs, brand.SETTING).strip().casefold()
    try:
        brand.css(accent)
    except Invalid as invalid:
        return _colour_form(request, viewer, accent, invalid.errors)
    with home.db.write() as session:
        remember(session, brand.SETTING, accent, actor=viewer.actor(), via="page")
    return see("/users", "The colour is kept.")


def _colour_form(request: Request, viewer: Viewer, accent: str, errors: list[FieldError]) -> HTMLResponse:
    return respond(
        request,
        "users/colour.html",
        status=422 if errors else 200,
        viewer=viewer,
        questions=COLOUR,
        values={brand.SETTING: accent},
        errors=errors,
    )


def profile_of(pairs: Pairs) -> Profile:
    """Name and contacts from the form. Raises Invalid."""
    values = read(PROFILE, from_form(PROFILE, pairs), today=clock.today())
    handles = tuple(line.strip() for line in values.pop("handles", "").splitlines() if line.strip())
    return Profile(**values, handles=handles)


def profile_form(
    request: Request, viewer: Viewer, person_id: str | None, values: Mapping[str, object], errors: list[FieldError]
) -> HTMLResponse:
    """The questions about a person, new without an id."""
    return respond(
        request,
        "users/profile.html",
        status=422 if errors else 200,
        viewer=viewer,
        current="/users",
        person_id=person_id,
        questions=PROFILE,
        values=values,
        errors=errors,
    )


def _without_handler(session: Session) -> int:
    """How many open cases nobody looks after: a fault (procedure, section 5)."""
    query = select(func.count()).select_from(Case).where(col(Case.handler_id).is_(None), col(Case.final).is_(False))
    return session.exec(query).one()
