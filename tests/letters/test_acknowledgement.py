"""The first letter: prepared, waiting, changed, stopped, sent, and then it stands for the record."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app import clock
from app.cases import letter_door
from app.errors import Forbidden, Invalid, NotFound, WrongState
from app.letters.models import Letter
from app.outbox.models import Mail
from tests.branch import DEPUTY, PANEL, SECRETARY, Branch, in_days
from tests.letters.conftest import with_mail
from tests.letters.correspondence import REPORTER, do, letters, named, safe, sound, tick, write
from tests.postbox import Postbox


def told(branch: Branch, **more: Any) -> str:
    """A case whose officer has thought of safety; its reply is prepared."""
    reference = branch.report(reporter=REPORTER, **more)
    safe(branch, reference)
    return reference


def test_it_waits_then_goes_and_counts_as_the_reply(desk: Branch, box: Postbox) -> None:
    reference = told(desk)
    (one,) = letters(desk, reference)
    assert (one["letter"], one["state"], one["needs"]) == ("acknowledgement", "queued", [])
    tick(desk, 14)
    assert box.mails == []
    tick(desk)
    tick(desk, 60)
    (mail,) = box.mails
    assert mail["To"] == REPORTER["email"]
    html = mail.get_body(("html",))
    assert html is not None
    assert reference in html.get_content()
    (pdf,) = mail.iter_attachments()
    assert pdf.get_filename() == "letter.pdf"
    assert pdf.get_content().startswith(b"%PDF")
    (kept,) = desk.rows(reference, "acknowledgements")
    assert kept.plain == {"how": "email", "sent_on": clock.today().isoformat()}
    assert desk.events(reference)[-2:] == ["letter_sent", "record_added"]
    assert desk.act(SECRETARY, reference, "acknowledge")["state"] == "acknowledged"
    assert named(desk, reference, "acknowledgement")["state"] == "sent"
    assert sound(desk)


def test_sent_it_is_never_changed(desk: Branch) -> None:
    reference = told(desk)
    (one,) = letters(desk, reference)
    tick(desk)
    for act, given in (("edit", {"text": "Other"}), ("fill", {}), ("stop", {}), ("send", {})):
        with pytest.raises(WrongState):
            do(desk, reference, one["id"], act, **given)
    with pytest.raises(WrongState):
        do(desk, reference, one["id"], "posted", how="post", sent_on=in_days(0))
    for statement in ("UPDATE letter SET state = 'queued'", "DELETE FROM letter", "DELETE FROM letter_version"):
        with pytest.raises(IntegrityError), desk.home.db.write() as session:
            session.execute(text(statement))
    assert named(desk, reference, "acknowledgement")["text"] == one["text"]


def test_a_change_begins_the_wait_anew(desk: Branch, box: Postbox) -> None:
    reference = told(desk)
    (one,) = letters(desk, reference)
    with desk.home.db.write() as session:  # as if ten minutes had passed
        mail = session.get_one(Mail, session.get_one(Letter, one["id"]).mail_id)
        mail.due_at = clock.now() + timedelta(minutes=5)
    words = "# Thank you\n\nIn <b>our</b> own words."
    changed = do(desk, reference, one["id"], "edit", text=words, email="other@example.net")
    tick(desk, 10)
    assert box.mails == []
    tick(desk)
    (sent,) = box.mails
    html, plain = sent.get_body(("html",)), sent.get_body(("plain",))
    assert html is not None
    assert plain is not None
    assert sent["To"] == "other@example.net"
    assert changed["html"].splitlines()[1] in html.get_content()
    assert "&lt;b&gt;our&lt;/b&gt;" in html.get_content()
    assert "In <b>our</b> own words." in plain.get_content()
    assert desk.events(reference).count("letter_edited") == 1
    assert sound(desk)


def test_stopped_it_stays_until_it_is_let_go(desk: Branch, box: Postbox) -> None:
    reference = told(desk)
    (one,) = letters(desk, reference)
    assert do(desk, reference, one["id"], "stop")["state"] == "stopped"
    tick(desk, 999)
    assert box.mails == []
    assert do(desk, reference, one["id"], "send")["state"] == "queued"
    do(desk, reference, one["id"], "send")  # at once
    tick(desk, 0.1)
    assert len(box.mails) == 1
    events = desk.events(reference)
    assert [events.count(f"letter_{act}") for act in ("prepared", "stopped", "released", "sent")] == [1, 1, 2, 1]


def test_a_refused_one_comes_back_with_the_reason(desk: Branch, box: Postbox) -> None:
    box.to = lambda _: "550 nobody here"
    reference = told(desk)
    tick(desk)
    (one,) = letters(desk, reference)
    assert one["state"] == "needs_you"
    assert one["needs"][0]["message"] == "It could not be sent: the mail server refused it (550)"
    assert desk.rows(reference, "acknowledgements") == []
    box.again()
    do(desk, reference, one["id"], "edit", email="right@example.net")
    do(desk, reference, one["id"], "send")
    tick(desk)
    assert [mail["To"] for mail in box.mails] == ["right@example.net"]
    assert len(desk.rows(reference, "acknowledgements")) == 1


def test_what_may_have_arrived_goes_again_as_the_same_mail(desk: Branch, box: Postbox) -> None:
    box.data = lambda tried: None if tried == 1 else "250 OK"
    reference = told(desk)
    tick(desk)
    (one,) = letters(desk, reference)
    do(desk, reference, one["id"], "stop")
    with pytest.raises(WrongState, match="may have reached them"):
        do(desk, reference, one["id"], "edit", text="# Other words")
    do(desk, reference, one["id"], "send")
    tick(desk)
    assert len(box.ids) == 2
    assert len(set(box.ids)) == 1


def test_noted_as_posted_it_counts_too(desk: Branch, box: Postbox) -> None:
    reference = told(desk)
    (one,) = letters(desk, reference)
    with pytest.raises(Invalid, match="has not come yet"):
        do(desk, reference, one["id"], "posted", how="post", sent_on=in_days(1))
    done = do(desk, reference, one["id"], "posted", how="post", sent_on=in_days(0))
    assert (done["state"], done["how"]) == ("posted", "post")
    tick(desk, 999)
    assert box.mails == []
    assert desk.rows(reference, "acknowledgements")[0].plain["how"] == "post"
    assert desk.events(reference)[-2:] == ["letter_posted", "record_added"]
    assert sound(desk)


def test_once_answered_no_second_reply_is_prepared(desk: Branch) -> None:
    reference = desk.report(reporter=REPORTER)
    desk.acknowledged(reference)
    desk.keep(SECRETARY, reference, "risks", threat="no", child="yes", vulnerable="no")
    assert letters(desk, reference) == []
    assert write(desk, reference, "acknowledgement")
    tick(desk)
    assert len(desk.rows(reference, "acknowledgements")) == 1


def test_how_they_want_to_be_reached_is_respected(desk: Branch, box: Postbox) -> None:
    asked = told(desk, contact_how="Not by email, my partner reads it.")
    assert [need["code"] for need in letters(desk, asked)[0]["needs"]] == ["wish"]
    by_post = desk.report(reporter={**REPORTER, "letters_by": "post"})
    safe(desk, by_post)
    (one,) = letters(desk, by_post)
    assert [need["code"] for need in one["needs"]] == ["by_post"]
    with pytest.raises(Invalid, match="by post"):
        do(desk, by_post, one["id"], "send")
    only_link = desk.report(reporter={**REPORTER, "letters_by": "link"})
    safe(desk, only_link)
    tick(desk)
    (mail,) = box.mails
    assert not mail.is_multipart()
    assert "/my-report" in mail.get_content()
    assert only_link not in mail.as_string()


def test_without_a_name_or_a_server_it_is_for_paper(shared_branch: Branch, desk: Branch) -> None:
    bare = with_mail(shared_branch, "", smtp_url=None)
    assert [need["code"] for need in letters(bare, told(bare))[0]["needs"]] == ["no_mail_server"]
    anonymous = desk.report()
    safe(desk, anonymous)
    assert [need["code"] for need in letters(desk, anonymous)[0]["needs"]] == ["nobody_to_write_to"]


def test_only_the_officer_of_the_case_writes_and_reads(desk: Branch) -> None:
    reference = told(desk)
    (one,) = letters(desk, reference)
    for email, refusal in ((DEPUTY, NotFound), (PANEL[0], NotFound)):
        with pytest.raises(refusal):
            do(desk, reference, one["id"], "stop", by=email)
    other = told(desk)
    with pytest.raises(NotFound):
        do(desk, other, one["id"], "stop")
    referred = desk.at("referred", reporter=REPORTER)
    with pytest.raises(Forbidden):
        letter_door.list_letters(desk.home, desk.viewer(PANEL[0]), referred, "api")


def test_a_corrected_record_stops_its_letter_and_never_asks_for_two_replies(desk: Branch) -> None:
    reference = told(desk)
    risks = desk.rows(reference, "risks")[0].id
    desk.keep(SECRETARY, reference, "risks", replaces=risks, threat="unknown", child="no", vulnerable="no")
    assert [one["state"] for one in letters(desk, reference)] == ["stopped", "queued"]
    desk.keep(SECRETARY, reference, "risks", threat="no", child="no", vulnerable="no")
    assert [one["state"] for one in letters(desk, reference)] == ["stopped", "queued"]
