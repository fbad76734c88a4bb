"""Problem responses (RFC 9457): one shape for every refusal, whatever part of the program refused."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse

from app.errors import FieldError, Invalid, NotSignedIn, Problem, Refused, Stale, TooMany

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:casetrail:problem:"
RETRY_AFTER_SECONDS = 60
CHALLENGE = 'Bearer realm="casetrail"'


class WrongContentType(Problem):
    """A body of another type than application/json."""

    status = 415
    title = "The request has the wrong content type"


def problem_answer(problem: Problem) -> JSONResponse:
    """The response for a problem, with what its kind adds: `errors`, `unmet`, `current_version`, headers."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(problem).__name__).lower()
    body = _body(TYPE_PREFIX + name, problem.title, problem.status, problem.detail)
    headers = {}
    if isinstance(problem, Invalid):
        body["errors"] = field_errors(problem.errors)
    if isinstance(problem, Refused):
        body["unmet"] = [{"condition": item.condition, "message": item.message} for item in problem.unmet]
    if isinstance(problem, Stale):
        body["current_version"] = problem.current_version
    if isinstance(problem, NotSignedIn):
        headers["WWW-Authenticate"] = CHALLENGE
    if isinstance(problem, TooMany):
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return JSONResponse(body, problem.status, headers, MEDIA_TYPE)


def status_answer(status: int, headers: dict[str, str] | None = None) -> JSONResponse:
    """The response where only a status is known: no such address (404), wrong method (405), too large (413)."""
    phrase = HTTPStatus(status).phrase
    return JSONResponse(_body("about:blank", phrase, status, f"{phrase}."), status, headers, MEDIA_TYPE)


def field_errors(errors: Sequence[FieldError]) -> list[dict[str, str]]:
    """The answers to look at, as problems list them."""
    return [{"field": error.field, "message": error.message} for error in errors]


def _body(type_: str, title: str, status: int, detail: str) -> dict[str, Any]:
    return {"type": type_, "title": title, "status": status, "detail": detail}
