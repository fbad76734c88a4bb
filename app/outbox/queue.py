"""Writing, changing and claiming mail. Everything runs in the caller's transaction; nothing here sends."""

import base64
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, update
from sqlmodel import Session, col, select

from app import clock
from app.db import new_id
from app.outbox.models import FAILED, SENDING, SENT, STOPPED, WAITING, Mail
from app.vault.vault import Vault

LEASE = timedelta(minutes=10)
"""Longer than the longest attempt: every wait for a server ends after `smtp.TIMEOUT`."""
NO_HOST = "casetrail.invalid"
_LINE = re.compile(r"[^\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class Attachment:
    """A file that goes along; its name holds no fact of a case (X18)."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Content:
    """What is sealed of a mail."""

    to: str
    subject: str
    text: str
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()


def enqueue(
    session: Session,
    vault: Vault,
    *,
    kind: str,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    owner: str = "system",
    not_before: datetime | None = None,
    attachments: Sequence[Attachment] = (),
    about: str | None = None,
    host: str = NO_HOST,
) -> str:
    """Puts one mail into the queue and answers with its id; it goes out after the transaction, at `not_before` or soon.

    `owner` is a case id or `system`; `host` is what stands after the @ of its Message-ID. ValueError where address
    or subject could not stand in a header.
    """
    now = clock.now()
    mail_id = new_id()
    content = Content(to, subject, text, html, tuple(attachments))
    mail = Mail(
        id=mail_id,
        kind=kind,
        owner=owner,
        about=about,
        message_id=f"<{secrets.token_hex(16)}@{host}>",
        sealed=_seal(session, vault, owner, mail_id, content),
        state=WAITING,
        made_at=now,
        due_at=not_before or now,
    )
    session.add(mail)
    session.flush()
    return mail_id


def revise(session: Session, vault: Vault, mail_id: str, content: Content, not_before: datetime) -> bool:
    """Puts other content in the place of what has never been tried, and waits anew; whether that was still possible."""
    mail = session.get_one(Mail, mail_id)
    sealed = _seal(session, vault, mail.owner, mail_id, content)
    untried = and_(col(Mail.id) == mail_id, col(Mail.state) == WAITING, col(Mail.attempts) == 0)
    return _change(session, untried, sealed=sealed, due_at=not_before)


def hurry(session: Session, mail_id: str, now: datetime) -> bool:
    """Sends what waits at the next tick; whether it was still waiting."""
    return _change(session, and_(col(Mail.id) == mail_id, col(Mail.state) == WAITING), due_at=now)


def try_again(session: Session, mail_id: str, not_before: datetime) -> bool:
    """Puts back what failed or was stopped and may have arrived all the same; whether this mail is such a one."""
    over = and_(col(Mail.id) == mail_id, col(Mail.state).in_((FAILED, STOPPED)), col(Mail.unsure) > 0)
    return _change(session, over, state=WAITING, due_at=not_before, attempts=0, finished_at=None)


def withdraw(session: Session, mail_id: str, state: str) -> bool:
    """Takes a mail out of the queue as `stopped` or `posted`; False where it is being sent, or gone, at this moment."""
    waiting = and_(col(Mail.id) == mail_id, col(Mail.state) == WAITING)
    return _change(session, waiting, state=state, finished_at=clock.now())


def claim(session: Session, now: datetime) -> Mail | None:
    """The next mail that is due, leased to this caller in one statement; None where nothing is due.

    A lease that ran out belongs to a worker that died: its mail is due again, under the same Message-ID.
    """
    due = and_(col(Mail.state) == WAITING, col(Mail.due_at) <= now)
    left_behind = and_(col(Mail.state) == SENDING, col(Mail.leased_until) <= now)
    first = select(Mail.id).where(or_(due, left_behind)).order_by(col(Mail.due_at), col(Mail.id)).limit(1)
    lease = new_id()
    taking = (
        update(Mail)
        .where(col(Mail.id).in_(first.with_for_update(skip_locked=True).scalar_subquery()))
        .values(
            state=SENDING,
            lease=lease,
            leased_until=now + LEASE,
            attempts=col(Mail.attempts) + 1,
            unsure=col(Mail.unsure) + 1,
        )
        .returning(col(Mail.id))
    )
    mail_id = session.connection().execute(taking).scalar()
    return session.get(Mail, mail_id, populate_existing=True) if mail_id else None


def release(session: Session, mail: Mail, **values: Any) -> bool:
    """Ends the lease of a claimed mail with new values; False where another worker took it over meanwhile."""
    mine = and_(col(Mail.id) == mail.id, col(Mail.state) == SENDING, col(Mail.lease) == mail.lease)
    return _change(session, mine, lease=None, leased_until=None, **values)


def open_mail(session: Session, vault: Vault, mail: Mail) -> Content:
    """The sealed content. Unreadable where its case was erased."""
    data = vault.open_bytes(session, _aad(mail.id), mail.sealed, owner_id=mail.owner)
    files = (Attachment(one["name"], one["type"], base64.b64decode(one["content"])) for one in data["files"])
    return Content(data["to"], data["subject"], data["text"], data["html"], tuple(files))


def sent_of(session: Session, owner: str, kind: str) -> list[Mail]:
    """What was sent of a kind, oldest first."""
    chosen = select(Mail).where(Mail.owner == owner, Mail.kind == kind, Mail.state == SENT)
    return list(session.exec(chosen.order_by(col(Mail.finished_at))))


def _seal(session: Session, vault: Vault, owner: str, mail_id: str, content: Content) -> bytes:
    for line in (content.to, content.subject):
        if not _LINE.fullmatch(line):
            raise ValueError("An address or subject is one line.")
    files = [
        {"name": one.name, "type": one.content_type, "content": base64.b64encode(one.content).decode()}
        for one in content.attachments
    ]
    data = {"to": content.to, "subject": content.subject, "text": content.text, "html": content.html, "files": files}
    return vault.seal_bytes(session, _aad(mail_id), data, owner_id=owner)


def _aad(mail_id: str) -> str:
    return f"outbox/{mail_id}"


def _change(session: Session, where: Any, **values: Any) -> bool:
    changed = session.connection().execute(update(Mail).where(where).values(**values).returning(col(Mail.id)))
    mail_id = changed.scalar()
    if mail_id is not None and (known := session.get(Mail, mail_id)) is not None:
        session.refresh(known)
    return mail_id is not None
