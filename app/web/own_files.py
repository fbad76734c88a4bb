"""Files from whoever comes by a code: one page for the person who told us, and one for the member it is about."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.cases import sent_evidence
from app.cases.code_holders import REPORTER, RESPONDENT, CodeHolder
from app.cases.sent_files import SentFiles, keep_each
from app.deps import Home, public
from app.errors import FieldError, WrongState
from app.evidence.queries import share_of
from app.installation import Installation
from app.uploads import Received, is_upload, receiving
from app.web import receipt
from app.web.code_pages import PAGES
from app.web.context import Visitor, first, form_of, respond
from app.web.sent_files import refused_in
from app.web.wording import file_size

NOTHING_CHOSEN = "Choose at least one file"
SHOWS_KEPT = 4000
TOO_LONG = f"Use at most {SHOWS_KEPT:,} characters to say what they show, and send the rest as a message. "
CHOOSE_AGAIN = "Nothing was kept: choose your files again"

router = APIRouter(dependencies=[Depends(public)], include_in_schema=False)


PATHS = {part: f"{page.home}/evidence" for part, page in PAGES.items()}
"""Where the form of each part is."""


class Sending:
    """A form of files and whoever sends it: who that is, is settled when it begins to arrive, however long it takes."""

    def __init__(self, part: str) -> None:
        self.page = PAGES[part]

    async def __call__(self, request: Request, home: Home) -> AsyncIterator[tuple[CodeHolder | None, Received]]:
        """The form, sealed as it arrives; whatever was not kept is gone before the answer leaves."""
        holder = await anyio.to_thread.run_sync(self.page.begin_upload, request, home)
        if not is_upload(request):
            yield holder, Received(await form_of(request))
        else:
            room = await anyio.to_thread.run_sync(sent_evidence.room_for, home, holder) if holder is not None else 0
            async with receiving(request, home.settings, room, sent_evidence.FULL) as received:
                yield holder, received


FromReporter = Annotated[tuple[CodeHolder | None, Received], Depends(Sending(REPORTER), scope="function")]
FromRespondent = Annotated[tuple[CodeHolder | None, Received], Depends(Sending(RESPONDENT), scope="function")]


@router.get(PATHS[REPORTER])
def ask_reporter(request: Request, home: Home, viewer: Visitor) -> Response:
    """The form for more pictures and files of whoever told us."""
    return _ask(request, home, viewer, REPORTER)


@router.post(PATHS[REPORTER])
def send_as_reporter(request: Request, home: Home, viewer: Visitor, sent: FromReporter) -> Response:
    """Keeps what they send, file by file."""
    return _send(request, home, viewer, REPORTER, *sent)


@router.get(PATHS[RESPONDENT])
def ask_respondent(request: Request, home: Home, viewer: Visitor) -> Response:
    """The form for pictures and files of the member."""
    return _ask(request, home, viewer, RESPONDENT)


@router.post(PATHS[RESPONDENT])
def send_as_respondent(request: Request, home: Home, viewer: Visitor, sent: FromRespondent) -> Response:
    """Keeps what they send, file by file."""
    return _send(request, home, viewer, RESPONDENT, *sent)


def _ask(request: Request, home: Installation, viewer: Visitor, part: str) -> Response:
    holder = PAGES[part].holder(request, home)
    if holder is None:
        return RedirectResponse(PAGES[part].home, 303)
    _refuse_where_none_are_taken(home, holder)
    sent_evidence.refuse_late(home, holder)
    return draw(request, home, viewer, holder)


def _refuse_where_none_are_taken(home: Installation, holder: CodeHolder) -> None:
    if not sent_evidence.takes_files(home, holder):
        raise WrongState("No files can be sent here. Get in touch with the branch instead.")


def _send(
    request: Request, home: Installation, viewer: Visitor, part: str, holder: CodeHolder | None, received: Received
) -> Response:
    files = bool(received.files or received.refused)
    sender = PAGES[part].sender(request, home, viewer, holder, PATHS[part], received.pairs, files)
    if not isinstance(sender, CodeHolder):
        return sender
    _refuse_where_none_are_taken(home, sender)
    shows = first(received.pairs, "shows")
    if fault := _fault(files, shows):
        return draw(request, home, viewer, sender, shows=shows, errors=[fault])
    keep = partial(sent_evidence.from_code_holder, home, sender, via="page", shows=shows)
    told = refused_in(received)
    keep_each((arrived for _, arrived in received.files), keep, told)
    return draw(request, home, viewer, sender, shows=shows if told.refused else "", files=told)


def _fault(files: bool, shows: str) -> FieldError | None:
    if not files:
        return FieldError("files", NOTHING_CHOSEN)
    if len(shows.replace("\r\n", "\n")) > SHOWS_KEPT:
        return FieldError("shows", TOO_LONG + CHOOSE_AGAIN)
    return None


def draw(
    request: Request,
    home: Installation,
    viewer: Visitor,
    holder: CodeHolder,
    *,
    shows: str = "",
    files: SentFiles | None = None,
    errors: list[FieldError] | None = None,
) -> HTMLResponse:
    """The form, with what became of the files that were just sent, and what to look at."""
    refused = bool(errors) or bool(files and files.refused)
    return respond(
        request,
        "public/own_files.html",
        status=422 if refused else 200,
        viewer=viewer,
        place=PAGES[holder.part],
        owner=holder.owner,
        shows=shows,
        files=files,
        **_receipts(files),
        errors=errors or [],
        file_limit=home.settings.file_limit_mb,
        share=file_size(share_of(home.settings)),
    )


def _receipts(files: SentFiles | None) -> dict[str, Any]:
    """The receipts of what was kept; none of what came with the report, which its own receipt covers."""
    if files is None or not files.receipts:
        return {"arrived": None, "receipt": ""}
    first_one, *others = files.receipts
    opened = {"reference": files.reference, "receipt": first_one}
    return {"arrived": receipt.recorded_at(first_one), "receipt": receipt.as_text(opened, others)}
