"""Reports: sending one, and the reporter's own view of it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

from anyio.to_thread import run_sync as run
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from app import deps
from app.api import PREFIX
from app.api.bodies import JsonObject, RepeatKey, answers_with
from app.api.problems import WrongContentType
from app.api.schemas import EvidenceSent, OwnReport, ReportSent, refusals
from app.cases import door, reporter, sent_evidence
from app.deps import Home
from app.errors import FieldError, Invalid, NotFound, NotSignedIn
from app.evidence.arrival import Arrived
from app.installation import Installation
from app.people import throttling
from app.people.queries import Viewer
from app.uploads import is_upload, receiving

REPORTS_A_MINUTE = 120
WRONG_CODES_A_MINUTE = 10
MINUTE = timedelta(minutes=1)
WRONG_CODE = "wrong_access_code"
Answer = TypeVar("Answer")
router = APIRouter(prefix=PREFIX, tags=["Reports"], dependencies=[Depends(deps.public)])


@router.post(
    "/reports", status_code=201, responses={201: {"model": ReportSent}, **refusals(400, 401, 413, 415, 422, 429)}
)
def send_report(request: Request, home: Home, answers: JsonObject, key: RepeatKey) -> JSONResponse:
    """Sends a report. With a bearer token that person enters it, and may set more (`channel`, `received_on`)."""
    viewer = _sender(home, request)
    if viewer is None:
        with home.db.write() as session:
            throttling.throttle(
                session, "report", deps.address_of(request), REPORTS_A_MINUTE, int(MINUTE.total_seconds())
            )
    return JSONResponse(door.open_case(home, answers, viewer, "api", key), 201)


@router.get("/reports/mine", responses={200: {"model": OwnReport}, **refusals(401, 404, 429)})
def own_report(request: Request, home: Home) -> JSONResponse:
    """The reporter's own view. The bearer token is the access code of the report; a wrong one is 404."""
    code = _code(request)
    return JSONResponse(_guarded(home, request, lambda: reporter.own_report(home, code, "api")).as_json())


@router.post(
    "/reports/mine/evidence",
    status_code=201,
    responses={201: {"model": EvidenceSent}, **refusals(400, 401, 404, 409, 413, 415, 422, 429, 503, 507)},
)
async def send_evidence(request: Request, home: Home) -> JSONResponse:
    """Sends a file with a report that was sent already: multipart/form-data with `file`, and what it `shows`.

    The bearer token is the access code of the report.
    """
    code = _code(request)
    if not is_upload(request):
        raise WrongContentType("Send the file as multipart/form-data.")
    room = await run(_guarded, home, request, lambda: sent_evidence.room_for(home, code, "api"))
    async with receiving(request, home.settings, room) as received:
        answers = answers_with(received, dict(received.pairs))
        arrived, shows = answers.pop("file", None), answers.pop("shows", "")
        if answers:
            raise Invalid([FieldError(name[:60], "There is no question with this name") for name in answers])
        if not isinstance(arrived, Arrived):
            raise Invalid([FieldError("file", "Choose a file")])
        sent = await run(partial(sent_evidence.from_reporter, home, code, arrived, "api", shows=shows))
    return JSONResponse({"id": sent.id, "reference": sent.reference}, 201)


def _code(request: Request) -> str:
    code = deps.bearer_text(request)
    if code is None:
        raise NotSignedIn("Send the access code of your report in the header: Authorization: Bearer CODE")
    return code


def _guarded(home: Installation, request: Request, look: Callable[[], Answer]) -> Answer:
    """What a code opens; wrong ones are counted, and refused once they are too many."""
    address = deps.address_of(request)
    with home.db.read() as session:
        throttling.refuse_if_spent(session, WRONG_CODE, address, WRONG_CODES_A_MINUTE, MINUTE)
    try:
        return look()
    except NotFound:
        with home.db.write() as session:
            throttling.count(session, WRONG_CODE, address, MINUTE)
        raise


def _sender(home: Installation, request: Request) -> Viewer | None:
    """Nobody without a header; a header that opens nothing is refused, so that nobody sends anonymously by mistake."""
    return deps.by_bearer(home, request) if "authorization" in request.headers else None
