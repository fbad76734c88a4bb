"""The description of the API: what FastAPI knows of the routes, and the bodies that the workflow files ask for."""

from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from starlette.requests import Request

from app import deps
from app.api import PREFIX, due_updates, people
from app.api.problems import MEDIA_TYPE
from app.api.schemas import PROBLEM_REF, Problem
from app.cases import closures, letter_door
from app.cases.case_mail import ANSWERS, ATTACHMENTS, REQUIRED
from app.cases.code_holders import PARTS
from app.cases.dialogue import CONFIRMATIONS, MESSAGES, REQUESTS
from app.cases.intake import all_fields
from app.cases.notices import REPLIES
from app.cases.notices import REQUESTS as TIME_REQUESTS
from app.cases.own_replies import NEEDS
from app.deps import rule_of
from app.edge import UPLOAD_TYPE
from app.evidence import mail_arrival
from app.evidence.holding import LONGEST_NOTE
from app.installation import Installation
from app.oversight import remarks, sampling, typed_codes, unmasking, witnesses, yearly
from app.workflow.asking import asked_of
from app.workflow.definition import Field, Workflow
from app.workflow.fields import as_schema

VERSION = {"type": "integer", "description": "The version of the case as you saw it."}
_ID = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token (`casetrail token add`)."},
    "access_code": {"type": "http", "scheme": "bearer", "description": "The access code of a report."},
    "reply_code": {"type": "http", "scheme": "bearer", "description": "The code in a notice to a member."},
}
router = APIRouter(prefix=PREFIX, include_in_schema=False, dependencies=[Depends(deps.public)])


@router.get("/openapi.json")
async def get_description(request: Request) -> JSONResponse:
    """The OpenAPI description."""
    return JSONResponse(request.app.openapi())


def describe(app: FastAPI, home: Installation) -> dict[str, Any]:
    """The OpenAPI document of an application; bodies are those of the default procedure."""
    document = get_openapi(
        title="Casetrail",
        version="1",
        summary="Reports, cases and their trail. Times are UTC, days are ISO 8601.",
        routes=app.routes,
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schemas["Problem"].pop("$defs", {}))
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = SECURITY
    schemas.update(_bodies(home.workflows.default()))
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _mend(operation, path, method)
    for (path, method), (name, rules) in _requests(app).items():
        _secure(document["paths"][path][method], path, name, rules)
    return document


def _mend(operation: dict[str, Any], path: str, method: str) -> None:
    """Every 422 is a problem here, and bodies are read by the routes themselves."""
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            response["content"] = {MEDIA_TYPE: {"schema": PROBLEM_REF}}
    name = BODIES.get(path)
    if name and method == "post":
        reference = {"$ref": f"#/components/schemas/{name}"}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference}}}
    if name == "RecordBody" and method == "post":
        operation["requestBody"]["content"][UPLOAD_TYPE] = {"schema": RECORD_FORM}
    if path == MAIL:
        operation["requestBody"] = {"required": True, "content": {UPLOAD_TYPE: {"schema": MAIL_FORM}}}
    if path == CASE_MAIL:
        operation["requestBody"] = {"required": True, "content": {UPLOAD_TYPE: {"schema": CASE_MAIL_FORM}}}
    if path in OWN_EVIDENCE:
        operation["requestBody"] = {"required": True, "content": {UPLOAD_TYPE: {"schema": EVIDENCE_FORM}}}


