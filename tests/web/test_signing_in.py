"""Signing in and out by page, one-time links, one's own password and tokens."""

import re

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.log import SYSTEM
from app.installation import remember
from app.people import actions
from app.people.models import SignInSession
from tests.branch import ADMINISTRATOR, AUDITOR, NOBODY, PANEL, PASSWORD, SECRETARY, Branch, installation
from tests.web.conftest import Enter, shown

OTHER = "seven lanterns under ice"


def sign_in(client: TestClient, email: str, password: str = PASSWORD, **more: str) -> tuple[int, str]:
    answer = client.post("/sign-in", data={"email": email, "password": password, **more})
    return answer.status_code, answer.headers.get("location", "")


@pytest.mark.parametrize(
    ("email", "first"),
    [(SECRETARY, "/cases"), (PANEL[0], "/panel"), (AUDITOR, "/cases"), (ADMINISTRATOR, "/users"), (NOBODY, "/account")],
)
def test_everyone_lands_where_their_work_is(branch: Branch, public: TestClient, email: str, first: str) -> None:
    branch.give_password(email)
    assert sign_in(public, email) == (303, first)
    page = public.get("/account")
    assert f'href="{first}"' in page.text


def test_the_cookie_is_kept_from_scripts_and_other_sites(branch: Branch, public: TestClient) -> None:
    branch.give_password(SECRETARY)
    cookie = public.post("/sign-in", data={"email": SECRETARY, "password": PASSWORD}).headers["set-cookie"]
    assert cookie.startswith("session=")
    for part in ("HttpOnly", "Path=/", "SameSite=lax"):
        assert part in cookie
    assert "Secure" not in cookie


def test_on_https_the_cookie_belongs_to_this_host_alone(branch: Branch) -> None:
    home = installation(
        branch.home.db,
        branch.home.settings.data_dir.parent,
        branch.home.settings.keys_dir,
        base_url="https://cases.example.org",
    )
    branch.give_password(SECRETARY)
    client = Branch(home).client()
    cookie = client.post("/sign-in", data={"email": SECRETARY, "password": PASSWORD}).headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_an_unknown_address_and_a_wrong_password_look_alike(branch: Branch, public: TestClient) -> None:
    branch.give_password(SECRETARY)
    answers = [
        public.post("/sign-in", data={"email": email, "password": "wrong wrong wrong"})
        for email in (SECRETARY, "nobody@example.org")
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert shown(answers[0].text) == shown(answers[1].text)
    assert "wrong wrong wrong" not in answers[0].text
    assert 'href="#email"' in answers[0].text


def test_after_too_many_tries_it_says_how_long_to_wait(branch: Branch, public: TestClient) -> None:
    branch.give_password(SECRETARY)
    for _ in range(5):
        assert sign_in(public, SECRETARY, "wrong")[0] == 422
    answer = public.post("/sign-in", data={"email": SECRETARY, "password": PASSWORD})
    assert answer.status_code == 429
    assert "Wait 10 minutes" in shown(answer.text)
    elsewhere = TestClient(branch.app, client=("2001:db8::1", 1), follow_redirects=False)
    assert sign_in(elsewhere, SECRETARY)[0] == 303


def test_the_addresses_of_one_ipv6_network_count_together(branch: Branch) -> None:
    branch.give_password(SECRETARY)
    for number in range(6):
        client = TestClient(branch.app, client=(f"2001:db8::{number}", 1), follow_redirects=False)
        assert sign_in(client, SECRETARY, "wrong")[0] == (422 if number < 5 else 429)


@pytest.mark.parametrize(
    ("onward", "lands"),
    [
        ("/cases/2026-K7QFM", "/cases/2026-K7QFM"),
        ("//elsewhere.example", "/cases"),
        ("https://elsewhere.example", "/cases"),
        ("/\\elsewhere.example", "/cases"),
        ("/a\r\nb", "/cases"),
        ("", "/cases"),
    ],
)
def test_it_goes_on_to_a_page_of_this_site_only(branch: Branch, public: TestClient, onward: str, lands: str) -> None:
    branch.give_password(SECRETARY)
    assert sign_in(public, SECRETARY, next=onward) == (303, lands)


def test_who_is_signed_in_needs_no_form(enter: Enter) -> None:
    assert enter(SECRETARY).get("/sign-in").headers["location"] == "/cases"


def test_signing_out_ends_the_session(branch: Branch, enter: Enter) -> None:
    client = enter(SECRETARY)
    token = client.cookies["session"]
    assert client.post("/sign-out").headers["location"] == "/"
    client.cookies.set("session", token)
    assert client.get("/account").headers["location"].startswith("/sign-in")
    assert branch.events()[-1] == "signed_out"


def test_signing_out_without_a_session_writes_nothing(branch: Branch, public: TestClient) -> None:
    before = branch.events()
    assert public.post("/sign-out").status_code == 303
    assert branch.events() == before


def test_another_site_cannot_sign_anyone_in_or_out(enter: Enter) -> None:
    client = enter(SECRETARY)
    for path in ("/sign-out", "/account/tokens"):
        assert client.post(path, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.get("/account").status_code == 200


def test_a_link_is_used_by_the_button_only_once_and_leads_to_a_password(branch: Branch, public: TestClient) -> None:
    with branch.home.db.write() as session:
        secret = actions.issue_link(session, branch.ids[NOBODY], actor=SYSTEM, via="cli")
    path = f"/sign-in/link/{secret}"
    assert public.get(path).status_code == 200
    assert public.get(path).status_code == 200
    answer = public.post(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/password")
    assert "present password" not in public.get("/account/password").text
    set_to = public.post("/account/password", data={"password": OTHER, "again": OTHER})
    assert (set_to.status_code, set_to.headers["location"]) == (303, "/account")
    assert public.get(path).status_code == 404
    assert public.post(path).status_code == 404
    assert sign_in(branch.client(), NOBODY, OTHER)[0] == 303


def test_a_made_up_link_opens_nothing(public: TestClient) -> None:
    assert public.get("/sign-in/link/made-up").status_code == 404
    assert public.post("/sign-in/link/made-up").status_code == 404


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"current": PASSWORD, "password": OTHER, "again": OTHER + "x"}, "again"),
        ({"current": "wrong", "password": OTHER, "again": OTHER}, "current"),
        ({"current": PASSWORD, "password": "short", "again": "short"}, "password"),
        ({}, "password"),
    ],
)
def test_a_password_that_cannot_be_set_says_why_and_is_not_filled_in(
    enter: Enter, given: dict[str, str], field: str
) -> None:
    given = given or {"current": PASSWORD}
    answer = enter(SECRETARY).post("/account/password", data=given)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert OTHER not in answer.text


