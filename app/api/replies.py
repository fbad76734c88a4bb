"""Replies: what was put to a member, and what they send, by the code of their notice."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from app import deps
from app.api import PREFIX
from app.api.bodies import JsonObject, RepeatKey
from app.api.by_code import VIA, keep, member_of
from app.api.files import FileId
from app.api.own_schemas import OwnKept
from app.api.reply_schemas import OwnCase
from app.api.reports import MINE, SENDS
from app.api.schemas import refusals
from app.cases import respondent
from app.cases.notices import REPLIES, REQUESTS
from app.cases.own_replies import NEEDS
from app.cases.served_looks import open_served
from app.deps import Home
from app.evidence.pictures import COPY_TYPE
from app.file_answer import file_answer

PICTURE = {"content": {COPY_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
router = APIRouter(prefix=PREFIX, tags=["Replies"], dependencies=[Depends(deps.public)])


@router.get("/replies/mine", responses={200: {"model": OwnCase}, **MINE})
def own_case(request: Request, home: Home) -> JSONResponse:
    """What was put to the member whose code is the bearer token, and what they sent; a wrong code is 404."""
    return JSONResponse(respondent.read(home, member_of(home, request), VIA).as_json())


@router.post("/replies/mine", status_code=201, responses={201: {"model": OwnKept}, **SENDS})
def send_reply(request: Request, home: Home, answers: JsonObject, key: RepeatKey) -> JSONResponse:
    """Replies to a notice (the newest, if none is named), as often as wished while it is looked into."""
    return keep(home, member_of(home, request), REPLIES, answers, key)


@router.post("/replies/mine/time-requests", status_code=201, responses={201: {"model": OwnKept}, **SENDS})
def ask_for_time(request: Request, home: Home, answers: JsonObject, key: RepeatKey) -> JSONResponse:
    """Asks for more time to reply; an officer decides and says why."""
    return keep(home, member_of(home, request), REQUESTS, answers, key)


@router.post("/replies/mine/member-needs", status_code=201, responses={201: {"model": OwnKept}, **SENDS})
def say_what_is_needed(request: Request, home: Home, answers: JsonObject, key: RepeatKey) -> JSONResponse:
    """Names somebody who comes along, or says what the member needs to take part."""
    return keep(home, member_of(home, request), NEEDS, answers, key)


@router.get(
    "/replies/mine/evidence/{item}/picture",
    response_class=Response,
    responses={200: PICTURE, **refusals(401, 404, 422, 429, 500, 503)},
)
def look_at_served(request: Request, home: Home, item: FileId) -> Response:
    """The picture of an item that the member was given, where `can_look` says so: a copy without hidden data.

    If there is a redacted copy, that one. Each opening is recorded.
    """
    return file_answer(open_served(home, member_of(home, request), item, VIA))
