"""A message that came by mail fills in a report, goes with it as evidence, or is marked as no report."""

import os
import re
from datetime import timedelta

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from app import clock
from app.evidence import arrival
from app.evidence.arrival import NoRoom
from app.evidence.holding import GONE
from app.evidence.mail_arrival import BOTH, CUT, NOT_MAIL, NOTHING
from app.evidence.store import FolderStore
from app.web.mail_form import CODE as CODE_INSIDE
from tests.branch import AUDITOR, DEPUTY, NOBODY, PANEL, SECRETARY, Branch
from tests.evidence import files, mails
from tests.evidence.sending import save, stored
from tests.web.conftest import Enter, Form, shown
from tests.web.test_report import CODE, FORM, go

KIND = "social-media-conduct/third_party"
WORDS = "It was on the ward page, below the picture."


def drop(client: TestClient, content: bytes, kind: str = KIND, name: str = "saved.eml", **typed: str) -> Response:
    """Chooses a file and presses the button."""
    return client.post("/report/mail", data={"kind": kind, **typed}, files={"message": (name, content, "text/plain")})


def paste(client: TestClient, text: str, kind: str = KIND) -> Response:
    """Pastes a message and presses the button, as a browser does without a file."""
    return client.post("/report/mail", data={"kind": kind, "pasted": text}, files={"message": ("", b"")})


def onwards(client: TestClient, page: Response) -> Response:
    """From the first page to the one where answers are checked."""
    page = go(client, page, involves_secretary="no")
    page = go(client, page, how_seen="By mail.")
    page = go(client, page, clauses=["not_sure"])
    return go(client, page)


@pytest.fixture
def officer(enter: Enter) -> TestClient:
    return enter(SECRETARY)


def yesterday() -> str:
    return f"{clock.now() - timedelta(days=1):%a, %d %b %Y} 12:00:00 +0000"


def test_a_saved_mail_fills_in_the_form_and_is_kept_with_what_came_with_it(branch: Branch, officer: TestClient) -> None:
    sent = mails.with_picture(WORDS, sent=yesterday())
    page = drop(officer, sent)
    assert page.status_code == 200
    day = clock.local(clock.now() - timedelta(days=1)).date()
    typed = dict(Form(page.text).pairs)
    assert typed["received_on"] == f"{day.day} {day:%B %Y}"
    assert 'name="channel" type="radio" value="email" checked' in page.text
    assert (typed["statement"], typed["reporter.name"]) == (WORDS, "Ward member (example)")
    assert "look at each page" in shown(page.text)
    assert [path.parent.name for path in stored(branch)] == ["arriving"]
    assert WORDS.encode() not in stored(branch)[0].read_bytes()
    assert b"seen.jpg" not in page.content
    check = onwards(officer, page)
    assert "The message as it came seen.jpg page.html" in shown(check.text)
    assert mails.SENDER in check.text
    thanks = go(officer, check, "send")
    assert thanks.status_code == 200, shown(thanks.text)
    assert "page.html : It is of a type that is not taken" in shown(thanks.text)
    reference = CODE.findall(thanks.text)[0]
    case = branch.case(reference)
    assert case.received_on == day
    rows = branch.rows(reference, "evidence")
    assert [row.plain["method"] for row in rows] == ["reporter_screenshot"] * 2
    assert {(row.by_role, row.by_person) for row in rows} == {("secretary", branch.ids[SECRETARY])}
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    assert [save(branch, reference, row.plain["file"]).content for row in rows] == [sent, files.jpeg()]
    assert "arriving" not in {path.parent.name for path in stored(branch)}
    again = go(officer, check, "send")
    assert CODE.findall(again.text)[0] == reference
    assert GONE in shown(again.text)
    assert len(branch.rows(reference, "evidence")) == 2


def test_a_pasted_message_fills_in_the_form_too(branch: Branch, officer: TestClient) -> None:
    page = paste(officer, f"From: Zoë Example <zoe@example.org>\nDate: {yesterday()}\n\n{'x' * 30_000}")
    typed = dict(Form(page.text).pairs)
    assert (typed["reporter.name"], typed["reporter.email"]) == ("Zoë Example", "zoe@example.org")
    assert typed["statement"].endswith(CUT)
    assert len(typed["statement"]) <= 20_000
    thanks = go(officer, onwards(officer, page), "send")
    assert len(branch.rows(CODE.findall(thanks.text)[0], "evidence")) == 1


def test_a_message_larger_than_a_form_is_kept_whole(branch: Branch, officer: TestClient) -> None:
    made = mails.mail(WORDS, sent=yesterday())
    made.add_attachment(files.PDF + os.urandom(3 * 1024 * 1024), "application", "pdf", filename="long.pdf")
    sent = bytes(made)
    assert len(sent) > 4 * 1024 * 1024
    check = onwards(officer, drop(officer, sent))
    assert "The message as it came long.pdf" in shown(check.text)
    thanks = go(officer, check, "send")
    rows = branch.rows(CODE.findall(thanks.text)[0], "evidence")
    branch.keep(SECRETARY, CODE.findall(thanks.text)[0], "conflict-declarations", answer="none")
    kept = [save(branch, CODE.findall(thanks.text)[0], row.plain["file"]).content for row in rows]
    assert kept[0] == sent
    assert kept[1].startswith(files.PDF)
    assert len(kept) == 2


def test_text_that_is_too_long_to_paste_is_said_and_leaves_nothing(branch: Branch, officer: TestClient) -> None:
    answer = paste(officer, "x" * (1024 * 1024 + 1))
    assert answer.status_code == 413
    assert "more than can be sent at once" in shown(answer.text)
    assert stored(branch) == []
    assert paste(officer, f"From: {mails.SENDER}\n\n{'y' * 1_000_000}").status_code == 200


