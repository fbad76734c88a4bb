"""A mail is read for a case by API, looked at, and kept with what came with it: all of it or nothing."""

from typing import Any

from httpx2 import Response

from tests.api.answers import good, problem
from tests.branch import AUDITOR, DEPUTY, SECRETARY, Branch, in_days
from tests.evidence import files, mails
from tests.evidence.sending import save, stored
from tests.shared_branch import shared_branch

__all__ = ["shared_branch"]
REPORTER = {"name": "Ward member (example)", "email": mails.SENDER}
WORDS = "It was on the ward page, below the picture."


def read(branch: Branch, reference: str, content: bytes | None = None, by: str = SECRETARY, **more: str) -> Response:
    """Sends a saved message, or only the fields."""
    given = {"message": ("saved.eml", content, "message/rfc822")} if content is not None else {"message": ("", b"")}
    return branch.client(by).post(f"/api/v1/cases/{reference}/mails/read", data=more, files=given)


def keep(branch: Branch, reference: str, found: dict[str, Any], by: str = SECRETARY, **changes: Any) -> Response:
    """Sends what was read, mended, with the note about it."""
    whole = {**found["answers"], "mail": found["mail"], "version": found["version"], **changes}
    return branch.client(by).post(f"/api/v1/cases/{reference}/mails", json=whole, headers={"Idempotency-Key": "one"})


def ready(branch: Branch, **report: Any) -> str:
    reference = branch.report(reporter=REPORTER, **report)
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    return reference


def test_it_is_read_looked_at_and_kept(shared_branch: Branch) -> None:
    reference, sent = ready(shared_branch), mails.with_picture(WORDS)
    version = shared_branch.case(reference).version
    found: dict[str, Any] = good(read(shared_branch, reference, sent))
    assert found["answers"] == {
        "came_from": f"Ward member (example) <{mails.SENDER}>",
        "received_on": "2026-05-11",
        "subject": "What I saw",
        "text": WORDS,
        "attachments": ["1"],
        "becomes": "message",
    }
    assert [(one["name"], one["type"], one["here"]) for one in found["parts"]] == [
        ("seen.jpg", "image/jpeg", None),
        ("page.html", None, None),
    ]
    ways = next(one for one in found["inputs"] if one["name"] == "becomes")
    assert [one["value"] for one in ways["options"]] == ["message", "from_member", "evidence"]
    assert found["here"] is None
    assert shared_branch.case(reference).version == version
    done = keep(shared_branch, reference, found)
    assert done.status_code == 201, done.text
    assert [one["record"] for one in done.json()["kept"]] == ["messages", "evidence", "evidence"]
    rows = shared_branch.rows(reference, "evidence")
    assert [save(shared_branch, reference, row.plain["file"]).content for row in rows] == [sent, files.jpeg()]
    assert {(row.by_role, row.by_person) for row in rows} == {("secretary", shared_branch.ids[SECRETARY])}
    on_trail = [one.entry for one in shared_branch.entries(reference) if one.event == "record_added"]
    assert sum(b'"occurred_on":"2026-05-11"' in entry for entry in on_trail) == 3
    assert mails.SENDER.encode() not in b"".join(on_trail)
    assert keep(shared_branch, reference, found).json() == done.json()
    assert len(shared_branch.rows(reference, "messages")) == 1
    again = good(read(shared_branch, reference, sent))
    assert again["here"] == rows[0].id
    assert [one["here"] for one in again["parts"]] == [rows[1].id, None]
    wrong = problem(keep(shared_branch, reference, again, text=WORDS), 422)
    assert "on the case already" in wrong["detail"]


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"becomes": "reply"}, "becomes"),
    ({"becomes": None}, "becomes"),
    ({"received_on": in_days(1)}, "received_on"),
    ({"received_on": None}, "received_on"),
    ({"text": ""}, "text"),
    ({"text": "x" * 9601}, "text"),
    ({"subject": "two\nlines"}, "subject"),
    ({"attachments": ["2"]}, "attachments"),
    ({"attachments": ["0"]}, "attachments"),
    ({"more": "1"}, "more"),
    ({"mail": None}, "mail"),
    ({"mail": 7}, "mail"),
)


def test_answers_to_look_at_keep_nothing_and_the_mail_waits(shared_branch: Branch) -> None:
    reference = ready(shared_branch)
    found, version = (
        good(read(shared_branch, reference, mails.with_picture(WORDS))),
        shared_branch.case(reference).version,
    )
    for changes, field in WRONG:
        assert problem(keep(shared_branch, reference, found, **changes), 422)["errors"][0]["field"] == field, changes
    assert shared_branch.case(reference).version == version
    assert shared_branch.rows(reference, "messages") == shared_branch.rows(reference, "evidence") == []
    assert keep(shared_branch, reference, found).status_code == 201


def test_a_note_is_for_one_officer_and_an_old_version_is_stale(shared_branch: Branch) -> None:
    reference = ready(shared_branch)
    found = good(read(shared_branch, reference, pasted=f"From: {mails.SENDER}\n\n{WORDS}"))
    theirs = ready(shared_branch)
    other = shared_branch.report(involves_secretary=True)
    shared_branch.keep(DEPUTY, other, "conflict-declarations", answer="none")
    assert problem(keep(shared_branch, other, found, by=DEPUTY, received_on=in_days(0)), 410)
    assert problem(keep(shared_branch, reference, found | {"mail": "nonsense"}, received_on=in_days(0)), 410)
    shared_branch.keep(SECRETARY, reference, "notes", text="Meanwhile.", audience="handlers")
    stale = problem(keep(shared_branch, reference, found, received_on=in_days(0)), 409)
    assert stale["current_version"] == shared_branch.case(reference).version
    assert keep(shared_branch, reference, found, received_on=in_days(0), version=None).status_code == 201
    assert shared_branch.rows(theirs, "messages") == []


def test_only_whoever_looks_after_the_case(shared_branch: Branch) -> None:
    reference = ready(shared_branch, involves_secretary=False)
    found = good(read(shared_branch, reference, bytes(mails.mail())))
    waiting = stored(shared_branch)
    for who, status in ((DEPUTY, 404), (AUDITOR, 403)):
        assert read(shared_branch, reference, bytes(mails.mail()), by=who).status_code == status
        assert keep(shared_branch, reference, found, by=who).status_code in (status, 410)
    place = f"/api/v1/cases/{reference}/mails"
    assert shared_branch.client().post(f"{place}/read", files={"message": ("", b"")}).status_code == 401
    assert shared_branch.client().post(place, json={}).status_code == 401
    assert shared_branch.client(SECRETARY).post(f"{place}/read", json={}).status_code == 415
    assert problem(read(shared_branch, reference, files.PDF), 422)["errors"][0]["field"] == "message"
    assert problem(read(shared_branch, reference, bytes(mails.mail()), more="1"), 422)["errors"][0]["field"] == "more"
    assert stored(shared_branch) == waiting
