"""Mail against a real server: taken, refused for now or for good, too slow, cut off, and sent by two at once."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
import structlog
from sqlmodel import select

from app import clock
from app.audit.models import AuditEntry
from app.outbox.models import FAILED, SENT, WAITING, Mail
from app.outbox.queue import LEASE, Attachment, Content, enqueue, open_mail, revise, try_again, withdraw
from app.outbox.sender import PAUSES, OwnLedger, Post, send_due
from app.outbox.smtp import SmtpServer, Undelivered
from app.vault.vault import Unreadable
from tests.branch import Branch
from tests.postbox import Postbox

HOUR = timedelta(hours=1)


def put(branch: Branch, to: str = "reader@example.org", **more: object) -> str:
    content = {"subject": "News", "text": "One line.\n", "html": "<p>One line.</p>", **more}
    with branch.home.db.write() as session:
        return enqueue(session, branch.home.vault, kind="digest", to=to, **content)  # type: ignore[arg-type]  # any part of it


def post(branch: Branch, box: Postbox, timeout: float = 5) -> Post:
    carrier = SmtpServer(box.url, timeout)
    return Post(branch.home.db, branch.home.vault, carrier, "branch@example.org", OwnLedger())


def mail(branch: Branch, mail_id: str) -> Mail:
    with branch.home.db.read() as session:
        return session.get_one(Mail, mail_id)


def told(branch: Branch, mail_id: str) -> list[str]:
    """The events of the entries about one mail."""
    with branch.home.db.read() as session:
        return list(session.exec(select(AuditEntry.event).where(AuditEntry.subject_id == mail_id)))


def later(minutes: float = 0) -> datetime:
    return clock.now() + timedelta(minutes=minutes)


def test_it_arrives_whole_and_once(shared_branch: Branch, box: Postbox) -> None:
    pdf = Attachment("letter.pdf", "application/pdf", b"%PDF-1.7 \x00\xff")
    mail_id = put(shared_branch, text="Zoë says:\n.\nhello\n", attachments=(pdf,))
    assert send_due(post(shared_branch, box), later()) == 1
    assert send_due(post(shared_branch, box), later(60)) == 0
    (one,) = box.mails
    assert (one["To"], one["From"], one["Subject"]) == ("reader@example.org", "branch@example.org", "News")
    text, html = one.get_body(("plain",)), one.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == "Zoë says:\n.\nhello\n"
    assert "<p>One line.</p>" in html.get_content()
    (file,) = one.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("letter.pdf", pdf.content)
    assert mail(shared_branch, mail_id).state == SENT
    assert box.ids == [mail(shared_branch, mail_id).message_id]
    assert told(shared_branch, mail_id) == ["letter_sent"]


def test_not_before_its_time(shared_branch: Branch, box: Postbox) -> None:
    put(shared_branch, not_before=later(15))
    assert send_due(post(shared_branch, box), later(14)) == 0
    assert send_due(post(shared_branch, box), later(16)) == 1


def test_what_was_rolled_back_is_never_sent(shared_branch: Branch, box: Postbox) -> None:
    def change_and_fail() -> None:
        with shared_branch.home.db.write() as session:
            enqueue(session, shared_branch.home.vault, kind="digest", to="a@example.org", subject="s", text="t")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert send_due(post(shared_branch, box), later(60)) == 0


@pytest.mark.parametrize(
    ("at", "answer", "why"), [("to", "550 no such person", "refused_550"), ("data", "554 spam", "refused_554")]
)
def test_refused_for_good(shared_branch: Branch, box: Postbox, at: str, answer: str, why: str) -> None:
    setattr(box, at, lambda _: answer)
    mail_id = put(shared_branch)
    with structlog.testing.capture_logs() as lines:
        assert send_due(post(shared_branch, box), later()) == 0
    found = mail(shared_branch, mail_id)
    assert (found.state, found.why, found.unsure) == (FAILED, why, 0)
    assert told(shared_branch, mail_id) == ["letter_failed"]
    assert "example.org" not in str(lines)
    assert why in str(lines)
    assert send_due(post(shared_branch, box), later(10_000)) == 0


def test_asked_to_try_later_it_does_and_then_arrives(shared_branch: Branch, box: Postbox) -> None:
    box.to = lambda tried: "451 greylisted" if tried == 1 else "250 OK"
    mail_id = put(shared_branch)
    start = later()
    send_due(post(shared_branch, box), start)
    found = mail(shared_branch, mail_id)
    assert (found.state, found.why, found.due_at) == (WAITING, "later_451", start + PAUSES[0])
    assert send_due(post(shared_branch, box), start + PAUSES[0]) == 1
    assert box.ids == [found.message_id]


def test_it_gives_up_in_the_end(shared_branch: Branch, box: Postbox) -> None:
    mail_id, now = put(shared_branch), later()
    nobody = replace(post(shared_branch, box), carrier=SmtpServer("smtp://127.0.0.1:1", 5))
    for _ in range(len(PAUSES) + 1):
        assert mail(shared_branch, mail_id).state == WAITING
        send_due(nobody, now)
        now += PAUSES[-1]
    found = mail(shared_branch, mail_id)
    assert (found.state, found.why, found.unsure) == (FAILED, "server_unreachable", 0)
    assert told(shared_branch, mail_id) == ["letter_failed"]


def test_too_slow_is_tried_again_under_the_same_name(shared_branch: Branch, box: Postbox) -> None:
    box.pause = 0.6
    mail_id = put(shared_branch)
    send_due(post(shared_branch, box, timeout=0.2), later())
    found = mail(shared_branch, mail_id)
    assert (found.state, found.why, found.unsure) == (WAITING, "timed_out", 1)
    box.pause = 0
    assert send_due(post(shared_branch, box), later(60)) == 1
    assert set(box.ids) == {found.message_id}


def test_a_broken_connection_is_tried_again_under_the_same_name(shared_branch: Branch, box: Postbox) -> None:
    box.data = lambda tried: None if tried == 1 else "250 OK"
    mail_id = put(shared_branch)
    send_due(post(shared_branch, box), later())
    found = mail(shared_branch, mail_id)
    assert (found.state, found.why, found.unsure) == (WAITING, "connection_lost", 1)
    assert send_due(post(shared_branch, box), later(60)) == 1
    assert box.ids == [found.message_id] * 2


class Died(BaseException):
    """A worker that ends without a word."""


class DyingLedger(OwnLedger):
    """Dies after the server's 250 and before the commit."""

    def lock(self, session: object, mail: object) -> None:
        raise Died


