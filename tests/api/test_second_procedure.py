"""A second procedure is opened, moved and closed by API beside the real one, with only its file."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.oversight.checking import check
from app.setup import WORKFLOWS
from tests.api.answers import fields, good, problem, unmet
from tests.branch import AUDITOR, SECRETARY, Branch, in_days, library

URL = "/api/v1"
EXAMPLES = Path(__file__).parents[1] / "workflows_examples" / "lost-property"
FOUND = {"workflow": "lost-property", "kind": "found", "thing": "A red umbrella", "size": "2.5"}
Call = Callable[..., Any]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the real procedure and the lost-property desk."""
    folder = tmp_path_factory.mktemp("both") / "workflows"
    shutil.copytree(WORKFLOWS, folder)
    shutil.copytree(EXAMPLES, folder / "lost-property")
    return folder


@pytest.fixture
def desk(branch: Branch, both: Path) -> Branch:
    """A branch that knows both procedures."""
    return replace(branch, home=replace(branch.home, workflows=library(both)))


def test_it_is_opened_moved_and_closed(desk: Branch) -> None:
    client = desk.client(SECRETARY)
    assert fields(client.post(f"{URL}/reports", json=FOUND)) == {"seen_on"}
    assert fields(client.post(f"{URL}/reports", json={**FOUND, "seen_on": in_days(0), "size": "huge"})) == {"size"}
    assert fields(client.post(f"{URL}/reports", json={**FOUND, "seen_on": in_days(0), "clauses": ["3.1"]})) == {
        "clauses"
    }
    opened = good(desk.client().post(f"{URL}/reports", json={**FOUND, "seen_on": in_days(0)}), 201)
    base = f"{URL}/cases/{opened['reference']}"

    def keep(record: str, **values: Any) -> str:
        return str(good(client.post(f"{base}/{record}", json=values), 201)["id"])

    def attempt(trigger: str, **inputs: Any) -> Any:
        body = {"version": good(client.get(base))["version"], "inputs": inputs}
        return client.post(f"{base}/actions/{trigger}", json=body)

    assert unmet(attempt("put_label")) == {"record_finder-notes"}
    keep("finder-notes", text="A child", reward="no")
    assert good(attempt("put_label"))["state"] == "labelled"
    problem(attempt("acknowledge"), 404)
    good(attempt("shelve", shelf="B 2"))
    good(attempt("claim"))
    assert unmet(attempt("give_back", outcome="returned")) == {"record_proofs", "record_receipts"}
    proof = keep("proofs", seen_on=in_days(0), what="The key")
    keep("receipts", proof=proof, signed="yes")
    closed = good(attempt("give_back", outcome="returned"))
    assert (closed["state"], closed["final"]) == ("gone", True)
    entries = good(desk.client(AUDITOR).get(f"{base}/trail"))["items"]
    assert [one["to"] for one in entries if one["to"]] == ["handed_in", "labelled", "on-shelf", "claimed", "gone"]
    mine = desk.client().get(f"{URL}/reports/mine", headers={"Authorization": f"Bearer {opened['access_code']}"})
    assert good(mine)["step"] == "over"
    with desk.home.db.read() as session:
        assert check(desk.home, session) == []


def test_the_real_one_goes_on_beside_it(desk: Branch) -> None:
    reference = desk.at("closed")
    names = {one["name"] for one in good(desk.client().get(f"{URL}/workflows"))["items"]}
    assert names == {"social-media-conduct", "lost-property"}
    assert desk.case(reference).workflow == "social-media-conduct"
