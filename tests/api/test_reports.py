"""Sending a report and reading one's own, over HTTP."""

import base64
import hashlib
import json
from datetime import timedelta

import pytest
from freezegun import freeze_time

from app import clock
from app.api.by_code import WRONG_CODES_A_MINUTE
from app.api.reports import REPORTS_A_MINUTE
from app.cases.involvement import KEPT_OUT
from tests.api.answers import fields, good, problem
from tests.branch import DEPUTY, REPORT, SECRETARY, Branch

URL = "/api/v1/reports"


def test_a_report_is_answered_with_reference_code_and_receipt(branch: Branch) -> None:
    sent = good(branch.client().post(URL, json=REPORT), 201)
    entry = base64.b64decode(sent["receipt"]["entry"])
    assert hashlib.sha256(b"\0" + entry).hexdigest() == sent["receipt"]["leaf"]
    assert json.loads(entry)["event"] == "case_opened"
    opened = {one["group"]: one["digest"] for one in sent["receipt"]["commitments"]}
    closed = {KEPT_OUT: json.loads(entry)["commits"][KEPT_OUT]}  # who is kept out is not theirs to know
    assert KEPT_OUT not in opened
    assert json.loads(entry)["commits"] == opened | closed
    assert branch.case(sent["reference"]).state == "received"


def test_the_same_key_gives_the_same_answer_and_one_case(branch: Branch) -> None:
    client = branch.client()
    first = good(client.post(URL, json=REPORT, headers={"Idempotency-Key": "one"}), 201)
    again = good(client.post(URL, json=REPORT, headers={"Idempotency-Key": "one"}), 201)
    other = good(client.post(URL, json=REPORT, headers={"Idempotency-Key": "two"}), 201)
    assert again == first
    assert other["reference"] != first["reference"]
    assert branch.events().count("case_opened") == 2


WRONG_ANSWERS: tuple[tuple[dict[str, object], set[str]], ...] = (
    ({"kind": None}, {"kind"}),
    ({"kind": "rumour"}, {"kind"}),
    ({"statement": None}, {"statement"}),
    ({"statement": "   "}, {"statement"}),
    ({"statement": "x" * 20_001}, {"statement"}),
    ({"statement": "a\0b"}, {"statement"}),
    ({"how_seen": None, "clauses": None}, {"how_seen", "clauses"}),
    ({"clauses": ["9.9"]}, {"clauses"}),
    ({"kind": "self", "put_right": None}, {"put_right.what"}),
    ({"workflow": "nothing-like-it"}, {"workflow"}),
    ({"colour": "blue"}, {"colour"}),
    ({"items": [{"posted_on": "2026-02-31"}]}, {"items.0.posted_on"}),
    ({"items": [{"what": "x"}] * 51}, {"items"}),
    ({"channel": "letter"}, {"channel"}),
    ({"respondent": "somebody"}, {"respondent"}),
)


def test_wrong_answers_are_named_and_nothing_is_stored(branch: Branch, subtests: pytest.Subtests) -> None:
    client, before = branch.client(), branch.events()
    for changes, wrong in WRONG_ANSWERS:
        with subtests.test(str(changes)[:60]):
            answers = {name: value for name, value in {**REPORT, **changes}.items() if value is not None}
            assert fields(client.post(URL, json=answers)) == wrong
    assert branch.events() == before


NO_REPORTS = (
    (b"{", "application/json", 400),
    (b"", "application/json", 400),
    (b"\xff\xfe", "application/json", 400),
    (b'{"kind": NaN}', "application/json", 400),
    (b'{"kind": "self", "kind": "target"}', "application/json", 400),
    (b"[" * 100_000, "application/json", 400),
    (b'{"kind": ' + b"9" * 5000 + b"}", "application/json", 400),
    (b"[]", "application/json", 422),
    (b'"kind"', "application/json", 422),
    (b"kind=self", "application/x-www-form-urlencoded", 415),
    (b"{}", "text/plain", 415),
    (b"{}", "", 415),
    (b'{"statement": "' + b"x" * (1024 * 1024) + b'"}', "application/json", 413),
)


def test_a_body_that_is_no_report_is_a_clear_refusal(branch: Branch, subtests: pytest.Subtests) -> None:
    client = branch.client()
    for body, kind, status in NO_REPORTS:
        with subtests.test(f"{kind} {body[:20]!r}"):
            problem(client.post(URL, content=body, headers={"Content-Type": kind}), status)


