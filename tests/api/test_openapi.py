"""The description of the API is complete and true: every call, every answer, every body."""

from typing import Any

import jsonschema_rs
import pytest
from httpx2 import Response

from tests.api.answers import good
from tests.branch import ADMINISTRATOR, AUDITOR, NOBODY, REPORT, SECRETARY, Branch
from tests.rules.test_access_rules import API as CALLS

PROBLEM = "application/problem+json"


def document(branch: Branch) -> dict[str, Any]:
    found: dict[str, Any] = good(branch.client().get("/api/v1/openapi.json"))
    return found


def holds(described: dict[str, Any], path: str, method: str, answer: Response) -> None:
    """An answer is among those described, in type and shape."""
    response = described["paths"][path][method]["responses"][str(answer.status_code)]
    schema = response["content"][answer.headers["content-type"]]["schema"]
    jsonschema_rs.Draft202012Validator({**schema, "components": described["components"]}).validate(answer.json())


def test_it_lists_exactly_the_calls_there_are(branch: Branch) -> None:
    described = {(method.upper(), path) for path, methods in document(branch)["paths"].items() for method in methods}
    assert described == {call for call in CALLS if not call[1].endswith("openapi.json")}


FILES = {
    "pdf": ["application/pdf"],
    "eml": ["message/rfc822"],
    "{file}": ["application/octet-stream"],
    "file": ["application/octet-stream"],
    "picture": ["image/jpeg"],
    "statement.pdf": ["application/pdf"],
    "token": ["application/timestamp-reply"],
    "checkpoint": ["text/plain; charset=utf-8"],
    "export": ["application/jsonl", "text/csv", "application/xml", "application/json"],
}


def test_every_refusal_is_a_problem(branch: Branch) -> None:
    for path, methods in document(branch)["paths"].items():
        given = FILES.get(path.rpartition("/")[2], ["application/json"])
        for operation in methods.values():
            for status, response in operation["responses"].items():
                wanted = [PROBLEM] if int(status) >= 400 else given
                assert set(response["content"]) == {*wanted}


def test_every_call_that_needs_a_token_says_so(branch: Branch) -> None:
    described = document(branch)
    assert set(described["components"]["securitySchemes"]) == {"token", "access_code", "reply_code"}
    for (method, path), rule in CALLS.items():
        if path.endswith("openapi.json"):
            continue
        operation = described["paths"][path][method.lower()]
        if rule != "public":
            assert operation["security"] == [{"token": []}]
            assert {"401"} <= operation["responses"].keys()
    assert described["paths"]["/api/v1/reports/mine"]["get"]["security"] == [{"access_code": []}]
    assert described["paths"]["/api/v1/replies/mine"]["post"]["security"] == [{"reply_code": []}]
    assert {} in described["paths"]["/api/v1/reports"]["post"]["security"]


def test_every_schema_is_a_schema_and_every_reference_leads_somewhere(branch: Branch) -> None:
    described = document(branch)
    schemas = described["components"]["schemas"]
    for schema in schemas.values():
        jsonschema_rs.meta.validate(schema)
    named = set(_references(described))
    assert named == {f"#/components/schemas/{name}" for name in schemas} & named
    assert "HTTPValidationError" not in schemas


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for inner in value.values() for found in _references(inner)]
    return [found for inner in value for found in _references(inner)] if isinstance(value, list) else []


def test_the_report_that_tests_send_fits_its_schema(branch: Branch) -> None:
    described = document(branch)
    schema = {"$ref": "#/components/schemas/Report", "components": described["components"]}
    jsonschema_rs.Draft202012Validator(schema).validate(REPORT)
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.Draft202012Validator(schema).validate({**REPORT, "statement": ""})


def test_answers_are_as_described(branch: Branch) -> None:
    described, reference = document(branch), branch.at("referred")
    secretary, auditor = branch.client(SECRETARY), branch.client(AUDITOR)
    branch.report()
    gets = [
        ("/api/v1/cases", "", secretary),
        ("/api/v1/cases", "?limit=0", secretary),
        ("/api/v1/cases/{reference}", "", secretary),
        ("/api/v1/cases/{reference}", "", auditor),
        ("/api/v1/cases/{reference}", "", branch.client(NOBODY)),
        ("/api/v1/cases/{reference}/actions", "", secretary),
        ("/api/v1/cases/{reference}/trail", "", auditor),
        ("/api/v1/trail", "?limit=200", auditor),
        ("/api/v1/trail", "", secretary),
        ("/api/v1/trail/export", "?event=nothing", auditor),
        ("/api/v1/trail/export", "", secretary),
        ("/api/v1/me", "", secretary),
        ("/api/v1/offices", "", secretary),
        ("/api/v1/workflows", "", branch.client()),
        ("/api/v1/cases", "", branch.client()),
    ]
    for path, query, client in gets:
        holds(described, path, "get", client.get(path.replace("{reference}", reference) + query))
    for record in branch.home.workflows.default().records:
        answer = secretary.get(f"/api/v1/cases/{reference}/{record}")
        holds(described, "/api/v1/cases/{reference}/{record}", "get", answer)
    posts: list[tuple[str, str, Any]] = [
        ("/api/v1/reports", "/api/v1/reports", REPORT),
        ("/api/v1/reports", "/api/v1/reports", {}),
        ("/api/v1/cases/{reference}/{record}", f"/api/v1/cases/{reference}/notes", {"text": "x", "audience": "hidden"}),
        ("/api/v1/cases/{reference}/{record}", f"/api/v1/cases/{reference}/risks", {}),
        ("/api/v1/cases/{reference}/actions/{trigger}", f"/api/v1/cases/{reference}/actions/refer", {"version": 1}),
    ]
    for path, address, body in posts:
        holds(described, path, "post", secretary.post(address, json=body))
    given = branch.client(ADMINISTRATOR).post("/api/v1/offices", json={"person": NOBODY, "office": "panel"})
    holds(described, "/api/v1/offices", "post", given)
