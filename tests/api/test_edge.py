"""What every request passes: headers, limits, the cross-site rule, faults without words, logs that name nobody."""

import json

import pytest
import structlog
from starlette.testclient import TestClient

from app.edge import RefuseCrossSite, only_known_keys
from app.main import create_app
from tests.api.answers import good, problem
from tests.branch import REPORT, SECRETARY, Branch


def test_every_answer_carries_the_headers_of_safety(branch: Branch) -> None:
    for path in ("/api/v1/workflows", "/api/v1/nothing", "/healthz"):
        headers = branch.client().get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]


def test_an_unknown_address_and_a_wrong_method_are_problems(branch: Branch) -> None:
    problem(branch.client().get("/api/v1/nothing/here"), 404)
    problem(branch.client().delete("/api/v1/reports"), 405)
    problem(branch.client().put("/api/v1/cases/2026-ZZZZZ"), 405)


def test_health(branch: Branch) -> None:
    branch.home.log.catch_up()  # as at start-up: the people of this branch were made some minutes ago
    assert good(branch.client().get("/healthz")) == {"status": "ok"}
    ready = good(branch.client().get("/readyz"))
    assert (ready["status"], ready["database"], ready["migrations"]) == ("ok", True, True)
    assert ready["pending_seconds"] >= 0
    assert ready["pending"] >= 0
    assert ready["log"] == "ok"


async def _yes(scope: object, receive: object, send: object) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]  # what servers call
    await send({"type": "http.response.body", "body": b"yes"})  # type: ignore[operator]  # as above


@pytest.mark.parametrize(
    ("method", "path", "headers", "passes"),
    [
        ("GET", "/cases", {"Sec-Fetch-Site": "cross-site"}, True),
        ("POST", "/cases", {"Sec-Fetch-Site": "same-origin"}, True),
        ("POST", "/cases", {"Sec-Fetch-Site": "none"}, True),
        ("POST", "/cases", {"Sec-Fetch-Site": "same-site"}, False),
        ("POST", "/cases", {"Sec-Fetch-Site": "cross-site"}, False),
        ("POST", "/cases", {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"}, False),
        ("POST", "/cases", {}, True),
        ("POST", "/cases", {"Origin": "http://127.0.0.1:8000"}, True),
        ("POST", "/cases", {"Origin": "http://elsewhere.example"}, False),
        ("POST", "/cases", {"Origin": "null"}, False),
        ("POST", "/cases", {"Origin": "http://["}, False),
        ("POST", "/cases", {"Origin": "null", "Host": ""}, False),
        ("PUT", "/cases", {"Origin": "http://elsewhere.example"}, False),
        ("POST", "/api/v1/reports", {"Sec-Fetch-Site": "cross-site"}, True),
    ],
)
def test_the_cross_site_rule(method: str, path: str, headers: dict[str, str], passes: bool) -> None:
    from fastapi.responses import PlainTextResponse

    edge = RefuseCrossSite(
        _yes, lambda _scope, problem: PlainTextResponse("no", problem.status), "http://127.0.0.1:8000"
    )
    answer = TestClient(edge, base_url="http://127.0.0.1:8000").request(method, path, headers=headers)
    assert answer.status_code == (200 if passes else 403)


def test_a_fault_answers_plainly_and_logs_only_its_kind_and_place(branch: Branch) -> None:
    app = create_app(branch.home)

    def broken() -> None:
        raise RuntimeError("the name of somebody")

    app.add_api_route("/api/v1/broken", broken)
    with structlog.testing.capture_logs() as lines:
        answer = TestClient(app).get("/api/v1/broken")
    body = problem(answer, 500)
    assert "somebody" not in json.dumps(body)
    fault = next(line for line in lines if line["event"] == "fault")
    assert fault["kind"] == "RuntimeError"
    assert "somebody" not in json.dumps(lines)
    assert answer.headers["x-request-id"] == fault["request_id"]


def test_a_line_of_log_names_the_route_but_no_reference(branch: Branch) -> None:
    reference = branch.report()
    client = branch.client(SECRETARY)
    with structlog.testing.capture_logs() as lines:
        client.get(f"/api/v1/cases/{reference}?state=secret")
        client.post("/api/v1/reports", json=REPORT)
        client.get(f"/nothing/{reference}")
    assert [(line["method"], line["route"], line["status"]) for line in lines][:2] == [
        ("GET", "/api/v1/cases/{reference}", 200),
        ("POST", "/api/v1/reports", 201),
    ]
    assert reference not in json.dumps(lines)
    assert "secret" not in json.dumps(lines)


def test_the_log_drops_every_key_that_is_not_known() -> None:
    line = {"event": "request", "status": 200, "email": "a@example.org", "body": "text", "token": "ct_x"}
    assert only_known_keys(None, "info", line) == {"event": "request", "status": 200}
