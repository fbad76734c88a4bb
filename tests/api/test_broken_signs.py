"""Signs that no database and no answer can hold: each is refused with words, none is a fault."""

import base64
import json
from typing import Any

import pytest

from tests.api.answers import fields
from tests.branch import AUDITOR, SECRETARY, Branch

LONE = "\ud800"
SOME_ID = "0" * 32


def cursor(place: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def test_a_strange_key_of_a_step_is_named_with_a_question_mark(branch: Branch) -> None:
    reference = branch.report()
    client, url = branch.client(SECRETARY), f"/api/v1/cases/{reference}/actions/acknowledge"
    for content, shown in ((b'{"version": 1, "\\ud800": 1}', "?"), (b'{"version": 1, "\\u0000a": 1}', "?a")):
        headers = {"Content-Type": "application/json"}
        assert fields(client.post(url, content=content, headers=headers)) == {shown}
    long = client.post(url, json={"version": 1, "x" * 5000: 1})
    assert fields(long) == {"x" * 60}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("cases?sort=reference", ["reference", LONE, "x"]),
        ("cases?sort=reference", ["reference", "\0", SOME_ID]),
        ("cases?sort=due", ["due", "2026-01-01", LONE]),
        ("trail?limit=2", ["2026-01-01T00:00:00+00:00", LONE]),
        ("trail?limit=2", ["2026-01-01T00:00:00+00:00", "\0"]),
        ("trail?limit=2", ["0001-01-01T00:00:00+14:00", SOME_ID]),
        ("trail?limit=2", ["9999-12-31T23:59:59-14:00", SOME_ID]),
        ("trail?limit=2", {"a": 1, "b": 2}),
    ],
)
def test_a_made_up_cursor_is_refused(branch: Branch, path: str, place: Any) -> None:
    assert fields(branch.client(AUDITOR).get(f"/api/v1/{path}&after={cursor(place)}")) == {"after"}
