"""The log over HTTP, as programs of strangers read it: they find the same tree, the same entries, and true receipts."""

from datetime import timedelta

import pytest
from freezegun import freeze_time
from starlette.testclient import TestClient

from app import clock
from app.audit import tree
from app.audit.checkpoints import Checkpoint, read_note
from app.audit.entries import leaf_hash
from app.audit.notes import decoded, read_verifier
from app.audit.tiles import Tile, hashes_in, tile_at, unbundled
from tests.audit.trees import b64, go_says
from tests.branch import ADMINISTRATOR, AUDITOR, SECRETARY, Branch
from tests.web.conftest import Enter


def signed(branch: Branch) -> None:
    """All that is there is signed, also where this test is quicker than the log, which signs once a second."""
    with freeze_time(clock.now() + timedelta(seconds=20)):
        branch.home.log.catch_up()


def newest(client: TestClient) -> tuple[Checkpoint, str]:
    note = client.get("/log/checkpoint")
    assert note.status_code == 200
    assert note.headers["content-type"] == "text/plain; charset=utf-8"
    assert note.headers["cache-control"] == "no-store"
    keys = [read_verifier(line) for line in client.get("/log/key").text.splitlines()]
    return read_note(note.text, keys).checkpoint, note.text


def read_tiles(client: TestClient, size: int) -> tree.Read:
    def read(level: int, number: int) -> list[bytes]:
        answer = client.get(f"/log/tile/{tile_at(level, number, size)}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/octet-stream"
        assert "immutable" in answer.headers["cache-control"]
        return hashes_in(answer.content)

    return read


def test_a_stranger_finds_the_root_in_the_tiles(branch: Branch) -> None:
    branch.at("acknowledged")
    signed(branch)
    client = branch.client()
    checkpoint, _ = newest(client)
    assert checkpoint.origin == "127.0.0.1:8000/log"
    assert tree.root(read_tiles(client, checkpoint.size), checkpoint.size) == checkpoint.root


@pytest.mark.go
def test_go_finds_the_root_over_the_entries_and_accepts_a_receipt(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    signed(branch)
    client = branch.client(AUDITOR)
    checkpoint, note = newest(client)
    assert client.get("/log/tile/entries/000").status_code == 404
    bundle = client.get(f"/log/tile/{Tile(0, 0, checkpoint.size, of_entries=True)}")
    entries = [b64(entry) for entry in unbundled(bundle.content)]
    assert go_says(Keys=client.get("/log/key").text.split(), Signers=1, Note=note, Entries=entries) == "ok"
    opened = branch.entries(reference)[0]
    head, _, below = client.get(f"/log/proof/{opened.id}").text.partition("\n\n")
    name, index, *steps = head.split("\n")
    assert name == "c2sp.org/tlog-proof@v1"
    at = int(index.removeprefix("index "))
    assert below == note
    claim = {"Size": checkpoint.size, "Index": at, "Leaf": b64(opened.leaf), "Root": b64(checkpoint.root)}
    assert go_says(Inclusion=[{**claim, "Steps": steps}]) == "ok"
    proof = [decoded(step) for step in steps]
    assert tree.holds(leaf_hash(opened.entry), at, checkpoint.size, proof, checkpoint.root)


def test_before_it_is_signed_a_receipt_is_promised(branch: Branch) -> None:
    signed(branch)
    branch.home.log.folder.key_file.unlink()
    reference = branch.report()
    signed(branch)
    client, entry_id = branch.client(), branch.entries(reference)[0].id
    waiting = client.get(f"/log/proof/{entry_id}")
    assert (waiting.status_code, waiting.headers["retry-after"]) == (202, "2")
    assert client.get(f"/log/proof/{'0' * 32}").status_code == 404
    assert client.get("/log/proof/x").status_code == 404


def test_what_is_not_signed_or_no_tile_is_not_there(branch: Branch) -> None:
    signed(branch)
    client = branch.client()
    checkpoint, _ = newest(client)
    for path in (f"0/000.p/{checkpoint.size + 1}", "0/000", "1/000.p/1", "0/0", "x", "0/000.p/0", "entries/000.p/1/x"):
        assert client.get(f"/log/tile/{path}").status_code in (303, 404), path
    assert client.get("/log/tile/0/000.p/1").status_code == 200


def test_entries_are_for_auditors_by_token_and_by_page_and_reading_them_is_recorded(
    branch: Branch, enter: Enter
) -> None:
    signed(branch)
    path = "/log/tile/entries/000.p/2"
    assert branch.client().get(path).status_code == 303
    for email in (SECRETARY, ADMINISTRATOR):
        assert branch.client(email).get(path).status_code == 403
    assert "trail_viewed" not in branch.events()
    assert len(unbundled(branch.client(AUDITOR).get(path).content)) == 2
    assert "trail_viewed" in branch.events()
    assert enter(AUDITOR).get(path).status_code == 200


def test_without_a_signature_there_is_no_checkpoint(branch: Branch) -> None:
    branch.home.log.folder.key_file.unlink()
    client = branch.client()
    if branch.home.db.dialect == "postgresql":
        assert client.get("/log/checkpoint").status_code == 404
        assert client.get("/log/tile/0/000.p/1").status_code == 404


def test_entries_in_lists_and_exports_say_their_place_in_the_log(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    signed(branch)
    items = branch.client(AUDITOR).get(f"/api/v1/cases/{reference}/trail").json()["items"]
    places = [item["index"] for item in items]
    assert None not in places[:-1]
    assert sorted(places[:-1]) == places[:-1]
    whole = branch.client(AUDITOR).get("/api/v1/trail").json()["items"]
    assert {item["id"]: item["index"] for item in whole}[items[0]["id"]] == places[0]


def test_an_auditor_reads_no_bundle_with_a_case_that_they_lost(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    signed(branch)
    client = branch.client(AUDITOR)
    size = newest(client)[0].size
    path, before = f"/log/tile/entries/000.p/{size}", "/log/tile/entries/000.p/1"
    assert client.get(path).status_code == 200
    branch.keep(AUDITOR, reference, "conflict-declarations", answer="conflicted", describe="My brother.")
    refused = client.get(path)
    assert (refused.status_code, branch.case(reference).id.encode() in refused.content) == (404, False)
    assert branch.events()[-1] == "access_denied"
    assert client.get(before).status_code == 200


@pytest.mark.parametrize("number", ["99999999999999999999", "0", "-1"])
def test_a_log_of_no_possible_number_is_not_there(branch: Branch, number: str) -> None:
    client, far = branch.client(), "x999/" * 9 + "999"
    for path in (f"/log/old/{number}/checkpoint", f"/log/old/{number}/tile/0/000", f"/log/tile/0/{far}"):
        assert client.get(path).status_code == 404, path
