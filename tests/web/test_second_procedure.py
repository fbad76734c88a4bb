"""A procedure of its own kinds, states, steps and records is walked by the same pages with only its file."""

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.cases import door
from tests.branch import AUDITOR, PASSWORD, SECRETARY, Branch, library
from tests.web.conftest import shown
from tests.web.test_case_pages import fill, next_thing

EXAMPLES = Path(__file__).parents[1] / "workflows_examples"


@pytest.fixture
def desk(branch: Branch) -> Branch:
    """The same branch with a desk for lost property instead."""
    branch.home = replace(branch.home, workflows=library(EXAMPLES))
    return branch


def sign_in(desk: Branch, email: str) -> TestClient:
    desk.give_password(email)
    client = desk.client()
    client.post("/sign-in", data={"email": email, "password": PASSWORD})
    return client


def test_it_is_walked_by_the_next_thing_and_by_the_others(desk: Branch) -> None:
    thing = {"kind": "found", "thing": "A red umbrella", "size": "large", "seen_on": "2026-05-01"}
    reference = str(door.open_case(desk.home, thing, None, "api")["reference"])
    client = sign_in(desk, SECRETARY)
    base = f"/cases/{reference}"
    work = shown(client.get("/cases").text)
    assert "Something found" in work
    assert "Noted at the desk" in work
    page = client.get(base).text
    assert "A red umbrella" in page
    assert next_thing(page) == "“Note about the finder” has not been recorded yet"
    fill(client, f"{base}/records/finder-notes/new", text="A child", reward="no")
    assert next_thing(client.get(base).text) == "Put a label on it"
    fill(client, f"{base}/steps/put_label")
    assert "Somebody asks for it at once" in client.get(base).text
    refused = fill(client, f"{base}/steps/shelve")
    assert refused.status_code == 422
    fill(client, f"{base}/steps/shelve", shelf="B 2")
    fill(client, f"{base}/steps/claim")
    assert fill(client, f"{base}/steps/give_back", outcome="returned").status_code == 409
    fill(client, f"{base}/records/proofs/new", seen_on="1 May 2026", what="The key")
    fill(client, f"{base}/records/receipts/new", signed="yes")
    fill(client, f"{base}/steps/give_back", outcome="returned")
    assert desk.case(reference).state == "gone"
    records = shown(client.get(f"{base}/records").text)
    assert "Seen on 1 May 2026" in records
    steps = shown(sign_in(desk, AUDITOR).get(base).text)
    assert "let it go: Given back" in steps
    assert "umbrella" not in steps