def test_a_new_password_ends_the_other_sessions(branch: Branch, enter: Enter) -> None:
    client, other = enter(SECRETARY), branch.client()
    assert sign_in(other, SECRETARY)[0] == 303
    answer = client.post("/account/password", data={"current": PASSWORD, "password": OTHER, "again": OTHER})
    assert answer.status_code == 303
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_signing_out_everywhere_else(branch: Branch, enter: Enter) -> None:
    client, other = enter(SECRETARY), branch.client()
    assert sign_in(other, SECRETARY)[0] == 303
    client.post("/account/sessions")
    assert "signed out everywhere else" in client.get("/account").text
    with branch.home.db.read() as session:
        assert len(session.exec(select(SignInSession)).all()) == 1


def test_a_token_is_shown_once_works_and_can_be_withdrawn(branch: Branch, enter: Enter) -> None:
    client = enter(SECRETARY)
    made = client.post("/account/tokens", data={"label": "My <script>"})
    assert made.status_code == 200
    secret = re.findall(r"ct_[\w-]{43}", made.text)[0]
    assert secret not in client.get("/account").text
    headers = {"Authorization": f"Bearer {secret}"}
    assert branch.client().get("/api/v1/me", headers=headers).status_code == 200
    withdraw = re.findall(r'action="(/account/tokens/\w+/revoke)"', made.text)[0]
    assert enter(AUDITOR).post(withdraw).status_code == 404
    assert client.post(withdraw).status_code == 303
    assert branch.client().get("/api/v1/me", headers=headers).status_code == 401


def test_a_token_needs_a_purpose(enter: Enter) -> None:
    answer = enter(SECRETARY).post("/account/tokens", data={"label": " "})
    assert answer.status_code == 422
    assert 'href="#label"' in answer.text


def test_the_people_of_the_demonstration_are_listed_in_mode_demo_only(branch: Branch, public: TestClient) -> None:
    assert "look around with tea" not in public.get("/sign-in").text
    with branch.home.db.write() as session:
        remember(session, "mode", "demo", actor=SYSTEM, via="cli")
    page = public.get("/sign-in").text
    assert "look around with tea" in page
    assert "panel-4@example.org" in page
