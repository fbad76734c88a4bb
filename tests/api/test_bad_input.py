"""Records and steps by API: strange words are kept exactly, wrong input is named, nothing of it is stored or logged."""

import json
from datetime import timedelta
from typing import Any

import pytest
import structlog

from app import clock
from tests.api.answers import PROBLEM, fields, good
from tests.branch import CLOSING, SECRETARY, Branch
from tests.shared_branch import counts

URL = "/api/v1/cases"
MARK = "Xylophone"
"""Stands in everything that is sent here, and so may stand nowhere afterwards."""
HOSTILE = "\u202eabc\u202c \U0001f621 <script>alert('x')</script> “they are a liar” {{ 7*7 }} \\ ' \" & %00 \r\n\t;--"
TOMORROW = (clock.today() + timedelta(days=1)).isoformat()
WRONG_RECORDS: tuple[tuple[str, dict[str, Any], set[str]], ...] = (
    ("notes", {"text": "", "audience": "everyone"}, {"text"}),
    ("notes", {"text": f" \n{chr(8203)}\t", "audience": "everyone"}, {"text"}),
    ("notes", {"text": MARK + "x" * 10_000, "audience": "everyone"}, {"text"}),
    ("notes", {"text": f"{MARK}\0", "audience": "everyone"}, {"text"}),
    ("notes", {"text": MARK, "audience": MARK}, {"audience"}),
    ("notes", {"text": [MARK], "audience": "everyone"}, {"text"}),
    ("notes", {"text": MARK, "audience": "everyone", MARK: 1}, {MARK}),
    ("acknowledgements", {"how": "email", "sent_on": "2026-02-31"}, {"sent_on"}),
    ("acknowledgements", {"how": "email", "sent_on": TOMORROW}, {"sent_on"}),
    ("acknowledgements", {"how": "email"}, {"sent_on"}),
    ("acknowledgements", {"how": "impossible"}, {"reason"}),
    ("risks", {"threat": "maybe", "child": "no", "vulnerable": 7}, {"threat", "vulnerable"}),
    ("parties", {"role": "reporter", "identified": "named", "member_then": "yes", "email": MARK}, {"email"}),
    ("conflict-declarations", {"answer": "none", "replaces": MARK}, {"replaces"}),
)
BODIES = (
    (b'{"text": "' + MARK.encode(), "application/json", 400),
    (b'{"text": "\xff"}', "application/json", 400),
    (b'["' + MARK.encode() + b'"]', "application/json", 422),
    (b"text=" + MARK.encode(), "application/x-www-form-urlencoded", 415),
    (b"{}", "text/plain", 415),
    (b'{"text": "' + b"x" * 1_100_000 + b'"}', "application/json", 413),
)


def test_strange_words_are_kept_exactly(branch: Branch) -> None:
    reference, client = branch.at("received"), branch.client(SECRETARY)
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    with structlog.testing.capture_logs() as lines:
        kept = good(client.post(f"{URL}/{reference}/notes", json={"text": HOSTILE, "audience": "handlers"}), 201)
        listed = good(client.get(f"{URL}/{reference}/notes"))["items"]
    assert [(one["id"], one["text"]) for one in listed] == [(kept["id"], HOSTILE)]
    assert "liar" not in json.dumps(lines, default=str)


def test_wrong_records_are_named_and_leave_nothing(branch: Branch, subtests: pytest.Subtests) -> None:
    reference, client = branch.at("received"), branch.client(SECRETARY)
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    before = counts(branch)
    with structlog.testing.capture_logs() as lines:
        for record, body, wrong in WRONG_RECORDS:
            with subtests.test(f"{record} {str(body)[:50]}"):
                assert fields(client.post(f"{URL}/{reference}/{record}", json=body)) == wrong
        for content, kind, status in BODIES:
            with subtests.test(f"{kind} {content[:20]!r}"):
                answer = client.post(f"{URL}/{reference}/notes", content=content, headers={"Content-Type": kind})
                assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert counts(branch) == before
    assert MARK not in json.dumps(lines, default=str)


def test_wrong_answers_to_a_step_leave_nothing(branch: Branch, subtests: pytest.Subtests) -> None:
    reference, client = branch.at("under_review"), branch.client(SECRETARY)
    branch.found(reference)
    before, version = counts(branch), branch.case(reference).version
    wrong_inputs: tuple[tuple[dict[str, Any], set[str]], ...] = (
        ({"reasons": ""}, {"reasons"}),
        ({"reasons": f"{MARK}\0"}, {"reasons"}),
        ({"outcome": MARK}, {"outcome"}),
        ({"outcome": "out_of_scope"}, {"sub_reason"}),
        ({"respondent_told": "unknown"}, {"respondent_told"}),
        ({MARK: MARK}, {MARK}),
    )
    with structlog.testing.capture_logs() as lines:
        for changes, wrong in wrong_inputs:
            with subtests.test(str(changes)):
                body = {"version": version, "inputs": {**CLOSING, **changes}}
                answer = client.post(f"{URL}/{reference}/actions/close_after_review", json=body)
                assert {name.removeprefix("inputs.") for name in fields(answer)} == wrong
    assert counts(branch) == before
    assert MARK not in json.dumps(lines, default=str)
