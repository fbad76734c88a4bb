"""Files by code: each part has its share of a case's room, the handler what is left, and nobody sends without end."""

import pytest
from freezegun import freeze_time

from app import clock
from app.cases import sent_evidence
from app.cases.door import SENT_IN
from app.cases.sent_evidence import FULL
from tests.branch import Branch
from tests.cases.by_reply_code import notified
from tests.evidence import files
from tests.evidence.sending import send, send_own, stored


def test_who_comes_by_a_code_leaves_room_for_the_others(small: Branch) -> None:
    reference, _, code = notified(small)
    branch, content = small, b"%PDF-1.7" + bytes(600_000)
    assert send_own(branch, reference, content + b"a").status_code == 201
    disk = stored(branch)
    more = send_own(branch, reference, content + b"b")
    assert (more.status_code, more.json()["detail"]) == (413, FULL)
    assert stored(branch) == disk
    client = branch.client()
    client.headers["Authorization"] = f"Bearer {code}"
    for sign, status in ((b"c", 201), (b"d", 413)):
        answer = client.post("/api/v1/replies/mine/evidence", files={"file": ("a.pdf", content + sign)})
        assert answer.status_code == status, answer.text
    assert send(branch, reference, content + b"e", "a.pdf").status_code == 201
    assert [row.by_role for row in branch.rows(reference, "evidence")] == ["reporter", "respondent", "secretary"]


def test_files_by_code_are_slowed_down(embedded_branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    branch, reference, other = embedded_branch, embedded_branch.at("acknowledged"), embedded_branch.at("acknowledged")
    monkeypatch.setattr(sent_evidence, "SENT_BY_CODE", 2)
    assert branch.client().get("/").status_code == 200  # the application is there before time stands still
    with freeze_time(clock.now(), real_asyncio=True) as frozen:
        sent = [send_own(branch, reference, files.PDF + bytes([number])).status_code for number in range(2)]
        disk = stored(branch)
        sent.append(send_own(branch, reference, files.PDF + b"more").status_code)
        assert sent == [201, 201, 429]
        assert stored(branch) == disk
        assert len(branch.rows(reference, "evidence")) == 2
        assert send_own(branch, other, files.PDF).status_code == 201
        frozen.tick(SENT_IN + 1)
        assert send_own(branch, reference, files.PDF + b"more").status_code == 201