def test_what_cannot_be_read_is_said_and_leaves_nothing(branch: Branch, officer: TestClient) -> None:
    before = branch.events()
    for answer, words in (
        (drop(officer, files.PDF), NOT_MAIL),
        (drop(officer, files.HTML), NOT_MAIL),
        (drop(officer, b""), NOT_MAIL),
        (drop(officer, bytes(mails.mail()), pasted="Both."), BOTH),
        (drop(officer, bytes(mails.mail()), kind="nonsense"), "Choose what kind of report it is"),
        (paste(officer, " \n "), NOTHING),
        (paste(officer, "<script>alert(1)</script>"), CODE_INSIDE),
        (drop(officer, b"From: a\r\nTo: b\r\nDate: c\r\n" + b"Content-Type: x/y" + b";" * 90_000), "does not unpack"),
        (officer.post("/report/mail", data={}), "Choose what kind"),
    ):
        assert answer.status_code == 422, words
        assert words in shown(answer.text)
        assert "<script>alert" not in answer.text
    assert stored(branch) == []
    assert branch.events() == before


def test_a_mail_that_waits_is_for_whoever_dropped_it_and_not_for_ever(
    branch: Branch, officer: TestClient, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = onwards(officer, drop(officer, bytes(mails.mail(WORDS))))
    note = dict(Form(check.text).pairs)["mail"]
    other = enter(DEPUTY)
    theirs = onwards(other, other.get(f"{FORM}/third_party"))
    stolen = Form(theirs.text if "statement" in theirs.text else check.text).filled(_go="send", statement=WORDS)
    sent = other.post(
        f"{FORM}/third_party", data=stolen | {"mail": [note], "_page": ["check"], "form_token": ["other"]}
    )
    assert GONE in shown(sent.text)
    assert len(stored(branch)) == 1
    for wrong in ("", "nonsense", "\u00e9", note[:-8] + "AAAAAAA=", "A" * 20_000):
        form = Form(check.text).filled(_go="page:1", mail=wrong)
        assert officer.post(f"{FORM}/third_party", data=form).status_code == 200
    monkeypatch.setattr(arrival, "LEFT_OVER_SECONDS", -60)
    arrival.sweep(branch.home.settings)
    late = go(officer, check, "send")
    assert late.status_code == 200
    assert GONE in shown(late.text)
    assert branch.rows(CODE.findall(late.text)[0], "evidence") == []


def test_a_mail_that_cannot_be_kept_now_waits_for_the_same_form_again(
    branch: Branch, officer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = onwards(officer, drop(officer, bytes(mails.mail(WORDS))))
    with monkeypatch.context() as away:
        away.setattr(FolderStore, "keep", full)
        first = go(officer, check, "send")
    assert "is full" in shown(first.text)
    reference = CODE.findall(first.text)[0]
    assert branch.rows(reference, "evidence") == []
    again = go(officer, check, "send")
    assert CODE.findall(again.text)[0] == reference
    assert len(branch.rows(reference, "evidence")) == 1


def full(*_: object) -> None:
    """What a full disk says."""
    raise NoRoom("The computer that this is kept on is full. Nothing of the file was stored.")


def test_only_officers_drop_mails(branch: Branch, enter: Enter, public: TestClient) -> None:
    for who in (NOBODY, PANEL[0], AUDITOR):
        client = enter(who)
        assert client.get("/report/mail").status_code == 403
        assert drop(client, bytes(mails.mail())).status_code == 403
        assert client.post("/report/set-aside", data={"reason": "thanks"}).status_code == 403
    assert drop(public, bytes(mails.mail())).status_code in (303, 401)
    assert stored(branch) == []


def test_what_is_no_report_is_marked_so_with_a_reason(branch: Branch, officer: TestClient, enter: Enter) -> None:
    for wrong in ({}, {"reason": "nonsense"}, {"reason": "other"}, {"reason": "thanks", "note": "x" * 501}):
        assert officer.post("/report/set-aside", data=wrong).status_code == 422
    assert "message_set_aside" not in branch.events()
    note = "Asks when the office opens. <b>No complaint.</b>"
    answer = officer.post("/report/set-aside", data={"reason": "enquiry", "note": note})
    assert answer.status_code == 303
    assert "marked as no report" in officer.get(answer.headers["location"]).text
    [entry] = [one for one in branch.entries() if one.event == "message_set_aside"]
    assert (entry.subject_id, entry.case_id) == ("enquiry", None)
    assert b"office opens" not in entry.entry
    assert re.search(rb'"commits":\{"note":"[0-9a-f]{64}"\}', entry.entry)
    auditor = enter(AUDITOR)
    assert "marked a message as no report" in shown(auditor.get("/trail").text)
    assert "Asks when the office opens. &lt;b&gt;" in auditor.get("/report/set-aside").text
    assert enter(PANEL[0]).get("/report/set-aside").status_code == 403
    assert stored(branch) == []


def test_a_program_marks_a_message_by_the_same_questions(branch: Branch) -> None:
    client, place = branch.client(SECRETARY), "/api/v1/set-aside-messages"
    for wrong in ({}, {"reason": "other"}, {"reason": "thanks", "more": 1}, {"reason": "thanks", "note": "a\0b"}):
        assert client.post(place, json=wrong).status_code == 422, wrong
    kept = client.post(place, json={"reason": "wrong_address", "note": "Meant for another branch."})
    assert kept.status_code == 201
    assert branch.client(AUDITOR).get(place).json() == {"items": [kept.json()]}
    assert branch.client(AUDITOR).post(place, json={"reason": "thanks"}).status_code == 403
    assert branch.client(PANEL[0]).get(place).status_code == 403
    assert branch.client().get(place).status_code == 401
    assert branch.events().count("message_set_aside") == 1
