"""The member's pages and the same by API: sign-in by code, reply, receipt, leaving; nothing of others (X17)."""

import json
import re
from datetime import timedelta
from typing import Any

from freezegun import freeze_time
from starlette.testclient import TestClient

from app import clock
from app.audit import receipts
from app.audit.entries import decode
from app.audit.notes import decoded
from app.cases import door
from tests.api.answers import good, problem
from tests.branch import SECRETARY, Branch, in_days
from tests.shared_branch import embedded_branch
from tests.web.conftest import Form, shown

__all__ = ["embedded_branch"]
API = "/api/v1/replies/mine"
REPORTER = {"name": "Ward treasurer (example)", "email": "treasurer@example.org", "phone": "01632 960123"}
HIDDEN = (*REPORTER.values(), "treasurer", "Afraid", "For officers", "Another member", "3.7a", "secretary@example.org")


def notified(branch: Branch) -> tuple[str, str]:
    """A case with a named reporter, a note and a second member, and the code of the first one's notice."""
    reference = branch.at("under_review", reporter=REPORTER, share_identity="no", share_identity_reason="Afraid.")
    branch.keep(SECRETARY, reference, "notes", text="For officers", audience="handlers")
    known = {"identified": "named", "member_then": "yes", "name": "Another member (example)"}
    other = branch.keep(SECRETARY, reference, "parties", role="respondent", **known)
    against = branch.keep(
        SECRETARY, reference, "allegations", clause="3.7a", respondent=other, conduct="Another member"
    )
    notify(branch, reference, other, against)
    member, alleged = (branch.rows(reference, kind)[0].id for kind in ("parties", "allegations"))
    return reference, notify(branch, reference, member, alleged)


def notify(branch: Branch, reference: str, member: str, *alleged: str) -> str:
    values = {"respondent": member, "allegations": list(alleged), "how": "post"}
    dates = {"sent_on": in_days(-1), "reply_by": in_days(16), "evidence_listed": "A picture of the post."}
    return str(
        door.add_record(branch.home, branch.viewer(SECRETARY), reference, "notices", values | dates, None, "api")[
            "reply_code"
        ]
    )


def enter(branch: Branch, reference: str, code: str) -> TestClient:
    """A browser that gave both lines."""
    client = branch.client()
    answer = client.post("/my-reply", data={"reference": reference, "code": code})
    assert (answer.status_code, answer.headers["location"]) == (303, "/my-reply")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert code not in answer.headers["set-cookie"]
    return client


def everything(client: TestClient) -> str:
    """Every page that the member can open, with headers and titles; every one is checked to be there."""
    first = client.get("/my-reply")
    paths = sorted(set(re.findall(r'href="(/my-reply/[^"]+)"', first.text)))
    assert len(paths) == 4
    answers = [first, *(client.get(path) for path in paths)]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert all("<title>Your reply</title>" in answer.text for answer in answers)
    assert all("no-store" in answer.headers["cache-control"] for answer in answers)
    return "\n".join(f"{dict(answer.headers)}\n{answer.text}" for answer in answers)


