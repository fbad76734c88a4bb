"""The log over HTTP, as programs of strangers read it: they find the same tree, the same entries, and true receipts."""

import pytest
from starlette.testclient import TestClient

from app.audit import tree
from app.audit.checkpoints import Checkpoint, read_note
from app.audit.entries import leaf_hash
from app.audit.notes import decoded, read_verifier
from app.audit.tiles import Tile, hashes_in, tile_at, unbundled
from tests.audit.trees import b64, go_says
from tests.branch import ADMINISTRATOR, AUDITOR, SECRETARY, Branch
from tests.web.conftest import Enter


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
    branch.home.log.catch_up()
    client = branch.client()
    checkpoint, _ = newest(client)
    assert checkpoint.origin == "127.0.0.1:8000/log"
    assert tree.root(read_tiles(client, checkpoint.size), checkpoint.size) == checkpoint.root


@pytest.mark.go
def test_go_finds_the_root_over_the_entries_and_accepts_a_receipt(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    branch.home.log.catch_up()
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
    branch.home.log.catch_up()
    branch.home.log.folder.key_file.unlink()
    reference = branch.report()
    branch.home.log.catch_up()
    client, entry_id = branch.client(), branch.entries(reference)[0].id
    waiting = client.get(f"/log/proof/{entry_id}")
    assert (waiting.status_code, waiting.headers["retry-after"]) == (202, "2")
    assert client.get(f"/log/proof/{'0' * 32}").status_code == 404
    assert client.get("/log/proof/x").status_code == 404


def test_what_is_not_signed_or_no_tile_is_not_there(branch: Branch) -> None:
    branch.home.log.catch_up()
    client = branch.client()
    checkpoint, _ = newest(client)
    far = "x999/" * 9 + "999"
    for path in (f"/log/old/{number}/checkpoint", f"/log/old/{number}/tile/0/000", f"/log/tile/0/{far}"):
        assert client.get(path).status_code == 404, path
