"""The auditor's lists as pages and calls: a case that shows, one that does not, and one that is not theirs."""

import re
from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from app import clock
from app.oversight import looking
from app.oversight.exceptions import LOOKOUTS
from tests.api.answers import good, problem
from tests.branch import ADMINISTRATOR, AUDITOR, DEPUTY, PANEL, SECRETARY, Branch, in_days
from tests.web.conftest import Enter, shown

API = "/api/v1/trail/exceptions"


def rows(branch: Branch, name: str, **asked: Any) -> list[dict[str, Any]]:
    found, _ = looking.look_out(branch.home, branch.viewer(AUDITOR), name, via="api", **asked)
    return [row.as_json() for row in found]


def cases(branch: Branch, name: str, **asked: Any) -> set[str]:
    return {row["case"] for row in rows(branch, name, **asked)}


def test_the_lists_of_a_branch(branch: Branch) -> None:
    deputy = branch.client(DEPUTY)  # before the clock is frozen: what is imported meanwhile keeps a frozen date
    with freeze_time("2027-03-02 12:00") as frozen:
        quiet, opened_only, late = branch.at("closed"), branch.report(), branch.report()
        deputy.get(f"/api/v1/cases/{opened_only}")  # hidden from the deputy: turned away
        frozen.move_to("2027-03-20 12:00")
        assert cases(branch, "unacknowledged") == {opened_only, late}
        assert cases(branch, "late-unexplained") == {opened_only, late}
        branch.keep(SECRETARY, late, "conflict-declarations", answer="none")
        branch.keep(SECRETARY, late, "late-reasons", clock="acknowledge", reason="I was away.")
        sent = {"how": "telephone", "sent_on": "2027-03-03"}
        branch.keep(SECRETARY, late, "acknowledgements", **sent)
        assert cases(branch, "late-explained") == {late}
        assert cases(branch, "late-unexplained") == {opened_only}
        assert cases(branch, "unacknowledged") == {opened_only}
        (told,) = rows(branch, "backdated")
        assert (told["case"], told["who"]) == (late, "Secretary (test), secretary")
        assert told["what"].endswith("entered 17 days after it happened")
        assert rows(branch, "backdated", days=18) == []
        assert cases(branch, "unsent") == {quiet}
        assert "I was away" not in str([rows(branch, name) for name in LOOKOUTS])
        frozen.move_to("2027-04-10 12:00")
        assert cases(branch, "sleeping") == {opened_only}
        assert cases(branch, "sleeping", days=21) == {opened_only, late}


def test_referrals_declarations_contacts_and_reopenings(branch: Branch) -> None:
    referred, closed, plain = branch.at("referred"), branch.at("closed"), branch.at("under_review")
    contact = {"who": "Cllr Example", "happened_on": in_days(0), "how": "telephone", "to_whom": "handler"}
    branch.keep(SECRETARY, referred, "influence-contacts", **contact, asked="To let it rest.")
    branch.keep(DEPUTY, closed, "conflict-declarations", answer="none")
    branch.act(DEPUTY, closed, "reopen", ground="new_evidence", reasons="A picture came.")
    branch.client(PANEL[3]).get(f"/api/v1/cases/{plain}")
    branch.keep(SECRETARY, plain, "panel", person=PANEL[3])
    assert rows(branch, "undeclared") == []
    branch.client(PANEL[3]).get(f"/api/v1/cases/{plain}")  # the card, and no declaration since
    assert [(row["case"], row["who"]) for row in rows(branch, "undeclared")] == [(plain, "Panel4 (test), panel member")]
    assert rows(branch, "unheard") == []  # the notice was sent and answered
    (leaned,) = rows(branch, "influence")
    assert leaned["case"] == referred
    assert "Cllr" not in str(leaned)
    assert [(row["case"], row["what"]) for row in rows(branch, "reopened")] == [
        (closed, "Opened again: new evidence that matters")
    ]
    assert {row["case"] for row in rows(branch, "views")} >= {plain}
    assert len(rows(branch, "denials")) == 1  # the panel member, before they were asked


def test_a_case_the_auditor_is_out_of_is_on_no_list(branch: Branch) -> None:
    hidden = branch.report(respondent={"name": "Auditor (test)", "is_member": "yes"})
    mine = branch.report()
    branch.client(SECRETARY).get(f"/api/v1/cases/{hidden}")
    with freeze_time(clock.now() + timedelta(days=40)):
        for name in LOOKOUTS:
            assert hidden not in cases(branch, name), name
        assert mine in cases(branch, "sleeping") & cases(branch, "late-unexplained") & cases(branch, "unacknowledged")


