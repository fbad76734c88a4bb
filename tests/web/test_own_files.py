"""Files sent by a code: a member's answer holds a receipt of each; a reporter's later ones tell nothing of the case."""

import hashlib

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from app.audit import receipts
from app.vault.commitment import commit
from tests.branch import Branch
from tests.cases.by_reply_code import notified
from tests.evidence import files
from tests.shared_branch import embedded_branch
from tests.web.conftest import Form, shown

__all__ = ["embedded_branch"]
OFFER = "Save the receipt"


@pytest.fixture
def member(embedded_branch: Branch) -> tuple[str, str]:
    """The reference and the code of somebody to whom a notice went."""
    reference, _, code = notified(embedded_branch)
    return reference, code


def by_page(branch: Branch, place: str, reference: str, code: str) -> TestClient:
    client = branch.client()
    client.post(place, data={"reference": reference, "code": code})
    return client


def send(client: TestClient, place: str, *contents: bytes) -> Response:
    given = [("files", (f"{number}.pdf", content, "application/pdf")) for number, content in enumerate(contents)]
    whose = Form(client.get(f"{place}/evidence").text).filled()
    return client.post(f"{place}/evidence", data=whose, files=given)


def test_a_member_gets_a_receipt_of_every_file(embedded_branch: Branch, member: tuple[str, str]) -> None:
    contents = files.PDF + b"1", files.PDF + b"2"
    client = by_page(embedded_branch, "/my-reply", *member)
    page = send(client, "/my-reply", *contents)
    assert "Two files are kept with it" in shown(page.text)
    assert OFFER in page.text
    embedded_branch.home.log.catch_up()
    saved = client.post("/report/receipt", data=Form(page.text).filled())
    document = receipts.document_in(saved.text)
    assert receipts.check(document, receipts.keys_of(document)).reference == member[0]
    for number, (entry, content) in enumerate(zip(document["entries"], contents, strict=True)):
        salts, told = ({one["group"]: one[part] for one in entry["commitments"]} for part in ("salt", "digest"))
        data = {"sha256": hashlib.sha256(content).hexdigest(), "name": f"{number}.pdf"}
        assert commit(bytes.fromhex(salts["file-original-content"]), data) == told["file-original-content"]
    assert member[1] not in saved.text


def test_the_same_bytes_again_are_kept_once_and_have_their_receipt(
    embedded_branch: Branch, member: tuple[str, str]
) -> None:
    client = by_page(embedded_branch, "/my-reply", *member)
    send(client, "/my-reply", files.PDF)
    again = send(client, "/my-reply", files.PDF)
    assert ("One file is kept with it" in shown(again.text), OFFER in again.text) == (True, False)
    mixed = send(client, "/my-reply", files.PDF, b"MZ\x90\x00 a program")
    assert (mixed.status_code, OFFER in mixed.text) == (422, False)


def test_by_api_a_member_gets_it_in_the_answer(embedded_branch: Branch, member: tuple[str, str]) -> None:
    headers = {"Authorization": f"Bearer {member[1]}"}
    path, given = "/api/v1/replies/mine/evidence", {"file": ("a.pdf", files.PDF, "application/pdf")}
    first, again = (embedded_branch.client().post(path, files=given, headers=headers).json() for _ in range(2))
    assert (first["id"], first["reference"]) == (again["id"], member[0])
    assert {"file-original-content", "plain"} <= {one["group"] for one in first["receipt"]["commitments"]}
    assert again["receipt"] is None


def test_what_a_reporter_sends_later_tells_nothing_of_where_the_case_is(embedded_branch: Branch) -> None:
    """An entry counts the steps and records before it: from its bytes a reporter could tell that a panel was asked."""
    reference = embedded_branch.at("under_review")
    code = embedded_branch.codes[reference]
    page = send(by_page(embedded_branch, "/my-report", reference, code), "/my-report", files.PDF)
    assert ("One file is kept with it" in shown(page.text), OFFER in page.text) == (True, False)
    given = {"file": ("b.pdf", files.PDF + b"b", "application/pdf")}
    headers = {"Authorization": f"Bearer {code}"}
    answer = embedded_branch.client().post("/api/v1/reports/mine/evidence", files=given, headers=headers)
    assert set(answer.json()) == {"id", "reference"}
