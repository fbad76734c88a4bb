"""The pages of whoever sent a report: cookie, session, forms, and what no page of theirs may hold (X17, X18)."""

import json
import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from freezegun import freeze_time
from starlette.responses import Response
from starlette.testclient import TestClient

from app import clock
from app.cases import codes
from app.web.code_pages import AWAY
from app.web.code_session import with_token
from tests.branch import CLOSING, SECRETARY, Branch
from tests.cases.by_code import NAMED, send
from tests.shared_branch import embedded_branch, kept
from tests.web.conftest import Form, shown

__all__ = ["embedded_branch"]
SENT = {"kind": "question", "text": "What happens now?"}
PAGES = ("/my-report", "/my-report/write", "/my-report/withdraw")


@pytest.fixture
def client(embedded_branch: Branch) -> TestClient:
    """A browser without anything."""
    return embedded_branch.client()


def enter(client: TestClient, branch: Branch, reference: str, **more: str) -> Any:
    return client.post("/my-report", data={"reference": reference, "code": branch.codes[reference], **more})


def written(client: TestClient, path: str, **answers: str) -> Any:
    """Sends the form of a page, with its hidden fields."""
    return client.post(path, data=Form(client.get(path).text).filled(**answers))


def test_the_cookie_is_strict_hidden_from_scripts_and_knows_no_code(
    embedded_branch: Branch, client: TestClient
) -> None:
    reference = embedded_branch.report()
    code = embedded_branch.codes[reference]
    answer = enter(client, embedded_branch, reference)
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("reporter="))
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert "max-age" not in cookie.lower()
    assert (answer.status_code, answer.headers["location"]) == (303, "/my-report")
    for tidy in (code, code.replace(" ", ""), reference):
        assert tidy not in str(answer.headers)


def test_over_https_the_cookie_is_bound_to_the_host() -> None:
    home: Any = SimpleNamespace(settings=SimpleNamespace(base_url="https://reports.example.org"))
    cookie = with_token(home, Response(), "reporter", "x").headers["set-cookie"]
    assert cookie.startswith("__Host-reporter=x;")
    assert {"Secure", "Path=/"} <= set(cookie.split("; "))


def test_messages_go_both_ways(embedded_branch: Branch, client: TestClient) -> None:
    reference = embedded_branch.at("acknowledged")
    enter(client, embedded_branch, reference)
    answer = written(client, "/my-report/write", **SENT)
    assert (answer.status_code, "Your message has reached us." in shown(answer.text)) == (200, True)
    embedded_branch.keep(SECRETARY, reference, "messages", kind="answer", text="<b>Soon</b>")
    said = client.get("/my-report").text
    assert "What happens now?" in shown(said)
    assert "&lt;b&gt;Soon&lt;/b&gt;" in said


def test_a_form_sent_twice_is_one_message(embedded_branch: Branch, client: TestClient) -> None:
    reference = embedded_branch.report()
    enter(client, embedded_branch, reference)
    filled = Form(client.get("/my-report/write").text).filled(**SENT)
    assert [client.post("/my-report/write", data=filled).status_code for _ in range(2)] == [200, 200]
    assert len(embedded_branch.rows(reference, "messages")) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"text": ""}, {"text": "x" * 10_001}, {"kind": "update"}, {"kind": ""}, {"colour": "blue"}],
)
def test_a_form_with_something_to_look_at_comes_back_filled_in(
    embedded_branch: Branch, client: TestClient, wrong: dict[str, str]
) -> None:
    reference = embedded_branch.report()
    enter(client, embedded_branch, reference)
    before = kept(embedded_branch, reference)
    answer = written(client, "/my-report/write", **(SENT | wrong))
    assert answer.status_code == 422
    assert 'class="govuk-error-summary' in answer.text
    if "text" not in wrong:
        assert SENT["text"] in answer.text
    assert kept(embedded_branch, reference) == before


