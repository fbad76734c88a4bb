"""Checking the record while others work on it: a step between two of its queries is no fault."""

from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlmodel import Session

from app import clock
from app.audit.log import SYSTEM
from app.audit.sources import Sources
from app.installation import Installation
from app.oversight import checking
from tests.branch import Branch


def test_a_step_taken_meanwhile_is_no_fault(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = branch.report()
    plainly = checking._sources

    def disturbed(home: Installation, session: Session) -> Sources:
        sources = plainly(home, session)
        sources.entries = iter(list(sources.entries))
        with freeze_time(clock.now() + timedelta(seconds=5)):
            branch.acknowledged(reference)
            home.log.catch_up()
        return sources

    monkeypatch.setattr(checking, "_sources", disturbed)
    assert checking.record_check(branch.home, actor=SYSTEM, via="cli") == []
    assert branch.case(reference).state == "acknowledged"
    monkeypatch.undo()
    assert checking.record_check(branch.home, actor=SYSTEM, via="cli") == []
