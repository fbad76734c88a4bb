"""A letter that waits does not go out once the case around it changed: it is back with the officer, with the reason."""

import pytest

from app.errors import Invalid
from app.letters.models import NEEDS_YOU, QUEUED, SENT
from tests.branch import DEPUTY, SECRETARY, Branch, in_days
from tests.cases.by_reply_code import notify
from tests.letters.correspondence import MEMBER, REPORTER, do, named, safe, sound, tick, write
from tests.letters.test_notice_code import LISTED, PARTS, put
from tests.postbox import Postbox

ASKED = {"reason": "The police ask us not to tell the member yet.", "review_on": in_days(10)}


def codes(branch: Branch, reference: str, name: str) -> list[str]:
    return [need["code"] for need in named(branch, reference, name)["needs"]]


def test_a_corrected_address_brings_a_notice_back_until_it_is_filled_in_again(desk: Branch, box: Postbox) -> None:
    reference, party, alleged = put(desk)
    _, code = notify(desk, reference, party, alleged, **LISTED)
    moved = {**MEMBER, **PARTS, "email": "new@example.net", "same_person": "yes"}
    desk.keep(SECRETARY, reference, "parties", replaces=party, **moved)
    assert codes(desk, reference, "notice") == ["address_changed"]
    assert "letter_recalled" in desk.events(reference)
    tick(desk)
    letter = named(desk, reference, "notice")
    assert (letter["state"], box.mails) == (NEEDS_YOU, [])
    with pytest.raises(Invalid, match="corrected"):
        do(desk, reference, letter["id"], "send")
    do(desk, reference, letter["id"], "edit", text=letter["text"])
    with pytest.raises(Invalid, match="corrected"):
        do(desk, reference, letter["id"], "send")
    letter = do(desk, reference, letter["id"], "fill", sure="yes")
    assert (letter["to"]["email"], letter["needs"]) == ("new@example.net", [])
    assert code in letter["text"]
    do(desk, reference, letter["id"], "send")
    tick(desk)
    assert [mail["To"] for mail in box.mails] == ["new@example.net"]
    assert sound(desk)


def test_a_correction_of_something_else_lets_it_wait_and_a_typed_address_counts(desk: Branch, box: Postbox) -> None:
    reference, party, alleged = put(desk)
    notify(desk, reference, party, alleged, **LISTED)
    same = {**MEMBER, **PARTS, "same_person": "yes"}
    party = desk.keep(SECRETARY, reference, "parties", replaces=party, **same, basis="They came to the office.")
    assert named(desk, reference, "notice")["state"] == QUEUED
    desk.keep(SECRETARY, reference, "parties", replaces=party, **{**same, "email": "new@example.net"})
    letter = named(desk, reference, "notice")["id"]
    assert do(desk, reference, letter, "edit", email="typed@example.net")["needs"] == []
    assert do(desk, reference, letter, "send")["state"] == QUEUED


def test_a_pause_brings_letters_back_and_nothing_goes_to_the_member_while_it_lasts(desk: Branch, box: Postbox) -> None:
    reference, party, alleged = put(desk)
    notify(desk, reference, party, alleged, **LISTED)
    write(desk, reference, "new_code")
    desk.keep(SECRETARY, reference, "pauses", **ASKED)
    assert (codes(desk, reference, "notice"), codes(desk, reference, "new_code")) == (["paused"], ["paused"])
    tick(desk)
    assert box.mails == []
    letter = named(desk, reference, "notice")["id"]
    with pytest.raises(Invalid, match="paused"):
        do(desk, reference, letter, "send")
    with pytest.raises(Invalid, match="paused"):
        notify(desk, reference, party, alleged, **LISTED)
    do(desk, reference, named(desk, reference, "new_code")["id"], "send")
    tick(desk)
    assert [mail["To"] for mail in box.mails] == [REPORTER["email"]]
    pause = desk.rows(reference, "pauses")[-1].id
    desk.keep(SECRETARY, reference, "resumptions", pause=pause, reason="They are done.")
    assert codes(desk, reference, "notice") == ["was_paused"]
    do(desk, reference, letter, "send")
    tick(desk)
    assert named(desk, reference, "notice")["state"] == SENT
    assert sound(desk)


def test_what_is_written_to_the_member_during_a_pause_waits_for_its_end(desk: Branch, box: Postbox) -> None:
    reference, party, alleged = put(desk)
    notice, _ = notify(desk, reference, party, alleged, **LISTED)
    tick(desk)
    desk.keep(SECRETARY, reference, "pauses", **ASKED)
    desk.keep(SECRETARY, reference, "reminders", notice=notice, sent_on=in_days(0), how="email")
    assert codes(desk, reference, "reminder") == ["paused"]


def test_the_decision_to_stop_brings_letters_back_and_that_to_go_on_does_not(desk: Branch, box: Postbox) -> None:
    reference, party, alleged = put(desk)
    notify(desk, reference, party, alleged, **LISTED)
    wish = desk.keep(SECRETARY, reference, "withdrawal-requests", how="telephone", received_on=in_days(0))
    decided = {"request": wish, "reasons": "It is minor."}
    first = desk.keep(SECRETARY, reference, "withdrawal-decisions", **decided, decision="go_on")
    assert named(desk, reference, "notice")["state"] == QUEUED
    desk.keep(SECRETARY, reference, "withdrawal-decisions", replaces=first, **decided, decision="stop")
    assert codes(desk, reference, "notice") == ["withdrawn"]
    tick(desk)
    assert [mail for mail in box.mails if mail["To"] == MEMBER["email"]] == []


def test_an_officer_who_stands_aside_signs_nothing_any_more(desk: Branch, box: Postbox) -> None:
    reference = desk.report(reporter=REPORTER)
    safe(desk, reference)
    assert "Secretary (test)" in named(desk, reference, "acknowledgement")["text"]
    desk.keep(SECRETARY, reference, "conflict-declarations", answer="conflicted", describe="A friend.")
    assert desk.handler(reference) == DEPUTY
    desk.keep(DEPUTY, reference, "conflict-declarations", answer="none")
    letter = named(desk, reference, "acknowledgement")
    assert [need["code"] for need in letter["needs"]] == ["officer_changed"]
    tick(desk)
    assert box.mails == []
    letter = do(desk, reference, letter["id"], "fill", by=DEPUTY)
    assert "Deputy (test)" in letter["text"]
    assert letter["needs"] == []
    assert sound(desk)
