"""One account, for administrators: contacts, offices, links, tokens, and closing it."""

from collections.abc import Callable, Mapping
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from app import clock
from app.audit.limits import denied
from app.cases import staffing
from app.cases.standing import reassign_orphans
from app.deps import Home
from app.errors import FieldError, Forbidden, Invalid, NotFound
from app.installation import Installation
from app.people import actions, profiles, queries, sessions, tokens
from app.people.models import Office, Person
from app.people.policy import ROLE_WORDS, Role
from app.people.queries import Viewer
from app.web.context import Form, Id, respond, see
from app.web.users import Administrator, profile_form, profile_of
from app.workflow.definition import Field, Option
from app.workflow.fields import from_form, read

OFFICE = (
    Field(
        "role",
        "choice",
        "Office",
        required=True,
        options=tuple(Option(role, ROLE_WORDS[role].capitalize()) for role in Role),
    ),
    Field("starts_on", "date", "From", "Left empty: today.", future=True),
    Field(
        "ends_on",
        "date",
        "First day on which it is no longer held",
        "Left empty: until it is ended.",
        future=True,
        not_before="starts_on",
    ),
)
ENDING = (
    Field("ends_on", "date", "First day on which it is no longer held", "Left empty: today, at once.", future=True),
)

router = APIRouter(include_in_schema=False)


@router.get("/users/{person_id}")
def one(request: Request, home: Home, viewer: Administrator, person_id: Id) -> HTMLResponse:
    """One account."""
    return _one(request, home, viewer, person_id)


@router.get("/users/{person_id}/contacts")
def ask_contacts(request: Request, home: Home, viewer: Administrator, person_id: Id) -> HTMLResponse:
    """Name and contacts to change."""
    with home.db.read() as session:
        profile = profiles.unseal(session, home.vault, _person(session, person_id))
    values = {**profile.__dict__, "handles": "\n".join(profile.handles)}
    return profile_form(request, viewer, person_id, values, [])


@router.post("/users/{person_id}/contacts")
def change_contacts(request: Request, home: Home, viewer: Administrator, person_id: Id, pairs: Form) -> Response:
    """Replaces name and contacts."""
    try:
        values = profile_of(pairs)
        with home.db.write() as session:
            staffing.change_person(session, home, person_id, values, actor=viewer.actor(), via="page")
    except Invalid as invalid:
        return profile_form(request, viewer, person_id, dict(pairs), invalid.errors)
    return see(f"/users/{person_id}", "Name and contacts are kept.")


@router.post("/users/{person_id}/offices")
def give(request: Request, home: Home, viewer: Administrator, person_id: Id, pairs: Form) -> Response:
    """Gives an office; cases that nobody looked after go to whoever may now."""

    def work(session: Session) -> None:
        values = read(OFFICE, from_form(OFFICE, pairs), today=clock.today())
        staffing.give_office(
            session,
            home,
            person_id,
            values["role"],
            starts_on=_day(values.get("starts_on")),
            ends_on=_day(values.get("ends_on")),
            actor=viewer.actor(),
            via="page",
        )

    return _change(request, home, viewer, person_id, work, "The office is given.", dict(pairs))


@router.post("/users/{person_id}/offices/{office_id}/end")
def end(request: Request, home: Home, viewer: Administrator, person_id: Id, office_id: Id, pairs: Form) -> Response:
    """Ends an office; open cases of theirs go to the next officer at once."""

    def work(session: Session) -> None:
        values = read(ENDING, from_form(ENDING, pairs), today=clock.today())
        day = _day(values.get("ends_on"))
        held = session.get(Office, office_id)
        if held is None or held.person_id != person_id:
            raise NotFound("There is no such office of this person.")
        staffing.end_office(session, home, office_id, ends_on=day, actor=viewer.actor(), via="page")

    return _change(request, home, viewer, person_id, work, "The office has its end.")


