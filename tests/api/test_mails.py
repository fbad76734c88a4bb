"""A message fills in a report by API: looked at first, sent with the message, which is kept with what came with it."""

from datetime import date
from typing import Any

import pytest
from httpx2 import Response

from tests.api.answers import good, problem
from tests.branch import AUDITOR, DEPUTY, NOBODY, PANEL, SECRETARY, Branch
from tests.evidence import files, mails
from tests.evidence.sending import save, stored

PLACE, REPORTS = "/api/v1/reports/mail", "/api/v1/reports"
WORDS = "It was on the ward page, below the picture."
MORE = {"clauses": ["not_sure"], "how_seen": "By mail."}


def read(branch: Branch, content: bytes | None = None, by: str = SECRETARY, **fields: str) -> Response:
    """Sends a saved message, or only the fields."""
    given = {"message": ("saved.eml", content, "message/rfc822")} if content is not None else {"message": ("", b"")}
    return branch.client(by).post(PLACE, data={"kind": "third_party", **fields}, files=given)


def test_a_message_is_read_looked_at_and_sent_with_its_report(branch: Branch) -> None:
    sent, events = mails.with_picture(WORDS), branch.events()
    found: dict[str, Any] = good(read(branch, sent))
    assert found["answers"] == {
        "workflow": "social-media-conduct",
        "kind": "third_party",
        "channel": "email",
        "received_on": date(2026, 5, 11).isoformat(),
        "statement": WORDS,
        "reporter": {"name": "Ward member (example)", "email": mails.SENDER},
    }
    assert found["parts"] == ["seen.jpg", "page.html"]
    assert [one for one in branch.events() if one != "token_issued"] == events
    assert WORDS.encode() not in b"".join(path.read_bytes() for path in stored(branch))
    client = branch.client(SECRETARY)
    whole = {**found["answers"], **MORE, "mail": found["mail"]}
    opened = client.post(REPORTS, json=whole, headers={"Idempotency-Key": "one"})
    assert opened.status_code == 201, opened.text
    told = opened.json()["files"]
    assert told["kept"] == ["saved.eml", "seen.jpg"]
    assert [one["name"] for one in told["refused"]] == ["page.html"]
    reference = opened.json()["reference"]
    rows = branch.rows(reference, "evidence")
    assert [(row.by_role, row.by_person) for row in rows] == [("secretary", branch.ids[SECRETARY])] * 2
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    assert [save(branch, reference, row.plain["file"]).content for row in rows] == [sent, files.jpeg()]
    again = client.post(REPORTS, json=whole, headers={"Idempotency-Key": "one"}).json()
    assert again["reference"] == reference
    assert "no longer waits" in again["files"]["refused"][0]["why"]
    assert len(branch.rows(reference, "evidence")) == 2


def test_a_pasted_message_and_one_for_another_officer(branch: Branch) -> None:
    found = good(read(branch, pasted=f"From: Zoë Example <zoe@example.org>\n\n{WORDS}"))
    assert found["answers"]["reporter"] == {"name": "Zoë Example", "email": "zoe@example.org"}
    assert found["answers"]["statement"] == WORDS
    theirs = branch.client(DEPUTY).post(REPORTS, json={**found["answers"], **MORE, "mail": found["mail"]})
    assert theirs.status_code == 201
    assert theirs.json()["files"]["kept"] == []
    assert branch.rows(theirs.json()["reference"], "evidence") == []
    for note, client in ((found["mail"], branch.client()), (7, branch.client(SECRETARY))):
        wrong = problem(client.post(REPORTS, json={**found["answers"], **MORE, "mail": note}), 422)
        assert wrong["errors"][0]["field"] == "mail"


@pytest.mark.parametrize(
    ("content", "fields", "field"),
    [
        (None, {}, "message"),
        (files.PDF, {}, "message"),
        (files.HTML, {}, "message"),
        (bytes(mails.mail()), {"pasted": "Both."}, "message"),
        (bytes(mails.mail()), {"kind": "nonsense"}, "kind"),
        (bytes(mails.mail()), {"workflow": "nonsense"}, "workflow"),
        (bytes(mails.mail()), {"more": "1"}, "more"),
    ],
)
def test_what_cannot_be_read_is_said_and_leaves_nothing(
    branch: Branch, content: bytes | None, fields: dict[str, str], field: str
) -> None:
    assert problem(read(branch, content, **fields), 422)["errors"][0]["field"] == field
    assert stored(branch) == []


def test_a_twisted_message_leaves_nothing_and_only_officers_send_one(branch: Branch) -> None:
    twisted = b"From: a\r\nTo: b\r\nDate: c\r\n" + b"Content-Type: x/y" + b";" * 90_000
    assert "does not unpack" in problem(read(branch, twisted), 422)["detail"]
    assert problem(read(branch, pasted="<script>alert(1)</script>"), 422)
    for who in (NOBODY, PANEL[0], AUDITOR):
        assert read(branch, bytes(mails.mail()), by=who).status_code == 403
    assert branch.client().post(PLACE, data={"kind": "third_party"}, files={"x": ("", b"")}).status_code == 401
    assert branch.client(SECRETARY).post(PLACE, json={}).status_code == 415
    assert stored(branch) == []
