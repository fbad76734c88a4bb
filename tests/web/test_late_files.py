"""Files by code that come late: the member's until the case goes to a panel, the reporter's until it is finished."""

from typing import Any

from starlette.testclient import TestClient

from tests.api.answers import problem
from tests.branch import Branch
from tests.cases.by_reply_code import notified, reply, seen
from tests.embedded import shared_branch
from tests.evidence.files import PDF
from tests.web.conftest import Form, shown

__all__ = ["shared_branch"]
FILES = {"files": ("late.pdf", PDF, "application/pdf")}


def by_page(branch: Branch, home: str, reference: str, code: str) -> TestClient:
    client = branch.client()
    assert client.post(home, data={"reference": reference, "code": code}).status_code == 303
    return client


def by_api(branch: Branch, path: str, code: str) -> Any:
    mine = {"Authorization": f"Bearer {code}"}
    return branch.client().post(path, files={"file": ("late.pdf", PDF)}, headers=mine)


def test_what_a_member_sends_is_taken_until_the_case_goes_to_a_panel(shared_branch: Branch) -> None:
    reference, _, code = notified(shared_branch)
    reply(shared_branch, code)
    client = by_page(shared_branch, "/my-reply", reference, code)
    assert "evidence" in seen(shared_branch, code).offers
    form = Form(client.get("/my-reply/evidence").text)
    shared_branch.referred(reference)
    assert seen(shared_branch, code).offers == ("member-needs",)
    late = problem(by_api(shared_branch, "/api/v1/replies/mine/evidence", code), 409)
    assert "a statement in writing" in late["detail"]
    asked = client.get("/my-reply/evidence")
    assert (asked.status_code, "a statement in writing" in shown(asked.text)) == (409, True)
    sent = client.post("/my-reply/evidence", data=form.filled(shows="Typed."), files=FILES)
    assert (sent.status_code, "a statement in writing" in shown(sent.text)) == (422, True)
    assert "Typed." in sent.text
    assert shared_branch.rows(reference, "evidence") == []
    said = client.get("/my-reply").text
    assert "Nothing more can be sent here" not in said
    assert "a statement in writing" in shown(said)
    assert 'href="/my-reply/needs"' in said
    assert "/my-reply/evidence" not in said


def test_a_reporter_cannot_tell_from_it_that_somebody_was_referred(shared_branch: Branch) -> None:
    reference = shared_branch.at("referred")
    code = shared_branch.codes[reference]
    assert by_api(shared_branch, "/api/v1/reports/mine/evidence", code).status_code == 201
    client = by_page(shared_branch, "/my-report", reference, code)
    assert 'href="/my-report/evidence"' in client.get("/my-report").text
    assert client.get("/my-report/evidence").status_code == 200


def test_a_finished_report_takes_no_files_and_offers_none(shared_branch: Branch) -> None:
    reference = shared_branch.at("closed")
    code = shared_branch.codes[reference]
    client = by_page(shared_branch, "/my-report", reference, code)
    assert "/my-report/evidence" not in client.get("/my-report").text
    assert client.get("/my-report/evidence").status_code == 409
    problem(by_api(shared_branch, "/api/v1/reports/mine/evidence", code), 409)
