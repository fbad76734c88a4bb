"""The outbox leaves nothing out: what needs the officer stands first, whatever its age; the rest follows by pages."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from app import clock
from app.cases import outbox_list
from app.letters.models import NEEDS_YOU, Letter
from tests.branch import PASSWORD, SECRETARY, Branch, in_days
from tests.letters.correspondence import REPORTER, do, letters, write

SOME = 6


@pytest.fixture
def reference(desk: Branch, monkeypatch: pytest.MonkeyPatch) -> str:
    """A case with an old letter that needs its officer, and newer ones that are gone; pages of three."""
    monkeypatch.setattr(outbox_list, "PAGE", 3)
    made = desk.report(reporter=REPORTER)
    desk.keep(SECRETARY, made, "conflict-declarations", answer="none")
    old = write(desk, made, "update")
    with desk.home.db.write() as session:
        session.get_one(Letter, old).prepared_at = clock.now() - timedelta(days=400)
    for _ in range(SOME):
        one = write(desk, made, "new_code")
        do(desk, made, one, "posted", how="in_person", sent_on=in_days(0))
    return made


def test_everything_is_reached_and_what_needs_somebody_stands_first(desk: Branch, reference: str) -> None:
    client = desk.client(SECRETARY)
    found, after = [], None
    while True:
        answer = client.get("/api/v1/letters", params={"after": after} if after else {}).json()
        assert len(answer["items"]) <= 3
        found += answer["items"]
        after = answer["next"]
        if after is None:
            break
    needing = [place for place, one in enumerate(found) if one["state"] == NEEDS_YOU]
    assert needing == list(range(len(needing)))
    mine = [one for one in found if one["case"] == reference]
    assert sorted(one["id"] for one in mine) == sorted(one["id"] for one in letters(desk, reference))
    assert len(mine) == SOME + 1
    assert client.get("/api/v1/letters", params={"after": "nonsense"}).status_code == 422


def test_the_page_leads_on_to_the_next(desk: Branch, reference: str) -> None:
    desk.give_password(SECRETARY)
    client: TestClient = desk.client()
    client.post("/sign-in", data={"email": SECRETARY, "password": PASSWORD})
    page = client.get("/letters").text
    assert page.index("Needs you") < page.index(reference)
    following = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert reference in client.get(following).text
