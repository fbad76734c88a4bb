"""A message that reached the branch, read as the answers of a report; nothing of it is on a case yet."""

from typing import Annotated

from anyio.to_thread import run_sync as run
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from app import deps
from app.api import PREFIX
from app.api.bodies import answers_with
from app.api.problems import WrongContentType
from app.api.schemas import MailRead, refusals
from app.cases import intake, mail_report
from app.deps import Home
from app.errors import FieldError, Invalid
from app.evidence.holding import hold
from app.evidence.mail_arrival import FILE, NOT_MAIL, PASTED
from app.installation import Installation
from app.people.queries import Viewer
from app.uploads import Received, is_upload, receiving

router = APIRouter(prefix=PREFIX, tags=["Reports"])
Clerk = Annotated[Viewer, Depends(deps.bearer("enter_report"))]


@router.post("/reports/mail", responses={200: {"model": MailRead}, **refusals(400, 401, 403, 413, 415, 422, 503, 507)})
async def read_mail(request: Request, home: Home, viewer: Clerk) -> JSONResponse:
    """Fills in a report from a saved message (`message`) or its text (`pasted`), for officers; stores nothing.

    Look at `answers`, mend them, and send them with `mail` to `POST /reports`: then the message and each of `parts`
    are kept as evidence. Until then the message waits, sealed, for a day.
    """
    if not is_upload(request):
        raise WrongContentType("Send the message as multipart/form-data.")
    async with receiving(request, home.settings) as received:
        return JSONResponse(await run(_read, home, viewer, received))


def _read(home: Installation, viewer: Viewer, received: Received) -> dict[str, object]:
    given = answers_with(received, dict(received.pairs))
    asked = {name: given.pop(name, None) for name in ("workflow", "kind", FILE, PASTED)}
    if given:
        raise Invalid([FieldError(name[:60], "There is no question with this name") for name in given])
    workflow = intake.procedure_of(home, asked)
    name = intake.kind_of(workflow, asked)
    kind = next(one for one in workflow.opening.kinds if one.name == name)
    message = received.file(FILE)
    if asked[FILE] and message is None:
        raise Invalid([FieldError(FILE, NOT_MAIL)])
    filled = mail_report.fill_in(home, workflow, kind, message, str(asked[PASTED] or ""))
    note = hold(home, viewer.id, filled.message, filled.parts)
    received.files.clear()  # from here on it waits for the report
    answers = {"workflow": workflow.name, "kind": kind.name, **filled.answers}
    return {"answers": answers, "parts": list(filled.parts), "mail": note}
