"""Files by code: what the person who told us, and the member it is about, send with a case that exists."""

from functools import partial

from anyio.to_thread import run_sync as run
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from app import deps
from app.api import PREFIX
from app.api.bodies import answers_with
from app.api.by_code import VIA, member_of, reporter_of
from app.api.problems import WrongContentType
from app.api.schemas import EvidenceSent, refusals
from app.cases import sent_evidence
from app.cases.code_holders import CodeHolder
from app.cases.sent_evidence import Sent
from app.deps import Home
from app.errors import FieldError, Invalid
from app.evidence.arrival import Arrived
from app.installation import Installation
from app.uploads import is_upload, receiving

router = APIRouter(prefix=PREFIX, dependencies=[Depends(deps.public)])
REFUSED = refusals(400, 401, 404, 409, 413, 415, 422, 429, 503, 507)


@router.post(
    "/reports/mine/evidence", status_code=201, responses={201: {"model": EvidenceSent}, **REFUSED}, tags=["Reports"]
)
async def send_own_evidence(request: Request, home: Home) -> JSONResponse:
    """Sends a file with a report that was sent already: multipart/form-data with `file`, and what it `shows`.

    The bearer token is the access code of the report. The answer has the receipt of the file.
    """
    return _told(await _take(request, home, await run(reporter_of, home, request)))


@router.post(
    "/replies/mine/evidence",
    status_code=201,
    responses={201: {"model": EvidenceSent}, **REFUSED},
    tags=["Replies"],
)
async def send_evidence_of_member(request: Request, home: Home) -> JSONResponse:
    """Sends a file with a reply: multipart/form-data with `file`, and what it `shows`.

    The bearer token is the code of the notice. The answer has the receipt of the file.
    """
    return _told(await _take(request, home, await run(member_of, home, request)))


def _told(sent: Sent) -> JSONResponse:
    return JSONResponse({"id": sent.id, "reference": sent.reference, "receipt": sent.receipt}, 201)


async def _take(request: Request, home: Installation, holder: CodeHolder) -> Sent:
    if not is_upload(request):
        raise WrongContentType("Send the file as multipart/form-data.")
    room = await run(sent_evidence.room_for, home, holder)
    async with receiving(request, home.settings, room, sent_evidence.FULL) as received:
        answers = answers_with(received, dict(received.pairs))
        arrived, shows = answers.pop("file", None), answers.pop("shows", "")
        if answers:
            raise Invalid([FieldError(name[:60], "There is no question with this name") for name in answers])
        if not isinstance(arrived, Arrived):
            raise Invalid([FieldError("file", "Choose a file")])
        return await run(partial(sent_evidence.from_code_holder, home, holder, arrived, VIA, shows=shows))