@router.post("/users/{person_id}/disable")
def disable(request: Request, home: Home, viewer: Administrator, person_id: Id) -> Response:
    """Closes the account at once; open cases of theirs go to the next officer."""

    def work(session: Session) -> None:
        staffing.disable_person(session, home, person_id, actor=viewer.actor(), via="page")

    return _change(request, home, viewer, person_id, work, "The account is closed.")


@router.post("/users/{person_id}/enable")
def enable(request: Request, home: Home, viewer: Administrator, person_id: Id) -> Response:
    """Opens a closed account again."""

    def work(session: Session) -> None:
        actions.enable_person(session, person_id, actor=viewer.actor(), via="page")
        reassign_orphans(session, home, actor=viewer.actor(), via="page")

    return _change(request, home, viewer, person_id, work, "The account is open again.")


@router.post("/users/{person_id}/sessions")
def end_sessions(home: Home, viewer: Administrator, person_id: Id) -> Response:
    """Signs a person out everywhere."""
    with home.db.write() as session:
        _person(session, person_id)
        sessions.end_sessions(session, person_id, actor=viewer.actor(), via="page")
    return see(f"/users/{person_id}", "They are signed out everywhere.")


@router.post("/users/{person_id}/link")
def make_link(request: Request, home: Home, viewer: Administrator, person_id: Id) -> HTMLResponse:
    """Makes a one-time sign-in link and shows it, the only time; no redirect, so that it is in no cookie."""
    with home.db.write() as session:
        secret = actions.issue_link(session, person_id, actor=viewer.actor(), via="page")
    return _one(request, home, viewer, person_id, link=f"{home.settings.base_url}/sign-in/link/{secret}")


@router.post("/users/{person_id}/tokens/{token_id}/revoke")
def withdraw_token(home: Home, viewer: Administrator, person_id: Id, token_id: Id) -> Response:
    """Stops a token of this person for good."""
    with home.db.write() as session:
        actions.revoke_token(session, token_id, actor=viewer.actor(), via="page", person_id=person_id)
    return see(f"/users/{person_id}", "The token is withdrawn.")


def _change(
    request: Request,
    home: Installation,
    viewer: Viewer,
    person_id: str,
    work: Callable[[Session], None],
    done: str,
    values: Mapping[str, str] | None = None,
) -> Response:
    """A change of offices or account in one transaction; what is not theirs to change leaves an entry (X19)."""
    try:
        with home.db.write() as session:
            work(session)
    except Forbidden as forbidden:
        with home.db.write() as session:
            denied(session, viewer.actor(), None, "page", subject=("person", person_id))
        errors = [FieldError("", forbidden.detail)]
        return _one(request, home, viewer, person_id, errors=errors, status=forbidden.status)
    except Invalid as invalid:
        named = {question.name for question in OFFICE} if values is not None else set()
        errors = [FieldError(one.field if one.field in named else "", one.message) for one in invalid.errors]
        return _one(request, home, viewer, person_id, values=values, errors=errors, status=422)
    return see(f"/users/{person_id}", done)


def _one(
    request: Request,
    home: Installation,
    viewer: Viewer,
    person_id: str,
    *,
    values: Mapping[str, str] | None = None,
    errors: list[FieldError] | None = None,
    link: str = "",
    status: int = 200,
) -> HTMLResponse:
    with home.db.read() as session:
        _person(session, person_id)
        row = next(row for row in queries.people_list(session, home.vault) if row.id == person_id)
        kept = tokens.tokens(session, home.vault, person_id)
    return respond(
        request,
        "users/person.html",
        status=status,
        viewer=viewer,
        current="/users",
        person=row,
        tokens=kept,
        questions=OFFICE,
        ending=ENDING,
        values=values or {},
        errors=errors or [],
        link=link,
        today=clock.today(),
    )


def _person(session: Session, person_id: str) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such person.")
    return person


def _day(given: str | None) -> date | None:
    return date.fromisoformat(given) if given else None
