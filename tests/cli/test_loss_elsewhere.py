"""What an older backup lost is seen on another computer, too: by the checkpoints and keys that were kept."""

from pathlib import Path

import pytest

from tests.branch import DEPUTY, SECRETARY, Branch
from tests.cli.computers import TWO, Computer, here, later, newest, there
from tests.databases import SPARING

__all__ = ["here", "there"]

pytestmark = pytest.mark.parametrize("branch", SPARING, indirect=True)
"""The computer that is left behind has SQLite, in CI each kind; the other one has each kind anyway."""


def test_a_lost_signing_key_is_a_loss_too(branch: Branch, here: Computer, there: Computer, tmp_path: Path) -> None:
    branch.report()
    file = tmp_path / "copy.backup"
    here.run("backup", str(file))
    (there.keys / "log" / "signing.key").unlink()
    assert "the log's key" in there.run("restore", str(file), code=1)
    there.run("restore", "--declare-loss", "--officer", SECRETARY, "--officer", DEPUTY)
    assert "The record is sound." in there.run("audit", "verify")


def test_a_checkpoint_kept_elsewhere_shows_what_an_older_backup_lost(
    branch: Branch, here: Computer, there: Computer, tmp_path: Path
) -> None:
    branch.report()
    file, saved = tmp_path / "copy.backup", tmp_path / "minutes"
    here.run("backup", str(file))
    later(branch, 1)
    saved.write_text(newest(branch))
    said = there.run("restore", str(file), "--checkpoint", str(saved), code=1)
    assert f"{saved}: No. " in said
    assert "The log is not signed on" in said
    said = there.run("restore", "--declare-loss", *TWO, "--checkpoint", str(saved))
    assert "The new log is" in said


def test_a_checkpoint_that_is_brought_later_shows_the_loss_too(
    branch: Branch, here: Computer, there: Computer, tmp_path: Path
) -> None:
    branch.report()
    file, saved, wrong = tmp_path / "copy.backup", tmp_path / "minutes", tmp_path / "wrong"
    here.run("backup", str(file))
    later(branch, 1)
    saved.write_text(newest(branch))
    wrong.write_text("no checkpoint")
    assert "The record is sound." in there.run("restore", str(file))
    moved = there.opened()
    for minute in range(2, 6):
        later(moved, minute)
    moved.home.db.close()
    declared = ("restore", "--declare-loss", *TWO)
    assert "No checkpoint was found" in there.run(*declared, "--checkpoint", str(wrong), code=1)
    assert "nothing to declare" in there.run(*declared, code=1)
    assert "The new log is" in there.run(*declared, "--checkpoint", str(saved))
    assert "The record is sound." in there.run("audit", "verify")


def test_a_copy_that_grew_past_a_kept_checkpoint_has_lost_what_that_held(
    branch: Branch, here: Computer, there: Computer, tmp_path: Path
) -> None:
    branch.report()
    file, saved = tmp_path / "copy.backup", tmp_path / "minutes"
    here.run("backup", str(file))
    (there.keys / "log" / "checkpoint").unlink(missing_ok=True)  # the copy of the keys knows no later one
    later(branch, 1)
    saved.write_text(newest(branch))
    there.run("restore", str(file))
    grown = there.opened()
    grown.ids = branch.ids
    for minutes in (2, 3, 4):
        later(grown, minutes)
    assert grown.home.log.refusal() is None
    assert size_in(newest(grown)) > size_in(saved.read_text())
    grown.home.db.close()
    assert "nothing to declare" in there.run("restore", "--declare-loss", *TWO, code=1)
    given = ("restore", "--declare-loss", *TWO, "--checkpoint", str(saved))
    assert f"Declared: the old log had {size_in(saved.read_text())} entries as far as is known" in there.run(*given)
    assert "nothing to declare" in there.run(*given, code=1)  # of the log that ended, and declared already


def size_in(note: str) -> int:
    return int(note.split("\n")[1])
