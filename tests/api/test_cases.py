"""Cases over HTTP: who gets which answer to each call, and what a refusal says."""

import itertools
from typing import Any

import pytest

from app.cases.models import Case
from tests.api.answers import fields, good, problem, unmet
from tests.branch import (
    ADMINISTRATOR,
    AUDITOR,
    CLOSING,
    DEPUTY,
    NOBODY,
    PANEL,
    REFERRAL,
    SECRETARY,
    STATES,
    Branch,
)

URL = "/api/v1/cases"
CALLS = (
    ("GET", "", None),
    ("GET", "/actions", None),
    ("GET", "/trail", None),
    ("GET", "/notes", None),
    ("POST", "/notes", {"text": "x", "audience": "everyone"}),
    ("POST", "/actions/acknowledge", {"version": 1}),
)
UNKNOWN = "2026-ZZZZZ"


def version_of(branch: Branch, reference: str) -> int:
    return branch.case(reference).version


def test_without_a_valid_token_every_call_is_401(branch: Branch, subtests: pytest.Subtests) -> None:
    client = branch.client()
    for header, (method, path, body) in itertools.product((None, "Bearer ct_unknown", "Basic YTpi", "Bearer"), CALLS):
        with subtests.test(f"{header}: {method} {path}"):
            headers = {"Authorization": header} if header else {}
            refused = client.request(method, f"{URL}/{UNKNOWN}{path}", json=body, headers=headers)
            problem(refused, 401)
            assert refused.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_a_hidden_case_answers_exactly_like_an_unknown_reference(
    branch: Branch, method: str, path: str, body: Any
) -> None:
    hidden = branch.report(involves_secretary="yes")
    client = branch.client(SECRETARY)
    answers = [
        client.request(method, f"{URL}/{reference}{path}", json=body) for reference in (hidden, UNKNOWN, "no-such")
    ]
    assert [problem(answer, 404) for answer in answers] == [problem(answers[0], 404)] * 3
    entries = [entry for entry in branch.entries() if entry.event == "access_denied"]
    assert [entry.case_id for entry in entries] == [branch.case(hidden).id, None, None]
    assert {entry.actor_id for entry in entries} == {branch.ids[SECRETARY]}


def test_the_case_is_told_by_view(branch: Branch) -> None:
    reference = branch.report()
    handler, auditor = branch.client(SECRETARY), branch.client(AUDITOR)
    card = good(handler.get(f"{URL}/{reference}"))
    assert (card["view"], card["state"], card["version"]) == ("card", "received", 1)
    assert "report" not in card
    good(handler.post(f"{URL}/{reference}/conflict-declarations", json={"answer": "none"}), 201)
    full = good(handler.get(f"{URL}/{reference}"))
    assert (full["view"], full["version"]) == ("full", 2)
    assert full["report"]["statement"]
    trail = good(auditor.get(f"{URL}/{reference}"))
    assert trail["view"] == "trail"
    assert "report" not in trail
    for email in (ADMINISTRATOR, NOBODY, DEPUTY, PANEL[0]):
        problem(branch.client(email).get(f"{URL}/{reference}"), 404)


def test_a_reference_may_be_typed_in_lower_case(branch: Branch) -> None:
    reference = branch.report()
    assert good(branch.client(SECRETARY).get(f"{URL}/{reference.lower()}"))["reference"] == reference


def test_actions_name_questions_and_what_is_missing(branch: Branch) -> None:
    reference = branch.at("under_review")
    steps = {step["trigger"]: step for step in good(branch.client(SECRETARY).get(f"{URL}/{reference}/actions"))}
    assert set(steps) == {"refer", "close_after_review"}
    assert [item["name"] for item in steps["refer"]["inputs"]] == list(REFERRAL)
    missing = {item["condition"] for item in steps["refer"]["unmet"]}
    assert {"every_allegation_was_put", "reply_or_time_passed", "panel_is_quorate"} <= missing
    outcome = steps["close_after_review"]["inputs"][0]
    assert {"value": "no_breach", "label": "Within the guidance"} in outcome["options"]
    assert "outcome_fits_path" not in {item["condition"] for item in steps["close_after_review"]["unmet"]}


def test_a_refused_step_names_every_unmet_condition_and_is_recorded(branch: Branch) -> None:
    reference = branch.report()
    client = branch.client(SECRETARY)
    refused = client.post(f"{URL}/{reference}/actions/acknowledge", json={"version": 1})
    assert unmet(refused) == {"handler_is_clear", "acknowledged_or_impossible", "risks_answered"}
    assert (branch.case(reference).state, version_of(branch, reference)) == ("received", 1)
    assert branch.events(reference)[-1] == "step_refused"


