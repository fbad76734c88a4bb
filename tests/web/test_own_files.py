"""Files sent by a code: the answer holds a receipt of each, which tells nothing of what is done on the case."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit import receipts
from app.audit.entries import decode
from app.audit.models import AuditEntry
from app.cases import trails
from app.oversight.checking import check
from app.vault.commitment import commit
from tests.branch import AUDITOR, SECRETARY, Branch
from tests.cases.by_reply_code import notified
from tests.embedded import shared_branch
from tests.evidence import files
from tests.evidence.sending import send as send_as_officer
from tests.web.conftest import Form, shown

__all__ = ["shared_branch"]
OFFER = "Save the receipt"


@pytest.fixture(autouse=True)
def signed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever grew is signed at once, not once a second."""
    monkeypatch.setattr("app.audit.sequence.SIGN_EVERY", timedelta(0))


@pytest.fixture
def member(shared_branch: Branch) -> tuple[str, str]:
    """The reference and the code of somebody to whom a notice went."""
    reference, _, code = notified(shared_branch)
    return reference, code


def by_page(branch: Branch, place: str, reference: str, code: str) -> TestClient:
    client = branch.client()
    client.post(place, data={"reference": reference, "code": code})
    return client


def send(client: TestClient, place: str, *contents: bytes) -> Response:
    given = [("files", (f"{number}.pdf", content, "application/pdf")) for number, content in enumerate(contents)]
    whose = Form(client.get(f"{place}/evidence").text).filled()
    return client.post(f"{place}/evidence", data=whose, files=given)


def test_a_member_gets_a_receipt_of_every_file(shared_branch: Branch, member: tuple[str, str]) -> None:
    contents = files.PDF + b"1", files.PDF + b"2"
    client = by_page(shared_branch, "/my-reply", *member)
    page = send(client, "/my-reply", *contents)
    assert "Two files are kept with it" in shown(page.text)
    assert OFFER in page.text
    shared_branch.home.log.catch_up()
    saved = client.post("/report/receipt", data=Form(page.text).filled())
    document = receipts.document_in(saved.text)
    assert receipts.check(document, receipts.keys_of(document)).reference == member[0]
    for number, (entry, content) in enumerate(zip(document["entries"], contents, strict=True)):
        salts, told = ({one["group"]: one[part] for one in entry["commitments"]} for part in ("salt", "digest"))
        assert commit(bytes.fromhex(salts["received"]), came(content, f"{number}.pdf")) == told["received"]
    assert member[1] not in saved.text


def test_the_same_bytes_again_are_kept_once_and_have_their_receipt(
    shared_branch: Branch, member: tuple[str, str]
) -> None:
    client = by_page(shared_branch, "/my-reply", *member)
    send(client, "/my-reply", files.PDF)
    again = send(client, "/my-reply", files.PDF)
    assert ("One file is kept with it" in shown(again.text), OFFER in again.text) == (True, True)
    mixed = send(client, "/my-reply", files.PDF, b"MZ\x90\x00 a program")
    assert (mixed.status_code, OFFER in mixed.text) == (422, True)


def test_by_api_a_member_gets_it_in_the_answer(shared_branch: Branch, member: tuple[str, str]) -> None:
    headers = {"Authorization": f"Bearer {member[1]}"}
    path, given = "/api/v1/replies/mine/evidence", {"file": ("a.pdf", files.PDF, "application/pdf")}
    first, again = (shared_branch.client().post(path, files=given, headers=headers).json() for _ in range(2))
    assert (first, first["reference"]) == (again, member[0])
    assert {one["group"] for one in first["receipt"]["commitments"]} == {"received"}


def came(content: bytes, name: str, shows: str = "") -> dict[str, Any]:
    """What the receipt of a file commits to: whoever has the file can say it."""
    return {"sha256": hashlib.sha256(content).hexdigest(), "name": name, "size": len(content), "shows": shows}


def inside(one: dict[str, Any]) -> dict[str, Any]:
    return decode(base64.b64decode(one["entry"]))


def by_api(branch: Branch, reference: str, content: bytes) -> dict[str, Any]:
    """The answer to a file that a reporter sends later."""
    given = {"file": ("late.pdf", content, "application/pdf")}
    headers = {"Authorization": f"Bearer {branch.codes[reference]}"}
    sent = branch.client().post(
        "/api/v1/reports/mine/evidence", files=given, data={"shows": "A post."}, headers=headers
    )
    assert sent.status_code == 201, sent.text
    answer: dict[str, Any] = sent.json()
    return answer


def test_a_reporter_gets_one_that_tells_nothing_of_where_the_case_is(shared_branch: Branch) -> None:
    """The record's own entry counts the steps and records before it: it would tell that a panel was asked."""
    reference = shared_branch.at("under_review")
    code = shared_branch.codes[reference]
    client = by_page(shared_branch, "/my-report", reference, code)
    page = send(client, "/my-report", files.PDF)
    assert ("One file is kept with it" in shown(page.text), OFFER in page.text) == (True, True)
    shared_branch.home.log.catch_up()
    saved = client.post("/report/receipt", data=Form(page.text).filled()).text
    document = receipts.document_in(saved)
    found = receipts.check(document, receipts.keys_of(document))
    assert (found.reference, found.missing) == (reference, [])
    (one,) = document["entries"]
    entry = inside(one)
    told = {"v", "id", "event", "role", "via", "subject", "commits", "recorded_at"}
    assert (set(entry), entry["event"], entry["role"]) == (told, "receipt_given", "reporter")
    (opened,) = one["commitments"]
    data = came(files.PDF, "0.pdf")
    assert opened["digest"] == entry["commits"]["received"] == commit(bytes.fromhex(opened["salt"]), data)
    assert code not in saved


