"""Files of a case: what is there, and each as it came or as a copy to look at."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response

from app.api import PREFIX
from app.api.case_schemas import Files
from app.api.schemas import refusals
from app.cases import door
from app.cases.files import files_json, open_file, visible_files
from app.deps import Home, TokenHolder
from app.file_answer import file_answer

VIA = "api"
router = APIRouter(prefix=f"{PREFIX}/cases", tags=["Cases"])
FileId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
As = Annotated[
    Literal["original", "view", "thumbnail"],
    Query(alias="as", description="As it came, or a copy without hidden data: to look at, or small and blurred."),
]
BYTES = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}


@router.get("/{reference}/files", responses={200: {"model": Files}, **refusals(401, 404)})
def get_files(home: Home, viewer: TokenHolder, reference: str) -> JSONResponse:
    """The files that you may open: type, size, whether scanned, and which copies there are."""
    return JSONResponse(
        door.read_case(
            home, viewer, reference, VIA, lambda _session, desk: {"items": files_json(desk, visible_files(desk))}
        )
    )


@router.get(
    "/{reference}/files/{file}",
    response_class=Response,
    responses={200: BYTES, **refusals(401, 403, 404, 422, 500, 503)},
)
def get_file(home: Home, viewer: TokenHolder, reference: str, file: FileId, wanted: As = "original") -> Response:
    """A file, found to be what was stored; opening it is recorded. 500 means that it was changed since it arrived."""
    return file_answer(open_file(home, viewer, reference, file, wanted, VIA))
