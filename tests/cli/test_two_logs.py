"""After a declared loss there are two logs: neither is taken for the other, and both are read."""

import json
import shutil
from pathlib import Path

from app.audit import log_tables
from tests.branch import Branch
from tests.cli.computers import TWO, Computer, here, later, newest
from tests.cli.test_loss import BACKUP, Rolled, branch, declared, rolled, source

__all__ = ["branch", "here", "rolled", "source"]


def test_a_checkpoint_of_an_ended_log_is_not_kept_as_one_of_the_present(
    branch: Branch, rolled: Rolled, here: Computer, tmp_path: Path
) -> None:
    new = declared(branch, rolled, here)
    saved, file = tmp_path / "minutes", tmp_path / "second.backup"
    saved.write_text(rolled.note)
    here.run("backup", str(file))
    own = newest(new)
    new.home.db.close()
    here.run("restore", str(file), "--replace", "--checkpoint", str(saved), code=1)
    assert (here.keys / "log" / "checkpoint").read_text().split("\n")[0] == f"{rolled.name}-2" == own.split("\n")[0]
    again = here.opened()
    assert again.home.log.refusal() is None
    again.home.db.close()
    assert "The record is sound." in here.run("audit", "verify")


def test_a_name_is_never_given_to_two_logs(branch: Branch, rolled: Rolled, here: Computer) -> None:
    declared(branch, rolled, here).home.db.close()
    said = here.run("restore", str(rolled.receipts.with_name(BACKUP)), "--replace", "--declare-loss", *TWO)
    assert f"The new log is {rolled.name}-3." in said  # that copy knows of no second one, the key folder does
    assert "The record is sound." in here.run("audit", "verify")


def test_copies_and_quick_checks_know_the_log_that_ended(
    branch: Branch, rolled: Rolled, here: Computer, tmp_path: Path
) -> None:
    before = here.opened()
    with before.home.db.read() as session:
        ended = log_tables.newest_checkpoint(session)
    before.home.db.close()
    new = declared(branch, rolled, here)
    later(new, 5)
    new.acknowledged(rolled.kept)  # a case that began in the log that ended
    later(new, 10)
    present = newest(new)
    new.home.db.close()
    here.run("audit", "export", "--format", "tiles", "--out", str(tmp_path / "tiles"))
    assert "sound" in here.run("audit", "verify", "--export", str(tmp_path / "tiles"))
    without = Path(shutil.copytree(tmp_path / "tiles", tmp_path / "without"))
    (without / "old" / "1").rename(without / "old" / "2")
    missing = "the log that it ended is not stored with the last checkpoint of then"
    assert f": {missing}" in here.run("audit", "verify", "--export", str(without), code=1)
    shutil.copytree(without / "old" / "2", without / "old" / "1")
    assert "no declaration in the log after it" in here.run("audit", "verify", "--export", str(without), code=1)
    tile = next(one for one in (tmp_path / "tiles/old/1/tile/entries").rglob("*") if one.is_file())
    tile.write_bytes(tile.read_bytes().replace(b"case_opened", b"case_closed"))
    assert "old log 1" in here.run("audit", "verify", "--export", str(tmp_path / "tiles"), code=1)
    lines = [json.loads(line) for line in here.run("audit", "export", "--format", "jsonl", "--out", "-").splitlines()]
    *entries, old, last = lines
    assert old["checkpoint"]["origin"] == rolled.name
    assert (old["log"], last["checkpoint"]["origin"]) == (1, f"{rolled.name}-2")
    places = [(one["log"], one["index"]) for one in entries]
    assert (1, 0) in places
    assert (None, 0) in places
    assert len(set(places)) == len(places)
    assert ended is not None
    for number, (note, code, words) in enumerate(
        ((present, 0, "is sound"), (ended.note, 0, "is sound"), (rolled.note, 1, "entries were removed"))
    ):
        saved = tmp_path / f"{number}.checkpoint"
        saved.write_text(note)
        assert words in here.run("audit", "verify", "--since", str(saved), code=code)