def test_it_is_tied_to_the_record_and_to_no_other_case(shared_branch: Branch) -> None:
    reference, other = shared_branch.at("acknowledged"), shared_branch.report()
    sent = by_api(shared_branch, reference, files.PDF)
    entry = inside(sent["receipt"])
    record = decode(
        next(
            one
            for one in shared_branch.entries(reference)
            if one.event == "record_added" and decode(one.entry)["record"]["id"] == sent["id"]
        ).entry
    )
    assert record["commits"]["received"] == entry["commits"]["received"]
    assert entry["subject"] == {"kind": "received", "id": sent["id"]}
    shared_branch.home.log.catch_up()
    for given, status in ((reference, 200), (other, 400)):
        text = json.dumps({"reference": given, "entries": [sent["receipt"]]})
        assert shared_branch.client().post("/report/receipt", data={"receipt": text}).status_code == status
    with shared_branch.home.db.read() as session:
        assert [str(fault) for fault in check(shared_branch.home, session)] == []


def test_it_does_not_tell_that_somebody_else_had_sent_the_same(shared_branch: Branch) -> None:
    reference, plain = shared_branch.at("acknowledged"), shared_branch.at("acknowledged")
    send_as_officer(shared_branch, reference, files.PDF)
    ways = [by_api(shared_branch, one, files.PDF)["receipt"] for one in (reference, plain)]
    assert [sorted(inside(one)["commits"]) for one in ways] == [["received"]] * 2
    assert [len(one["commitments"]) for one in ways] == [1, 1]


def test_what_an_officer_had_entered_for_them_counts_as_sent_once_they_send_it(
    shared_branch: Branch, member: tuple[str, str]
) -> None:
    reference, code = member
    of_member = shared_branch.client()
    send_as_officer(shared_branch, reference, files.PDF, method="from_respondent")
    bearer = {"Authorization": f"Bearer {code}"}
    sent = of_member.post("/api/v1/replies/mine/evidence", files={"file": ("a.pdf", files.PDF)}, headers=bearer)
    rows = shared_branch.rows(reference, "evidence")
    assert [row.by_role for row in rows] == ["secretary", "respondent"]  # the panel reads what the member sent
    assert rows[0].plain["file"] == rows[1].plain["file"]
    assert sent.json()["receipt"] is not None
    other = shared_branch.at("acknowledged")
    send_as_officer(shared_branch, other, files.PDF, method="reporter_screenshot")
    assert by_api(shared_branch, other, files.PDF)["receipt"] is not None


def test_the_same_file_with_other_words_is_kept_with_them(shared_branch: Branch, member: tuple[str, str]) -> None:
    client = by_page(shared_branch, "/my-reply", *member)
    for shows in ("A log-in at night.", "", "A log-in at night.", "It came from abroad."):
        given = {**Form(client.get("/my-reply/evidence").text).filled(), "shows": shows}
        sent = client.post("/my-reply/evidence", data=given, files={"files": ("a.pdf", files.PDF, "application/pdf")})
        assert "One file is kept with it" in shown(sent.text)
    rows = shared_branch.client(SECRETARY).get(f"/api/v1/cases/{member[0]}/evidence").json()["items"]
    assert [row["shows"] for row in rows] == ["A log-in at night.", "It came from abroad."]


def test_words_that_are_too_long_are_not_cut_in_silence(shared_branch: Branch, member: tuple[str, str]) -> None:
    client = by_page(shared_branch, "/my-reply", *member)
    given = {**Form(client.get("/my-reply/evidence").text).filled(), "shows": "x" * 4000 + "the end"}
    sent = client.post("/my-reply/evidence", data=given, files={"files": ("a.pdf", files.PDF, "application/pdf")})
    assert sent.status_code == 422
    assert "Use at most 4,000 characters" in shown(sent.text)
    assert "the end" in sent.text
    assert shared_branch.rows(member[0], "evidence") == []


def test_sent_again_it_has_its_receipt(shared_branch: Branch) -> None:
    reference = shared_branch.at("acknowledged")
    first, again = (by_api(shared_branch, reference, files.PDF) for _ in range(2))
    assert again == first


def test_an_auditor_who_is_out_of_the_case_does_not_see_that_something_came(shared_branch: Branch) -> None:
    branch, out, other = shared_branch, "out@example.org", AUDITOR
    branch.add(out, "auditor")
    reference = branch.at("acknowledged")
    entry_id = by_api(branch, reference, files.PDF)["receipt"]["entry_id"]
    branch.home.log.catch_up()

    def sees(email: str) -> bool:
        found = branch.client(email).get("/api/v1/trail", params={"event": "receipt_given"}).json()["items"]
        return entry_id in {one["id"] for one in found}

    def bundle_hidden(email: str) -> bool:
        with branch.home.db.read() as session:
            return trails.hides(session, branch.viewer(email), select(AuditEntry.id).where(AuditEntry.id == entry_id))

    assert [(sees(one), bundle_hidden(one)) for one in (out, other)] == [(True, False)] * 2
    branch.keep(out, reference, "conflict-declarations", answer="conflicted")
    assert [(sees(one), bundle_hidden(one)) for one in (out, other)] == [(False, True), (True, False)]