def test_a_large_body_of_unknown_length_is_refused_too(branch: Branch) -> None:
    chunks = (b"x" * 65_536 for _ in range(20))
    problem(branch.client().post(URL, content=chunks, headers={"Content-Type": "application/json"}), 413)


def test_an_account_may_say_how_and_when_it_arrived(branch: Branch) -> None:
    when = (clock.today() - timedelta(days=3)).isoformat()
    more = {"channel": "letter", "received_on": when, "declaration": {"answer": "none"}}
    sent = good(branch.client(SECRETARY).post(URL, json={**REPORT, **more}), 201)
    case = branch.case(sent["reference"])
    assert (case.channel, case.received_on.isoformat()) == ("letter", when)
    future = (clock.today() + timedelta(days=1)).isoformat()
    assert fields(branch.client(SECRETARY).post(URL, json={**REPORT, "received_on": future})) == {"received_on"}


def test_a_token_that_is_not_known_does_not_send_anonymously(branch: Branch) -> None:
    refused = branch.client().post(URL, json=REPORT, headers={"Authorization": "Bearer ct_wrong"})
    problem(refused, 401)
    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert "case_opened" not in branch.events()


def test_a_report_about_the_secretary_does_not_exist_for_the_secretary(branch: Branch) -> None:
    sent = good(branch.client().post(URL, json={**REPORT, "involves_secretary": True}), 201)
    assert branch.handler(sent["reference"]) == DEPUTY
    problem(branch.client(SECRETARY).get(f"/api/v1/cases/{sent['reference']}"), 404)


def test_strange_text_is_stored_exactly(branch: Branch) -> None:
    text = "\u202e \U0001f3f4 <script>alert(1)</script> “quoted” Ñ \r\n\t'; DROP TABLE cases; -- {{ 7*7 }}"
    reference = good(branch.client().post(URL, json={**REPORT, "statement": text}), 201)["reference"]
    client = branch.client(SECRETARY)
    good(client.post(f"/api/v1/cases/{reference}/conflict-declarations", json={"answer": "none"}), 201)
    assert good(client.get(f"/api/v1/cases/{reference}"))["report"]["statement"] == text


def test_the_reporter_sees_three_public_steps(branch: Branch) -> None:
    reference = branch.report()
    client = branch.client()
    client.headers["Authorization"] = f"Bearer {branch.codes[reference]}"
    mine = good(client.get(f"{URL}/mine"))
    assert (mine["reference"], mine["step"]) == (reference, "received")
    assert [step["value"] for step in mine["steps"]] == ["received", "looked_into", "finished"]
    branch.acknowledged(reference)
    assert good(client.get(f"{URL}/mine"))["step"] == "looked_into"
    branch.under_review(reference)
    branch.closed(reference)
    assert good(client.get(f"{URL}/mine"))["step"] == "finished"


def test_a_code_may_be_typed_in_any_way(branch: Branch) -> None:
    reference = branch.report()
    typed = branch.codes[reference].lower().replace(" ", "-")
    mine = branch.client().get(f"{URL}/mine", headers={"Authorization": f"bearer {typed}"})
    assert good(mine)["reference"] == reference


def test_wrong_codes_are_not_found_recorded_and_soon_slowed_down(branch: Branch) -> None:
    client = branch.client()
    problem(client.get(f"{URL}/mine"), 401)
    with freeze_time(clock.now(), real_asyncio=True) as frozen:
        for _ in range(WRONG_CODES_A_MINUTE):
            problem(client.get(f"{URL}/mine", headers={"Authorization": "Bearer 0000 0000 0000 0000"}), 404)
        slowed = client.get(f"{URL}/mine", headers={"Authorization": "Bearer 0000 0000 0000 0001"})
        problem(slowed, 429)
        assert int(slowed.headers["retry-after"]) > 0
        frozen.tick(61)
        problem(client.get(f"{URL}/mine", headers={"Authorization": "Bearer 0000 0000 0000 0001"}), 404)
    assert branch.events().count("access_denied") == WRONG_CODES_A_MINUTE + 1


def test_a_flood_of_reports_from_one_address_is_slowed_down(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    assert REPORTS_A_MINUTE == 120
    monkeypatch.setattr("app.api.reports.REPORTS_A_MINUTE", 3)
    client = branch.client()
    answers = [client.post(URL, json=REPORT) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    good(branch.client(SECRETARY).post(URL, json=REPORT), 201)
