"""One wish at a time: what waits for an answer is not asked again, nor is a day that they have anyway."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app import clock
from app.errors import Invalid
from app.workflow.answers import in_words
from tests.branch import SECRETARY, Branch, in_days
from tests.cases.by_code import own
from tests.cases.by_code import send as send_as_reporter
from tests.cases.by_reply_code import notified, notify, seen, send
from tests.shared_branch import shared_branch
from tests.web.conftest import Form, shown

__all__ = ["shared_branch"]
WISH, TIME = "withdrawal-requests", "time-requests"


def by_page(branch: Branch, home: str, reference: str, code: str) -> TestClient:
    client = branch.client()
    client.post(home, data={"reference": reference, "code": code})
    return client


def test_a_wish_to_withdraw_waits_for_its_answer(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.at("under_review")
    client = by_page(branch, "/my-report", reference, branch.codes[reference])
    form = Form(client.get("/my-report/withdraw").text)
    wish = send_as_reporter(branch, reference, WISH)["id"]
    asked = f"You asked on {in_words(clock.today())}"
    with pytest.raises(Invalid, match=asked):
        send_as_reporter(branch, reference, WISH)
    again = client.post(form.action, data=form.filled(reason="Once more."))
    assert (again.status_code, asked in shown(again.text), "Once more." in again.text) == (422, True, True)
    with pytest.raises(Invalid, match="They asked on"):
        branch.keep(SECRETARY, reference, WISH, how="telephone", received_on=in_days(0))
    assert WISH not in own(branch, reference).offers
    page = client.get("/my-report").text
    assert (asked in shown(page), "/my-report/withdraw" in page) == (True, False)
    branch.keep(SECRETARY, reference, "withdrawal-decisions", request=wish, decision="go_on", reasons="Others.")
    assert "/my-report/withdraw" in client.get("/my-report").text
    assert send_as_reporter(branch, reference, WISH)["id"] != wish
    assert len(branch.rows(reference, WISH)) == 2


def test_a_wish_entered_for_them_can_be_put_right_while_it_waits(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.at("acknowledged")
    told = {"how": "telephone", "received_on": in_days(-1)}
    first = branch.keep(SECRETARY, reference, WISH, **told)
    branch.keep(SECRETARY, reference, WISH, replaces=first, **told, reason="They rang.")
    assert len(own(branch, reference).withdrawals) == 1


def test_more_time_is_asked_for_once_and_only_beyond_the_day_they_have(shared_branch: Branch) -> None:
    branch = shared_branch
    reference, notice, code = notified(branch)
    client = by_page(branch, "/my-reply", reference, code)
    path = f"/my-reply/notices/{notice}/time"
    until = seen(branch, code).notices[0].reply_by
    for day in (in_days(1), until.isoformat()):
        with pytest.raises(Invalid) as caught:
            send(branch, code, TIME, until=day, reason="Shifts.")
        (error,) = caught.value.errors
        assert (error.field, f"You have until {in_words(until)} already" in error.message) == ("until", True)
    asked = send(branch, code, TIME, until=in_days(30), reason="Shifts.")
    said = f"You asked on {in_words(clock.today())}"
    for values in ({"until": in_days(40)}, {"until": in_days(1)}):
        with pytest.raises(Invalid, match=said):
            send(branch, code, TIME, **values, reason="Again.")
    page = client.get("/my-reply").text
    assert path not in page
    assert said in shown(page)
    assert seen(branch, code).notices[0].as_json()["more_time_asked_on"] == in_days(0)
    decision = {"request": asked["id"], "decision": "granted", "reply_by": in_days(30), "reason": "Shifts."}
    branch.keep(SECRETARY, reference, "time-decisions", **decision)
    assert path in client.get("/my-reply").text
    with pytest.raises(Invalid, match="already"):
        send(branch, code, TIME, until=in_days(30), reason="Again.")
    send(branch, code, TIME, until=in_days(31), reason="Again.")
    assert len(branch.rows(reference, TIME)) == 2


def test_an_officer_is_told_the_same_and_another_notice_has_its_own_time(shared_branch: Branch) -> None:
    branch = shared_branch
    reference, notice, code = notified(branch)
    given: dict[str, Any] = {"notice": notice, "requested_on": in_days(0), "until": in_days(30), "reason": "Shifts."}
    first = branch.keep(SECRETARY, reference, TIME, **given)
    with pytest.raises(Invalid, match="They asked on"):
        branch.keep(SECRETARY, reference, TIME, **given)
    branch.keep(SECRETARY, reference, TIME, replaces=first, **given | {"until": in_days(31)})
    member, alleged = (branch.rows(reference, kind)[0].id for kind in ("parties", "allegations"))
    second, _ = notify(branch, reference, member, [alleged], sent_on=in_days(-1))
    send(branch, code, TIME, notice=second, until=in_days(30), reason="Shifts.")
    other, third, _ = notified(branch)
    with pytest.raises(Invalid, match="They have until"):
        branch.keep(SECRETARY, other, TIME, **given | {"notice": third, "until": in_days(2)})
