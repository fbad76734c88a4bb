"""The path of a case held against its procedure, with what deviates drawn into the procedure's diagram."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.cases import door
from app.cases.actions import Desk
from app.deps import Home, SignedIn
from app.oversight import conformance
from app.web.answers import Reader
from app.web.case_view import flow, head
from app.web.context import respond

router = APIRouter(include_in_schema=False)


@router.get("/cases/{reference}/path")
def path_page(request: Request, reference: str, home: Home, viewer: SignedIn) -> HTMLResponse:
    """Whether the case went the way its procedure allows; for auditors and whoever looks after the case."""
    context = door.read_case(home, viewer, reference, "page", _path)
    return respond(request, "cases/path.html", viewer=viewer, current="/cases", **context)


def _path(_session: Session, desk: Desk) -> dict[str, Any]:
    found = conformance.of_case(desk)
    return {
        "head": head(Reader.at(desk), "/trail"),
        "found": found,
        "procedure": f"{desk.file.workflow.title}, version {desk.file.workflow.version}",
        "drawing": flow(desk, found.wrong),
    }
