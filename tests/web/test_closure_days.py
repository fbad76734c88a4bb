"""Closure days by page, API and command: administrators record, everyone with an office reads, rows only grow."""

from tests.branch import ADMINISTRATOR, NOBODY, SECRETARY, Branch, in_days
from tests.web.conftest import Enter

API = "/api/v1/closure-days"


def test_the_administrator_records_a_day_and_takes_it_back(branch: Branch, enter: Enter) -> None:
    admin = enter(ADMINISTRATOR)
    answers = {"day": in_days(20), "what": "closed", "why": "<b>The office moves</b>"}
    assert admin.post("/closure-days", data=answers).status_code == 303
    page = admin.get("/closure-days").text
    assert "&lt;b&gt;The office moves" in page
    again = admin.post("/closure-days", data=answers)
    assert again.status_code == 422
    assert "closed on this day already" in again.text
    assert admin.post("/closure-days", data=answers | {"what": "open", "why": "It does not."}).status_code == 303
    rows = branch.client(SECRETARY).get(API).json()["items"]
    assert [(row["closed"], row["counts"]) for row in rows] == [(False, True), (True, False)]
    assert [event for event in branch.events() if event.startswith("closure")] == ["closure_added", "closure_withdrawn"]
    entry = next(one for one in branch.entries() if one.event == "closure_added")
    assert entry.subject_id == in_days(20)
    assert b"office moves" not in entry.entry


def test_bad_input_stores_nothing(branch: Branch) -> None:
    client = branch.client(ADMINISTRATOR)
    good = {"day": in_days(5), "what": "closed", "why": "Count."}
    for wrong in (
        {},
        good | {"day": "31 February 2027"},
        good | {"what": "perhaps"},
        good | {"why": ""},
        good | {"why": "x" * 5000},
        good | {"why": "a\0b"},
        good | {"what": "open"},
        good | {"more": 1},
    ):
        assert client.post(API, json=wrong).status_code == 422, wrong
    assert client.get(API).json() == {"items": []}
    assert client.post(API, json=good).status_code == 201


def test_officers_read_and_do_not_write_and_others_do_neither(branch: Branch, enter: Enter) -> None:
    good = {"day": in_days(5), "what": "closed", "why": "Count."}
    officer, client = enter(SECRETARY), branch.client(SECRETARY)
    page = officer.get("/closure-days")
    assert page.status_code == 200
    assert "Record this day" not in page.text
    assert officer.post("/closure-days", data=good).status_code == 403
    assert client.post(API, json=good).status_code == 403
    assert client.get(API).status_code == 200
    assert enter(NOBODY).get("/closure-days").status_code == 403
    assert branch.client(NOBODY).get(API).status_code == 403
    assert branch.client().get(API).status_code == 401


def test_the_address_of_a_calendar_is_shown_once_and_can_be_withdrawn(branch: Branch, enter: Enter) -> None:
    officer = enter(SECRETARY)
    shown = officer.post("/account/calendar").text
    path = shown.split('<dd class="ct-code">')[1].split("</dd>")[0].removeprefix(branch.home.settings.base_url)
    assert branch.client().get(path).status_code == 200
    page = officer.get("/account").text
    assert path not in page
    ending = page.split('action="/account/calendar/')[1].split('"')[0]
    assert enter(ADMINISTRATOR).post(f"/account/calendar/{ending}").status_code == 404  # somebody else's
    assert branch.client().get(path).status_code == 200
    assert officer.post(f"/account/calendar/{ending}").status_code == 303
    assert branch.client().get(path).status_code == 404
