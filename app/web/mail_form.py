"""The form in which a message is dropped or pasted: what may come in it, and what to say where it cannot be read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request

from app.errors import FieldError, Invalid, Problem
from app.evidence.arrival import NO_ROOM, Arrived, Unwanted
from app.evidence.looking import REFUSED
from app.evidence.mail_arrival import FILE, NOT_MAIL, PASTED
from app.settings import Settings
from app.uploads import Received, is_upload, receiving
from app.web.context import Pairs, WrongForm, first, form_of
from app.web.received import NO_FILES

CODE = "It holds code of a page or a program, which is not kept. Take that out, or choose the saved message instead"


@asynccontextmanager
async def with_message(
    request: Request, settings: Settings, room: int | None = None, full: str = NO_ROOM
) -> AsyncIterator[Received]:
    """The form with a message in it, and no other file; what is not held by the end of the block is gone."""
    if not is_upload(request):
        received = Received(await form_of(request))
        try:
            yield received
        finally:
            received.discard()
        return
    async with receiving(request, settings, room, full) as received:
        if {name for name, _ in received.files} - {FILE}:
            raise WrongForm(NO_FILES)
        yield received


def message_in(received: Received) -> Arrived | None:
    """The saved message, if one was chosen. Invalid where it was refused while it arrived."""
    if received.refused:
        raise Invalid([FieldError(FILE, f"{received.refused[0].problem.detail} {NOT_MAIL}")])
    return received.file(FILE)


def faults(problem: Problem, pairs: Pairs) -> list[FieldError]:
    """What to say of a message that could not be read, at the question that it answered."""
    if isinstance(problem, Invalid):
        return problem.errors
    if isinstance(problem, Unwanted):
        return [FieldError(PASTED, CODE if problem.detail == REFUSED else problem.detail)]
    return [FieldError(PASTED if first(pairs, PASTED) else FILE, problem.detail)]