def test_a_member_reads_replies_and_takes_a_receipt(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference, code = notified(branch)
    client = enter(branch, reference, code)
    said = shown(client.get("/my-reply").text)
    for words in (
        "Nothing is decided",
        "3.1",
        "A public post.",
        "A picture of the post.",
        "It counts as received on",
        "We do not say",
        "do not get in touch",
        "116 123",
        "What happens next",
    ):
        assert words in said, words
    page = client.get(re.search(r'href="(/my-reply/notices/\w+/reply)"', client.get("/my-reply").text)[1])  # type: ignore[index]  # no link fails
    form = Form(page.text, 0)
    alleged = next(name for name in re.findall(r'name="(answer-\w+)"', page.text))
    refused = client.post(form.action, data=form.filled(text="It was not me <b>."))
    assert refused.status_code == 422
    assert "Choose one answer for this point" in refused.text
    assert "It was not me &lt;b&gt;." in refused.text
    answers = form.filled(text="It was not me.", **{alleged: "not_posted"})
    sent = client.post(form.action, data=answers)
    assert sent.status_code == 200
    assert "We have your reply" in sent.text
    assert client.post(form.action, data=answers).status_code == 200  # the same form again: one reply
    rows = branch.rows(reference, "replies")
    assert [(row.by_role, row.plain["disputes_attribution"]) for row in rows] == [("respondent", "yes")]
    receipt = client.post("/report/receipt", data=Form(sent.text, 0).filled())
    assert receipt.status_code == 200
    kept = receipts.document_in(receipt.text)
    assert receipts.check(kept, receipts.keys_of(kept)).reference == reference
    told = decode(decoded(kept["entries"][0]["entry"]))
    assert (told["subject"]["id"], told.get("case")) == (branch.rows(reference, "replies")[0].id, None)
    assert code not in receipt.text
    assert "It was not me" not in receipt.text
    assert "You say you did not post" in shown(client.get("/my-reply").text)


def test_nothing_of_others_is_on_any_page_nor_in_any_answer(embedded_branch: Branch) -> None:  # X17
    branch = embedded_branch
    reference, code = notified(branch)
    shown_all = everything(enter(branch, reference, code))
    bearer = branch.client()
    bearer.headers["Authorization"] = f"Bearer {code}"
    mine = bearer.get(API)
    good(mine)
    for secret in HIDDEN:
        assert secret not in shown_all, secret
        assert secret not in f"{dict(mine.headers)}{mine.text}", secret


def test_wrong_pairs_get_one_answer_and_are_slowed_down(branch: Branch) -> None:
    reference, code = notified(branch)
    client = branch.client()
    with freeze_time(clock.now(), real_asyncio=True) as frozen:
        told = set()
        for given, where in ((code, "2026-22222"), ("0000", reference), (branch.codes[reference], reference), ("", "")):
            answer = client.post("/my-reply", data={"reference": where, "code": given})
            assert answer.status_code == 422
            assert given == "" or given not in answer.text
            told.add(shown(answer.text))
        assert len(told) == 1
        for _ in range(6):
            client.post("/my-reply", data={"reference": reference, "code": "0000"})
        assert client.post("/my-reply", data={"reference": reference, "code": code}).status_code == 429
        frozen.tick(601)
        assert client.post("/my-reply", data={"reference": reference, "code": code}).status_code == 303


def test_what_was_typed_survives_ten_idle_minutes_and_leaving_ends_it(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference, code = notified(branch)
    client = enter(branch, reference, code)
    page = client.get(re.search(r'href="(/my-reply/notices/\w+/reply)"', client.get("/my-reply").text)[1])  # type: ignore[index]  # no link fails
    form = Form(page.text, 0)
    alleged = next(name for name in re.findall(r'name="(answer-\w+)"', page.text))
    with freeze_time(clock.now() + timedelta(minutes=10), real_asyncio=True):
        away = client.post(form.action, data=form.filled(text="A long reply.", **{alleged: "disputed"}))
        assert away.status_code == 401
        assert "You were away for ten minutes" in away.text
        again = client.post("/my-reply", data=Form(away.text, 0).filled(reference=reference, code=code))
        assert again.status_code == 200
        assert "A long reply." in again.text
        kept = client.post(form.action, data=Form(again.text, 0).filled())
        assert kept.status_code == 200
        assert branch.rows(reference, "replies")[-1].plain["disputed"]
        assert client.post("/my-reply/leave").status_code == 303
        assert "Read what was put to you" in client.get("/my-reply").text
        assert client.get(form.action).status_code == 303


def test_a_reply_that_the_case_overtook_is_not_lost(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference, code = notified(branch)
    client = enter(branch, reference, code)
    paths = re.findall(r'href="(/my-reply/notices/[^"]+)"', client.get("/my-reply").text)
    pages = [client.get(path).text for path in paths]
    points = dict.fromkeys(re.findall(r'name="(answer-\w+)"', pages[0]), "disputed")
    typed = (
        {"text": "A long reply, typed for an hour.", **points},
        {"reason": "Shifts, as I said.", "until": in_days(30)},
    )
    branch.closed(reference)
    for page, answers in zip(pages, typed, strict=True):
        form = Form(page, 0)
        answer = client.post(form.action, data=form.filled(**answers))
        assert answer.status_code == 409
        assert "Nothing more can be sent here at this stage" in shown(answer.text)
        assert "Finished" not in answer.text
        assert next(iter(answers.values())) in answer.text
    assert branch.rows(reference, "replies") == branch.rows(reference, "time-requests") == []
    by_api = branch.client()
    by_api.headers["Authorization"] = f"Bearer {code}"
    late = problem(by_api.post(API, json={"text": "By program.", "disputes_attribution": "no"}), 409)
    assert "cannot be sent at this stage" in late["detail"]


def test_more_time_and_needs_by_page(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference, code = notified(branch)
    client = enter(branch, reference, code)
    paths = re.findall(r'href="(/my-reply/[^"]+/time|/my-reply/needs)"', client.get("/my-reply").text)
    time_form, needs_form = (Form(client.get(path).text, 0) for path in paths)
    assert client.post(time_form.action, data=time_form.filled(until="soon", reason="Shifts.")).status_code == 422
    assert client.post(time_form.action, data=time_form.filled(until=in_days(30), reason="Shifts.")).status_code == 200
    assert client.post(needs_form.action, data=needs_form.filled(companion="A friend (example)")).status_code == 200
    said = shown(client.get("/my-reply").text)
    assert "Not answered yet." in said
    assert "A friend (example)" in said


def test_the_same_by_api(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference, code = notified(branch)
    client = branch.client()
    problem(client.get(API), 401)
    problem(client.get(API, headers={"Authorization": "Bearer 0000"}), 404)
    client.headers["Authorization"] = f"Bearer {code.lower().replace(' ', '-')}"
    mine = good(client.get(API))
    assert mine["can_send"] == ["time-requests", "replies", "member-needs", "evidence"]
    put = mine["notices"][0]["allegations"][0]["id"]
    wrong: dict[str, Any] = {"text": "No.", "disputes_attribution": "no", "not_posted": [put], "notice": "x" * 32}
    assert {one["field"] for one in problem(client.post(API, json=wrong), 422)["errors"]} == {"notice"}
    body = {"text": "It was not me.", "disputes_attribution": "yes", "not_posted": [put]}
    sent = [good(client.post(API, json=body, headers={"Idempotency-Key": "once"}), 201) for _ in range(2)]
    assert sent[0] == sent[1]
    assert sent[0]["receipt"]["commitments"]
    good(client.post(f"{API}/time-requests", json={"until": in_days(30), "reason": "Shifts."}), 201)
    good(client.post(f"{API}/member-needs", json={"needs": "Large print."}), 201)
    assert [one["kind"] for one in good(client.get(API))["sent"]] == ["replies", "time-requests", "member-needs"]
    assert len(branch.rows(reference, "replies")) == 1
    described = good(client.get("/api/v1/openapi.json"))
    assert "notice" not in described["components"]["schemas"]["Own.replies"]["required"]
    assert "reply_code" in json.dumps(described["components"]["schemas"]["Kept"])
