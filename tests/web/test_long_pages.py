"""Long pages: what to do stands above what was written, the newest stands open, the record links to each kind."""

from starlette.testclient import TestClient

from tests.branch import PASSWORD, SECRETARY, Branch
from tests.cases.by_code import send
from tests.embedded import shared_branch

__all__ = ["shared_branch"]


def officer(branch: Branch) -> TestClient:
    branch.give_password(SECRETARY)
    client = branch.client()
    client.post("/sign-in", data={"email": SECRETARY, "password": PASSWORD})
    return client


def in_order(page: str, *parts: str) -> bool:
    places = [page.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


def test_the_newest_messages_stand_open_below_the_way_to_write(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.at("acknowledged")
    send(branch, reference, "withdrawal-requests", reason="Wish 0.")
    for number in range(20):
        branch.keep(SECRETARY, reference, "messages", kind="answer", text=f"Word {number}.")
    client, secretary = branch.client(), officer(branch)
    client.post("/my-report", data={"reference": reference, "code": branch.codes[reference]})
    assert "Earlier messages" not in client.get("/my-report").text
    branch.keep(SECRETARY, reference, "messages", kind="answer", text="Word 20.")
    fold = "<summary>Earlier messages: one</summary>"
    own = client.get("/my-report").text
    assert in_order(own, 'href="/my-report/write"', "Word 20.", "Word 1.", fold, "Word 0.", "</details>")
    page = secretary.get(f"/cases/{reference}/messages").text
    assert in_order(
        page, 'href="#write"', "Wish 0.", "Word 20.", "Word 1.", fold, "Word 0.", "</details>", 'id="write"'
    )


def test_the_record_begins_with_a_link_to_each_kind(shared_branch: Branch) -> None:
    reference = shared_branch.at("under_review")
    shared_branch.keep(SECRETARY, reference, "notes", text="A note.", audience="everyone")
    shared_branch.keep(SECRETARY, reference, "notes", text="Another.", audience="everyone")
    page = officer(shared_branch).get(f"/cases/{reference}/records").text
    assert in_order(page, 'href="#allegations"', 'href="#notes">Note</a> (two)', 'id="allegations"', 'id="notes"')
