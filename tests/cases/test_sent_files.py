"""Files that come with a report: one that went meanwhile is said, and costs no answer."""

import pytest

from app.cases import sent_files
from app.cases.sent_files import THE_MAIL, SentFiles, keep_held_mail
from app.evidence.arrival import Arrived
from app.evidence.holding import GONE
from app.evidence.mail_arrival import whole
from tests.branch import SECRETARY, Branch
from tests.evidence import mails
from tests.shared_branch import shared_branch

__all__ = ["shared_branch"]


def test_a_mail_that_another_press_kept_while_it_was_read_is_no_fault(
    shared_branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = shared_branch
    reference = branch.report()

    def just_gone(*_of: object) -> Arrived:
        found = whole(branch.home.settings, "saved.eml", bytes(mails.mail()))
        found.discard()
        return found

    monkeypatch.setattr(sent_files, "held", just_gone)
    told = SentFiles()
    keep_held_mail(branch.home, branch.codes[reference], branch.viewer(SECRETARY), "note", "page", told)
    assert told.refused == [(THE_MAIL, GONE)]
    assert branch.rows(reference, "evidence") == []
