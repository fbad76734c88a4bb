"""A mail that belongs to a case: read, looked at, and kept with what came with it in one press."""

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from app import clock
from app.cases.kept_mail import THERE
from tests.branch import PANEL, SECRETARY, Branch, in_days
from tests.evidence import files, mails
from tests.evidence.sending import stored
from tests.web.case_mails import (
    REPORTER,
    STRANGER,
    WORDS,
    a_mail,
    contents,
    drop,
    keep,
    officer,
    paste,
    read_back,
    reference,
    typed,
    with_files,
)
from tests.web.conftest import Enter, Form, shown

__all__ = ["officer", "reference"]


def without_marks(page: str) -> str:
    """A page as it reads, without what is new each time it is made."""
    return re.sub(r'(value|nonce|name)="[^"]*"', "", page)


def test_a_mail_of_the_reporter_becomes_a_message_with_its_files(
    branch: Branch, officer: TestClient, reference: str
) -> None:
    assert "A mail that belongs to this case" in shown(officer.get(f"/cases/{reference}").text)
    sent = with_files(("seen.jpg", files.jpeg()), ("all of it.pdf", files.PDF), ("../../page.html", files.HTML))
    before = len(branch.events(reference))
    page = drop(officer, reference, sent)
    assert page.status_code == 200, shown(page.text)
    assert "page.html: of a type that is not taken; it stays in the mail" in shown(page.text)
    assert "the address of the person who told us" in shown(page.text)
    day = clock.local(clock.now() - timedelta(days=1)).date()
    given = typed(page)
    assert given["came_from"] == [f"Somebody (example) <{mails.SENDER}>"]
    assert given["received_on"] == [f"{day.day} {day:%B %Y}"]
    assert (given["subject"], given["text"]) == (["What I saw"], [WORDS])
    assert (given["becomes"], given["attachments"]) == (["message"], ["1", "2"])
    assert branch.rows(reference, "evidence") == []
    assert "record_added" not in branch.events(reference)[before:]
    done = keep(officer, page, text=f"{WORDS}\nMended.")
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{reference}/messages")
    [message] = read_back(branch, reference, "messages")
    assert message["text"] == f"Subject: What I saw\n\n{WORDS}\nMended."
    assert (message["kind"], message["received_on"]) == ("other_way", day.isoformat())
    cards = read_back(branch, reference, "evidence")
    assert [card["method"] for card in cards] == ["reporter_screenshot"] * 3
    assert {card["received_on"] for card in cards} == {day.isoformat()}
    assert {card["came_from"] for card in cards} == {f"Somebody (example) <{mails.SENDER}>"}
    assert contents(branch, reference) == [sent, files.jpeg(), files.PDF]
    assert [path for path in stored(branch) if path.parent.name == "arriving"] == []
    assert branch.events(reference)[before:].count("record_added") == 4
    assert "He wrote to me again." in shown(officer.get(f"/cases/{reference}/messages").text)


def test_a_reply_of_the_member_answers_the_notice(branch: Branch, officer: TestClient, reference: str) -> None:
    assert "If it is the reply" not in shown(drop(officer, reference, bytes(a_mail())).text)
    branch.decided_on_name(reference)
    party = branch.rows(reference, "parties")[0]
    member = {"role": "respondent", "name": "Ward organiser (example)", "identified": "named", "member_then": "yes"}
    branch.keep(SECRETARY, reference, "parties", replaces=party.id, email=STRANGER.upper(), same_person="yes", **member)
    alleged = [row.id for row in branch.rows(reference, "allegations")]
    told = {"sent_on": in_days(0), "how": "email", "reply_by": in_days(14), "told_affected_reason": "Asked for it."}
    notice = branch.keep(SECRETARY, reference, "notices", respondent=party.id, allegations=alleged, **told)
    page = drop(officer, reference, bytes(a_mail(STRANGER)))
    assert (typed(page)["becomes"], typed(page)["notice"]) == (["reply"], [notice])
    early = keep(officer, page, disputes_attribution="yes")
    assert "the notice had not been sent by then" in shown(early.text)
    assert branch.rows(reference, "evidence") == []
    asked = keep(officer, page)
    assert asked.status_code == 422
    assert "Choose an answer to “If it is the reply: do they say it was not them?”" in shown(asked.text)
    done = keep(officer, asked, disputes_attribution="yes", received_on=in_days(0))
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{reference}/records")
    [reply] = read_back(branch, reference, "replies")
    assert (reply["notice"], reply["disputes_attribution"]) == (notice, "yes")
    assert reply["text"].startswith("Subject: What I saw\n\nHe wrote")
    assert [card["method"] for card in read_back(branch, reference, "evidence")] == ["from_respondent"]


def test_a_mail_of_somebody_else_becomes_evidence_in_its_own_words(
    branch: Branch, officer: TestClient, reference: str
) -> None:
    page = drop(officer, reference, with_files(("a.pdf", files.PDF), sender=STRANGER))
    assert "becomes" not in typed(page)
    assert "Nobody on this case is known by the address" in shown(page.text)
    assert "Choose an answer to “What is it?”" in shown(keep(officer, page).text)
    assert keep(officer, page, becomes="evidence", attachments=[]).headers["location"].endswith("/evidence")
    [card] = read_back(branch, reference, "evidence")
    assert (card["method"], card["shows"]) == ("document", "What I saw")
    assert card["says"] == f"Subject: What I saw\n\n{WORDS}"
    member = drop(officer, reference, bytes(a_mail(STRANGER, text="Another.")))
    assert keep(officer, member, becomes="from_member").status_code == 303
    reporters = drop(officer, reference, bytes(a_mail(text="A third.")))
    assert keep(officer, reporters, becomes="evidence").status_code == 303
    cards = read_back(branch, reference, "evidence")
    assert [card["method"] for card in cards[1:]] == ["from_respondent", "reporter_screenshot"]
    assert "What I saw" not in cards[2]["shows"]
    assert branch.rows(reference, "messages") == []


