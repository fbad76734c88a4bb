"""The officers' side of the dialogue: what is unread, messages, one press for every update, a new code."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app import clock
from app.cases import door, reporter
from app.db import Database
from tests.branch import AUDITOR, PANEL, SECRETARY, Branch, in_days, installation, staffed
from tests.cases.by_code import NAMED, own, send
from tests.cases.by_reply_code import notified, reply
from tests.cases.by_reply_code import send as send_as_member
from tests.web.conftest import Enter, Form, shown

UPDATES = "/cases/updates"
QUESTION = {"kind": "question", "text": "What happens now?"}
UNREAD = "One new from the person who told us"


@pytest.fixture
def branch(sqlite_db: Database, tmp_path: Path, keys_dir: Path) -> Branch:
    """A branch whose officers have been in office for years."""
    return staffed(installation(sqlite_db, tmp_path, keys_dir))


@pytest.fixture
def secretary(branch: Branch, enter: Enter) -> TestClient:
    return enter(SECRETARY)


def long_ago(branch: Branch, state: str = "acknowledged", days: int = 25) -> str:
    with clock.set_to(clock.now() - timedelta(days=days)):
        return branch.at(state)


def test_a_message_shows_until_it_is_read_without_a_word_of_it_in_a_title(
    branch: Branch, secretary: TestClient
) -> None:
    reference = branch.at("acknowledged")
    send(branch, reference, **QUESTION)
    worklist = secretary.get("/cases")
    assert UNREAD in shown(worklist.text)
    assert f"/cases/{reference}/messages" in worklist.text
    assert UNREAD in shown(secretary.get(f"/cases/{reference}").text)
    page = secretary.get(f"/cases/{reference}/messages")
    assert "What happens now?" in shown(page.text)
    assert re.findall("<title>(.*?)</title>", page.text) == [f"{reference} – Casetrail"]
    for path in ("/cases", f"/cases/{reference}"):
        assert UNREAD not in shown(secretary.get(path).text)


def test_what_a_member_sent_shows_beside_what_the_reporter_wrote(branch: Branch, secretary: TestClient) -> None:
    reference, _, code = notified(branch)
    send(branch, reference, **QUESTION)
    send(branch, reference, **QUESTION)
    reply(branch, code)
    send_as_member(branch, code, "time-requests", until=in_days(20), reason="I am away.")
    assert "Two new from the person who told us, one new request for more time, one new reply from the member" in shown(
        secretary.get("/cases").text
    )
    secretary.get(f"/cases/{reference}/messages")
    page = secretary.get(f"/cases/{reference}").text
    assert "from the person who told us" not in shown(page)
    assert f"/cases/{reference}/records#replies" in page
    assert "One new reply from the member" in shown(page)
    assert f"/cases/{reference}/records#time-requests" in secretary.get("/cases").text
    read = secretary.get(f"/cases/{reference}/records").text
    assert "It was banter." in read
    assert 'id="replies"' in read
    assert "ne new " not in shown(secretary.get(f"/cases/{reference}").text)


def test_a_message_on_a_finished_case_comes_back_to_the_worklist(branch: Branch, secretary: TestClient) -> None:
    reference = branch.at("closed")
    branch.handed_over(reference, how="own_page", name="closing_third_party")
    send(branch, reference, **QUESTION)
    assert shown(secretary.get("/cases").text).count(reference) == 1
    assert UNREAD in shown(secretary.get("/cases").text)


def test_nobody_but_the_handler_reads_messages(branch: Branch, enter: Enter) -> None:
    reference = branch.at("referred")
    send(branch, reference, **QUESTION)
    for who, status in ((PANEL[0], 403), (PANEL[3], 404), (AUDITOR, 403)):
        page = enter(who).get(f"/cases/{reference}/messages")
        assert page.status_code == status
        assert "What happens now?" not in page.text
    seat = enter(PANEL[0])
    for path in ("", "/records", "/report"):
        assert "What happens now?" not in seat.get(f"/cases/{reference}{path}").text
    assert UNREAD not in shown(seat.get(f"/cases/{reference}").text)


def test_one_press_writes_to_everyone_who_waits(branch: Branch, secretary: TestClient) -> None:
    due = {long_ago(branch), long_ago(branch, "under_review"), long_ago(branch, "referred", 40)}
    others = {branch.at("acknowledged"), long_ago(branch, "closed"), branch.report()}
    assert "Three people are due to hear from us" in shown(secretary.get("/cases").text)
    page = secretary.get(UPDATES)
    assert set(re.findall(r'name="case" type="checkbox" value="([^"]+)" checked', page.text)) == due
    assert "within 28 days" in page.text
    sent = secretary.post(UPDATES, data=Form(page.text, 1).filled())
    assert "Three messages were sent" in shown(sent.text)
    for reference in due:
        assert [row.plain for row in branch.rows(reference, "messages")] == [{"kind": "update"}]
        assert own(branch, reference).next_update_on == clock.today() + timedelta(days=28)
    assert all(branch.rows(reference, "messages") == [] for reference in others)
    assert "Nobody is due to hear from us" in shown(secretary.get(UPDATES).text)
    secretary.post(UPDATES, data=Form(page.text, 1).filled())  # the same form again
    assert all(len(branch.rows(reference, "messages")) == 1 for reference in due)


def test_a_case_that_fails_is_named_and_keeps_none_back(branch: Branch, secretary: TestClient) -> None:
    gone, due = long_ago(branch), long_ago(branch)
    form = Form(secretary.get(UPDATES).text, 1).filled()
    branch.keep(SECRETARY, gone, "conflict-declarations", answer="conflicted")
    said = shown(secretary.post(UPDATES, data=form).text)
    assert "One message was sent" in said
    assert f"Not sent {gone} : There is nothing here that you can see" in said
    assert len(branch.rows(due, "messages")) == 1
    assert branch.rows(gone, "messages") == []


@pytest.mark.parametrize("wrong", [{"case": []}, {"text": " "}, {"text": "x" * 10_001}])
def test_nothing_is_sent_where_something_is_missing(
    branch: Branch, secretary: TestClient, wrong: dict[str, str | list[str]]
) -> None:
    reference = long_ago(branch)
    answer = secretary.post(UPDATES, data=Form(secretary.get(UPDATES).text, 1).filled(**wrong))
    assert answer.status_code == 422
    assert branch.rows(reference, "messages") == []


def test_the_new_code_is_shown_once_on_the_page(branch: Branch, secretary: TestClient) -> None:
    reference = branch.at("acknowledged", **NAMED)
    path = f"/cases/{reference}/records/code-reissues/new"
    form = Form(secretary.get(path).text, 1).filled(checked="known", basis="The ward officer knows them.")
    answer = secretary.post(path, data=form)
    code = re.findall(r'<dd class="ct-code">([^<]+)</dd>', answer.text)[1]
    assert answer.status_code == 200
    assert reporter.by_code(branch.home, code, "page").part == "reporter"
    for other in (f"/cases/{reference}", f"/cases/{reference}/records"):
        assert code not in secretary.get(other).text


def test_no_page_offers_to_correct_what_was_sent(branch: Branch, secretary: TestClient) -> None:
    reference = branch.at("acknowledged")
    send(branch, reference, "withdrawal-requests")
    branch.keep(SECRETARY, reference, "messages", kind="answer", text="We look into it.")
    page = secretary.get(f"/cases/{reference}/records").text
    assert "records/risks/new?replaces=" in page
    for kind in ("messages", "withdrawal-requests"):
        assert f"records/{kind}/new?replaces=" not in page


def test_an_anonymous_code_is_refused_in_words(branch: Branch, secretary: TestClient) -> None:
    reference = branch.at("acknowledged")
    path = f"/cases/{reference}/records/code-reissues/new"
    form = Form(secretary.get(path).text, 1).filled(checked="known", basis="They say so.")
    answer = secretary.post(path, data=form)
    assert answer.status_code == 422
    assert "sent without a name" in shown(answer.text)


def test_the_reply_can_be_written_with_its_record(branch: Branch, secretary: TestClient) -> None:
    reference = branch.report()
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    path = f"/cases/{reference}/records/acknowledgements/new"
    form = Form(secretary.get(path).text, 1).filled(how="own_page", sent_on=in_days(0), message="Thank you.")
    assert secretary.post(path, data=form).status_code == 303
    assert [one.text for one in own(branch, reference).messages] == ["Thank you."]


def test_the_trail_says_who_wrote_in_words(branch: Branch, enter: Enter) -> None:
    reference = branch.at("acknowledged")
    send(branch, reference, kind="new_event", text="He rang me.")
    send(branch, reference, "withdrawal-requests")
    said = shown(enter(AUDITOR).get(f"/cases/{reference}").text)
    assert "The person who told us wrote a message: Something new has happened" in said
    assert "The person who told us recorded a wish to withdraw the report" in said
    assert "He rang me" not in said


def test_a_form_offers_an_officer_nothing_that_only_a_reporter_may_say(branch: Branch, secretary: TestClient) -> None:
    reference = branch.at("acknowledged")
    page = secretary.get(f"/cases/{reference}/records/messages/new").text
    assert 'value="update"' in page
    assert 'value="new_event"' not in page
    with pytest.raises(Exception, match="Choose"):
        door.add_record(
            branch.home, branch.viewer(SECRETARY), reference, "messages", {**QUESTION, "kind": "new_event"}, None, "api"
        )
