"""A mail that belongs to a case: read first, and kept with everything that came with it once it was looked at."""

from anyio.to_thread import run_sync as run
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from app.api import PREFIX
from app.api.bodies import JsonObject, RepeatKey, answers_with, take_version
from app.api.problems import WrongContentType
from app.api.schemas import CaseMailKept, CaseMailRead, refusals
from app.cases.kept_mail import ASKS, keep_held, read_waiting, room_for_mail
from app.deps import Home, TokenHolder
from app.errors import FieldError, Invalid
from app.evidence.holding import hold
from app.evidence.mail_arrival import FILE, NOT_MAIL, PASTED, take_mail
from app.installation import Installation
from app.people.queries import Viewer
from app.uploads import Received, is_upload, receiving

VIA = "api"
SEND_NOTE = "Send what POST /cases/{reference}/mails/read answered"
router = APIRouter(prefix=f"{PREFIX}/cases/{{reference}}/mails", tags=["Cases"])


@router.post(
    "/read",
    responses={200: {"model": CaseMailRead}, **refusals(400, 401, 403, 404, 409, 413, 415, 422, 503, 507)},
)
async def read_case_mail(request: Request, home: Home, viewer: TokenHolder, reference: str) -> JSONResponse:
    """Reads a saved message (`message`) or its text (`pasted`) for a case, for whoever looks after it; keeps nothing.

    Look at `answers`, mend them, and send them with `mail` to `POST /cases/{reference}/mails`. Until then the message
    waits, sealed, for a day.
    """
    if not is_upload(request):
        raise WrongContentType("Send the message as multipart/form-data.")
    room = await run(room_for_mail, home, viewer, reference, VIA)
    async with receiving(request, home.settings, room) as received:
        return JSONResponse(await run(_read, home, viewer, reference, received))


@router.post(
    "",
    status_code=201,
    responses={201: {"model": CaseMailKept}, **refusals(400, 401, 403, 404, 409, 410, 413, 415, 422)},
)
def keep_case_mail(
    home: Home, viewer: TokenHolder, reference: str, answers: JsonObject, key: RepeatKey
) -> JSONResponse:
    """Keeps a mail that was read: its words as what it `becomes`, the mail itself and the `attachments` named.

    All of it or nothing: where one file is refused, `errors` names it, and the mail goes on waiting.
    """
    version, note = take_version(answers, required=False), answers.pop(ASKS, None)
    if not isinstance(note, str):
        raise Invalid([FieldError(ASKS, SEND_NOTE)])
    return JSONResponse(keep_held(home, viewer, reference, note, answers, version, VIA, key), 201)


def _read(home: Installation, viewer: Viewer, reference: str, received: Received) -> dict[str, object]:
    given = answers_with(received, dict(received.pairs))
    sent, pasted = given.pop(FILE, None), str(given.pop(PASTED, None) or "")
    if given:
        raise Invalid([FieldError(name[:60], "There is no question with this name") for name in given])
    message = received.file(FILE)
    if sent and message is None:
        raise Invalid([FieldError(FILE, NOT_MAIL)])
    arrived, mail = take_mail(home.settings, message, pasted)
    try:
        reading, version = read_waiting(home, viewer, reference, arrived, mail, VIA)
        note = hold(home, viewer.id, arrived, ())
    except BaseException:
        arrived.discard()
        raise
    received.files.clear()  # from here on it waits for the answers
    return {**reading.as_json(), "mail": note, "version": version}
