"""Words sent by a code: the answer shows that they arrived and holds a receipt, which tells nothing of the case."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.audit import receipts
from app.audit.entries import decode
from app.cases import door
from app.oversight.checking import check
from app.vault.commitment import commit
from tests.branch import REPORT, Branch, in_days
from tests.cases.by_reply_code import notified
from tests.embedded import shared_branch
from tests.web.conftest import Form, shown

__all__ = ["shared_branch"]
OFFER = "Save the receipt"
TOLD = {"v", "id", "event", "role", "via", "subject", "commits", "recorded_at"}
WORDS = "The post is gone since noon. \N{LATIN SMALL LETTER E WITH ACUTE}"


@pytest.fixture(autouse=True)
def signed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever grew is signed at once, not once a second."""
    monkeypatch.setattr("app.audit.sequence.SIGN_EVERY", timedelta(0))


def by_page(branch: Branch, place: str, reference: str, code: str) -> TestClient:
    client = branch.client()
    assert client.post(place, data={"reference": reference, "code": code}).status_code == 303
    return client


def digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def held(page: str) -> Any:
    """The receipt that a page offers to save."""
    return json.loads(Form(page).filled()["receipt"][0])


def told_by(kept: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What stands in the only entry of a receipt, and the only commitment it opens."""
    (opened,) = kept["commitments"]
    return decode(base64.b64decode(kept["entry"])), opened


def test_a_reporter_sees_that_a_message_arrived_and_keeps_a_receipt(shared_branch: Branch) -> None:
    reference = shared_branch.at("under_review")
    code = shared_branch.codes[reference]
    client = by_page(shared_branch, "/my-report", reference, code)
    asked = client.get("/my-report/write").text
    assert "no receipt" not in shown(asked)
    filled = Form(asked).filled(kind="question", text=WORDS)
    page = client.post("/my-report/write", data=filled)
    assert (page.status_code, OFFER in page.text) == (200, True)
    assert "Your message has reached us." in shown(page.text)
    shared_branch.home.log.catch_up()
    saved = client.post("/report/receipt", data=Form(page.text).filled()).text
    document = receipts.document_in(saved)
    found = receipts.check(document, receipts.keys_of(document))
    assert (found.reference, found.missing) == (reference, [])
    entry, opened = told_by(document["entries"][0])
    assert (set(entry), entry["event"], entry["role"]) == (TOLD, "receipt_given", "reporter")
    came = {"kind": "messages", "sha256": {"kind": digest("question"), "text": digest(WORDS)}}
    assert opened["digest"] == entry["commits"]["received"] == commit(bytes.fromhex(opened["salt"]), came)
    assert "gone since noon" not in saved
    assert code not in saved
    again = client.post("/my-report/write", data=filled)  # the button twice, or the page loaded again
    assert held(again.text) == held(page.text)
    assert len(shared_branch.rows(reference, "messages")) == 1
    with shared_branch.home.db.read() as session:
        assert [str(fault) for fault in check(shared_branch.home, session)] == []


def test_the_receipt_of_the_report_is_there_for_whoever_saved_none(shared_branch: Branch) -> None:
    opened = door.open_case(shared_branch.home, REPORT, None, "page")
    reference, code, first = opened["reference"], opened["access_code"], opened["receipt"]
    client = by_page(shared_branch, "/my-report", reference, code)
    page = client.get("/my-report").text
    assert "Save the receipt of your report" in page
    shared_branch.home.log.catch_up()
    saved = client.get("/my-report/receipt")
    assert 'filename="receipt.html"' in saved.headers["content-disposition"]
    document = receipts.document_in(saved.text)
    assert receipts.check(document, receipts.keys_of(document)).missing == []
    again = {name: document["entries"][0][name] for name in first}
    assert (again, document["reference"]) == (first, reference)
    by_api = shared_branch.client().get("/api/v1/reports/mine/receipt", headers={"Authorization": f"Bearer {code}"})
    assert by_api.json() == {"reference": reference, "receipt": first}
    assert "kept-out" not in str(by_api.json()["receipt"]["commitments"])
    assert shared_branch.client().get("/my-report/receipt", follow_redirects=False).headers["location"] == "/my-report"


def test_a_wish_to_withdraw_has_one_too(shared_branch: Branch) -> None:
    reference = shared_branch.at("acknowledged")
    client = by_page(shared_branch, "/my-report", reference, shared_branch.codes[reference])
    page = client.post("/my-report/withdraw", data=Form(client.get("/my-report/withdraw").text).filled(reason=""))
    assert (page.status_code, OFFER in page.text) == (200, True)
    assert "Nothing changes until we answer you" in shown(page.text)


@pytest.mark.parametrize("path", ["messages", "withdrawal-requests"])
def test_by_api_it_is_in_the_answer(shared_branch: Branch, path: str) -> None:
    reference = shared_branch.at("acknowledged")
    given = {"kind": "question", "text": WORDS} if path == "messages" else {"reason": WORDS}
    headers = {"Authorization": f"Bearer {shared_branch.codes[reference]}", "Idempotency-Key": "once"}
    sent = [shared_branch.client().post(f"/api/v1/reports/mine/{path}", json=given, headers=headers) for _ in range(2)]
    assert [one.status_code for one in sent] == [201, 201]
    answer = sent[0].json()
    assert (answer, answer["reference"]) == (sent[1].json(), reference)
    entry, opened = told_by(answer["receipt"])
    assert (set(entry), opened["group"]) == (TOLD, "received")
    assert entry["subject"] == {"kind": "received", "id": answer["id"]}


@pytest.mark.parametrize(
    ("tail", "given"),
    [("time", {"reason": WORDS, "until": in_days(20)}), ("needs", {"companion": "My sister (example)"})],
)
def test_a_member_who_asks_or_needs_something_has_one_that_counts_nothing(
    shared_branch: Branch, tail: str, given: dict[str, str | list[str]]
) -> None:
    reference, notice, code = notified(shared_branch)
    client = by_page(shared_branch, "/my-reply", reference, code)
    path = f"/my-reply/notices/{notice}/time" if tail == "time" else "/my-reply/needs"
    page = client.post(path, data=Form(client.get(path).text).filled(**given))
    assert (page.status_code, OFFER in page.text) == (200, True), shown(page.text)
    shared_branch.home.log.catch_up()
    document = receipts.document_in(client.post("/report/receipt", data=Form(page.text).filled()).text)
    entry, _ = told_by(document["entries"][0])
    assert (set(entry), entry["event"], entry["role"]) == (TOLD, "receipt_given", "respondent")
