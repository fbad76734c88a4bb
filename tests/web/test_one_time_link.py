"""What somebody who came by a one-time link may open, and how an owner sees that another one got in."""

import pytest
from starlette.testclient import TestClient

from app.audit.log import SYSTEM
from app.people import actions
from tests.branch import PASSWORD, SECRETARY, Branch
from tests.web.conftest import Enter, shown

OTHER = "seven lanterns under ice"


def by_link(branch: Branch, email: str) -> TestClient:
    """A browser of whoever used a one-time link for this account."""
    with branch.home.db.write() as session:
        secret = actions.issue_link(session, branch.ids[email], actor=SYSTEM, via="cli")
    client = branch.client()
    assert client.post(f"/sign-in/link/{secret}").status_code == 303
    return client


@pytest.mark.parametrize("path", ["/cases", "/cases/{}", "/cases/{}/report", "/account", "/report/new"])
def test_a_link_alone_opens_nothing_but_the_new_password(branch: Branch, path: str) -> None:
    reference = branch.at("acknowledged")
    client, before = by_link(branch, SECRETARY), branch.events(reference)
    answer = client.get(path.format(reference))
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/password")
    assert branch.events(reference) == before
    assert client.get("/account/password").status_code == 200


def test_nothing_can_be_sent_by_link_alone(branch: Branch) -> None:
    client = by_link(branch, SECRETARY)
    answer = client.post("/account/tokens", data={"label": "Mine"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/password")
    assert "token_issued" not in branch.events()
    form = "/report/social-media-conduct/third_party"
    assert 'name="channel"' not in client.get(form).text  # public pages take them for one of the public
    assert "Back to your work" not in client.get("/privacy").text


def test_one_can_sign_out_again(branch: Branch) -> None:
    client = by_link(branch, SECRETARY)
    assert client.post("/sign-out").headers["location"] == "/"
    assert branch.events()[-1] == "signed_out"
    assert client.get("/account/password").headers["location"].startswith("/sign-in")


def test_a_new_password_opens_the_rest_and_locks_the_owner_out(branch: Branch, enter: Enter) -> None:
    owner, client = enter(SECRETARY), by_link(branch, SECRETARY)
    assert owner.get("/cases").status_code == 200
    assert client.post("/account/password", data={"password": OTHER, "again": OTHER}).status_code == 303
    assert branch.events()[-1] == "password_set"
    assert client.get("/cases").status_code == 200
    assert owner.get("/cases").headers["location"].startswith("/sign-in")
    again = branch.client().post("/sign-in", data={"email": SECRETARY, "password": PASSWORD})
    assert again.status_code == 422


def test_the_account_lists_sign_ins_and_which_came_by_link(branch: Branch, enter: Enter) -> None:
    client = by_link(branch, SECRETARY)
    client.post("/account/password", data={"password": OTHER, "again": OTHER})
    client.get("/account")  # what was said once is gone from here on
    said = shown(client.get("/account").text)
    assert "Recent sign-ins" in said
    assert said.count("By one-time link") == 1
    assert "With the password" not in said
    said = shown(enter(SECRETARY).get("/account").text)
    assert said.count("By one-time link") == 1
    assert said.count("With the password") == 1
