"""What auditors leave on a case: remarks with their answers, and parts of the content opened for a day."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session

from app.api import PREFIX
from app.api.bodies import JsonObject
from app.api.files import BYTES, As
from app.api.letters import Id
from app.api.oversight_schemas import Noted, Openings, Path, Remarks, Unmasked
from app.api.schemas import refusals
from app.cases import door
from app.cases.actions import Desk
from app.deps import Home, TokenHolder
from app.file_answer import file_answer
from app.oversight import conformance, opened, remarks, unmasking

VIA = "api"
CHANGES = refusals(400, 401, 403, 404, 413, 415, 422)
router = APIRouter(prefix=f"{PREFIX}/cases/{{reference}}", tags=["Trail"])


@router.get("/remarks", responses={200: {"model": Remarks}, **refusals(401, 403, 404)})
def get_remarks(home: Home, viewer: TokenHolder, reference: str) -> JSONResponse:
    """Every remark of an auditor with its answers, newest first; for auditors and whoever looks after the case."""

    def read(_session: Session, desk: Desk) -> list[dict[str, Any]]:
        return [one.as_json() for one in remarks.threads(desk)]

    return JSONResponse({"items": door.read_case(home, viewer, reference, VIA, read)})


@router.post("/remarks", status_code=201, responses={201: {"model": Noted}, **CHANGES})
def write_remark(home: Home, viewer: TokenHolder, reference: str, body: JsonObject) -> JSONResponse:
    """An auditor's remark: a `text`, and the id of an `entry` of the case where it is about one."""
    return JSONResponse({"id": remarks.write(home, viewer, reference, body, via=VIA)}, 201)


@router.post(
    "/remarks/{remark}/answers", status_code=201, responses={201: {"model": Noted}, **CHANGES, **refusals(409)}
)
def answer_remark(home: Home, viewer: TokenHolder, reference: str, remark: Id, body: JsonObject) -> JSONResponse:
    """The answer of whoever looks after the case: a `text`."""
    return JSONResponse({"id": remarks.answer(home, viewer, reference, remark, body, via=VIA)}, 201)


@router.get("/openings", responses={200: {"model": Openings}, **refusals(401, 403, 404)})
def get_openings(home: Home, viewer: TokenHolder, reference: str) -> JSONResponse:
    """What auditors opened and why, newest first; `text` or `file` only for whoever opened it, while it lasts.

    An auditor also gets `parts`: everything that can be opened, without a word of it. `holds` is `words`, `letter`
    (its words as they went, without a name that is withheld and without its code) or `file`.
    """

    shown: list[opened.Opened] = []

    def read(_session: Session, desk: Desk) -> dict[str, Any]:
        shown[:] = opened.openings(desk)
        items = [one.as_json() for one in shown]
        offered = unmasking.offered(desk)
        return {
            "items": items,
            "parts": [one.as_json() for one in offered],
        }

    answer = door.read_case(home, viewer, reference, VIA, read)
    unmasking.note_seen(home, viewer, [one.id for one in shown])
    return JSONResponse(answer)


@router.post("/openings", status_code=201, responses={201: {"model": Noted}, **CHANGES})
def open_part(home: Home, viewer: TokenHolder, reference: str, body: JsonObject) -> JSONResponse:
    """Opens one `part` to an auditor for 24 hours, with a `reason`. Whoever looks after the case is told."""
    return JSONResponse({"id": unmasking.unmask(home, viewer, reference, body, via=VIA)}, 201)


@router.get(
    "/openings/{opening}/file",
    response_class=Response,
    responses={200: BYTES, **refusals(401, 403, 404, 422, 500, 503)},
)
def get_opened_file(home: Home, viewer: TokenHolder, reference: str, opening: Id, wanted: As = "original") -> Response:
    """A file that is open to you, found to be what was stored, while that lasts; opening it is recorded."""
    return file_answer(opened.open_file(home, viewer, reference, opening, wanted, VIA))


@router.post("/unmask", status_code=201, responses={201: {"model": Unmasked}, **CHANGES})
def unmask(home: Home, viewer: TokenHolder, reference: str, body: JsonObject) -> JSONResponse:
    """Opens several parts, `fields`, to an auditor for 24 hours with one `reason`: all of them or none."""
    return JSONResponse({"ids": unmasking.unmask_fields(home, viewer, reference, body, via=VIA)}, 201)


@router.get("/path", responses={200: {"model": Path}, **refusals(401, 403, 404)})
def get_path(home: Home, viewer: TokenHolder, reference: str) -> JSONResponse:
    """The moves a case made, and every deviation from the version of the procedure that it is pinned to."""

    def read(_session: Session, desk: Desk) -> dict[str, Any]:
        found = conformance.of_case(desk)
        moves = [{"from": source, "to": dest} for source, dest in found.moves]
        return {"conforms": not found.deviations, "moves": moves, "items": [one.as_json() for one in found.deviations]}

    return JSONResponse(door.read_case(home, viewer, reference, VIA, read))
