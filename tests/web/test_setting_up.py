"""The first set-up by page: a real branch or the demonstration, once, by whoever has the link."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app import demo, setup
from app.db import Database
from app.installation import remembered
from app.people import queries
from tests.branch import PASSWORD, Branch, installation
from tests.web.conftest import Form, shown

ANSWERS = {
    "organisation": "Exampleton branch",
    "contact": "Telephone 01632 960001",
    "contact_about_secretary": "The deputy, 01632 960002",
    "controller_contact": "The branch, PO Box 0",
    "own.name": "Sam Example",
    "own.email": "sam@example.org",
    "own.role": "secretary",
    "deputy.name": "Dee Example",
    "deputy.email": "dee@example.org",
    "others.0.name": "Ada Example",
    "others.0.email": "ada@example.org",
    "others.0.role": "auditor",
    "password": PASSWORD,
    "again": PASSWORD,
    "way": "own",
}


@pytest.fixture
def empty(db: Database, tmp_path: Path, keys_dir: Path) -> Branch:
    """An installation nobody has an account on."""
    return Branch(installation(db, tmp_path, keys_dir))


@pytest.fixture
def link(empty: Branch) -> str:
    """The path of its set-up link."""
    path = setup.new_setup_link(empty.home)
    assert path is not None
    return path


@pytest.fixture
def client(empty: Branch) -> TestClient:
    """A browser on it."""
    return empty.client()


def test_the_page_says_in_plain_words_what_is_at_stake(empty: Branch, client: TestClient, link: str) -> None:
    said = shown(client.get(link).text)
    assert "Without a copy of the key folder everything is lost with it" in said
    assert str(empty.home.settings.keys_dir) in said
    assert "Whoever runs this computer can in the end read what it can read" in said
    assert "stand-in" in said


def test_before_set_up_the_first_page_says_so(client: TestClient) -> None:
    assert "not set up yet" in shown(client.get("/").text)


def test_a_branch_is_set_up_and_links_are_handed_over_once(empty: Branch, client: TestClient, link: str) -> None:
    done = client.post(link, data=ANSWERS)
    assert done.status_code == 200
    assert client.get("/users").status_code == 200
    links = re.findall(rf"{empty.home.settings.base_url}(/sign-in/link/[\w-]+)", done.text)
    assert len(links) == 2
    for path in links:
        assert empty.client().post(path).headers["location"] == "/account/password"
    assert client.get(link).status_code == 404
    assert client.post(link, data=ANSWERS).status_code == 404
    with empty.home.db.read() as session:
        known = remembered(session)
        people = {
            row.email: {office.role for office in row.offices} for row in queries.people_list(session, empty.home.vault)
        }
    assert (known["organisation"], known["mode"]) == ("Exampleton branch", "desk")
    assert people["sam@example.org"] == {"secretary", "administrator"}
    assert people["ada@example.org"] == {"auditor"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"organisation": ""}, "organisation"),
        ({"own.email": "nonsense"}, "own-email"),
        ({"own.role": "auditor"}, "own-role"),
        ({"again": "another one altogether"}, "again"),
        ({"password": "short", "again": "short"}, "password"),
        ({"deputy.email": "sam@example.org"}, "deputy-email"),
        ({"others.0.email": ""}, "others-0-email"),
        ({"others.0.role": "secretary"}, "others-0-role"),
    ],
)
def test_what_is_wrong_is_shown_and_nothing_is_made(
    empty: Branch, client: TestClient, link: str, change: dict[str, str], field: str
) -> None:
    before = empty.events()
    answer = client.post(link, data=ANSWERS | change)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    kept = dict(Form(answer.text, 1).pairs)
    assert kept["contact"] == ANSWERS["contact"]
    assert PASSWORD not in answer.text
    assert empty.events() == before
    assert client.get(link).status_code == 200


def test_another_person_at_a_time(client: TestClient, link: str) -> None:
    answer = client.post(link, data=ANSWERS | {"more": "others"})
    names = [name for name, _ in Form(answer.text, 1).pairs]
    assert answer.status_code == 200
    assert "others.1.name" in names


def test_the_demonstration_is_made_and_can_be_entered(empty: Branch, client: TestClient, link: str) -> None:
    answer = client.post(link, data={"way": "demo"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    page = client.get("/sign-in")
    assert demo.PASSWORD in page.text
    for person in demo.PEOPLE:
        given = {"email": person.email, "password": demo.PASSWORD}
        assert empty.client().post("/sign-in", data=given).status_code == 303
    assert "Demonstration:" in client.get("/").text


def test_without_the_link_nothing_is_set_up(empty: Branch, client: TestClient, link: str) -> None:
    assert client.get("/set-up/made-up").status_code == 404
    assert client.post("/set-up/made-up", data=ANSWERS).status_code == 404
    assert empty.events() == ["link_issued"]
