"""The mail about what is due, through the worker to a real server: once a day, references and nothing else."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from unittest.mock import patch

from pydantic import SecretStr
from sqlmodel import select

from app import clock, worker
from app.cases.digest import KIND, SUBJECT
from app.cases.models import DigestDay
from app.installation import Installation
from app.outbox.models import Mail
from tests.branch import SECRETARY, Branch, in_days
from tests.postbox import Postbox


def test_a_day_has_one_mail_however_often_workers_tick(shared_branch: Branch, box: Postbox) -> None:
    branch = shared_branch
    reference = branch.report(by=SECRETARY, received_on=in_days(-10), channel="letter")
    given = {"smtp_url": SecretStr(box.url), "mail_from": "branch@example.org"}
    home = replace(branch.home, settings=branch.home.settings.model_copy(update=given))
    noon = (clock.now() + timedelta(days=1)).replace(hour=12, minute=0)
    worker.tick(branch.home, noon)  # without a mail server nothing is written that would pile up
    for minutes in (0, 1, 60):
        worker.tick(home, noon + timedelta(minutes=minutes))
    (message,) = digests_in(box)
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert (message["to"], message["subject"]) == (SECRETARY, SUBJECT)
    assert text.replace("\r\n", "\n").startswith(f"Late:\n  {reference}\n")
    assert "Ward organiser" not in str(message)
    worker.tick(home, noon + timedelta(days=9))  # asleep for a week: one
    assert len(digests_in(box)) == 2


def digests_in(box: Postbox) -> list[EmailMessage]:
    """What arrived, without the auditor's checkpoints."""
    return [mail for mail in box.mails if mail["subject"] == SUBJECT]


def mailing(branch: Branch, box: Postbox) -> Installation:
    """The branch with the mail server."""
    given = {"smtp_url": SecretStr(box.url), "mail_from": "branch@example.org"}
    return replace(branch.home, settings=branch.home.settings.model_copy(update=given))


def noon_in(days: int) -> datetime:
    return clock.local(clock.now() + timedelta(days=days)).replace(hour=12, minute=0)


def kept(branch: Branch, day: datetime) -> tuple[int, int]:
    """So many digests were ever queued, and so many people's are marked as made on a day."""
    with branch.home.db.read() as session:
        marked = session.exec(select(DigestDay).where(DigestDay.day == day.date())).all()
        return len(session.exec(select(Mail).where(Mail.kind == KIND)).all()), len(marked)


def test_two_workers_at_once_send_one(shared_branch: Branch, box: Postbox) -> None:
    reference = shared_branch.report()
    home = mailing(shared_branch, box)
    with ThreadPoolExecutor(2) as two:
        list(two.map(lambda _: worker.tick(home, noon_in(40)), range(2)))
    worker.tick(home, noon_in(40))
    (mail,) = [one for one in box.mails if one["To"] == SECRETARY]
    assert reference in mail.get_content()
    assert str(mail["Message-ID"]).endswith("@example.org>")


def test_marked_and_queued_together_or_not_at_all(shared_branch: Branch, box: Postbox) -> None:
    shared_branch.report()
    home = mailing(shared_branch, box)
    before = kept(shared_branch, noon_in(50))
    with patch.object(worker, "enqueue", side_effect=OSError):
        worker.tick(home, noon_in(50))
    worker.tick(shared_branch.home, noon_in(50))  # no mail server: nothing is marked, nothing piles up
    assert (kept(shared_branch, noon_in(50)), box.mails) == (before, [])
    worker.tick(home, noon_in(50))
    assert len([one for one in box.mails if one["To"] == SECRETARY]) == 1
