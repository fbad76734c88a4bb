"""Request bodies: JSON objects whose questions the workflow files name, so no fixed model fits them."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any

import anyio.to_thread
from fastapi import Depends, Header, Request

from app.api.problems import WrongContentType
from app.cases.attachments import FILE
from app.cases.files import upload_terms
from app.deps import Home, TokenHolder
from app.errors import BadRequest, FieldError, Invalid
from app.evidence.arrival import Unwanted
from app.uploads import Received, is_upload, receiving
from app.workflow.fields import from_form

KEY_LENGTH, VERSION_DIGITS = 255, 10
NAMED, NAME_LENGTH = 20, 60


async def json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object. WrongContentType, BadRequest where it is not JSON, Invalid where it is no object."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise WrongContentType("Send the body as application/json.")
    body = await request.body()
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not JSON in UTF-8, or it names a key twice.") from None
    if not isinstance(value, dict):
        raise Invalid([FieldError("", "Send an object with the answers by name")])
    return value


def numbers_as_typed(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body whose whole numbers are as somebody would have typed them: answers hold them as numbers."""
    return {name: f"{value:d}" if type(value) is int else value for name, value in body.items()}


def _refuse(constant: str) -> None:
    raise ValueError(constant)  # NaN and Infinity are not JSON


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands here twice")
    return found


async def repeat_key(
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            max_length=KEY_LENGTH,
            description="Makes a repeat of this request within 24 hours give the same answer and do nothing.",
        ),
    ] = None,
) -> str | None:
    """The key under which a repeat of this request is the same request; None without one."""
    return key or None


def take_version(body: dict[str, Any], *, required: bool) -> int | None:
    """Takes `version` out of a body. Invalid where it is missing but required, or no whole number."""
    version = body.pop("version", None)
    if version is None and not required:
        return None
    if isinstance(version, bool) or not isinstance(version, int):
        raise Invalid([FieldError("version", "Send the version of the case that you saw, as a whole number")])
    return version


def _shown(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name[:NAME_LENGTH])


def take_inputs(body: dict[str, Any]) -> dict[str, Any]:
    """Takes `inputs` of a step out of a body; whatever else is left there is refused."""
    inputs = body.pop("inputs", None)
    errors = [FieldError(_shown(name), "There is no question with this name") for name in list(body)[:NAMED]]
    if inputs is not None and not isinstance(inputs, dict):
        errors.append(FieldError("inputs", "Send the answers by name, as an object"))
    if errors:
        raise Invalid(errors)
    return inputs or {}


async def record_answers(
    request: Request, home: Home, viewer: TokenHolder, reference: str, record: str
) -> AsyncIterator[dict[str, Any]]:
    """The answers of a record: a JSON object, or a form with files. Raises what the first refused file raised."""
    if not is_upload(request):
        yield await json_object(request)
        return
    questions, room = await anyio.to_thread.run_sync(upload_terms, home, viewer, reference, record, "api")
    if not any(question.type == FILE for question in questions):
        raise WrongContentType("Send the body as application/json.")
    async with receiving(request, home.settings, room) as received:
        answers = from_form(questions, received.pairs)
        yield answers_with(received, answers)


def answers_with(received: Received, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers of a form with its files among them; the version as a number. A refused file is raised."""
    if received.refused:
        refused = received.refused[0]
        if isinstance(refused.problem, Unwanted):
            raise Invalid([FieldError(_shown(one.question), one.problem.detail) for one in received.refused])
        raise refused.problem
    version = answers.get("version")
    if isinstance(version, str) and version.isascii() and version.isdigit() and len(version) < VERSION_DIGITS:
        answers["version"] = int(version)
    twice = {name for name, _ in received.files if sum(name == other for other, _ in received.files) > 1}
    if twice:
        raise Invalid([FieldError(_shown(name), "Send one file here, and the others one by one") for name in twice])
    return answers | dict(received.files)


RecordAnswers = Annotated[dict[str, Any], Depends(record_answers, scope="function")]
JsonObject = Annotated[dict[str, Any], Depends(json_object)]
RepeatKey = Annotated[str | None, Depends(repeat_key)]
