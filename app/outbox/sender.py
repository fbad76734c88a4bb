"""Sending what is due, one mail at a time: claim, hand over, note how it went. Two senders never take the same mail."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Protocol

import structlog
from sqlmodel import Session

from app.audit.events import Event
from app.audit.log import SYSTEM, append
from app.db import Database
from app.outbox.message import build
from app.outbox.models import FAILED, SENT, WAITING, Mail
from app.outbox.queue import Content, claim, open_mail, release
from app.outbox.smtp import Carrier, Undelivered
from app.vault.vault import Unreadable, Vault

VIA = "worker"
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
"""Between one attempt and the next; after the last the mail has failed."""


class Ledger(Protocol):
    """Whoever keeps the things that mails are about: its case is locked first, then it learns how a mail went."""

    def lock(self, session: Session, mail: Mail) -> None:
        """Takes what `note` will change, before the mail's own row is locked."""

    def whole(self, session: Session, mail: Mail, content: Content, /) -> Content:
        """The mail with whatever is made only when it goes out, such as a PDF."""

    def note(self, session: Session, mail: Mail, content: Content, /) -> None:
        """Called in the transaction in which `mail.state` became `sent` or `failed`: writes its entry there."""


class OwnLedger:
    """For mail of the house itself, about no case: an entry and nothing else."""

    def lock(self, session: Session, mail: Mail) -> None:
        """Nothing to lock."""

    def whole(self, _session: Session, _mail: Mail, content: Content) -> Content:
        """As it was written."""
        return content

    def note(self, session: Session, mail: Mail, _content: Content) -> None:
        """`letter_sent` or `letter_failed`, naming the mail."""
        event = Event.LETTER_SENT if mail.state == SENT else Event.LETTER_FAILED
        append(session, event, actor=SYSTEM, via=VIA, subject=("mail", mail.id))


@dataclass(frozen=True)
class Post:
    """What sending needs: where the mail lies, who carries it, from which address, who is told how it went."""

    db: Database
    vault: Vault
    carrier: Carrier
    sender: str
    ledger: Ledger


def send_due(post: Post, now: datetime, *, go_on: Callable[[], bool] = lambda: True) -> int:
    """Sends everything due at `now`, as long as `go_on` says so; how many the server took."""
    sent = 0
    while go_on():
        with post.db.write() as session:
            mail = claim(session, now)
        if mail is None:
            break
        try:
            sent += _send(post, mail, now)
        except Exception as fault:  # noqa: BLE001 (one mail must not keep the others; its lease runs out, then it is tried again)
            _log(mail, type(fault).__name__)
    return sent


def _send(post: Post, mail: Mail, now: datetime) -> bool:
    try:
        if mail.attempts > len(PAUSES) + 1:
            raise Undelivered("gave_up", permanent=True, unsure=True)  # every worker died over it
        content = _content(post, mail)
        post.carrier.carry(_message(post, mail, content, now))
    except Undelivered as failure:
        _log(mail, failure.why)
        _note_failure(post, mail, failure, now)
        return False
    with post.db.write() as session:
        post.ledger.lock(session, mail)
        if release(session, mail, state=SENT, why=None, finished_at=now):
            post.ledger.note(session, session.get_one(Mail, mail.id), content)
    return True


def _content(post: Post, mail: Mail) -> Content:
    try:
        with post.db.read() as session:
            return post.ledger.whole(session, mail, open_mail(session, post.vault, mail))
    except Unreadable:
        raise Undelivered("content_gone", permanent=True) from None


def _message(post: Post, mail: Mail, content: Content, now: datetime) -> EmailMessage:
    try:
        return build(content, sender=post.sender, message_id=mail.message_id, at=now)
    except ValueError:
        raise Undelivered("address_wrong", permanent=True) from None


def _note_failure(post: Post, mail: Mail, failure: Undelivered, now: datetime) -> None:
    unsure = mail.unsure if failure.unsure else mail.unsure - 1
    over = failure.permanent or mail.attempts > len(PAUSES)
    with post.db.write() as session:
        if not over:
            due = now + PAUSES[mail.attempts - 1]
            release(session, mail, state=WAITING, why=failure.why, due_at=due, unsure=unsure)
            return
        post.ledger.lock(session, mail)
        if release(session, mail, state=FAILED, why=failure.why, finished_at=now, unsure=unsure):
            post.ledger.note(session, session.get_one(Mail, mail.id), Content("", "", ""))


def _log(mail: Mail, why: str) -> None:
    structlog.get_logger().warning("mail_not_sent", mail=mail.id, why=why, attempt=mail.attempts)