def test_a_crash_after_the_250(shared_branch: Branch, box: Postbox) -> None:
    mail_id = put(shared_branch)
    now = later()
    with pytest.raises(Died):
        send_due(replace(post(shared_branch, box), ledger=DyingLedger()), now)
    assert mail(shared_branch, mail_id).state == "sending"
    assert send_due(post(shared_branch, box), now + LEASE / 2) == 0
    assert send_due(post(shared_branch, box), now + LEASE) == 1
    assert box.ids == [mail(shared_branch, mail_id).message_id] * 2
    assert told(shared_branch, mail_id) == ["letter_sent"]


def test_a_mail_that_kills_every_worker_is_given_up(shared_branch: Branch, box: Postbox) -> None:
    mail_id, now = put(shared_branch), later()
    for _ in range(len(PAUSES) + 1):
        with pytest.raises(Died):
            send_due(replace(post(shared_branch, box), ledger=DyingLedger()), now)
        now += LEASE
    send_due(post(shared_branch, box), now)
    assert (mail(shared_branch, mail_id).state, mail(shared_branch, mail_id).why) == (FAILED, "gave_up")


def test_one_that_cannot_be_opened_does_not_keep_the_others(shared_branch: Branch, box: Postbox) -> None:
    broken, sound = put(shared_branch), put(shared_branch)
    with shared_branch.home.db.write() as session:
        row = session.get_one(Mail, broken)
        row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    assert send_due(post(shared_branch, box), later()) == 1
    assert mail(shared_branch, broken).why == "content_gone"
    assert mail(shared_branch, sound).state == SENT


def test_many_workers_never_send_twice(shared_branch: Branch, box: Postbox) -> None:
    ids = [put(shared_branch, f"reader{number}@example.org") for number in range(24)]
    now, start = later(), threading.Barrier(4)

    def work() -> None:
        start.wait()
        send_due(post(shared_branch, box, timeout=60), now)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(box.ids) == Counter(mail(shared_branch, mail_id).message_id for mail_id in ids)
    assert {mail(shared_branch, mail_id).state for mail_id in ids} == {SENT}


def test_it_changes_or_stops_only_before_it_was_tried(shared_branch: Branch, box: Postbox) -> None:
    vault, now = shared_branch.home.vault, later()
    mail_id, other = put(shared_branch), put(shared_branch)
    with shared_branch.home.db.write() as session:
        assert revise(session, vault, mail_id, Content("new@example.org", "New", "New."), now + HOUR)
        assert withdraw(session, other, "stopped")
        assert not withdraw(session, other, "stopped")
        assert not try_again(session, other, now)
    assert send_due(post(shared_branch, box), now) == 0
    assert send_due(post(shared_branch, box), now + HOUR) == 1
    assert box.mails[0]["To"] == "new@example.org"
    with shared_branch.home.db.write() as session:
        assert not revise(session, vault, mail_id, Content("late@example.org", "Late", "Late."), now)
        assert not withdraw(session, mail_id, "stopped")
        assert not try_again(session, mail_id, now)


@pytest.mark.parametrize(
    "changes", [{"to": "a@example.org\nBcc: b@example.org"}, {"subject": "a\r\nBcc: b"}, {"to": ""}]
)
def test_no_header_can_be_smuggled_in(shared_branch: Branch, changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="one line"):
        put(shared_branch, **changes)


def test_nothing_of_it_lies_open(shared_branch: Branch) -> None:
    mail_id = put(shared_branch, "unmistakable@example.org", subject="Unmistakable subject")
    row = mail(shared_branch, mail_id)
    assert b"nmistakable" not in row.sealed + str(row.model_dump(exclude={"sealed"})).encode()
    with shared_branch.home.db.write() as session:
        assert open_mail(session, shared_branch.home.vault, row).subject == "Unmistakable subject"
        with pytest.raises(Unreadable):
            open_mail(session, shared_branch.home.vault, row.model_copy(update={"id": "0" * 32}))
        withdraw(session, mail_id, "stopped")


def test_a_password_never_travels_in_the_clear(box: Postbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.outbox.smtp.is_loopback", lambda _host: False)
    server = SmtpServer(box.url.replace("smtp://", "smtp://me:secret@"), 5)
    with pytest.raises(Undelivered, match="no_secure_connection"):
        server.carry(EmailMessage())
