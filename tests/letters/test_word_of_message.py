"""Whoever gave a mail address hears that something stands on their own page: a mail without a word of it."""

from typing import Any

import pytest

from app.cases import updates
from tests.branch import SECRETARY, Branch
from tests.cases.by_code import send
from tests.letters.correspondence import REPORTER, safe, sound, tick
from tests.postbox import Postbox

NEWS = {"kind": "update", "text": "We are still at the ward page."}


def reported(branch: Branch, box: Postbox, **more: Any) -> str:
    """A case whose questions of safety are answered, after its first letter went."""
    reference = branch.report(**{"reporter": REPORTER, **more})
    safe(branch, reference)
    tick(branch)
    box.again()
    return reference


def test_a_message_brings_one_mail_that_says_only_where_to_look(desk: Branch, box: Postbox) -> None:
    reference = reported(desk, box)
    desk.keep(SECRETARY, reference, "messages", **NEWS)
    desk.keep(SECRETARY, reference, "messages", kind="answer", text="And this.")
    tick(desk, 1)
    (mail,) = box.mails
    whole = mail.as_string()
    assert mail["To"] == REPORTER["email"]
    assert mail["Subject"] == "A letter from Example branch"
    assert "/my-report" in mail.get_content()
    assert list(mail.iter_attachments()) == []
    for word in (reference, "ward", "And this", REPORTER["name"], "report is", "panel"):
        assert word not in whole
    desk.keep(SECRETARY, reference, "messages", **NEWS)
    tick(desk, 1)
    assert len(box.mails) == 2
    assert sound(desk)


def test_writing_to_everyone_who_waits_brings_it_too(desk: Branch, box: Postbox) -> None:
    reference = reported(desk, box)
    assert [
        one.problem for one in updates.send_updates(desk.home, desk.viewer(SECRETARY), [reference], "News.", "api", "k")
    ] == [""]
    tick(desk, 1)
    assert [mail["To"] for mail in box.mails] == [REPORTER["email"]]


def test_a_decision_on_a_wish_to_withdraw_and_a_reply_on_the_page_bring_it(desk: Branch, box: Postbox) -> None:
    reference = reported(desk, box)
    wish = send(desk, reference, "withdrawal-requests", reason="I am tired.")["id"]
    tick(desk, 1)
    assert box.mails == []
    decided = {"request": wish, "decision": "go_on", "reasons": "It is grave.", "told": "We go on."}
    desk.keep(SECRETARY, reference, "withdrawal-decisions", **decided)
    tick(desk, 1)
    assert [mail["To"] for mail in box.mails] == [REPORTER["email"]]
    assert "go on" not in box.mails[0].as_string()


@pytest.mark.parametrize(
    "more",
    [
        {"reporter": {**REPORTER, "letters_by": "post"}},
        {"contact_how": "By telephone in the evening only."},
        {"contact_when_not": "Never when he is at home."},
        {"reporter": {"name": "Unmistakable Reporter", "phone": "01632 960111"}},
        {"reporter": None},
    ],
)
def test_it_goes_to_nobody_who_has_no_address_or_may_not_want_it(
    embedded: Branch, box: Postbox, more: dict[str, Any]
) -> None:
    reference = reported(embedded, box, **more)
    embedded.keep(SECRETARY, reference, "messages", **NEWS)
    tick(embedded, 1)
    assert box.mails == []


def test_not_before_somebody_thought_of_safety_nor_when_they_wrote_to_us(embedded: Branch, box: Postbox) -> None:
    early, told = embedded.report(reporter=REPORTER), reported(embedded, box)
    embedded.keep(SECRETARY, early, "conflict-declarations", answer="none")
    embedded.keep(SECRETARY, early, "messages", **NEWS)
    send(embedded, told, "messages", kind="question", text="What now?")
    tick(embedded, 1)
    assert box.mails == []
