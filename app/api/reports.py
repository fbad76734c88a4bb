"""Reports: sending one, and the reporter's own view of it."""

from datetime import timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from app import deps
from app.api import PREFIX
from app.api.bodies import JsonObject, RepeatKey
from app.api.schemas import OwnReport, ReportSent, refusals
from app.cases import door, reporter
from app.deps import Home
from app.errors import NotFound, NotSignedIn
from app.installation import Installation
from app.people import throttling
from app.people.queries import Viewer

REPORTS_A_MINUTE = 120
WRONG_CODES_A_MINUTE = 10
MINUTE = timedelta(minutes=1)
WRONG_CODE = "wrong_access_code"
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
    code = deps.bearer_text(request)
    if code is None:
        raise NotSignedIn("Send the access code of your report in the header: Authorization: Bearer CODE")
    address = deps.address_of(request)
    with home.db.read() as session:
        throttling.refuse_if_spent(session, WRONG_CODE, address, WRONG_CODES_A_MINUTE, MINUTE)
    try:
        return JSONResponse(reporter.own_report(home, code, "api").as_json())
    except NotFound:
        with home.db.write() as session:
            throttling.count(session, WRONG_CODE, address, MINUTE)
        raise


def _sender(home: Installation, request: Request) -> Viewer | None:
    """Nobody without a header; a header that opens nothing is refused, so that nobody sends anonymously by mistake."""
    return deps.by_bearer(home, request) if "authorization" in request.headers else None
