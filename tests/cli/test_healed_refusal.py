"""A refusal to sign that was healed is over, also after a loss was declared."""

from pathlib import Path

from app.audit.log_state import Refusal
from tests.branch import Branch
from tests.cli.computers import TWO, Computer, here, later, newest

__all__ = ["here"]


def test_a_refusal_that_was_healed_before_a_loss_is_no_alarm_after_it(
    branch: Branch, here: Computer, tmp_path: Path
) -> None:
    key, aside, file = here.keys / "log" / "signing.key", tmp_path / "aside", tmp_path / "copy.backup"
    newest(branch)
    key.rename(aside)
    later(branch, 1)
    assert branch.home.log.refusal() == Refusal.KEY_WRONG
    aside.rename(key)
    for minutes in (2, 4):  # so that the refusal itself is in what was signed
        later(branch, minutes)
    assert branch.home.log.refusal() is None
    for loss in (1, 2):
        here.run("backup", str(file))
        grown = here.opened()
        later(grown, 5 * loss + 1)
        grown.home.db.close()
        here.run("restore", str(file), "--replace", "--declare-loss", *TWO)
        assert "The record is sound." in here.run("audit", "verify")
        again = here.opened()
        later(again, 5 * loss + 3)
        assert again.home.log.refusal() is None
        again.home.db.close()
        file.unlink()
