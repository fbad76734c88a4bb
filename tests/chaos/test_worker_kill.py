"""Kill -9 on the worker while letters go out: none lost, none twice but for the moment between 250 and commit."""

import os
import random
import time
from collections import Counter

import pytest
from sqlmodel import select

from app.letters.models import SENT, Letter
from app.outbox.models import Mail
from app.outbox.queue import LEASE
from app.oversight.checking import check
from tests.branch import SECRETARY, Branch
from tests.chaos.worker import workers
from tests.letters.conftest import with_mail
from tests.letters.correspondence import REPORTER, do, write
from tests.postbox import Postbox, postbox

KILLS = int(os.environ.get("CASETRAIL_TEST_WORKER_KILLS", "10"))
LETTERS = int(os.environ.get("CASETRAIL_TEST_LETTERS", "30"))
ON_ONE_CASE = 25
PATIENCE = 5
"""Seconds until a worker is at work, on a slow machine."""
STEP = LEASE.total_seconds() / 60 + 1
"""Minutes between two lives: the lease of what the dead one held has run out."""


def prepared(branch: Branch) -> None:
    """So many letters, all waiting."""
    reference = ""
    for number in range(LETTERS):
        if number % ON_ONE_CASE == 0:
            reference = branch.report(reporter=REPORTER)
            branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
        letter = write(branch, reference, "update")
        do(branch, reference, letter, "edit", text=f"# News\n\nLetter number {number}.")
        do(branch, reference, letter, "send")


def at_work(box: Postbox, wanted: int) -> None:
    """Until so many mails were handed over; not for ever, as there may be none left."""
    until = time.monotonic() + PATIENCE
    while len(box.mails) < wanted and time.monotonic() < until:
        time.sleep(0.002)


@pytest.mark.timeout(300 + KILLS * 10 + LETTERS * 2)
def test_killed_while_letters_go_out(branch: Branch) -> None:
    chance = random.Random(7)
    with postbox() as box, workers(branch, box.url) as lives:
        prepared(with_mail(branch, box.url))
        now, met = 16.0, 0
        for _ in range(KILLS):
            lives.start(now)
            at_work(box, len(box.mails) + chance.randint(1, 3))  # the same letter is not always the one
            time.sleep(chance.uniform(0, 0.06))
            lives.kill()
            lives.wait()
            now += STEP
            with branch.home.db.read() as session:
                met += any(mail.state == "sending" for mail in session.exec(select(Mail)))
        lives.start(now)
        lives.wait()
        lives.start(now + STEP)
        lives.wait()
        taken = Counter(box.ids)
    with branch.home.db.read() as session:
        mails, letters = session.exec(select(Mail)).all(), session.exec(select(Letter)).all()
        assert check(branch.home, session) == []
    assert len(letters) == LETTERS
    assert [letter.needs for letter in letters if letter.state != SENT] == []
    assert set(taken) == {mail.message_id for mail in mails}  # none lost, and each has had one name all along
    again = {mail.message_id for mail in mails if mail.attempts > 1}
    assert {message_id for message_id, times in taken.items() if times > 1} <= again
    assert sum(taken.values()) - len(taken) <= met
    assert met > 0, "the kills met no work"
    told = [entry for entry in branch.entries() if entry.event == "letter_sent" and entry.case_id is not None]
    assert len(told) == LETTERS  # the day's checkpoint, which goes to the auditor, is no case's
    print(f"{KILLS} kills, {met} of them in the middle of a letter; {sum(taken.values()) - len(taken)} sent again")  # noqa: T201 (what a long run found)
