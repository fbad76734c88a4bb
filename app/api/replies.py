"""Replies: what was put to a member, and what they send, by the code of their notice."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from app import deps
from app.api import PREFIX
from app.api.bodies import JsonObject, RepeatKey
from app.api.reply_schemas import OwnCase, ReplyKept
from app.api.reports import MINE, MINUTE, SENDS, VIA, WRONG_CODES_A_MINUTE
from app.cases import door, respondent
from app.cases.code_holders import CodeHolder
from app.cases.notices import REPLIES, REQUESTS
from app.cases.own_replies import NEEDS
from app.deps import Home
from app.errors import NotFound, NotSignedIn
from app.installation import Installation
from app.people import throttling

WRONG_CODE = "wrong_reply_code"
router = APIRouter(prefix=PREFIX, tags=["Replies"], dependencies=[Depends(deps.public)])


@router.get("/replies/mine", responses={200: {"model": OwnCase}, **MINE})
def own_case(request: Request, home: Home) -> JSONResponse:
    """What was put to the member whose code is the bearer token, and what they sent; a wrong code is 404."""
    return JSONResponse(respondent.read(home, member_of(home, request), VIA).as_json())


@router.post("/replies/mine", status_code=201, responses={201: {"model": ReplyKept}, **SENDS})
def send_reply(request: Request, home: Home, answers: JsonObject, key: RepeatKey) -> JSONResponse:
    """Replies to a notice (the newest, if none is named), as often as wished while it is looked into."""
    return _send(home, request, REPLIES, answers, key)


@router.post("/replies/mine/time-requests", status_code=201, responses={201: {"model": ReplyKept}, **SENDS})
def ask_for_time(request: Request, home: Home, answers: JsonObject, key: RepeatKey) -> JSONResponse:
    """Asks for more time to reply; an officer decides and says why."""
    return _send(home, request, REQUESTS, answers, key)


@router.post("/replies/mine/member-needs", status_code=201, responses={201: {"model": ReplyKept}, **SENDS})
def say_what_is_needed(request: Request, home: Home, answers: JsonObject, key: RepeatKey) -> JSONResponse:
    """Names somebody who comes along, or says what the member needs to take part."""
    return _send(home, request, NEEDS, answers, key)


def _send(home: Installation, request: Request, kind: str, answers: dict[str, Any], key: str | None) -> JSONResponse:
    return JSONResponse(door.add_record_by_code(home, member_of(home, request), kind, answers, VIA, key), 201)


def member_of(home: Installation, request: Request) -> CodeHolder:
    """Whoever sends a member's code as bearer; wrong ones are counted. NotSignedIn, NotFound, TooMany."""
    code = deps.bearer_text(request)
    if code is None:
        raise NotSignedIn("Send the code of your notice in the header: Authorization: Bearer CODE")
    address = deps.address_of(request)
    with home.db.read() as session:
        throttling.refuse_if_spent(session, WRONG_CODE, address, WRONG_CODES_A_MINUTE, MINUTE)
    try:
        return respondent.by_code(home, code, VIA)
    except NotFound:
        with home.db.write() as session:
            throttling.count(session, WRONG_CODE, address, MINUTE)
        raise
