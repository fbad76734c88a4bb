"""Time stamps of outside authorities on the days' checkpoints: the list, and both files that a check needs."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app.cases.letter_door import attached
from app.deps import Home, cookie
from app.oversight import stamp_files, stamping
from app.oversight.stamp_files import StampFile
from app.people.queries import Viewer
from app.web.context import respond

router = APIRouter(include_in_schema=False, prefix="/integrity/stamps")
Reader = Annotated[Viewer, Depends(cookie("integrity"))]


@router.get("")
def everything(request: Request, home: Home, viewer: Reader) -> HTMLResponse:
    """The stamps of the last year, and how a stranger checks one."""
    with home.db.read() as session:
        found = stamping.stamps(session)
    asked = home.settings.timestamp_url
    return respond(
        request,
        "integrity/stamps.html",
        viewer=viewer,
        current="/integrity",
        found=found,
        asked=asked,
        most=stamping.MOST,
    )


@router.get("/{day}/token", dependencies=[Depends(cookie("integrity"))])
def token(home: Home, day: date) -> Response:
    """The authority's answer, as `openssl ts -verify -in` reads it."""
    with home.db.read() as session:
        return _file(stamp_files.token_file(session, day))


@router.get("/{day}/checkpoint", dependencies=[Depends(cookie("integrity"))])
def checkpoint(home: Home, day: date) -> Response:
    """The checkpoint that was stamped, byte for byte."""
    with home.db.read() as session:
        return _file(stamp_files.checkpoint_file(session, day))


def _file(found: StampFile) -> Response:
    return Response(found.content, media_type=found.media_type, headers=attached(found.name))
