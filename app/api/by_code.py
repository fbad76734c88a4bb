"""Whoever comes by a code, sent as bearer: known by part, slowed down after wrong ones; and what they send."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from app import deps
from app.cases import code_door, door
from app.cases.code_holders import REPORTER, RESPONDENT, CodeHolder
from app.errors import NotFound, NotSignedIn
from app.installation import Installation
from app.people import throttling

VIA = "api"
WRONG_CODES_A_MINUTE, MINUTE = 10, timedelta(minutes=1)
NEEDED: Mapping[str, str] = {
    REPORTER: "Send the access code of your report in the header: Authorization: Bearer CODE",
    RESPONDENT: "Send the code of your notice in the header: Authorization: Bearer CODE",
}


def reporter_of(home: Installation, request: Request) -> CodeHolder:
    """Whoever sends an access code. NotSignedIn, NotFound, TooMany."""
    return _holder(home, request, REPORTER)


def member_of(home: Installation, request: Request) -> CodeHolder:
    """Whoever sends the code of a notice. NotSignedIn, NotFound, TooMany."""
    return _holder(home, request, RESPONDENT)


def keep(home: Installation, holder: CodeHolder, kind: str, answers: dict[str, Any], key: str | None) -> JSONResponse:
    """Keeps what they send under the name of a kind of record; the answer says what was kept."""
    return JSONResponse(door.add_record_by_code(home, holder, kind, answers, VIA, key), 201)


def _holder(home: Installation, request: Request, part: str) -> CodeHolder:
    code = deps.bearer_text(request)
    if code is None:
        raise NotSignedIn(NEEDED[part])
    counter, address = f"wrong_code_{part}", deps.address_of(request)
    with home.db.read() as session:
        throttling.refuse_if_spent(session, counter, address, WRONG_CODES_A_MINUTE, MINUTE)
    try:
        return code_door.by_code(home, part, code, VIA)
    except NotFound:
        with home.db.write() as session:
            throttling.count(session, counter, address, MINUTE)
        raise