LETTER = f"{PREFIX}/cases/{{reference}}/letters/{{letter}}"
_FILE = {"type": "string", "format": "binary"}
OWN_EVIDENCE = frozenset(f"{PREFIX}/{whose}/mine/evidence" for whose in ("reports", "replies"))
EVIDENCE_FORM = {
    "type": "object",
    "properties": {"file": _FILE, "shows": {"type": "string", "maxLength": 4000}},
    "required": ["file"],
    "additionalProperties": False,
}
MAIL = f"{PREFIX}/reports/mail"
_MESSAGE = {mail_arrival.FILE: _FILE, mail_arrival.PASTED: {"type": "string"}}
_NOTE = {"type": "string", "maxLength": LONGEST_NOTE}
MAIL_FORM = {
    "type": "object",
    "description": "A saved message or its text, not both.",
    "properties": {
        "workflow": {"type": "string"},
        "kind": {"type": "string"},
        **_MESSAGE,
    },
    "required": ["kind"],
    "additionalProperties": False,
}
CASE_MAIL = f"{PREFIX}/cases/{{reference}}/mails/read"
CASE_MAIL_FORM = {
    "type": "object",
    "description": "A saved message or its text, not both.",
    "properties": _MESSAGE,
    "additionalProperties": False,
}
RECORD_FORM = {
    "type": "object",
    "description": "The same answers as a form, with a file under the name of the question that it answers.",
    "properties": {"file": _FILE, "version": VERSION},
    "additionalProperties": {"type": "string"},
}
BODIES = {
    f"{PREFIX}/reports": "Report",
    f"{PREFIX}/cases/{{reference}}/actions/{{trigger}}": "StepBody",
    f"{PREFIX}/cases/{{reference}}/{{record}}": "RecordBody",
    f"{PREFIX}/cases/{{reference}}/letters": "LetterBody",
    f"{PREFIX}/cases/{{reference}}/mails": "CaseMailBody",
    f"{PREFIX}/offices": "OfficeBody",
    **{f"{PREFIX}/reports/mine/{kind}": f"Own.{kind}" for kind in (MESSAGES, REQUESTS, CONFIRMATIONS)},
    f"{PREFIX}/replies/mine": f"Own.{REPLIES}",
    **{f"{PREFIX}/replies/mine/{kind}": f"Own.{kind}" for kind in (TIME_REQUESTS, NEEDS)},
    f"{PREFIX}/closure-days": "ClosureBody",
    f"{PREFIX}/due-updates": "UpdatesBody",
    f"{PREFIX}/trail/samples": "SampleBody",
    f"{PREFIX}/integrity/comparisons": "ComparisonBody",
    f"{PREFIX}/integrity/witnesses": "WitnessBody",
    f"{PREFIX}/yearly-returns": "DeclarationBody",
    f"{PREFIX}/cases/{{reference}}/remarks": "RemarkBody",
    f"{PREFIX}/cases/{{reference}}/remarks/{{remark}}/answers": "RemarkAnswerBody",
    f"{PREFIX}/cases/{{reference}}/openings": "OpeningBody",
    **dict.fromkeys((f"{LETTER}/{act}" for act in ("fill", "stop", "send")), "NothingBody"),
    f"{LETTER}/edit": "LetterEditBody",
    f"{LETTER}/posted": "LetterPostedBody",
}
KNOWN_BY_CODE = frozenset({"notice", "respondent"})
"""Answers that a member's code gives by itself."""


def _requests(app: FastAPI) -> dict[tuple[str, str], tuple[str, list[str]]]:
    return {
        (route.path, method.lower()): (route.name, rules_of(route))
        for route in own_routes(app)
        if route.path.startswith(PREFIX) and route.include_in_schema
        for method in route.methods or ()
    }


def own_routes(app: FastAPI) -> list[Any]:
    """Every route of the application that runs our code, pages included."""
    return [route for route in iter_route_contexts(app.routes) if hasattr(route, "dependant")]


def rules_of(route: Any) -> list[str]:
    """The access rules that a route declares; exactly one is right."""
    return [rule for one in route.dependant.dependencies if (rule := rule_of(one.call)) is not None]


def _secure(operation: dict[str, Any], path: str, name: str, rules: list[str]) -> None:
    if path.startswith(f"{PREFIX}/reports/mine"):
        operation["security"] = [{"access_code": []}]
    elif path.startswith(f"{PREFIX}/replies/mine"):
        operation["security"] = [{"reply_code": []}]
    elif name == "send_report":
        operation["security"] = [{}, {"token": []}]
    elif rules != [deps.PUBLIC]:
        operation["security"] = [{"token": []}]


