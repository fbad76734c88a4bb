"""Each auditor gets the day's checkpoint once, with nothing about a case in it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from app import worker
from app.installation import Installation
from app.oversight import comparing
from tests.branch import AUDITOR, Branch
from tests.postbox import Postbox

MORNING = datetime(2027, 3, 9, 9, 0, tzinfo=UTC)


def with_mail(branch: Branch, box: Postbox) -> Installation:
    given = {"smtp_url": SecretStr(box.url), "mail_from": "branch@example.org"}
    return replace(branch.home, settings=branch.home.settings.model_copy(update=given))


def test_once_a_day_for_each_auditor_and_it_can_be_compared(shared_branch: Branch, box: Postbox) -> None:
    reference = shared_branch.report()
    shared_branch.home.log.catch_up()
    home = with_mail(shared_branch, box)
    for hour in range(-4, 4):
        worker.mail_checkpoints(home, MORNING + timedelta(hours=hour), lambda: True)
    worker.send_letters(home, MORNING + timedelta(hours=5), lambda: True)
    mine = [mail for mail in box.mails if mail["To"] == AUDITOR and "code of today" in mail["Subject"]]
    assert len(mine) == 1
    text = mine[0].get_content().replace("\r\n", "\n")
    assert reference not in text
    note = text[text.index(f"{shared_branch.home.log.folder.signers()[-1].name}\n") : text.index("\n\nThis comes once")]
    with home.db.read() as session:
        assert comparing.with_note(home, session, note).same
    worker.mail_checkpoints(home, MORNING + timedelta(days=1), lambda: True)
    worker.send_letters(home, MORNING + timedelta(days=1, hours=5), lambda: True)
    assert len([mail for mail in box.mails if "code of today" in mail["Subject"]]) == 2