def test_a_pasted_message_and_its_day(branch: Branch, officer: TestClient, reference: str) -> None:
    page = paste(officer, reference, f"From: Zoë Example <{mails.SENDER}>\n\n{WORDS}")
    assert (typed(page)["received_on"], typed(page)["becomes"]) == ([""], ["message"])
    for given, words in (("", "Give a date"), (in_days(1), "has not come yet"), ("soon", "Write the date like")):
        page = keep(officer, page, received_on=given)
        assert page.status_code == 422
        assert words in shown(page.text)
        assert typed(page)["text"] == [WORDS]
    assert keep(officer, page, received_on=in_days(-40)).status_code == 303
    assert read_back(branch, reference, "messages")[0]["received_on"] == in_days(-40)
    assert contents(branch, reference) == [f"From: Zoë Example <{mails.SENDER}>\n\n{WORDS}".encode()]


@pytest.mark.parametrize("sent", ["Thu, 01 Jan 1970 00:00:00 +0000", "tomorrow", "Mon, 99 May 2026 99:40:00 +9999"])
def test_a_day_that_cannot_be_is_not_proposed(branch: Branch, officer: TestClient, reference: str, sent: str) -> None:
    assert typed(drop(officer, reference, bytes(mails.raw(f"From: {mails.SENDER}", "To: x", f"Date: {sent}"))))[
        "received_on"
    ] == [""]


def test_the_same_mail_is_there_once(branch: Branch, officer: TestClient, reference: str) -> None:
    sent = with_files(("a.pdf", files.PDF), ("b.pdf", files.PDF), ("seen.jpg", files.jpeg()))
    first = drop(officer, reference, sent)
    form = Form(first.text, 1)
    assert keep(officer, first, attachments=["1", "2"]).status_code == 303
    again = officer.post(form.action, data=form.filled(attachments=["1", "2"]))
    assert again.status_code == 303
    assert contents(branch, reference) == [sent, files.PDF]
    second = drop(officer, reference, sent)
    assert "This mail is on this case already: 1. A mail that came later" in shown(second.text)
    assert "a.pdf: on this case already" in shown(second.text)
    assert typed(second)["attachments"] == ["3"]
    refused = keep(officer, second, attachments=[])
    assert refused.status_code == 422
    assert THERE in shown(refused.text)
    assert keep(officer, refused, attachments=["3"]).status_code == 303
    assert contents(branch, reference) == [sent, files.PDF, files.jpeg()]
    assert len(branch.rows(reference, "messages")) == 1


def test_a_mail_that_was_kept_as_a_file_before_can_still_be_read(
    branch: Branch, officer: TestClient, reference: str
) -> None:
    sent = bytes(a_mail())
    data, given = {"method": "document", "version": "", "form_token": "x"}, {"file": ("a.eml", sent)}
    data["version"] = str(branch.case(reference).version)
    assert officer.post(f"/cases/{reference}/records/evidence/new", data=data, files=given).status_code == 303
    page = drop(officer, reference, sent)
    assert "This mail is on this case already" in shown(page.text)
    assert keep(officer, page).status_code == 303
    assert (len(branch.rows(reference, "messages")), len(branch.rows(reference, "evidence"))) == (1, 1)


def test_with_the_panel_a_mail_of_the_reporter_is_kept_whole_and_the_panel_reads_none_of_it(
    branch: Branch, officer: TestClient, enter: Enter
) -> None:
    reference, sent = branch.at("referred", reporter=REPORTER), with_files(("a.pdf", files.PDF))
    panel = enter(PANEL[0])
    pages = [f"/cases/{reference}{section}" for section in ("", "/evidence", "/records")]
    assert {panel.get(page).status_code for page in pages} == {200}
    before = [without_marks(panel.get(page).text) for page in pages]
    page = drop(officer, reference, sent)
    assert "The panel reads nothing of what is added now" in shown(page.text)
    assert [way for way in ("evidence", "from_member", "reply") if f'value="{way}"' in page.text] == []
    assert typed(page)["attachments"] == ["1"]
    for other in ("evidence", "from_member", "reply"):
        assert keep(officer, page, becomes=other).status_code == 422
    assert branch.rows(reference, "evidence") == []
    assert keep(officer, page, text="W" * 9600).status_code == 303
    assert len(branch.rows(reference, "messages")) == 1
    assert contents(branch, reference) == [sent, files.PDF]
    assert [card["method"] for card in read_back(branch, reference, "evidence")] == ["reporter_screenshot"] * 2
    assert [without_marks(panel.get(page).text) for page in pages] == before
    for row in branch.rows(reference, "evidence"):
        assert panel.get(f"/cases/{reference}/files/{row.plain['file']}").status_code == 404
    again = drop(officer, reference, sent)
    assert THERE in shown(keep(officer, again, text="W" * 9600).text)


def test_of_a_finished_case_only_words_are_kept_and_a_long_mail_says_that_it_was_cut(
    branch: Branch, officer: TestClient
) -> None:
    reference = branch.at("under_review", reporter=REPORTER)
    branch.closed(reference)
    long = a_mail(text="A long mail. " * 1000)
    page = drop(officer, reference, bytes(long))
    assert "At this stage nothing is added to the evidence" in shown(page.text)
    assert not {"attachments", "came_from"} & typed(page).keys()
    assert typed(page)["text"][0].endswith("not kept on this case.]")
    assert keep(officer, page).status_code == 303
    assert len(branch.rows(reference, "messages")) == 1
    assert branch.rows(reference, "evidence") == []
