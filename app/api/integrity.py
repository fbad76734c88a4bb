"""Whether the record is sound, for programs: how it stands, a check of all of it, comparing it with an earlier code."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from app import clock, deps
from app.api import PREFIX
from app.api.bodies import JsonObject, numbers_as_typed
from app.api.integrity_schemas import Checked, Comparison, Integrity
from app.api.schemas import refusals
from app.deps import Home, slowly
from app.oversight import checking, for_programs, soundness, typed_codes
from app.people.policy import may
from app.people.queries import Viewer
from app.workflow.fields import read

VIA = "api"
router = APIRouter(prefix=f"{PREFIX}/integrity", tags=["Integrity"])
Reader = Annotated[Viewer, Depends(deps.bearer("integrity"))]
Checker = Annotated[Viewer, Depends(deps.bearer("check_record"))]
Auditor = Annotated[Viewer, Depends(deps.bearer("trail"))]


@router.get("", responses={200: {"model": Integrity}, **refusals(401, 403)})
def get_integrity(home: Home, viewer: Reader) -> JSONResponse:
    """How the record stands, when it was last checked and compared, and what happened to it as a whole."""
    with home.db.read() as session:
        found = soundness.soundness(home, session)
    return JSONResponse(for_programs.soundness_json(found, codes=may(viewer, "trail")))


@router.post("/checks", responses={200: {"model": Checked}, **refusals(401, 403)})
async def check_record(home: Home, viewer: Checker) -> JSONResponse:
    """Checks the whole record now, which takes minutes where it is large. That it was checked is recorded."""
    faults = await slowly(checking.record_check, home, actor=viewer.actor(), via=VIA)
    return JSONResponse(for_programs.faults_json(faults, named=may(viewer, "trail")))


@router.post("/comparisons", responses={200: {"model": Comparison}, **refusals(400, 401, 403, 413, 415, 422)})
def compare_record(home: Home, viewer: Auditor, body: JsonObject) -> JSONResponse:
    """Whether the record contains an earlier one unchanged: `size` and `code` of the minutes, or a kept `note`.

    A code that does not fit is recorded only when it is sent once more together with the `again` of the answer.
    """
    answers = read(typed_codes.QUESTIONS, numbers_as_typed(body), today=clock.today())
    typed = typed_codes.boxes(answers)
    found = typed_codes.compare(home, viewer, typed, via=VIA, again=answers.get(typed_codes.AGAIN, ""))
    return JSONResponse(for_programs.compared_json(found, typed_codes.told(typed)))
