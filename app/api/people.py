"""Who the token is, and who holds which office."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from sqlmodel import Session

from app import clock, deps
from app.api import PREFIX
from app.api.bodies import JsonObject
from app.api.schemas import Me, OfficeHeld, Offices, refusals
from app.audit.limits import denied
from app.cases import access, staffing
from app.cases.references import tidy_reference
from app.deps import Home, TokenHolder
from app.errors import FieldError, Forbidden, Invalid
from app.installation import Installation
from app.people import queries
from app.people.models import Office
from app.people.policy import ROLE_WORDS, Role
from app.people.queries import Holder, Viewer
from app.workflow.definition import Field, Option
from app.workflow.fields import read

VIA = "api"
router = APIRouter(prefix=PREFIX, tags=["People"])
QUESTIONS: tuple[Field, ...] = (
    Field("person", "person", "Person", required=True),
    Field("office", "choice", "Office", required=True, options=tuple(Option(r.value, ROLE_WORDS[r]) for r in Role)),
    Field("starts_on", "date", "First day", future=True),
    Field("ends_on", "date", "First day without it", future=True),
    Field("case", "line", "Only for the case with this reference", max_length=20),
)
"""The body of `POST /offices`."""


@router.get("/me", responses={200: {"model": Me}, **refusals(401)})
def get_me(home: Home, viewer: TokenHolder) -> JSONResponse:
    """Whose token this is, and the offices they hold today."""
    with home.db.read() as session:
        cases = access.visible_ids(session, viewer, set(viewer.case_offices))
    guest = [
        {"case": reference, "office": office}
        for case_id, reference in cases.items()
        for office in sorted(viewer.case_offices[case_id])
    ]
    who = {"id": viewer.id, "name": viewer.name, "email": viewer.email}
    return JSONResponse({**who, "offices": sorted(viewer.offices), "guest_offices": guest})


@router.get("/offices", responses={200: {"model": Offices}, **refusals(401, 403)})
def get_offices(home: Home, viewer: Annotated[Viewer, Depends(deps.bearer("offices"))]) -> JSONResponse:
    """Who holds which office today; guests only where you may see the case they are there for."""
    with home.db.read() as session:
        serving = queries.holders(session, home.vault, clock.today())
        cases = access.visible_ids(session, viewer, {holder.case_id for holder in serving if holder.case_id})
    shown = [holder for holder in serving if holder.case_id is None or holder.case_id in cases]
    return JSONResponse({"items": [_holder_json(holder, cases) for holder in shown]})


@router.post(
    "/offices", status_code=201, responses={201: {"model": OfficeHeld}, **refusals(400, 401, 403, 413, 415, 422)}
)
def give_office(home: Home, viewer: Annotated[Viewer, Depends(deps.bearer("users"))], body: JsonObject) -> JSONResponse:
    """Gives an office, for administrators. Nobody gives one to themself; exclusions are 422."""
    values = read(QUESTIONS, body, today=clock.today())
    try:
        with home.db.write() as session:
            office = _give(session, home, viewer, values)
            return JSONResponse(_office_json(session, home, office, values.get("case")), 201)
    except Forbidden:
        with home.db.write() as session:
            denied(session, viewer.actor(), None, VIA, subject=("person", _person(session, home, values["person"])))
        raise


def _give(session: Session, home: Installation, viewer: Viewer, values: Mapping[str, Any]) -> Office:
    return staffing.give_office(
        session,
        home,
        _person(session, home, values["person"]),
        values["office"],
        actor=viewer.actor(Role.ADMINISTRATOR),
        via=VIA,
        starts_on=_day(values, "starts_on"),
        ends_on=_day(values, "ends_on"),
        case_id=_guest_case(session, viewer, values.get("case")),
    )


def _day(values: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(values[name]) if name in values else None


def _person(session: Session, home: Installation, given: str) -> str:
    person = queries.find_person(session, home.vault, given)
    if person is None:
        raise Invalid([FieldError("person", "There is no account with this id or mail address")])
    return person.id


def _guest_case(session: Session, viewer: Viewer, reference: str | None) -> str | None:
    if reference is None:
        return None
    case_id = access.guest_case(session, viewer, tidy_reference(reference))
    if case_id is None:
        raise Invalid([FieldError("case", "There is no case with this reference")])
    return case_id


def _holder_json(holder: Holder, cases: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": holder.person_id,
        "name": holder.name,
        "office": holder.role,
        "starts_on": holder.starts_on.isoformat(),
        "ends_on": holder.ends_on.isoformat() if holder.ends_on else None,
        "case": cases.get(holder.case_id) if holder.case_id else None,
        "office_id": holder.office_id,
    }


def _office_json(session: Session, home: Installation, office: Office, reference: str | None) -> dict[str, Any]:
    return {
        "id": office.person_id,
        "name": queries.actors_by_id(session, home.vault, [office.person_id])[office.person_id],
        "office": office.role,
        "starts_on": office.starts_on.isoformat(),
        "ends_on": office.ends_on.isoformat() if office.ends_on else None,
        "case": tidy_reference(reference) if reference else None,
        "office_id": office.id,
    }
