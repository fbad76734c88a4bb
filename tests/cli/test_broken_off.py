"""A restore that broke off, wherever: nothing goes on with what is half done, and running it again ends it."""

from pathlib import Path
from types import ModuleType

import pytest

from app import migrate
from app.oversight import restoring
from app.people import queries as people
from tests.branch import SECRETARY, Branch
from tests.cli.computers import Computer, Killed, here, killed

__all__ = ["here"]


@pytest.mark.parametrize(
    ("where", "name"), [(migrate, "migrate"), (restoring, "after_restore"), (restoring, "_tell")], ids=str
)
def test_a_restore_that_broke_off_after_the_tables_is_run_again_before_anything_else(
    branch: Branch, here: Computer, tmp_path: Path, where: ModuleType, name: str
) -> None:
    file, token = tmp_path / "copy.backup", branch.token(SECRETARY)
    here.run("backup", str(file))
    branch.home.db.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, name, killed)
        with pytest.raises(AssertionError, match=Killed.__name__):
            here.run("restore", str(file), "--replace")
    for words in (("worker", "--once"), ("audit", "verify"), ("backup", str(tmp_path / "other"))):
        assert "that broke off" in here.run(*words, code=1)
    said = here.run("restore", str(file))  # what is in the database is no more than this backup
    assert "Withdrawn: tokens of programs 1" in said
    assert "The record is sound." in said
    beside = Path(branch.home.settings.database_url.removeprefix("sqlite:///")).parent
    copies = 2 if branch.home.db.dialect == "sqlite" else 0  # of the half restored one, too: who knows who wrote that
    assert len(list(beside.glob("*before-migration*"))) == copies
    again = here.opened()
    with again.home.db.read() as session:
        assert people.by_api_token(session, again.home.vault, token) is None
    again.home.db.close()
    assert "not empty" in here.run("restore", str(file), code=1)
    assert "The record is sound." in here.run("audit", "verify")
