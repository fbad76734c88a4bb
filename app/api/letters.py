"""Letters of a case, and the outbox of its officer. Everything goes through app.cases.letter_door."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse, Response

from app.api import PREFIX
from app.api.bodies import JsonObject
from app.api.cases import CHANGES, VIA
from app.api.letter_schemas import LetterData, LetterLines, Letters, Prepared
from app.api.schemas import refusals
from app.cases import letter_door, letter_files, outbox_list
from app.deps import Home, TokenHolder
from app.letters.book import PDF_TYPE
from app.people.queries import Viewer

router = APIRouter(prefix=PREFIX, tags=["Letters"])
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
EML_TYPE = "message/rfc822"
CASE = "/cases/{reference}/letters"


@router.get("/letters", responses={200: {"model": LetterLines}, **refusals(401, 422)})
def get_outbox(home: Home, viewer: TokenHolder, after: str | None = None) -> JSONResponse:
    """The letters of the cases you look after: what needs you, what waits, what was stopped, what is gone.

    Newest first within each, 200 on a page; `after` is `next` of the page before. No word of any letter.
    """
    return JSONResponse(outbox_list.outbox(home, viewer, after))


@router.get(CASE, responses={200: {"model": Letters}, **refusals(401, 403, 404)})
def get_letters(home: Home, viewer: TokenHolder, reference: str) -> JSONResponse:
    """The letters of a case, oldest first, and those you can write by hand (`offered`)."""
    return JSONResponse(letter_door.list_letters(home, viewer, reference, VIA))


@router.post(CASE, status_code=201, responses={201: {"model": Prepared}, **CHANGES})
def write_letter(home: Home, viewer: TokenHolder, reference: str, body: JsonObject) -> JSONResponse:
    """Prepares a letter of the procedure (`letter`), one for each person it is for."""
    name = body.pop("letter", None)
    letter_door.refuse_unknown(body)
    return JSONResponse(letter_door.write_letter(home, viewer, reference, name, VIA), 201)


@router.get(f"{CASE}/{{letter}}", responses={200: {"model": LetterData}, **refusals(401, 403, 404, 422)})
def get_letter(home: Home, viewer: TokenHolder, reference: str, letter: Id) -> JSONResponse:
    """One letter with its words, as it will be sent, or was."""
    return JSONResponse(letter_door.open_letter(home, viewer, reference, letter, VIA))


@router.get(
    f"{CASE}/{{letter}}/pdf",
    response_class=Response,
    responses={200: {"content": {PDF_TYPE: {}}}, **refusals(401, 403, 404, 422)},
)
def get_pdf(home: Home, viewer: TokenHolder, reference: str, letter: Id) -> Response:
    """The letter on paper."""
    content = letter_door.read_letter(home, viewer, reference, letter, VIA, letter_files.as_pdf)
    return Response(content, media_type=PDF_TYPE, headers=letter_door.attached("letter.pdf"))


@router.get(
    f"{CASE}/{{letter}}/eml",
    response_class=Response,
    responses={200: {"content": {EML_TYPE: {}}}, **refusals(401, 403, 404, 422)},
)
def get_eml(home: Home, viewer: TokenHolder, reference: str, letter: Id) -> Response:
    """The whole mail as a file, for your own mail program."""
    content = letter_door.read_letter(home, viewer, reference, letter, VIA, letter_files.as_eml)
    return Response(content, media_type=EML_TYPE, headers=letter_door.attached("letter.eml"))


@router.post(f"{CASE}/{{letter}}/edit", responses={200: {"model": LetterData}, **CHANGES})
def edit_letter(home: Home, viewer: TokenHolder, reference: str, letter: Id, body: JsonObject) -> JSONResponse:
    """Other words (`text`), mail (`email`) or postal address (`address`) before it goes; the wait begins anew.

    Like every act it takes the `wording` that you read, and answers 409 where that was changed since.
    """
    return _change(home, viewer, (reference, letter), "edit", body)


@router.post(f"{CASE}/{{letter}}/fill", responses={200: {"model": LetterData}, **CHANGES})
def fill_letter(home: Home, viewer: TokenHolder, reference: str, letter: Id, body: JsonObject) -> JSONResponse:
    """The letter from its template anew, with what is on file by now; `sure` where it was `typed` by hand."""
    return _change(home, viewer, (reference, letter), "fill", body)


@router.post(f"{CASE}/{{letter}}/stop", responses={200: {"model": LetterData}, **CHANGES})
def stop_letter(home: Home, viewer: TokenHolder, reference: str, letter: Id, body: JsonObject) -> JSONResponse:
    """Takes a waiting letter out of the queue."""
    return _change(home, viewer, (reference, letter), "stop", body)


@router.post(f"{CASE}/{{letter}}/send", responses={200: {"model": LetterData}, **CHANGES})
def send_letter(home: Home, viewer: TokenHolder, reference: str, letter: Id, body: JsonObject) -> JSONResponse:
    """Lets a letter go out; one that waits goes at once. 422 names what is missing and where to put it right."""
    return _change(home, viewer, (reference, letter), "send", body)


@router.post(f"{CASE}/{{letter}}/posted", responses={200: {"model": LetterData}, **CHANGES})
def mark_posted(home: Home, viewer: TokenHolder, reference: str, letter: Id, body: JsonObject) -> JSONResponse:
    """Notes that it was posted or handed over by hand: `how` and `sent_on`."""
    return _change(home, viewer, (reference, letter), "posted", body)


def _change(home: Home, viewer: Viewer, where: tuple[str, str], act: str, body: dict[str, Any]) -> JSONResponse:
    return JSONResponse(letter_door.change_letter(home, viewer, *where, act, body, VIA))
