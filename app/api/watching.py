"""Who watches the log from outside, for programs: its witnesses, and the time stamps of authorities."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session

from app import clock, deps
from app.api import PREFIX
from app.api.bodies import JsonObject
from app.api.integrity_schemas import Stamps, Witnesses, WitnessGone, WitnessShape
from app.api.queries import Day, WitnessNamed
from app.api.schemas import refusals
from app.cases.letter_door import attached
from app.deps import Home
from app.installation import Installation
from app.oversight import for_programs, stamp_files, stamping, witnesses
from app.oversight.stamp_files import StampFile
from app.oversight.witnesses import Witness
from app.people.queries import Viewer
from app.workflow.fields import read

VIA = "api"
router = APIRouter(prefix=f"{PREFIX}/integrity", tags=["Integrity"])
Namer = Annotated[Viewer, Depends(deps.bearer("witnesses"))]
READS = [Depends(deps.bearer("integrity"))]


@router.get(
    "/witnesses",
    responses={200: {"model": Witnesses}, **refusals(401, 403)},
    dependencies=[Depends(deps.bearer("witnesses"))],
)
def get_witnesses(home: Home) -> JSONResponse:
    """Every witness with its public key, and how fresh its last good signature is."""
    with home.db.read() as session:
        return JSONResponse({"items": [for_programs.witness_json(one) for one in witnesses.witnesses(session)]})


@router.post(
    "/witnesses", status_code=201, responses={201: {"model": WitnessShape}, **refusals(400, 401, 403, 413, 415, 422)}
)
def name_witness(home: Home, viewer: Namer, body: JsonObject) -> JSONResponse:
    """Names a witness by its public key: its signatures are checked from now on."""
    answers = read(witnesses.QUESTIONS, body, today=clock.today())
    key = witnesses.name_witness(home, answers[witnesses.FIELD], actor=viewer.actor(), via=VIA)
    with home.db.read() as session:
        named = next((one for one in witnesses.witnesses(session) if one.key == key), Witness(key))
    return JSONResponse(for_programs.witness_json(named), 201)


@router.delete("/witnesses", responses={200: {"model": WitnessGone}, **refusals(401, 403, 404, 422)})
def remove_witness(home: Home, viewer: Namer, wanted: Annotated[WitnessNamed, Query()]) -> JSONResponse:
    """Takes the witness called `name` off the list; what it signed stays on record."""
    witnesses.remove_witness(home, wanted.name, actor=viewer.actor(), via=VIA)
    return JSONResponse({"name": wanted.name})


@router.get("/stamps", responses={200: {"model": Stamps}, **refusals(401, 403)}, dependencies=READS)
def get_stamps(home: Home) -> JSONResponse:
    """The time stamps (RFC 3161) of the last year, newest first."""
    with home.db.read() as session:
        return JSONResponse({"items": [for_programs.stamp_json(one) for one in stamping.stamps(session)]})


@router.get(
    "/stamps/{day}/token",
    response_class=Response,
    responses={200: {"content": {stamp_files.TOKEN_TYPE: {}}}, **refusals(401, 403, 404, 422)},
    dependencies=READS,
)
def get_stamp_token(home: Home, day: Day) -> Response:
    """The authority's answer, as `openssl ts -verify -in` reads it."""
    return _file(home, day, stamp_files.token_file)


@router.get(
    "/stamps/{day}/checkpoint",
    response_class=Response,
    responses={200: {"content": {stamp_files.TEXT_TYPE: {}}}, **refusals(401, 403, 404, 422)},
    dependencies=READS,
)
def get_stamped_checkpoint(home: Home, day: Day) -> Response:
    """The checkpoint that was stamped, byte for byte."""
    return _file(home, day, stamp_files.checkpoint_file)


def _file(home: Installation, day: date, find: Callable[[Session, date], StampFile]) -> Response:
    with home.db.read() as session:
        found = find(session, day)
    return Response(found.content, media_type=found.media_type, headers=attached(found.name))