def test_without_a_session_every_page_asks_for_both_lines(embedded_branch: Branch, client: TestClient) -> None:
    for path in PAGES[1:]:
        assert client.get(path).headers["location"] == "/my-report"
    for path in ("/my-report/write", "/my-report/withdraw", "/my-report/confirm"):
        assert client.post(path, data=SENT).status_code == 401
    client.cookies.set("reporter", "made-up")
    page = client.get("/my-report")
    assert (page.status_code, "Private code" in page.text) == (200, True)


@pytest.mark.parametrize("way", ["/my-report/leave", "/leave"])
def test_leaving_ends_the_session_at_the_server_too(embedded_branch: Branch, client: TestClient, way: str) -> None:
    reference = embedded_branch.report()
    enter(client, embedded_branch, reference)
    token = client.cookies["reporter"]
    assert (client.get(way) if way == "/leave" else client.post(way)).status_code == 303
    client.cookies.set("reporter", token)
    assert "Open your report" in client.get("/my-report").text


def test_a_page_of_another_site_sends_nothing(embedded_branch: Branch, client: TestClient) -> None:
    reference = embedded_branch.report()
    enter(client, embedded_branch, reference)
    for path in ("/my-report/write", "/my-report/withdraw", "/my-report/confirm", "/my-report/leave", "/my-report"):
        assert client.post(path, data=SENT, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert embedded_branch.rows(reference, "messages") == []


def test_withdrawing_is_asked_and_changes_nothing(embedded_branch: Branch, client: TestClient) -> None:
    reference = embedded_branch.at("under_review")
    enter(client, embedded_branch, reference)
    assert written(client, "/my-report/withdraw").status_code == 200
    assert "You asked on" in shown(client.get("/my-report").text)
    assert embedded_branch.case(reference).state == "under_review"


def test_a_wish_that_the_case_overtook_is_not_lost(embedded_branch: Branch, client: TestClient) -> None:
    branch, reference = embedded_branch, embedded_branch.at("under_review")
    enter(client, branch, reference)
    form = Form(client.get("/my-report/withdraw").text)
    branch.heard(reference)
    branch.closed(reference)
    answer = client.post("/my-report/withdraw", data=form.filled(reason="Too long to type again."))
    assert answer.status_code == 409
    assert "Too long to type again." in answer.text
    assert "This cannot be sent at this stage. Write a message instead." in shown(answer.text)
    assert branch.rows(reference, "withdrawal-requests") == []


def test_what_was_decided_on_a_wish_stands_on_their_page(embedded_branch: Branch, client: TestClient) -> None:
    branch, reference = embedded_branch, embedded_branch.at("under_review")
    wish = send(branch, reference, "withdrawal-requests")["id"]
    enter(client, branch, reference)
    assert "Someone decides whether we stop or go on" in shown(client.get("/my-report").text)
    decided = {"request": wish, "reasons": "A second report says the same.", "told": "Others may be at risk."}
    first = branch.keep(SECRETARY, reference, "withdrawal-decisions", decision="go_on", **decided)
    said = shown(client.get("/my-report").text)
    today = f"{clock.today().day} {clock.today():%B %Y}"
    assert f"You asked on {today} to withdraw your report. We decided on {today} to go on all the same." in said
    assert "Others may be at risk." in said
    assert "keep your name out of it" not in said  # there is none
    assert "A second report" not in said
    branch.keep(SECRETARY, reference, "withdrawal-decisions", decision="stop", replaces=first, **decided)
    branch.found(reference, "not_assessed")
    branch.act(SECRETARY, reference, "close_after_review", **{**CLOSING, "outcome": "withdrawn"})
    said = shown(client.get("/my-report").text)
    assert f"We decided on {today} to stop, as you asked." in said
    assert "Ask again" not in said


def test_a_finished_report_offers_messages_and_no_withdrawal(embedded_branch: Branch, client: TestClient) -> None:
    reference = embedded_branch.at("closed")
    enter(client, embedded_branch, reference)
    said = client.get("/my-report").text
    assert "/my-report/write" in said
    assert "/my-report/withdraw" not in said
    late = client.get("/my-report/withdraw")
    assert late.status_code == 409
    assert "panel" not in shown(late.text)
    assert client.post("/my-report/withdraw", data={"form_for": reference}).status_code == 409


def test_one_press_says_whether_the_report_is_theirs(embedded_branch: Branch, client: TestClient) -> None:
    reference = embedded_branch.report(**NAMED)
    enter(client, embedded_branch, reference)
    assert "Did you send this report?" in shown(client.get("/my-report").text)
    token = dict(Form(client.get("/my-report").text).pairs)
    answer = client.post("/my-report/confirm", data=token | {"confirmed": "yes"})
    assert "Save the receipt" in answer.text
    receipt = json.loads(Form(answer.text).filled()["receipt"][0])
    again = client.post("/my-report/confirm", data=token | {"confirmed": "yes"})
    assert json.loads(Form(again.text).filled()["receipt"][0]) == receipt
    assert embedded_branch.rows(reference, "report-confirmations")[0].plain == {"confirmed": "yes"}
    assert "Did you send this report?" not in shown(client.get("/my-report").text)


def test_a_report_without_a_name_is_told_that_its_code_cannot_be_replaced(
    embedded_branch: Branch, client: TestClient
) -> None:
    assert "Without a name a lost code cannot be replaced" in shown(client.get("/my-report").text)
    for named, said in ((NAMED, "once we are sure that it is you"), ({}, "a lost code cannot be replaced")):
        enter(client, embedded_branch, embedded_branch.report(**named))
        page = shown(client.get("/my-report").text)
        assert said in page
        assert ("Did you send this report?" in page) is bool(named)


def test_guessing_is_slowed_down_and_one_entry_is_written_for_each(embedded_branch: Branch, client: TestClient) -> None:
    with freeze_time(clock.now() + timedelta(hours=1)):
        wrong = {"reference": embedded_branch.report(), "code": "x", "text": "typed"}
        statuses = [client.post("/my-report", data=wrong).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def seen(client: TestClient) -> list[tuple[int, dict[str, str], str]]:
    """Every page of a reporter, whole: status, headers and body, without what is new in every answer."""
    answers = [client.get(path) for path in PAGES]
    return [(one.status_code, dict(one.headers) | {"x-request-id": ""}, one.text) for one in answers]


def plain(pages: list[tuple[int, dict[str, str], str]], reference: str) -> str:
    return re.sub(r'name="form_token" value="\w+"', "", str(pages)).replace(reference, "REFERENCE")


def test_no_byte_or_header_tells_where_the_case_really_is(embedded_branch: Branch) -> None:
    branch, found = embedded_branch, set()
    for state in ("acknowledged", "under_review", "referred"):
        reference = branch.at(state)
        client = branch.client()
        enter(client, branch, reference)
        client.get("/my-report")  # says once that it is open
        found.add(plain(seen(client), reference))
    assert len(found) == 1


def test_no_page_of_one_reporter_holds_anything_of_another_or_of_the_case(embedded_branch: Branch) -> None:
    branch = embedded_branch
    first = branch.at("referred", **NAMED, statement="The first account of it.")
    send(branch, first, kind="new_event", text="He rang me at night.")
    branch.keep(SECRETARY, first, "messages", kind="update", text="Only for the first.")
    second = branch.report(statement="The second account of it.")
    client = branch.client()
    enter(client, branch, second)
    pages = str(seen(client))
    hidden = (first, "first account", "second account", "rang me", "Only for", "Ward member", "Ward organiser", "3.1")
    for secret in (*hidden, "panel", "secretary@", branch.case(second).id):
        assert secret not in pages, secret
    assert set(re.findall("<title>(.*?)</title>", pages)) == {"Your report"}


def test_a_session_lasts_ten_minutes(embedded_branch: Branch, client: TestClient) -> None:
    reference, start = embedded_branch.report(), clock.now() + timedelta(days=1)
    with freeze_time(start):
        enter(client, embedded_branch, reference)
    with freeze_time(start + codes.IDLE - timedelta(seconds=1)):
        assert reference in client.get("/my-report").text
    with freeze_time(start + 2 * codes.IDLE):
        assert AWAY in shown(client.get("/my-report").text)
        assert AWAY not in shown(client.get("/my-report").text)  # said once: the cookie is gone
