"""Records and steps by form: strange words are kept exactly and shown inert; what is wrong is said and not stored."""

import json
from datetime import timedelta
from html import unescape

import pytest
import structlog
from starlette.testclient import TestClient

from app import clock
from tests.branch import SECRETARY, Branch
from tests.shared_branch import TRAIL, counts
from tests.web.conftest import Enter, Form
from tests.web.test_case_pages import fill

MARK = "Xylophone"
HOSTILE = "\u202eabc\u202c \U0001f621 <script>alert('x')</script> “they are a liar” {{ 7*7 }} \\ ' \" & </textarea>"
TOMORROW = clock.today() + timedelta(days=1)
WRONG = (
    ("notes", {"text": "", "audience": "everyone"}, 422),
    ("notes", {"text": MARK + "x" * 10_000, "audience": "everyone"}, 422),
    ("notes", {"text": f"{MARK}\0", "audience": "everyone"}, 400),
    ("notes", {"text": MARK, "audience": MARK}, 422),
    ("acknowledgements", {"how": "email", "sent_on": "31 February 2026"}, 422),
    ("acknowledgements", {"how": "email", "sent_on": f"{TOMORROW.day} {TOMORROW:%B %Y}"}, 422),
    ("acknowledgements", {"how": "email", "sent_on": MARK}, 422),
    ("risks", {"threat": "maybe", "child": "no", "vulnerable": "no"}, 422),
)


@pytest.fixture
def reference(branch: Branch) -> str:
    """A case whose handler declared."""
    reference = branch.report()
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    return reference


def test_strange_words_are_shown_inert_wherever_they_stand(branch: Branch, enter: Enter, reference: str) -> None:
    client = enter(SECRETARY)
    fill(client, f"/cases/{reference}/records/notes/new", text=HOSTILE, audience="handlers")
    assert branch.rows(reference, "notes")
    for tail in ("", "/records", "/trail"):
        page = client.get(f"/cases/{reference}{tail}").text
        assert "<script>alert" not in page
    assert HOSTILE in unescape(client.get(f"/cases/{reference}/records").text)
    note = branch.rows(reference, "notes")[0].id
    again = client.get(f"/cases/{reference}/records/notes/new?replaces={note}").text
    assert dict(Form(again, 1).pairs)["text"] == HOSTILE


def test_wrong_answers_are_said_and_leave_nothing(
    branch: Branch, enter: Enter, reference: str, subtests: pytest.Subtests
) -> None:
    client = enter(SECRETARY)
    client.get(f"/cases/{reference}")
    before = {name: rows for name, rows in counts(branch).items() if name not in TRAIL}
    with structlog.testing.capture_logs() as lines:
        for record, answers, status in WRONG:
            with subtests.test(f"{record} {str(answers)[:50]}"):
                answer = fill(client, f"/cases/{reference}/records/{record}/new", **answers)
                assert answer.status_code == status
                assert "<h1" in answer.text
    assert {name: rows for name, rows in counts(branch).items() if name not in TRAIL} == before
    assert MARK not in json.dumps(lines, default=str)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"text": "x"}', "application/json", 415),
        (b"text=%ff&audience=everyone", "application/x-www-form-urlencoded", 400),
        (b"text=" + b"x" * 1_100_000, "application/x-www-form-urlencoded", 413),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415),
    ],
)
def test_what_is_no_form_is_refused(
    branch: Branch, enter: Enter, reference: str, content: bytes, kind: str, status: int
) -> None:
    client: TestClient = enter(SECRETARY)
    path = f"/cases/{reference}/records/notes/new"
    answer = client.post(path, content=content, headers={"content-type": kind})
    assert (answer.status_code, "<h1" in answer.text) == (status, True)
    assert branch.rows(reference, "notes") == []
