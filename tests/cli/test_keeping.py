"""A backup taken while everybody works goes back on another computer, whole, and what was lost is said aloud."""

import shutil
import threading
import zipfile
from pathlib import Path

import pytest
from sqlmodel import col, select

from app.audit.models import AuditEntry, LogEntry
from app.oversight import comparing
from tests.branch import Branch
from tests.cli.computers import Computer, here, newest, there
from tests.databases import SPARING
from tests.evidence.files import jpeg
from tests.evidence.sending import file_of, save, send

__all__ = ["here", "there"]

BACKED_UP_ON_SQLITE = pytest.mark.parametrize("branch", SPARING, indirect=True)
"""A backup is the same file from each kind: where only what is put back matters, it is taken once."""


def contents(branch: Branch) -> dict[str, list[tuple[object, ...]]]:
    """The rows of what counts, by table."""
    with branch.home.db.read() as session:
        entries = session.exec(select(AuditEntry.id, AuditEntry.entry, AuditEntry.leaf).order_by(AuditEntry.id)).all()
        places = session.exec(select(LogEntry.log_index, LogEntry.entry_id).order_by(col(LogEntry.log_index))).all()
    return {"entries": [tuple(row) for row in entries], "places": [tuple(row) for row in places]}


class Load:
    """Four threads that send reports until they are stopped."""

    def __init__(self, branch: Branch) -> None:
        self._branch, self._stop = branch, threading.Event()
        self.made, self.failed = list[str](), list[Exception]()
        self._writers = [threading.Thread(target=self._write) for _ in range(4)]

    def __enter__(self) -> "Load":
        for writer in self._writers:
            writer.start()
        self.more(4)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for writer in self._writers:
            writer.join()

    def more(self, count: int) -> None:
        """Waits until so many more reports were sent."""
        wanted = len(self.made) + count
        while len(self.made) < wanted and not self.failed:
            self._stop.wait(0.01)

    def _write(self) -> None:
        while not self._stop.is_set():
            try:
                self.made.append(self._branch.report())
            except Exception as fault:  # noqa: BLE001 (shown by the test)
                self.failed.append(fault)
                return


def test_a_backup_taken_under_load_goes_back_elsewhere(
    branch: Branch, here: Computer, there: Computer, tmp_path: Path
) -> None:
    reference = branch.at("acknowledged")
    assert send(branch, reference, jpeg()).status_code == 201
    before, saved = newest(branch), tmp_path / "minutes"
    saved.write_text(before)
    with Load(branch) as load:
        assert "The keys are not in it" in here.run("backup", str(tmp_path / "copy.backup"))
        load.more(4)
    assert load.failed == []
    said = there.run("restore", str(tmp_path / "copy.backup"), "--checkpoint", str(saved))
    assert "The record is sound." in said
    moved = there.opened()
    moved.ids = branch.ids
    assert set(moved.events()) >= {"backup_made", "backup_restored"}
    known = {entry.id for entry in branch.entries()}
    copied = {entry.id for entry in moved.entries() if entry.event not in ("backup_restored", "record_checked")}
    assert known > copied
    assert 4 <= moved.events().count("case_opened") - 1 < len(load.made)
    there_now, here_now = (save(one, reference, file_of(one, reference)).content for one in (moved, branch))
    assert there_now == here_now
    with moved.home.db.read() as session:
        assert comparing.with_note(moved.home, session, before).same
    moved.home.db.close()


def test_a_backup_holds_no_key_and_is_for_this_account_only(branch: Branch, here: Computer, tmp_path: Path) -> None:
    branch.report()
    file = tmp_path / "copy.backup"
    here.run("backup", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist())
        assert "tables/sign_in_session.jsonl" not in packed.namelist()
    assert (here.keys / "key-encryption.key").read_bytes() not in everything
    assert b"PRIVATE+KEY" not in everything
    assert "already" in here.run("backup", str(file), code=1)


@BACKED_UP_ON_SQLITE
def test_without_the_keys_nothing_is_put_back(branch: Branch, here: Computer, there: Computer, tmp_path: Path) -> None:
    branch.report()
    file = tmp_path / "copy.backup"
    here.run("backup", str(file))
    (there.keys / "key-encryption.key").unlink()
    assert "key file" in there.run("restore", str(file), code=1)
    (there.keys / "key-encryption.key").write_bytes(b"x" * 32)
    (there.keys / "key-encryption.key").chmod(0o600)
    there.run("restore", str(file), code=1)
    shutil.copyfile(here.keys / "key-encryption.key", there.keys / "key-encryption.key")
    assert "The record is sound." in there.run("restore", str(file))


def test_what_is_in_the_target_goes_only_where_that_was_said(branch: Branch, here: Computer, tmp_path: Path) -> None:
    branch.report()
    file = tmp_path / "copy.backup"
    here.run("backup", str(file))
    before = contents(branch)
    assert "--replace" in here.run("restore", str(file), code=1)
    assert contents(branch) == before
    branch.home.db.close()
    assert "The record is sound." in here.run("restore", str(file), "--replace")


@BACKED_UP_ON_SQLITE
def test_a_cut_backup_leaves_the_target_as_it_was(
    branch: Branch, here: Computer, there: Computer, tmp_path: Path
) -> None:
    branch.report()
    file, cut = tmp_path / "copy.backup", tmp_path / "cut.backup"
    here.run("backup", str(file))
    with zipfile.ZipFile(file) as packed, zipfile.ZipFile(cut, "w") as written:
        for name in packed.namelist():
            lines = packed.read(name)
            written.writestr(name, lines if name != "tables/vault.jsonl" else lines.partition(b"\n")[2])
    assert "damaged: table vault" in there.run("restore", str(cut), code=1)
    assert "is no whole backup" in there.run("restore", __file__, code=1)
    assert "The record is sound." in there.run("restore", str(file))
