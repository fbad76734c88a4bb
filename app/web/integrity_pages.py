"""Whether the record is sound: status for auditors and administrators; faults, codes and comparing for auditors."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app.audit.sources import Fault
from app.deps import Home, cookie, slowly
from app.errors import Invalid
from app.installation import Installation
from app.oversight import checking, soundness, typed_codes
from app.oversight.comparing import Compared
from app.oversight.typed_codes import BOX
from app.people.policy import may
from app.people.queries import Viewer
from app.web.context import Form, first, respond, see

SOUND = "The record was checked just now: nothing is missing and nothing was changed."

router = APIRouter(include_in_schema=False)
Reader = Annotated[Viewer, Depends(cookie("integrity"))]
Checker = Annotated[Viewer, Depends(cookie("check_record"))]
Auditor = Annotated[Viewer, Depends(cookie("trail"))]


@router.get("/integrity")
def integrity(request: Request, home: Home, viewer: Reader) -> HTMLResponse:
    """How the record stands, when it was last checked, and what that proves."""
    return _page(request, home, viewer)


@router.post("/integrity/check")
async def check_now(request: Request, home: Home, viewer: Checker) -> Response:
    """Checks the whole record; faults are counted, and named to those who may read the record of steps."""
    faults = await slowly(checking.record_check, home, actor=viewer.actor(), via="page")
    return see("/integrity", SOUND) if not faults else await slowly(_page, request, home, viewer, faults)


@router.post("/integrity/compare")
def compare(request: Request, home: Home, viewer: Auditor, pairs: Form) -> HTMLResponse:
    """Whether the present record contains an earlier one unchanged: a pasted checkpoint, or size and code."""
    typed = {name: first(pairs, name).strip() for name in BOX}
    try:
        found = typed_codes.compare(home, viewer, typed, via="page", again=first(pairs, "again"))
    except Invalid as invalid:
        found = Compared(False, " ".join(error.message for error in invalid.errors), counts=False)
    return _page(request, home, viewer, compared=found, typed=typed)


def _page(
    request: Request,
    home: Installation,
    viewer: Viewer,
    faults: list[Fault] | None = None,
    compared: Compared | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    with home.db.read() as session:
        found = soundness.soundness(home, session)
    audits = may(viewer, "trail")
    return respond(
        request,
        "integrity/integrity.html",
        viewer=viewer,
        current="/integrity",
        found=found,
        named=(faults or []) if audits else [],
        audits=audits,
        compared=compared,
        typed=typed or dict.fromkeys(BOX, ""),
        again=typed_codes.told(typed) if typed and compared and compared.unsure else "",
    )
