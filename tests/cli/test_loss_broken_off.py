"""A declaration of loss that broke off: no log is signed in the name of another, and running it again ends it."""

from pathlib import Path

import pytest
from sqlmodel import col, func, select

from app import private_files
from app.audit import old_logs
from app.audit.events import Event
from app.audit.log_folder import LogFolder
from app.audit.log_state import Refusal
from app.audit.models import AuditEntry
from app.outbox.models import Mail
from tests.branch import AUDITOR, DEPUTY, Branch
from tests.cli.computers import TWO, Computer, Killed, here, killed, later, newest
from tests.cli.test_loss import Rolled, branch, rolled, source

__all__ = ["branch", "here", "rolled", "source"]
GIVEN = ("restore", "--declare-loss", *TWO)


def breaks_off(here: Computer, where: object, name: str, saved: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, name, killed)
        with pytest.raises(AssertionError, match=Killed.__name__):
            here.run(*GIVEN, "--checkpoint", str(saved))


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize(("where", "name"), [(LogFolder, "begin_anew"), (private_files, "add_line")], ids=str)
def test_after_the_old_log_was_ended(
    branch: Branch, rolled: Rolled, here: Computer, tmp_path: Path, where: object, name: str, kept: bool
) -> None:
    saved = tmp_path / "minutes"
    saved.write_text(rolled.note)
    if not kept:
        (here.keys / "log" / "checkpoint").unlink()
    breaks_off(here, where, name, saved)
    again = here.opened()
    for minutes in (3, 6):
        later(again, minutes)
    assert again.home.log.refusal() == Refusal.KEY_ENDED
    again.home.db.close()
    assert "where the declaration broke off, run it again" in here.run("audit", "verify", code=1)
    said = here.run(*GIVEN)
    assert f"Declared: the old log had {rolled.note.split(chr(10))[1]} entries as far as is known" in said
    assert f"The new log is {rolled.name}-2." in said
    assert "The record is sound." in here.run("audit", "verify")
    new = here.opened()
    later(new, 9)
    assert newest(new).partition("\n")[0] == f"{rolled.name}-2"
    assert counted(new) == (1, 1)
    new.home.db.close()


def test_other_officers_declare_it_anew(branch: Branch, rolled: Rolled, here: Computer, tmp_path: Path) -> None:
    saved = tmp_path / "minutes"
    saved.write_text(rolled.note)
    breaks_off(here, LogFolder, "begin_anew", saved)
    here.run("restore", "--declare-loss", "--officer", DEPUTY, "--officer", AUDITOR)
    assert "The record is sound." in here.run("audit", "verify")
    new = here.opened()
    assert counted(new) == (2, 2)
    new.home.db.close()


def test_another_address_meanwhile_takes_no_key_away(
    branch: Branch, rolled: Rolled, here: Computer, tmp_path: Path
) -> None:
    saved, keys = tmp_path / "minutes", here.keys / "log" / "public-keys"
    saved.write_text(rolled.note)
    (here.keys / "log" / "checkpoint").unlink()
    breaks_off(here, LogFolder, "begin_anew", saved)
    before = keys.read_text()
    here.patch.setenv("CASETRAIL_BASE_URL", "http://localhost:8123")
    assert "run it again" in here.run("audit", "verify", code=1)
    assert keys.read_text() == before
    here.run(*GIVEN)
    assert keys.read_text().startswith(before)
    assert "The record is sound." in here.run("audit", "verify")


def counted(branch: Branch) -> tuple[int, int]:
    """Mails and entries about losses."""
    with branch.home.db.read() as session:
        mails = session.exec(select(func.count()).where(col(Mail.kind) == "loss_declared")).one()
        told = session.exec(select(func.count()).where(col(AuditEntry.event) == Event.LOSS_DECLARED)).one()
    return mails, told


def test_before_the_old_log_was_ended(branch: Branch, rolled: Rolled, here: Computer, tmp_path: Path) -> None:
    saved = tmp_path / "minutes"
    saved.write_text(rolled.note)
    breaks_off(here, old_logs, "waiting", saved)
    again = here.opened()
    assert again.home.log.refusal() in (Refusal.SMALLER, Refusal.DIFFERS)
    with again.home.db.read() as session:
        assert old_logs.how_many(session) == 0
    again.home.db.close()
    here.run(*GIVEN)
    assert "The record is sound." in here.run("audit", "verify")