def _bodies(workflow: Workflow) -> dict[str, Any]:
    steps = {f"Step.{arrow.trigger}": as_schema(arrow.inputs) for arrow in workflow.transitions}
    records = {
        f"Record.{kind.name}": _record(as_schema(asked_of(kind.fields, holder=False, correcting=True)))
        for kind in workflow.records.values()
    }
    own = {
        f"Own.{kind.name}": _own(as_schema(asked_of(kind.fields, holder=True)))
        for kind in workflow.records.values()
        if PARTS & set(kind.roles)
    }
    step = {"version": VERSION, "inputs": {"anyOf": _references(steps)}}
    return {
        "Report": {"oneOf": [_report(workflow, kind.name) for kind in workflow.opening.kinds]},
        "StepBody": {"type": "object", "properties": step, "required": ["version"], "additionalProperties": False},
        "RecordBody": {"anyOf": _references(records), "description": f"By kind of record, for {workflow.title}."},
        "OfficeBody": as_schema(people.QUESTIONS),
        "ClosureBody": as_schema(closures.QUESTIONS),
        "SampleBody": _with_numbers(sampling.QUESTIONS),
        "ComparisonBody": _comparison_body(),
        "WitnessBody": as_schema(witnesses.QUESTIONS),
        "DeclarationBody": as_schema(yearly.QUESTIONS),
        "RemarkBody": as_schema(remarks.QUESTIONS),
        "RemarkAnswerBody": as_schema(remarks.ANSWER),
        "OpeningBody": as_schema(unmasking.QUESTIONS),
        "UpdatesBody": due_updates.body_schema(),
        "NothingBody": {"type": "object", "properties": {}, "additionalProperties": False},
        "LetterBody": _letter_body(workflow),
        "CaseMailBody": _case_mail_body(),
        "LetterEditBody": as_schema(letter_door.EDIT),
        "LetterPostedBody": as_schema(letter_door.BY_HAND),
        **steps,
        **records,
        **own,
    }


def _with_numbers(questions: Sequence[Field]) -> dict[str, Any]:
    """The schema of a body whose texts are all numbers: as they are, or as text."""
    schema = as_schema(questions)
    for name, one in schema["properties"].items():
        schema["properties"][name] = {"anyOf": [one, {"type": "integer", "minimum": 0}]}
    return schema


def _comparison_body() -> dict[str, Any]:
    schema = as_schema(typed_codes.QUESTIONS)
    schema["properties"]["size"] = {"type": "integer", "minimum": 1, "description": "With `code`, or `note` alone."}
    return schema


def _letter_body(workflow: Workflow) -> dict[str, Any]:
    named = {"oneOf": [{"const": one.name, "title": one.label} for one in workflow.letters.values()]}
    return {"type": "object", "properties": {"letter": named}, "required": ["letter"], "additionalProperties": False}


def _case_mail_body() -> dict[str, Any]:
    """What can be answered depends on the mail and on the case: `POST .../mails/read` says it in `inputs`."""
    listed = {"type": "array", "items": {"type": "string"}}
    answers = {name: listed if name == ATTACHMENTS else {"type": "string"} for name in ANSWERS}
    return {
        "type": "object",
        "properties": {**answers, "mail": {**_NOTE, "description": "Of POST .../mails/read."}, "version": VERSION},
        "required": ["mail", *REQUIRED],
        "additionalProperties": False,
    }


def _references(schemas: Iterable[str]) -> list[dict[str, str]]:
    return [{"$ref": f"#/components/schemas/{name}"} for name in schemas]


def _report(workflow: Workflow, kind: str) -> dict[str, Any]:
    schema = as_schema(all_fields(workflow, account=True), kind=kind)
    schema["properties"] = {"workflow": {"const": workflow.name}, "kind": {"const": kind}, **schema["properties"]}
    schema["properties"]["mail"] = {**_NOTE, "description": "Of POST /reports/mail."}
    schema["required"] = ["kind", *schema.get("required", [])]
    account = ", ".join(f"`{one.name}`" for one in all_fields(workflow, account=True) if one.account_only)
    return {"title": kind, "description": f"Only with a token: {account}.", **schema}


def _own(schema: dict[str, Any]) -> dict[str, Any]:
    """What somebody sends by code: who they are need not be said, nor the notice if it is the newest."""
    schema["properties"].pop("respondent", None)
    schema["required"] = [name for name in schema.get("required", []) if name not in KNOWN_BY_CODE]
    return {name: value for name, value in schema.items() if name != "required" or value}


def _record(schema: dict[str, Any]) -> dict[str, Any]:
    replaces = {**_ID, "description": "The record that this one corrects."}
    schema["properties"] = {**schema["properties"], "version": VERSION, "replaces": replaces}
    return schema
