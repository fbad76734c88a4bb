"""Forms that may bring files, for page routes: whatever was not kept is gone before the answer leaves."""

from collections.abc import AsyncIterator
from typing import Annotated

import anyio.to_thread
from fastapi import Depends, Request

from app.cases.attachments import FILE
from app.cases.files import upload_terms
from app.cases.sent_evidence import FULL
from app.deps import Home, SignedIn, address_of
from app.errors import FieldError
from app.evidence.arrival import MIB, NO_ROOM
from app.evidence.queries import share_of
from app.installation import Installation
from app.people.policy import may
from app.people.throttling import throttle
from app.uploads import Received, is_upload, receiving
from app.web.context import Visitor, WrongForm, form_of

FILES = "files"
"""The question of a report that files answer."""
FORMS_AN_HOUR, HOUR = 60, 3600
"""So many forms with files from one network address."""
NO_FILES = "Send this as an ordinary form, without files."
CHOOSE_AGAIN = "Choose the file again: a browser does not keep it when a form comes back"


async def _of_report(request: Request, home: Home, viewer: Visitor) -> AsyncIterator[Received]:
    """A form of somebody without a case yet."""
    if not is_upload(request):
        yield Received(await form_of(request))
        return
    await anyio.to_thread.run_sync(_refuse_flood, home, request)  # before the first byte is kept
    entered = viewer is not None and may(viewer, "enter_report")
    room = home.settings.case_files_limit_mb * MIB if entered else share_of(home.settings)
    async with receiving(request, home.settings, room, NO_ROOM if entered else FULL) as received:
        if {name for name, _ in received.files} - {FILES}:
            raise WrongForm(NO_FILES)
        yield received


def _refuse_flood(home: Installation, request: Request) -> None:
    with home.db.write() as session:
        throttle(session, "report_files", address_of(request), FORMS_AN_HOUR, HOUR)


async def _of_record(
    request: Request, home: Home, viewer: SignedIn, reference: str, kind: str
) -> AsyncIterator[Received]:
    """The form of a record on a case; whoever may not keep it is refused before a file is read."""
    if not is_upload(request):
        yield Received(await form_of(request))
        return
    questions, room = await anyio.to_thread.run_sync(upload_terms, home, viewer, reference, kind, "page")
    if not any(question.type == FILE for question in questions):
        raise WrongForm(NO_FILES)
    async with receiving(request, home.settings, room) as received:
        yield received


def said_of_files(received: Received) -> list[FieldError]:
    """What to say of each file that was refused, with its name so that one knows which."""
    return [FieldError(one.question, f"“{one.name}”: {one.problem.detail}") for one in received.refused]


ReportForm = Annotated[Received, Depends(_of_report, scope="function")]
RecordForm = Annotated[Received, Depends(_of_record, scope="function")]
