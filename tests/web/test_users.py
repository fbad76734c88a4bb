"""People and offices by page: for administrators only, no content of cases, nobody changes their own offices."""

import re

import pytest

from app.cases.models import Case
from app.people import queries
from app.web import brand
from tests.branch import ADMINISTRATOR, AUDITOR, DEPUTY, NOBODY, PANEL, SECRETARY, STAND_IN, Branch
from tests.web.conftest import Enter, Form, shown

PATHS = ("/users", "/users/new", "/users/keys", "/users/colour")


@pytest.mark.parametrize("email", [SECRETARY, DEPUTY, PANEL[0], AUDITOR, NOBODY])
def test_only_administrators_see_people(branch: Branch, enter: Enter, email: str) -> None:
    client = enter(email)
    for path in (*PATHS, f"/users/{branch.ids[SECRETARY]}"):
        assert client.get(path).status_code == 403
    for path in (
        "/users",
        "/users/keys",
        f"/users/{branch.ids[NOBODY]}/offices",
        f"/users/{branch.ids[NOBODY]}/disable",
    ):
        assert client.post(path, data={"role": "secretary"}).status_code == 403
    assert "access_denied" in branch.events()
    assert 'href="/users"' not in client.get("/account").text


def test_the_list_counts_names_and_shows_no_case(branch: Branch, enter: Enter) -> None:
    reference = branch.report()
    page = enter(ADMINISTRATOR).get("/users")
    assert "Secretary (test)" in page.text
    assert reference not in page.text
    assert "nobody to look after" not in page.text


def test_a_case_that_nobody_looks_after_is_shown_as_a_fault_until_someone_does(branch: Branch, enter: Enter) -> None:
    admin = enter(ADMINISTRATOR)
    for email in (SECRETARY, DEPUTY, STAND_IN):
        assert admin.post(f"/users/{branch.ids[email]}/disable").status_code == 303
    reference = branch.report()
    said = shown(admin.get("/users").text)
    assert "One open case has nobody to look after it" in said
    assert "Nobody is secretary, nobody is deputy secretary, nobody is stand-in at present" in said
    assert admin.post(f"/users/{branch.ids[NOBODY]}/offices", data={"role": "deputy"}).status_code == 303
    assert branch.handler(reference) == NOBODY
    assert "nobody to look after" not in admin.get("/users").text


def test_ending_an_office_moves_its_open_cases_in_the_same_breath(branch: Branch, enter: Enter) -> None:
    reference = branch.report()
    admin = enter(ADMINISTRATOR)
    page = admin.get(f"/users/{branch.ids[SECRETARY]}")
    end = re.findall(r'action="(/users/\w+/offices/\w+/end)"', page.text)[0]
    assert admin.post(end).status_code == 303
    assert branch.handler(reference) == DEPUTY
    case: Case = branch.case(reference)
    assert case.state == "received"


def test_a_person_is_added_given_an_office_and_a_link(branch: Branch, enter: Enter) -> None:
    admin = enter(ADMINISTRATOR)
    answers = {"name": "Nia <b>Example</b>", "email": "nia@example.org", "handles": "@nia\r\n\r\n@nia_two"}
    added = admin.post("/users", data=answers)
    assert added.status_code == 303
    path = added.headers["location"]
    assert "Nia &lt;b&gt;Example" in admin.get(path).text
    assert admin.post(f"{path}/offices", data={"role": "panel", "starts_on": "1 May 2026"}).status_code == 303
    page = admin.post(f"{path}/link")
    link = re.findall(rf"{branch.home.settings.base_url}(/sign-in/link/[\w-]+)", page.text)[0]
    assert link not in admin.get(path).text
    assert branch.client().post(link).status_code == 303
    assert dict(Form(admin.get(f"{path}/contacts").text, 1).pairs)["handles"] == "@nia\n@nia_two"
    events = branch.events()
    assert [event for event in events if event in ("person_added", "office_given", "link_issued")][-3:] == [
        "person_added",
        "office_given",
        "link_issued",
    ]


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"name": "", "email": "a@example.org"}, "name"),
        ({"name": "A", "email": "nonsense"}, "email"),
        ({"name": "A", "email": SECRETARY}, "email"),
        ({"name": "A", "email": "a@example.org", "handles": "x" * 201}, "handles"),
    ],
)
def test_a_person_with_something_wrong_is_not_added(
    branch: Branch, enter: Enter, answers: dict[str, str], field: str
) -> None:
    admin, before = enter(ADMINISTRATOR), len(branch.ids)
    answer = admin.post("/users", data=answers)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    with branch.home.db.read() as session:
        assert len(queries.people_list(session, branch.home.vault)) == before


@pytest.mark.parametrize("path", ["offices", "disable"])
def test_nobody_changes_their_own_account(branch: Branch, enter: Enter, path: str) -> None:
    admin, own = enter(ADMINISTRATOR), branch.ids[ADMINISTRATOR]
    assert "Nobody changes their own offices" in shown(admin.get(f"/users/{own}").text)
    assert f"/users/{own}/offices" not in admin.get(f"/users/{own}").text
    answer = admin.post(f"/users/{own}/{path}", data={"role": "secretary"})
    assert answer.status_code == 403
    assert "Ask another administrator" in shown(answer.text)
    tried = branch.entries()[-1]
    assert (tried.event, tried.actor_id, tried.subject_id) == ("access_denied", own, own)  # X19
    assert branch.viewer(ADMINISTRATOR).offices == frozenset({"administrator"})


