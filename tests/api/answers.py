"""What tests of the API say of answers again and again."""

from typing import Any

from httpx2 import Response

PROBLEM = "application/problem+json"


def problem(answer: Response, status: int) -> dict[str, Any]:
    """The problem in an answer, after a look at its shape (RFC 9457)."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == PROBLEM
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert {"type", "title", "status", "detail"} <= body.keys()
    assert body["title"]
    assert body["detail"]
    return body


def fields(answer: Response) -> set[str]:
    """The fields a 422 names."""
    return {error["field"] for error in problem(answer, 422)["errors"]}


def unmet(answer: Response) -> set[str]:
    """The conditions a refused step names."""
    body = problem(answer, 409)
    assert all(item["message"] for item in body["unmet"])
    return {item["condition"] for item in body["unmet"]}


def good(answer: Response, status: int = 200) -> Any:
    """The body of an answer that went well."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "application/json"
    return answer.json()
