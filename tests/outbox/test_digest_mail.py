"""The mail about what is due, through the worker to a real server: once a day, references and nothing else."""

from dataclasses import replace
from datetime import timedelta

from pydantic import SecretStr

from app import clock, worker
from app.cases.digest import SUBJECT
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
    assert len(box.mails) == 1
    message = box.mails[0]
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert (message["to"], message["subject"]) == (SECRETARY, SUBJECT)
    assert text.replace("\r\n", "\n").startswith(f"Late:\n  {reference}\n")
    assert "Ward organiser" not in str(message)
    worker.tick(home, noon + timedelta(days=9))  # asleep for a week: one
    assert len(box.mails) == 2
