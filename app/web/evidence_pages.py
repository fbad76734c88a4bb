"""The evidence of a case: the list with blurred pictures, one card, one picture, and files to save."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from app.cases import door
from app.cases.access import FULL
from app.cases.actions import Desk
from app.cases.agenda import fillable
from app.cases.disclosure import EVIDENCE
from app.cases.files import open_file
from app.deps import Home, SignedIn
from app.errors import Forbidden, NotFound
from app.evidence.pictures import THUMBNAIL, VIEW
from app.evidence.queries import ORIGINAL
from app.file_answer import file_answer
from app.installation import Installation
from app.people.policy import may
from app.people.queries import Viewer
from app.web.answers import Reader
from app.web.case_view import Link, head, mail_link, record_link
from app.web.context import Id, Start, respond
from app.web.evidence_view import Item, item_of, items_of

ON_PAGE = 25
NO_ITEM = "There is no such evidence on this case that you may open"
router = APIRouter(include_in_schema=False)
Copy = Annotated[str, Path(pattern=f"^({VIEW}|{THUMBNAIL})$")]


@router.get("/cases/{reference}/evidence")
def evidence_page(request: Request, reference: str, home: Home, viewer: SignedIn, start: Start = 0) -> HTMLResponse:
    """Every item this person may read, pictures blurred, in pages: `start` items stand on those before this one."""

    def draw(reader: Reader) -> dict[str, Any]:
        kinds = [kind for kind in fillable(reader.desk) if kind.name == EVIDENCE]
        add = record_link(reader.desk, kinds[0]) if kinds else None
        count = len(reader.current(EVIDENCE))
        first = start if start < count else 0
        return {
            "items": items_of(reader, first, ON_PAGE),
            "add": add,
            "by_mail": mail_link(reader.desk) if add else None,
            "count": count,
            "start": first,
            "size": ON_PAGE,
        }

    return _page(request, home, viewer, reference, "cases/evidence.html", draw, shows=(EVIDENCE,))


@router.get("/cases/{reference}/evidence/{item}")
def item_page(request: Request, reference: str, item: Id, home: Home, viewer: SignedIn) -> HTMLResponse:
    """One item with everything about it."""
    return _page(request, home, viewer, reference, "cases/item.html", lambda reader: {"item": _item(reader, item)})


@router.get("/cases/{reference}/evidence/{item}/picture")
def picture_page(request: Request, reference: str, item: Id, home: Home, viewer: SignedIn) -> HTMLResponse:
    """The picture of an item, from a copy without hidden data."""

    def draw(reader: Reader) -> dict[str, Any]:
        found = _item(reader, item)
        if found.file is None or not found.file.view:
            raise NotFound("This file cannot be shown here; it can be saved as it came")
        return {"title": found.title, "back": Link(found.href, "Back to the card"), "view": found.file.view}

    return _page(request, home, viewer, reference, "cases/picture.html", draw)


@router.get("/cases/{reference}/files/{file}")
def save_file(reference: str, file: Id, home: Home, viewer: SignedIn) -> Response:
    """The file as it came, to be saved; found to be what was stored."""
    return file_answer(open_file(home, viewer, reference, file, ORIGINAL, "page"))


@router.get("/cases/{reference}/files/{file}/{copy}")
def show_copy(reference: str, file: Id, copy: Copy, home: Home, viewer: SignedIn) -> Response:
    """A copy for looking at; the blurred one tells nothing and is no opening."""
    return file_answer(open_file(home, viewer, reference, file, copy, "page"))


def _page(
    request: Request,
    home: Installation,
    viewer: Viewer,
    reference: str,
    template: str,
    draw: Callable[[Reader], dict[str, Any]],
    shows: tuple[str, ...] = (),
) -> HTMLResponse:
    def read(_session: Session, desk: Desk) -> dict[str, Any]:
        if desk.position.view != FULL:
            raise Forbidden("The evidence of this case is not open to you")
        if EVIDENCE not in desk.file.workflow.records:
            raise NotFound("This procedure keeps no evidence")
        reader = Reader.at(desk)
        return {"head": head(reader, "/evidence"), "panel": desk.position.is_panel, **draw(reader)}

    context = door.read_shown(home, viewer, reference, "page", read, shows)
    current = "/cases" if may(viewer, "cases") else "/panel"
    return respond(request, template, viewer=viewer, current=current, **context)


def _item(reader: Reader, item_id: str) -> Item:
    latest = reader.desk.file.latest(item_id)
    if latest is None or latest.kind != EVIDENCE or latest.id not in reader.rows:
        raise NotFound(NO_ITEM)
    return item_of(reader, *reader.rows[latest.id])
