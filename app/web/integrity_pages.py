"""Whether the record is sound: counts for auditors and administrators, each fault by name for auditors only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from app import clock
from app.audit.events import Event
from app.audit.log_state import LogState, state_of
from app.audit.sources import Fault
from app.cases import trails
from app.deps import Home, cookie, slowly
from app.installation import Installation
from app.oversight import checking
from app.people.policy import may
from app.people.queries import Viewer
from app.web.context import respond, see

SOUND = "The record was checked just now: nothing is missing and nothing was changed."

router = APIRouter(include_in_schema=False)
Reader = Annotated[Viewer, Depends(cookie("integrity"))]
Checker = Annotated[Viewer, Depends(cookie("check_record"))]


@dataclass(frozen=True)
class Soundness:
    """The record in numbers: entries, how the log over them stands, the last check and what it found."""

    entries: int
    log: LogState
    alarm: str
    days_waiting: int
    checked_at: datetime | None
    faults: int


@router.get("/integrity")
def integrity(request: Request, home: Home, viewer: Reader) -> HTMLResponse:
    """How many entries there are, when they were last checked, and what that proves."""
    return _page(request, home, viewer, [])


@router.post("/integrity/check")
async def check_now(request: Request, home: Home, viewer: Checker) -> Response:
    """Checks the whole record; faults are counted, and named to those who may read the record of steps."""
    faults = await slowly(checking.record_check, home, actor=viewer.actor(), via="page")
    return see("/integrity", SOUND) if not faults else await slowly(_page, request, home, viewer, faults)


def _page(request: Request, home: Installation, viewer: Viewer, faults: list[Fault]) -> HTMLResponse:
    with home.db.read() as session:
        found = _soundness(session)
    named = faults if may(viewer, "trail") else []
    return respond(request, "integrity/integrity.html", viewer=viewer, current="/integrity", found=found, named=named)


def _soundness(session: Session) -> Soundness:
    log = state_of(session)
    checked = trails.newest(session, Event.RECORD_CHECKED)
    return Soundness(
        entries=checking.entry_count(session),
        log=log,
        alarm=log.alarm(clock.now()),
        days_waiting=(clock.today() - clock.local(log.oldest).date()).days if log.oldest else 0,
        checked_at=datetime.fromisoformat(checked["recorded_at"]) if checked else None,
        faults=checked.get("count", 0) if checked else 0,
    )
