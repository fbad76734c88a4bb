"""Reports: sending one, and the reporter's own view of it."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from app import deps
from app.api import PREFIX
from app.api.bodies import JsonObject, RepeatKey
from app.api.by_code import MINUTE, VIA, keep, reporter_of
from app.api.own_schemas import OwnKept, OwnMessages, OwnReceipt, OwnReport
from app.api.schemas import ReportSent, refusals
from app.cases import door, intake, reporter
from app.cases.dialogue import CONFIRMATIONS, MESSAGES, REQUESTS
from app.cases.sent_files import SentFiles, keep_held_mail
from app.deps import Home
from app.errors import FieldError, Invalid
from app.installation import Installation
from app.people import throttling
from app.people.queries import Viewer

REPORTS_A_MINUTE = 120
router = APIRouter(prefix=PREFIX, tags=["Reports"], dependencies=[Depends(deps.public)])


@router.post(
    "/reports", status_code=201, responses={201: {"model": ReportSent}, **refusals(400, 401, 413, 415, 422, 429)}
)
def send_report(request: Request, home: Home, answers: JsonObject, key: RepeatKey) -> JSONResponse:
    """Sends a report. With a bearer token that person enters it, and may set more (`channel`, `received_on`).

    `mail` is what `POST /reports/mail` answered: that message is kept with the report as evidence.
    """
    viewer = _sender(home, request)
    note = answers.pop("mail", None)
    if note is not None and (viewer is None or not isinstance(note, str)):
        raise Invalid([FieldError("mail", "Send what POST /reports/mail answered, with the token of the same officer")])
    if viewer is None:
        with home.db.write() as session:
            throttling.throttle(
                session, "report", deps.address_of(request), REPORTS_A_MINUTE, int(MINUTE.total_seconds())
            )
    opened = door.open_case(home, answers, viewer, VIA, key)
    if note is None or viewer is None:
        return JSONResponse(intake.shown(opened), 201)
    told = SentFiles()
    keep_held_mail(home, opened["access_code"], viewer, note, VIA, told)
    return JSONResponse({**intake.shown(opened), "files": told.as_json()}, 201)


MINE = refusals(401, 404, 429)
SENDS = refusals(400, 401, 404, 409, 413, 415, 422, 429)


@router.get("/reports/mine", responses={200: {"model": OwnReport}, **MINE})
def own_report(request: Request, home: Home) -> JSONResponse:
    """The reporter's own view. The bearer token is the access code of the report; a wrong one is 404."""
    return JSONResponse(reporter.read(home, reporter_of(home, request), VIA).as_json())


@router.get("/reports/mine/receipt", responses={200: {"model": OwnReceipt}, **MINE})
def own_receipt(request: Request, home: Home) -> JSONResponse:
    """The receipt of the report once more."""
    return JSONResponse(reporter.receipt(home, reporter_of(home, request), VIA))


@router.get("/reports/mine/messages", responses={200: {"model": OwnMessages}, **MINE})
def own_messages(request: Request, home: Home) -> JSONResponse:
    """The messages between the branch and whoever sent the report, oldest first."""
    return JSONResponse({"items": reporter.read(home, reporter_of(home, request), VIA).as_json()["messages"]})


@router.post("/reports/mine/messages", status_code=201, responses={201: {"model": OwnKept}, **SENDS})
def send_own_message(request: Request, home: Home, answers: JsonObject, key: RepeatKey) -> JSONResponse:
    """Sends a message to the officers who look after the report."""
    return keep(home, reporter_of(home, request), MESSAGES, answers, key)


@router.post("/reports/mine/withdrawal-requests", status_code=201, responses={201: {"model": OwnKept}, **SENDS})
def ask_to_withdraw(request: Request, home: Home, answers: JsonObject, key: RepeatKey) -> JSONResponse:
    """Asks to withdraw the report. It moves nothing: an officer decides and answers in a message."""
    return keep(home, reporter_of(home, request), REQUESTS, answers, key)


@router.post("/reports/mine/report-confirmations", status_code=201, responses={201: {"model": OwnKept}, **SENDS})
def confirm_own_report(request: Request, home: Home, answers: JsonObject, key: RepeatKey) -> JSONResponse:
    """Says whether the person named in the report sent it."""
    return keep(home, reporter_of(home, request), CONFIRMATIONS, answers, key)


def _sender(home: Installation, request: Request) -> Viewer | None:
    """Nobody without a header; a header that opens nothing is refused, so that nobody sends anonymously by mistake."""
    return deps.by_bearer(home, request) if "authorization" in request.headers else None
