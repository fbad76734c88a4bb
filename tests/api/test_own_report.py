"""The reporter's own calls: bearer is the access code."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.cases import door
from tests.api.answers import fields, good, problem
from tests.api.test_openapi import document, holds
from tests.branch import SECRETARY, Branch
from tests.cases.by_code import NAMED
from tests.shared_branch import embedded_branch

__all__ = ["embedded_branch"]
URL = "/api/v1/reports/mine"
SENT = {"kind": "question", "text": "What happens now?"}


def sender(branch: Branch, reference: str) -> TestClient:
    client = branch.client()
    client.headers["Authorization"] = f"Bearer {branch.codes[reference]}"
    return client


def test_every_answer_is_as_described(embedded_branch: Branch) -> None:
    branch, described = embedded_branch, document(embedded_branch)
    reference = branch.at("acknowledged", **NAMED)
    client = sender(branch, reference)
    branch.keep(SECRETARY, reference, "messages", kind="answer", text="We look into it.")
    bodies: dict[str, dict[str, Any]] = {
        "messages": SENT,
        "withdrawal-requests": {"reason": "Too much."},
        "report-confirmations": {"confirmed": "yes"},
    }
    for kind, body in bodies.items():
        answer = client.post(f"{URL}/{kind}", json=body)
        assert good(answer, 201).keys() == {"id", "recorded_at", "reference", "receipt"}
        holds(described, f"{URL}/{kind}", "post", answer)
        asked = described["paths"][f"{URL}/{kind}"]["post"]
        assert asked["security"] == [{"access_code": []}]
        assert asked["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith(f"Own.{kind}")
    assert set(described["components"]["schemas"]["Own.withdrawal-requests"]["properties"]) == {"reason"}
    for path in (URL, f"{URL}/messages"):
        holds(described, path, "get", client.get(path))
    items = good(client.get(f"{URL}/messages"))["items"]
    assert [(one["from"], one["text"]) for one in items] == [
        ("branch", "We look into it."),
        ("you", "What happens now?"),
    ]
    own = good(client.get(URL))
    assert (own["confirmed"], own["named"], own["messages"]) == ("yes", True, items)
    assert own["withdrawal_asked_on"]


@pytest.mark.parametrize("kind", ["messages", "withdrawal-requests", "report-confirmations"])
def test_without_a_code_or_with_a_wrong_one_nothing_opens(embedded_branch: Branch, kind: str) -> None:
    client = embedded_branch.client()
    problem(client.post(f"{URL}/{kind}", json=SENT), 401)
    client.headers["Authorization"] = "Bearer 0000 0000 0000 0000"
    problem(client.post(f"{URL}/{kind}", json=SENT), 404)
    client.headers["Authorization"] = f"Bearer {embedded_branch.token(SECRETARY)}"
    problem(client.post(f"{URL}/{kind}", json=SENT), 404)


def test_a_code_opens_nothing_of_the_officers(embedded_branch: Branch) -> None:
    reference = embedded_branch.report()
    client = sender(embedded_branch, reference)
    for path in ("/cases", f"/cases/{reference}", f"/cases/{reference}/messages", "/me", "/trail"):
        problem(client.get(f"/api/v1{path}"), 401)


def test_bad_input_is_named_and_a_repeat_is_the_same(embedded_branch: Branch) -> None:
    reference = embedded_branch.report()
    client = sender(embedded_branch, reference)
    for wrong, named in (
        ({**SENT, "text": "x" * 10_001}, {"text"}),
        ({**SENT, "kind": "update"}, {"kind"}),
        ({**SENT, "version": 1}, {"version"}),
        ({**SENT, "replaces": "0" * 32}, {"replaces"}),
        ({**SENT, "text": {"a": 1}}, {"text"}),
        ({}, {"kind", "text"}),
    ):
        assert fields(client.post(f"{URL}/messages", json=wrong)) == named
    key = {"Idempotency-Key": "one"}
    answers = [good(client.post(f"{URL}/messages", json=SENT, headers=key), 201) for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(embedded_branch.rows(reference, "messages")) == 1


def test_sending_is_throttled(embedded_branch: Branch) -> None:
    client = sender(embedded_branch, embedded_branch.report())
    statuses = {client.post(f"{URL}/messages", json=SENT).status_code for _ in range(door.SENT_BY_CODE)}
    assert statuses == {201}
    problem(client.post(f"{URL}/messages", json=SENT), 429)


def test_too_late_to_withdraw(embedded_branch: Branch) -> None:
    client = sender(embedded_branch, embedded_branch.at("closed"))
    late = problem(client.post(f"{URL}/withdrawal-requests", json={}), 409)
    assert "panel" not in late["detail"]


def test_an_officer_gets_the_new_code_once_and_reading_marks_as_read(embedded_branch: Branch) -> None:
    branch, reference = embedded_branch, embedded_branch.at("acknowledged", **NAMED)
    good(sender(branch, reference).post(f"{URL}/messages", json=SENT), 201)
    officer = branch.client(SECRETARY)
    case = f"/api/v1/cases/{reference}"
    assert good(officer.get(case))["unread"] == {"messages": 1}
    for other in ("parties", "withdrawal-requests", "report-confirmations"):
        good(officer.get(f"{case}/{other}"))
    assert good(officer.get(case))["unread"] == {"messages": 1}
    items = good(officer.get(f"/api/v1/cases/{reference}/messages"))["items"]
    assert [one["by"] for one in items] == [{"id": None, "role": "reporter"}]
    assert good(officer.get(case))["unread"] == {}
    holds(document(branch), "/api/v1/cases/{reference}", "get", officer.get(case))
    asked = {"checked": "in_person", "basis": "Seen at the office."}
    answer = officer.post(f"/api/v1/cases/{reference}/code-reissues", json=asked)
    holds(document(branch), "/api/v1/cases/{reference}/{record}", "post", answer)
    branch.codes[reference] = good(answer, 201)["access_code"]
    good(sender(branch, reference).get(URL))
