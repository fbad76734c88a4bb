"""The whole trail, for auditors."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse, StreamingResponse
from sqlmodel import Session

from app import deps
from app.api import PREFIX
from app.api.case_schemas import EntryPage
from app.api.cases import person_id
from app.api.queries import ExportParameters, TrailParameters, TrailWanted
from app.api.schemas import refusals
from app.cases.references import tidy_reference
from app.cases.trails import TrailFilter
from app.deps import Home
from app.installation import Installation
from app.oversight.exporting import MEDIA_TYPES, export_of
from app.oversight.reading import read_trail
from app.people.queries import Viewer

NOT_ACCOUNTS = ("public", "system")
router = APIRouter(prefix=PREFIX, tags=["Trail"])


@router.get("/trail", responses={200: {"model": EntryPage}, **refusals(401, 403, 422)})
def get_trail(
    home: Home,
    viewer: Annotated[Viewer, Depends(deps.bearer("trail"))],
    wanted: Annotated[TrailParameters, Query()],
) -> JSONResponse:
    """Entries of the system and of every case you may audit, newest first. Reading them is recorded."""
    chosen = _filter(home, viewer, wanted)
    page = read_trail(home, viewer, chosen, via="api", after=wanted.after, limit=wanted.limit)
    return JSONResponse(page)


@router.get(
    "/trail/export",
    response_class=StreamingResponse,
    responses={
        200: {"content": {kind.partition(";")[0]: {} for kind in MEDIA_TYPES.values()}},
        **refusals(401, 403, 422),
    },
)
def export_trail(
    home: Home,
    viewer: Annotated[Viewer, Depends(deps.bearer("trail"))],
    wanted: Annotated[ExportParameters, Query()],
) -> StreamingResponse:
    """The same entries as one file, bound to the newest checkpoint of the log. That it was saved is recorded."""
    chosen = _filter(home, viewer, wanted)
    lines = export_of(home, wanted.shape, viewer, chosen, actor=viewer.actor(), via="api")
    return StreamingResponse(lines, media_type=MEDIA_TYPES[wanted.shape])


def _filter(home: Installation, viewer: Viewer, wanted: TrailWanted) -> TrailFilter:
    with home.db.read() as session:
        return TrailFilter(
            case=tidy_reference(wanted.case) if wanted.case is not None else None,
            actor=_actor(session, home, viewer, wanted.actor),
            event=wanted.event,
            first_day=wanted.first_day,
            last_day=wanted.last_day,
        )


def _actor(session: Session, home: Installation, viewer: Viewer, given: str | None) -> str | None:
    if given is None or given in NOT_ACCOUNTS:
        return given
    return person_id(session, home, viewer, given)
