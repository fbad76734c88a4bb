"""Me, offices, the whole trail and the definitions, over HTTP."""

import pytest

from app.people.policy import ACCESS
from tests.api.answers import fields, good, problem
from tests.branch import (
    ADMINISTRATOR,
    AUDITOR,
    DATA_PROTECTION,
    DEPUTY,
    NOBODY,
    OFFICES,
    PANEL,
    SECRETARY,
    STAND_IN,
    Branch,
    in_days,
)

API = "/api/v1"


def test_me_is_whoever_the_token_is(branch: Branch) -> None:
    me = good(branch.client(SECRETARY).get(f"{API}/me"))
    assert me == {
        "id": branch.ids[SECRETARY],
        "name": "Secretary (test)",
        "email": SECRETARY,
        "offices": ["secretary"],
        "guest_offices": [],
    }
    problem(branch.client().get(f"{API}/me"), 401)


def test_offices_are_listed_to_every_officer(branch: Branch) -> None:
    for email in OFFICES:
        items = good(branch.client(email).get(f"{API}/offices"))["items"]
        assert {(item["id"], item["office"]) for item in items} == {
            (branch.ids[held_by], office) for held_by, office in OFFICES.items()
        }
    problem(branch.client(NOBODY).get(f"{API}/offices"), 403)
    assert branch.events()[-1] == "access_denied"


def test_only_administrators_give_offices_and_never_to_themselves(branch: Branch) -> None:
    wanted = {"person": NOBODY, "office": "panel", "ends_on": in_days(90)}
    for email in OFFICES:
        answer = branch.client(email).post(f"{API}/offices", json=wanted)
        if email == ADMINISTRATOR:
            given = good(answer, 201)
            assert (given["id"], given["office"], given["ends_on"]) == (branch.ids[NOBODY], "panel", in_days(90))
        else:
            problem(answer, 403)
    problem(branch.client(ADMINISTRATOR).post(f"{API}/offices", json={"person": ADMINISTRATOR, "office": "panel"}), 403)
    tried, own = branch.entries()[-1], branch.ids[ADMINISTRATOR]
    assert (tried.event, tried.actor_id, tried.subject_id) == ("access_denied", own, own)  # X19
    assert branch.events().count("office_given") == len(OFFICES) + 1


NO_OFFICES: tuple[tuple[dict[str, str], set[str]], ...] = (
    ({}, {"person", "office"}),
    ({"person": "nobody@example.org", "office": "panel"}, {"person"}),
    ({"person": NOBODY, "office": "chair"}, {"office"}),
    ({"person": NOBODY, "office": "secretary"}, {"role"}),
    ({"person": AUDITOR, "office": "panel"}, {"role"}),
    ({"person": NOBODY, "office": "panel", "starts_on": "2026-02-31"}, {"starts_on"}),
    ({"person": NOBODY, "office": "panel", "case": "2026-ZZZZZ"}, {"case"}),
    ({"person": NOBODY, "office": "panel", "salary": "1"}, {"salary"}),
)


def test_an_office_that_cannot_be_given(branch: Branch, subtests: pytest.Subtests) -> None:
    client = branch.client(ADMINISTRATOR)
    for body, wrong in NO_OFFICES:
        with subtests.test(str(body)):
            assert fields(client.post(f"{API}/offices", json=body)) == wrong


def test_a_guest_for_one_case_is_listed_only_where_the_case_may_be_seen(branch: Branch) -> None:
    reference = branch.report()
    body = {"person": NOBODY, "office": "panel", "case": reference}
    assert good(branch.client(ADMINISTRATOR).post(f"{API}/offices", json=body), 201)["case"] == reference

    def guests(email: str) -> list[str]:
        items = good(branch.client(email).get(f"{API}/offices"))["items"]
        return [item["case"] for item in items if item["case"]]

    assert guests(SECRETARY) == guests(AUDITOR) == [reference]
    assert guests(DEPUTY) == guests(ADMINISTRATOR) == []


def test_an_administrator_cannot_ask_for_a_case_about_themself(branch: Branch) -> None:
    involved = branch.add("both@example.org", "administrator", "panel", name="Reading group treasurer")
    reference = branch.report(respondent={"name": "Reading group treasurer"})
    assert involved
    body = {"person": NOBODY, "office": "panel", "case": reference}
    assert fields(branch.client("both@example.org").post(f"{API}/offices", json=body)) == {"case"}


def test_the_whole_trail_is_for_auditors(branch: Branch) -> None:
    branch.at("acknowledged")
    for email in (SECRETARY, DEPUTY, STAND_IN, PANEL[0], DATA_PROTECTION, ADMINISTRATOR, NOBODY):
        problem(branch.client(email).get(f"{API}/trail"), 403)
    problem(branch.client().get(f"{API}/trail"), 401)
    denied = [entry for entry in branch.entries() if entry.event == "access_denied"]
    assert len(denied) == 7
    assert all(b'"kind":"place"' in entry.entry for entry in denied)


