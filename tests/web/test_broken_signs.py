"""Signs that no database and no page can hold, by address and by form: refused with words, never a fault."""

import base64
import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.cases import door
from app.web import receipt
from tests.branch import AUDITOR, REPORT, SECRETARY, Branch
from tests.web.conftest import Enter

RECEIPT: dict[str, Any] = {
    "reference": "2026-K7QFM",
    "entry_id": "0" * 32,
    "entry": "e30=",
    "leaf": "0" * 64,
    "recorded_at": "2026-05-11T09:00:00+00:00",
    "commitments": [{"group": "text", "salt": "00", "digest": "00"}],
}


@pytest.mark.parametrize(
    "query", ["state=%00", "kind=%00", "state=nowhere", "kind=nothing", "after=%00", "after=" + "W1tb" * 3000]
)
def test_the_worklist_refuses_what_it_does_not_know(branch: Branch, enter: Enter, query: str) -> None:
    assert enter(SECRETARY).get(f"/cases?{query}").status_code == 422


@pytest.mark.parametrize("query", ["actor=%00", "actor=somebody", "event=%00", "case=%00", "after=" + "W1tb" * 3000])
def test_the_record_of_steps_refuses_what_it_does_not_know(branch: Branch, enter: Enter, query: str) -> None:
    client = enter(AUDITOR)
    assert client.get(f"/trail?{query}").status_code == 422
    if not query.startswith("after"):
        assert client.get(f"/trail.csv?{query}").status_code == 422


def test_nul_in_a_cursor_is_refused(branch: Branch, enter: Enter) -> None:
    place = json.dumps(["2026-01-01T00:00:00+00:00", "\0"]).encode()
    answer = enter(AUDITOR).get(f"/trail?after={base64.urlsafe_b64encode(place).decode()}")
    assert answer.status_code == 422


def save(public: TestClient, kept: dict[str, Any], **changes: Any) -> int:
    [entry] = kept["entries"]
    reference = changes.pop("reference", kept["reference"])
    given = json.dumps({"reference": reference, "entries": [entry | changes]})
    return public.post("/report/receipt", data={"receipt": given}).status_code


def test_a_receipt_that_cannot_be_written_down_is_refused(branch: Branch, public: TestClient) -> None:
    kept = json.loads(receipt.as_text(door.open_case(branch.home, REPORT, None, "page")))
    assert save(public, kept) == 200
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00", "soon"):
        assert save(public, kept, recorded_at=moment) == 400
    assert save(public, kept, reference="\ud800") == 400
    assert save(public, kept, entry_id="\0") == 400
    assert save(public, kept, commitments=[{"group": "\ud800", "salt": "", "digest": ""}]) == 400
