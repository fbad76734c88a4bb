"""A procedure of its own kinds, states, steps and records is walked by the same pages with only its file."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time
from starlette.testclient import TestClient

from app import clock, worker
from app.audit.log import SYSTEM
from app.cases import digest, door, feeds
from tests.branch import AUDITOR, PASSWORD, SECRETARY, Branch, library
from tests.web.conftest import shown
from tests.web.test_case_pages import fill, next_thing

THING = {"kind": "found", "thing": "A red umbrella", "size": "large", "seen_on": "2026-05-01"}
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
    reference = str(door.open_case(desk.home, THING, None, "api")["reference"])
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


CONDUCT = ("panel", "allegation", "alleged", "evidence", "notice", "guidance", "the member", "online", "letter")
"""What a desk for lost property knows nothing of."""


def test_what_it_does_not_know_is_not_offered_to_its_keeper(desk: Branch) -> None:
    reference = str(door.open_case(desk.home, THING, None, "api")["reference"])
    desk.keep(SECRETARY, reference, "conflict-declarations", answer="no")
    client, base = sign_in(desk, SECRETARY), f"/cases/{reference}"
    for path in (base, f"{base}/report", f"{base}/records", f"{base}/steps/put_label", "/report/mail", "/guidance"):
        page = client.get(path)
        main = shown(page.text.partition("<main")[2].partition("</main>")[0]).lower()
        assert (path, page.status_code, [word for word in CONDUCT if word in main]) == (path, 200, [])
    for path in ("as/panel", "as/panel/records", "evidence", "messages"):
        assert client.get(f"{base}/{path}").status_code == 404, path
    assert client.get(f"{base}/as/reporter").status_code == client.get(f"{base}/as/auditor").status_code == 200


def test_whoever_came_to_the_desk_is_promised_nothing_that_it_does_not_do(desk: Branch) -> None:
    named = {**THING, "reporter": {"name": "Ann Example", "email": "ann@example.net"}}
    opened = door.open_case(desk.home, named, None, "api")
    client = desk.client()
    client.post("/my-report", data={"reference": opened["reference"], "code": opened["access_code"]})
    own = shown(client.get("/my-report").text)
    assert "We have noted it" in own
    assert "We reply by" in own
    for promised in (
        "letter",
        "you get a new one",
        "your report has no name",
        "Send pictures",
        "Write to us",
        "withdraw",
    ):
        assert promised not in own, promised
    assert "Keep your private code: a lost code cannot be replaced." in own
    for path in ("write", "withdraw", "evidence"):
        page = client.get(f"/my-report/{path}")
        assert (path, page.status_code, "Write a message" in page.text) == (path, 409, False)
    sent = client.post("/my-report/evidence", files=[("files", ("a.txt", b"A note.", "text/plain"))])
    assert sent.status_code == 409


def test_worklist_digest_and_calendar_follow_its_own_dates(desk: Branch) -> None:
    reference = str(door.open_case(desk.home, THING, None, "api")["reference"])
    with desk.home.db.write() as session:
        secret = feeds.issue(session, desk.home, desk.ids[SECRETARY], actor=SYSTEM, via="cli")
    with freeze_time(clock.now() + timedelta(days=9)):
        work = shown(sign_in(desk, SECRETARY).get("/cases").text)
        assert "One is late." in work
        with desk.home.db.read() as session:
            mail = digest.digest_of(session, desk.home, desk.viewer(SECRETARY), clock.today())
        assert mail is not None
        assert reference in mail.text
        assert desk.client().get(f"/calendar/{secret}.ics").text.count("BEGIN:VEVENT") == 1
        worker.tick(desk.home, clock.now())