def test_the_trail_in_pages_newest_first(branch: Branch) -> None:
    branch.at("acknowledged")
    client = branch.client(AUDITOR)
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        page = good(client.get(f"{API}/trail", params={"after": after, "limit": 7}))
        found += [item["id"] for item in page["items"]]
        after = page["next"]
    assert found == [entry.id for entry in reversed(branch.entries())]
    assert branch.events().count("trail_viewed") == 1


def test_the_trail_can_be_narrowed(branch: Branch) -> None:
    reference, hidden = branch.at("acknowledged"), branch.report(involves_secretary="yes")
    client = branch.client(AUDITOR)

    def found(**wanted: str) -> list[dict[str, str]]:
        return list(good(client.get(f"{API}/trail", params=wanted))["items"])

    assert {item["case"] for item in found(case=reference)} == {reference}
    assert {item["case"] for item in found(case=hidden.lower())} == {hidden}
    assert {item["event"] for item in found(event="step_taken")} == {"step_taken"}
    assert len(found(event="step_taken", actor=SECRETARY)) == 1
    assert found(event="step_taken", actor=DEPUTY) == found(case="2026-ZZZZZ") == []
    assert found(**{"from": in_days(1)}) == found(to=in_days(-1)) == []
    assert len(found(**{"from": in_days(0), "to": in_days(0)})) == len(found(event="", actor="", case=""))


WRONG_FILTERS = (
    ("event=sneezed", "event"),
    ("from=2026-02-31", "from"),
    ("to=9999-12-31", "to"),
    ("from=20260101", "from"),
    ("first_day=2026-01-01", "first_day"),
    ("after=bm9wZQ==", "after"),
    ("q=x", "q"),
)


def test_a_wrong_filter_of_the_trail_is_named(branch: Branch, subtests: pytest.Subtests) -> None:
    client = branch.client(AUDITOR)
    for query, wrong in WRONG_FILTERS:
        with subtests.test(query):
            assert fields(client.get(f"{API}/trail?{query}")) == {wrong}


def test_the_trail_is_saved_in_each_format(branch: Branch) -> None:
    reference, other = branch.at("acknowledged"), branch.report()
    hidden = branch.report(respondent={"name": "Auditor (test)", "is_member": "yes"})
    mine, not_mine, never = (branch.case(one).id for one in (reference, other, hidden))
    client = branch.client(AUDITOR)
    kinds = {"jsonl": "application/jsonl", "csv": "text/csv", "xes": "application/xml", "ocel": "application/json"}
    for shape, kind in kinds.items():
        answer = client.get(f"{API}/trail/export", params={"format": shape})
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == kind
        assert mine in answer.text
        assert not_mine in answer.text
        assert never not in answer.text
        narrowed = client.get(f"{API}/trail/export", params={"format": shape, "case": reference}).text
        assert mine in narrowed
        assert not_mine not in narrowed
    assert branch.events().count("record_exported") == 8
    for query, wrong in (("format=pdf", "format"), ("event=nothing", "event"), ("limit=3", "limit")):
        assert fields(client.get(f"{API}/trail/export?{query}")) == {wrong}
    for email in (SECRETARY, ADMINISTRATOR):
        problem(branch.client(email).get(f"{API}/trail/export"), 403)
    problem(branch.client().get(f"{API}/trail/export"), 401)


def test_procedures_and_guidance_are_open_data(branch: Branch) -> None:
    client = branch.client()
    listed = good(client.get(f"{API}/workflows"))["items"]
    assert [one["name"] for one in listed if one["default"]] == ["social-media-conduct"]
    whole = good(client.get(f"{API}/workflows/social-media-conduct/1"))
    assert whole["states"][0]["name"] == whole["initial"] == "received"
    assert {step["trigger"] for step in whole["transitions"]} >= {"acknowledge", "refer", "reopen"}
    assert whole["digest"] == listed[0]["digest"]
    guidance = good(client.get(f"{API}/guidance/{whole['guidance']}"))
    assert guidance["clauses"]["3.2a"]["gross_possible"] is True
    problem(client.get(f"{API}/workflows/social-media-conduct/99"), 404)
    problem(client.get(f"{API}/workflows/social-media-conduct/one"), 422)
    problem(client.get(f"{API}/guidance/unknown"), 404)


def test_every_rule_of_the_api_is_known() -> None:
    assert {"offices", "users", "trail"} <= ACCESS.keys()


def test_a_withdrawn_token_and_a_closed_account_open_nothing(branch: Branch) -> None:
    from app.audit.log import SYSTEM
    from app.cases import staffing

    client = branch.client(SECRETARY)
    good(client.get(f"{API}/me"))
    reference = branch.report()
    with branch.home.db.write() as session:
        staffing.disable_person(session, branch.home, branch.ids[SECRETARY], actor=SYSTEM, via="cli")
    problem(client.get(f"{API}/me"), 401)
    assert branch.handler(reference) == DEPUTY
