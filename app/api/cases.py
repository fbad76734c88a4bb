"""Cases: lists, one case, its steps, its records, its trail. Everything goes through app.cases.door."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from sqlmodel import Session

from app.api import PREFIX
from app.api.bodies import JsonObject, RecordAnswers, RepeatKey, take_inputs, take_version
from app.api.case_schemas import Case, CasePage, Deadlines, Entries, Kept, Records, Step
from app.api.queries import CaseParameters
from app.api.schemas import refusals
from app.cases import door, queries, staffing, trails
from app.cases.actions import Desk
from app.cases.lists import Filter, list_cases
from app.cases.tidying import tidy_up
from app.deps import Home, TokenHolder
from app.installation import Installation
from app.people import queries as people
from app.people.queries import Viewer

VIA = "api"
NOBODY = "nobody"
router = APIRouter(prefix=f"{PREFIX}/cases", tags=["Cases"])
CHANGES = refusals(400, 401, 403, 404, 409, 413, 415, 422)


@router.get("", responses={200: {"model": CasePage}, **refusals(401, 422)})
def get_cases(home: Home, viewer: TokenHolder, wanted: Annotated[CaseParameters, Query()]) -> JSONResponse:
    """The cases you may see, a page at a time; a case that does not exist for you is in no list."""
    staffing.catch_up(home)
    tidy_up(home)
    chosen = Filter(state=wanted.state, kind=wanted.kind, clause=wanted.clause, overdue=wanted.overdue)
    with home.db.read() as session:
        if wanted.handler is not None:
            chosen = Filter(**{**vars(chosen), "handler": person_id(session, home, viewer, wanted.handler)})
        page = list_cases(session, home, viewer, chosen, sort=wanted.sort, after=wanted.after, limit=wanted.limit)
    return JSONResponse(page)


@router.get("/{reference}", responses={200: {"model": Case}, **refusals(401, 404)})
def get_case(home: Home, viewer: TokenHolder, reference: str) -> JSONResponse:
    """The case as you may see it (`view`: full, card or trail). Opening it is recorded."""
    return JSONResponse(door.read_case(home, viewer, reference, VIA, lambda _session, desk: queries.describe(desk)))


@router.get("/{reference}/actions", responses={200: {"model": list[Step]}, **refusals(401, 404)})
def get_actions(home: Home, viewer: TokenHolder, reference: str) -> JSONResponse:
    """The steps that are yours to take now, what each asks, and what is still missing."""
    return JSONResponse(door.read_case(home, viewer, reference, VIA, lambda _session, desk: queries.actions_json(desk)))


@router.post("/{reference}/actions/{trigger}", responses={200: {"model": Case}, **CHANGES})
def take_action(
    home: Home, viewer: TokenHolder, reference: str, trigger: str, body: JsonObject, key: RepeatKey
) -> JSONResponse:
    """Takes a step. `version` is that of the case as you saw it; `unmet` of a refusal names every missing condition."""
    version = take_version(body, required=True)
    inputs = take_inputs(body)
    return JSONResponse(door.take_action(home, viewer, reference, trigger, inputs, version, VIA, key))


@router.get("/{reference}/trail", responses={200: {"model": Entries}, **refusals(401, 403, 404)})
def get_trail(home: Home, viewer: TokenHolder, reference: str) -> JSONResponse:
    """Every entry of the case in order, for its handler and for auditors."""

    def read(session: Session, desk: Desk) -> dict[str, Any]:
        queries.refuse_trail(desk)
        return {"items": trails.of_case(session, desk.home, desk.case, places=trails.shows_places(session, viewer))}

    return JSONResponse(door.read_case(home, viewer, reference, VIA, read))


@router.get("/{reference}/deadlines", responses={200: {"model": Deadlines}, **refusals(401, 403, 404)})
def get_deadlines(home: Home, viewer: TokenHolder, reference: str) -> JSONResponse:
    """The due dates that run, earliest first: how each was reckoned, days paused, days late and why."""
    return JSONResponse(
        door.read_case(home, viewer, reference, VIA, lambda _session, desk: {"items": queries.deadlines_json(desk)})
    )


@router.get("/{reference}/{record}", responses={200: {"model": Records}, **refusals(401, 404)})
def get_records(home: Home, viewer: TokenHolder, reference: str, record: str) -> JSONResponse:
    """The records of one kind that you may read, oldest first; a correction names the one it `replaces`."""

    def read(_session: Session, desk: Desk) -> dict[str, Any]:
        return {"items": queries.records_json(desk, record)}

    return JSONResponse(door.read_shown(home, viewer, reference, VIA, read, (record,)))


@router.post(
    "/{reference}/{record}", status_code=201, responses={201: {"model": Kept}, **CHANGES, **refusals(503, 507)}
)
def add_record(
    home: Home, viewer: TokenHolder, reference: str, record: str, body: RecordAnswers, key: RepeatKey
) -> JSONResponse:
    """Keeps a record. `version` is optional here; `replaces` is the id of the record it corrects.

    Where a question is answered by a file (`evidence`), send multipart/form-data with the file under its name.
    """
    version = take_version(body, required=False)
    return JSONResponse(door.add_record(home, viewer, reference, record, body, version, VIA, key), 201)


def person_id(session: Session, home: Installation, viewer: Viewer, given: str) -> str:
    """The id of an account given as id, mail address or `me`; something that matches nobody where it is unknown."""
    if given == "me":
        return viewer.id
    person = people.find_person(session, home.vault, given)
    return person.id if person is not None else NOBODY