def test_the_pages_show_them(branch: Branch, enter: Enter) -> None:
    reference = branch.report()
    client = enter(AUDITOR)
    assert 'href="/trail/exceptions"' in client.get("/trail").text
    index = client.get("/trail/exceptions").text
    for name, one in LOOKOUTS.items():
        assert f'href="/trail/exceptions/{name}"' in index
        assert one.title in shown(client.get(f"/trail/exceptions/{name}").text)
    assert reference in client.get("/trail/exceptions/unacknowledged").text
    assert "Nothing stands out here." in client.get("/trail/exceptions/sleeping").text
    assert "No case is finished yet." in client.get("/trail/alike").text
    closed = branch.at("closed")
    page = shown(client.get("/trail/alike").text)
    assert f"3.1 Within the guidance None 1: {closed}" in page
    assert branch.events().count("trail_viewed") == 1
    with freeze_time(clock.now() + timedelta(days=3)):
        assert reference in enter(AUDITOR).get("/trail/exceptions/sleeping?days=3").text


@pytest.mark.parametrize("days", ["0", "3651", "99999", "soon", "-1", "1.5", "²"])
def test_days_that_cannot_be_read_are_asked_for_again(branch: Branch, enter: Enter, days: str) -> None:
    answer = enter(AUDITOR).get(f"/trail/exceptions/sleeping?days={days}")
    assert answer.status_code == 422
    assert "Write a number of days from 1 to 3,650" in answer.text


@pytest.mark.parametrize("email", [SECRETARY, ADMINISTRATOR, PANEL[0]])
def test_nobody_else_opens_them(branch: Branch, enter: Enter, email: str) -> None:
    client = enter(email)
    for path in ("/trail/exceptions", "/trail/exceptions/denials", "/trail/alike"):
        assert client.get(path).status_code == 403
    for path in (API, f"{API}/denials", "/api/v1/trail/alike"):
        problem(branch.client(email).get(path), 403)


def test_programs_get_the_same(branch: Branch) -> None:
    reference = branch.report()
    client = branch.client(AUDITOR)
    assert [one["name"] for one in good(client.get(API))["items"]] == list(LOOKOUTS)
    body = good(client.get(f"{API}/unacknowledged"))
    assert [row["case"] for row in body["items"]] == [reference]
    assert body["next"] is None
    problem(client.get(f"{API}/nonsense"), 404)
    problem(client.get(f"{API}/views?days=3"), 422)
    problem(client.get(f"{API}/sleeping?days=0"), 422)
    closed = branch.at("closed")
    (row,) = good(client.get("/api/v1/trail/alike"))["items"]
    assert (row["clause"], row["count"], row["cases"]) == ("3.1", 1, [closed])
    assert client.get("/trail/exceptions/nonsense").status_code in (303, 404)


@pytest.mark.parametrize("name", ["unacknowledged", "undeclared", "exports", "backdated"])
def test_a_long_list_is_read_page_by_page(branch: Branch, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    viewer = branch.viewer(AUDITOR)
    contact = {"who": "Cllr", "happened_on": in_days(-9), "how": "telephone", "to_whom": "handler", "asked": "x"}
    for minute in range(5):
        with freeze_time(clock.now() + timedelta(minutes=minute)):
            reference = branch.report()
            branch.client(SECRETARY).get(f"/api/v1/cases/{reference}")
            if name == "backdated":
                branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
                branch.keep(SECRETARY, reference, "influence-contacts", **contact)
            if name == "exports":
                assert branch.client(AUDITOR).get("/api/v1/trail/export?format=csv").status_code == 200
    whole = [one.as_json() for one in looking.look_through(branch.home, viewer, name, via="api")]
    assert len(whole) == 5
    monkeypatch.setattr(looking, "PAGE", 2)
    rows, after = looking.look_out(branch.home, viewer, name, via="api")
    assert len(rows) == 2
    assert after is not None
    assert [one.as_json() for one in looking.look_through(branch.home, viewer, name, via="api")] == whole
    monkeypatch.setattr(looking, "CASES", 1)
    monkeypatch.setattr(looking, "LINES", 1)
    assert [one.as_json() for one in looking.look_through(branch.home, viewer, name, via="api")] == whole


def test_pages_lead_to_older_ones_also_where_nothing_stands_out(
    branch: Branch, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "CASES", 1)
    for _ in range(2):
        branch.report()
    client = enter(AUDITOR)
    page = client.get("/trail/exceptions/deviations")
    assert "Nothing stands out on this page; there are older cases." in page.text
    (onward,) = re.findall(r'href="(/trail/exceptions/deviations\?after=[^"]+)" rel="next"', page.text)
    last = client.get(onward).text
    assert "Nothing more stands out here." in last
    assert 'rel="next"' not in last
    assert client.get("/trail/exceptions/deviations?after=nonsense").status_code == 422
    problem(branch.client(AUDITOR).get(f"{API}/deviations?after=nonsense"), 422)
