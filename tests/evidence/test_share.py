"""A case's room for files: each part that comes by a code has its share, and the handler what is left."""

from app.cases.sent_evidence import FULL
from tests.branch import Branch
from tests.cases.by_reply_code import notified
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
