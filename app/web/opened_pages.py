"""Files that are open to an auditor: the picture on a page, and the bytes as every reader of a file gets them."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from app.cases import access, door
from app.cases.actions import Desk
from app.deps import Home, SignedIn
from app.evidence.queries import ORIGINAL
from app.file_answer import file_answer
from app.oversight import opened
from app.oversight.opened import Opened
from app.web.answers import Reader
from app.web.case_view import Link, address, head
from app.web.context import Id, respond
from app.web.evidence_pages import Copy
from app.web.evidence_view import ShownFile, shown_file

router = APIRouter(prefix="/cases/{reference}/openings/{opening}", include_in_schema=False)


@router.get("/picture")
def picture_page(request: Request, reference: str, opening: Id, home: Home, viewer: SignedIn) -> HTMLResponse:
    """The picture, from a copy without hidden data, while it is open to whoever asks."""

    def read(_session: Session, desk: Desk) -> dict[str, Any]:
        one = next((one for one in opened.openings(desk) if one.id == opening), None)
        file = file_of(desk, one) if one is not None else None
        if one is None or file is None or not file.view:
            raise access.Unseen
        back = Link(f"{address(desk)}/openings", "Back to what auditors opened")
        return {"head": head(Reader.at(desk)), "title": one.part.words, "back": back, "view": file.view}

    context = door.read_case(home, viewer, reference, "page", read)
    return respond(request, "cases/picture.html", viewer=viewer, current="/cases", **context)


@router.get("/file")
def save_file(reference: str, opening: Id, home: Home, viewer: SignedIn) -> Response:
    """The file as it came, to be saved; found to be what was stored."""
    return file_answer(opened.open_file(home, viewer, reference, opening, ORIGINAL, "page"))


@router.get("/file/{copy}")
def show_copy(reference: str, opening: Id, copy: Copy, home: Home, viewer: SignedIn) -> Response:
    """A copy for looking at; the blurred one tells nothing and is no opening."""
    return file_answer(opened.open_file(home, viewer, reference, opening, copy, "page"))


def file_of(desk: Desk, one: Opened) -> ShownFile | None:
    """The file of an opening and where it opens; None where it holds words or is open to somebody else."""
    base = f"{address(desk)}/openings/{one.id}"
    return shown_file(one.file, f"{base}/file", f"{base}/picture") if one.file is not None else None
