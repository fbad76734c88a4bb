"""Time stamps of outside authorities on the days' checkpoints: the list, and both files that a check needs."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app.deps import Home, cookie
from app.oversight import stamping
from app.people.queries import Viewer
from app.web.context import respond

TOKEN = "application/timestamp-reply"  # noqa: S105 (a media type)
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
        return _file(stamping.stamped(session, day).answer, TOKEN, f"checkpoint-{day}.tsr")


@router.get("/{day}/checkpoint", dependencies=[Depends(cookie("integrity"))])
def checkpoint(home: Home, day: date) -> Response:
    """The checkpoint that was stamped, byte for byte."""
    with home.db.read() as session:
        return _file(stamping.stamped(session, day).note.encode(), "text/plain; charset=utf-8", f"checkpoint-{day}.txt")


def _file(content: bytes, media_type: str, name: str) -> Response:
    named = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=named)