def test_a_stale_version_is_told_and_not_recorded(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    before = branch.events(reference)
    body = problem(branch.client(SECRETARY).post(f"{URL}/{reference}/actions/begin_review", json={"version": 1}), 409)
    assert body["current_version"] == version_of(branch, reference)
    assert branch.events(reference) == before
    note = {"text": "late", "audience": "everyone", "version": 1}
    assert "current_version" in problem(branch.client(SECRETARY).post(f"{URL}/{reference}/notes", json=note), 409)


WRONG_STEPS: tuple[tuple[Any, set[str]], ...] = (
    ({}, {"version"}),
    ({"version": "3"}, {"version"}),
    ({"version": True}, {"version"}),
    ({"version": 1.5}, {"version"}),
    ({"version": 1, "inputs": []}, {"inputs"}),
    ({"version": 1, "reasons": "x"}, {"reasons"}),
)


def test_a_step_needs_its_version_and_nothing_strange(branch: Branch, subtests: pytest.Subtests) -> None:
    reference, client = branch.report(), branch.client(SECRETARY)
    for body, wrong in WRONG_STEPS:
        with subtests.test(str(body)):
            assert fields(client.post(f"{URL}/{reference}/actions/acknowledge", json=body)) == wrong


def test_answers_of_a_step_are_checked_before_its_conditions(branch: Branch) -> None:
    reference = branch.at("under_review")
    client, url = branch.client(SECRETARY), f"{URL}/{reference}/actions/close_after_review"
    version = version_of(branch, reference)
    inputs = {**CLOSING, "outcome": "upheld_with_measure", "reasons": " "}
    assert fields(client.post(url, json={"version": version, "inputs": inputs})) == {"outcome", "reasons"}
    assert "step_refused" not in branch.events(reference)


def test_what_is_not_this_persons_to_do_is_403_and_recorded(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    client, version = branch.client(AUDITOR), version_of(branch, reference)
    problem(client.post(f"{URL}/{reference}/actions/begin_review", json={"version": version}), 403)
    problem(client.post(f"{URL}/{reference}/notes", json={"text": "x", "audience": "everyone"}), 403)
    assert branch.events(reference)[-2:] == ["access_denied", "access_denied"]
    referred = branch.at("referred")
    problem(branch.client(PANEL[0]).get(f"{URL}/{referred}/trail"), 403)
    assert branch.events(referred)[-1] == "access_denied"


def test_steps_and_records_out_of_place(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    client, version = branch.client(SECRETARY), version_of(branch, reference)
    problem(client.post(f"{URL}/{reference}/actions/acknowledge", json={"version": version}), 409)
    problem(client.post(f"{URL}/{reference}/actions/delete", json={"version": version}), 404)
    late = {"how": "email", "sent_on": "2026-01-01"}
    problem(client.post(f"{URL}/{reference}/acknowledgements", json=late), 409)
    problem(client.post(f"{URL}/{reference}/sandwiches", json={}), 404)
    problem(client.get(f"{URL}/{reference}/sandwiches"), 404)
    problem(client.get(f"{URL}/{reference}/report"), 404)


def test_a_record_is_kept_corrected_and_listed(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    client, url = branch.client(SECRETARY), f"{URL}/{reference}/notes"
    first = good(client.post(url, json={"text": "One", "audience": "everyone"}), 201)
    assert first["version"] == version_of(branch, reference)
    better = {"text": "One, corrected", "audience": "everyone", "replaces": first["id"], "version": first["version"]}
    second = good(client.post(url, json=better), 201)
    items = good(client.get(url))["items"]
    assert [(item["text"], item["replaces"]) for item in items] == [("One", None), ("One, corrected", first["id"])]
    assert items[1]["id"] == second["id"]
    assert fields(client.post(url, json={**better, "version": None})) == {"replaces"}
    assert fields(client.post(url, json={"text": "", "audience": "pub"})) == {"text", "audience"}


def test_the_same_key_takes_a_step_once(branch: Branch) -> None:
    reference = branch.at("under_review")
    branch.found(reference)
    client, version = branch.client(SECRETARY), version_of(branch, reference)
    send: dict[str, Any] = {
        "url": f"{URL}/{reference}/actions/close_after_review",
        "json": {"version": version, "inputs": CLOSING},
    }
    first = good(client.post(**send, headers={"Idempotency-Key": "k"}))
    assert good(client.post(**send, headers={"Idempotency-Key": "k"})) == first
    assert problem(client.post(**send), 409)["current_version"] == version + 1
    assert branch.events(reference).count("step_taken") == 3
    note: dict[str, Any] = {"url": f"{URL}/{reference}/notes", "json": {"text": "once", "audience": "everyone"}}
    kept = [good(client.post(**note, headers={"Idempotency-Key": "n"}), 201) for _ in range(2)]
    assert kept[0] == kept[1]
    assert fields(client.post(**note, headers={"Idempotency-Key": "n" * 256})) == {"Idempotency-Key"}


def test_the_trail_of_a_case_is_for_its_handler_and_auditors(branch: Branch) -> None:
    reference = branch.at("closed")
    for email in (SECRETARY, AUDITOR):
        items = good(branch.client(email).get(f"{URL}/{reference}/trail"))["items"]
        assert [item["seq"] for item in items] == list(range(1, len(items) + 1))
        assert items[0]["event"] == "case_opened"
        assert {item["case"] for item in items} == {reference}
        moves = [(item["from"], item["to"]) for item in items if item["event"] == "step_taken"]
        assert moves == list(zip(("received", "acknowledged", "under_review"), (*STATES[1:3], "closed"), strict=True))


def test_reading_is_recorded_once_in_a_quarter_of_an_hour(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    client = branch.client(SECRETARY)
    for path in ("", "/actions", "/trail", "/risks", ""):
        good(client.get(f"{URL}/{reference}{path}"))
    assert branch.events(reference).count("case_viewed") == 1


def test_lists_hold_only_what_exists_for_this_person(branch: Branch) -> None:
    mine, hidden = branch.report(), branch.report(involves_secretary="yes")
    seen = {
        email: {item["reference"] for item in good(branch.client(email).get(URL))["items"]}
        for email in (SECRETARY, DEPUTY, AUDITOR, ADMINISTRATOR, NOBODY, PANEL[0])
    }
    assert seen[SECRETARY] == {mine}
    assert seen[DEPUTY] == {hidden}
    assert seen[AUDITOR] == {mine, hidden}
    assert seen[ADMINISTRATOR] == seen[NOBODY] == seen[PANEL[0]] == set()


def test_pages_of_a_list_join_without_gap_or_repeat(branch: Branch) -> None:
    references = [branch.report() for _ in range(7)]
    client = branch.client(AUDITOR)
    for sort in ("due", "opened", "-opened", "reference"):
        found: list[str] = []
        after = ""
        while True:
            page = good(client.get(URL, params={"sort": sort, "limit": 3, "after": after}))
            found += [item["reference"] for item in page["items"]]
            if page["next"] is None:
                break
            after = page["next"]
        assert sorted(found) == sorted(references)
        if sort == "opened":
            assert found == references
        if sort == "-opened":
            assert found == references[::-1]


def test_filters(branch: Branch) -> None:
    reference, other = branch.at("acknowledged"), branch.report(involves_secretary="yes", clauses=["3.5a"])
    client = branch.client(AUDITOR)

    def found(**wanted: str) -> set[str]:
        return {item["reference"] for item in good(client.get(URL, params=wanted))["items"]}

    assert found(state="acknowledged") == {reference}
    assert found(kind="third_party", state="", clause="", handler="") == {reference, other}
    assert found(kind="self") == set()
    assert found(handler=SECRETARY) == {reference}
    assert found(handler=branch.ids[DEPUTY]) == {other}
    assert found(handler="me") == found(handler="nobody@example.org") == set()
    assert found(clause="3.5a") == {other}
    assert found(overdue="true") == set()
    assert found(overdue="false") == {reference, other}


WRONG_PARAMETERS = (
    ("q=word", "q"),
    ("colour=blue", "colour"),
    ("sort=colour", "sort"),
    ("limit=0", "limit"),
    ("limit=201", "limit"),
    ("limit=many", "limit"),
    ("overdue=perhaps", "overdue"),
    ("after=nonsense", "after"),
    ("after=%00", "after"),
    ("state=%00", "state"),
)


def test_a_wrong_parameter_is_named(branch: Branch, subtests: pytest.Subtests) -> None:
    client = branch.client(SECRETARY)
    for query, wrong in WRONG_PARAMETERS:
        with subtests.test(query):
            assert fields(client.get(f"{URL}?{query}")) == {wrong}


def test_the_view_is_null_once_a_case_is_gone_for_oneself(branch: Branch) -> None:
    reference = branch.report()
    client = branch.client(SECRETARY)
    good(client.post(f"{URL}/{reference}/conflict-declarations", json={"answer": "conflicted"}), 201)
    problem(client.get(f"{URL}/{reference}"), 404)
    assert branch.handler(reference) == DEPUTY


def test_case_rows_hold_no_text(branch: Branch) -> None:
    case = branch.case(branch.report())
    text = " ".join(str(value) for value in case.model_dump().values())
    assert "colleague" not in text
    assert isinstance(case, Case)