def test_an_own_office_is_not_ended_under_another_name(branch: Branch, enter: Enter) -> None:
    admin, own = enter(ADMINISTRATOR), branch.ids[ADMINISTRATOR]
    with branch.home.db.read() as session:
        rows = queries.people_list(session, branch.home.vault)
    office = next(row for row in rows if row.id == own).offices[0]
    assert admin.post(f"/users/{branch.ids[NOBODY]}/offices/{office.id}/end").status_code == 404
    assert admin.post(f"/users/{own}/offices/{office.id}/end").status_code == 403
    tried = branch.entries()[-1]
    assert (tried.event, tried.actor_id, tried.subject_id) == ("access_denied", own, own)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"role": "secretary"}, "There is one secretary at a time"),
        ({"role": "emperor"}, "Choose one of the answers"),
        ({}, "Choose an answer"),
        ({"role": "panel", "starts_on": "2 May 2026", "ends_on": "1 May 2026"}, "cannot be before 2 May 2026"),
        ({"role": "panel", "starts_on": "31 February 2026"}, "there is no 31 February 2026"),
        ({"role": "panel", "case_id": "x"}, "There is no question with this name"),
    ],
)
def test_an_office_that_cannot_be_given_says_why(
    branch: Branch, enter: Enter, answers: dict[str, str], words: str
) -> None:
    answer = enter(ADMINISTRATOR).post(f"/users/{branch.ids[NOBODY]}/offices", data=answers)
    assert answer.status_code == 422
    assert words in shown(answer.text)
    assert branch.viewer(NOBODY).offices == frozenset()


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(branch: Branch, enter: Enter) -> None:
    panel, admin = enter(PANEL[0]), enter(ADMINISTRATOR)
    path = f"/users/{branch.ids[PANEL[0]]}"
    assert admin.post(f"{path}/disable").status_code == 303
    assert panel.get("/account").status_code == 303
    assert "Closed on" in shown(admin.get("/users").text)
    assert admin.post(f"{path}/disable").status_code == 422
    assert admin.post(f"{path}/enable").status_code == 303
    assert panel.get("/account").status_code == 303


def test_a_token_of_somebody_can_be_withdrawn_but_not_made(branch: Branch, enter: Enter) -> None:
    token = branch.token(SECRETARY)
    admin, path = enter(ADMINISTRATOR), f"/users/{branch.ids[SECRETARY]}"
    withdraw = re.findall(rf'action="({path}/tokens/\w+/revoke)"', admin.get(path).text)[0]
    assert token not in admin.get(path).text
    assert admin.post(withdraw).status_code == 303
    assert branch.client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_signing_somebody_out_everywhere(branch: Branch, enter: Enter) -> None:
    secretary, admin = enter(SECRETARY), enter(ADMINISTRATOR)
    assert admin.post(f"/users/{branch.ids[SECRETARY]}/sessions").status_code == 303
    assert secretary.get("/account").status_code == 303


def test_confirming_the_copy_of_the_keys_takes_the_banner_away(branch: Branch, enter: Enter) -> None:
    admin = enter(ADMINISTRATOR)
    assert "No copy of the key folder was confirmed" in admin.get("/users").text
    assert admin.post("/users/keys").status_code == 303
    assert admin.post("/users/keys").status_code == 303
    assert "No copy of the key folder was confirmed" not in admin.get("/users").text
    assert branch.events().count("keys_copied") == 1


def test_an_unknown_person_does_not_exist(enter: Enter) -> None:
    admin = enter(ADMINISTRATOR)
    for path in ("", "/contacts"):
        assert admin.get(f"/users/{'0' * 32}{path}").status_code == 404
    sent = {"/offices": {"role": "panel"}, "/contacts": {"name": "A", "email": "a@example.org"}}
    for path in ("/offices", "/disable", "/enable", "/link", "/sessions", "/contacts"):
        assert admin.post(f"/users/{'0' * 32}{path}", data=sent.get(path, {})).status_code == 404
    for made_up in ("%00", "x", "..%2f", "0" * 31):
        assert admin.get(f"/users/{made_up}").status_code == 404
        assert admin.post(f"/users/{made_up}/tokens/{made_up}/revoke").status_code == 404


def test_the_branch_has_its_own_colour_unless_words_in_it_could_not_be_read(branch: Branch, enter: Enter) -> None:
    admin = enter(ADMINISTRATOR)
    assert admin.get("/brand.css").text == ""
    for refused in ("red", "#ffffff", "#e0a9d3", "#12505c;}"):
        answer = admin.post("/users/colour", data={"accent": refused})
        assert answer.status_code == 422
        assert 'href="#accent"' in answer.text
    assert admin.post("/users/colour", data={"accent": "#12505C"}).status_code == 303
    assert 'href="/brand.css?v=12505c"' in branch.client().get("/").text
    assert "--ct-accent: #12505c;" in branch.client().get("/brand.css").text
    assert admin.post("/users/colour", data={"accent": ""}).status_code == 303
    assert "brand.css" not in branch.client().get("/").text


@pytest.mark.parametrize("accent", ["#5b2450", "#12505c", "#000000", "#0000ff", "#a01b1b", "#006400", "#6b4300"])
def test_every_accepted_colour_can_be_read_in_both_themes(accent: str) -> None:
    grounds = (brand.LIGHT_GROUNDS, brand.DARK_GROUNDS)
    for theme, plain in zip(brand.themes(accent), grounds, strict=True):
        for ground in (*plain, theme["accent-wash"], theme["accent-ink"]):
            assert brand.contrast(theme["accent"], ground) >= brand.LEAST_CONTRAST
