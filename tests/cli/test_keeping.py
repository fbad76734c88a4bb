"""A backup taken while everybody works goes back on another computer, whole, and what was lost is said aloud."""

import json
import shutil
import threading
import zipfile
from pathlib import Path

import pytest
from sqlmodel import col, select

from app import serving
from app.audit.entries import decode
from app.audit.log import SYSTEM
from app.audit.models import AuditEntry, LogEntry
from app.cases import feeds
from app.oversight import comparing
from app.people import queries as people
from tests.branch import SECRETARY, Branch
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


def damaged(file: Path, name: str, old: bytes, new: bytes) -> Path:
    """A copy of a backup in which one part reads otherwise."""
    copy = file.with_name("other.backup")
    with zipfile.ZipFile(file) as packed, zipfile.ZipFile(copy, "w") as written:
        for part in packed.namelist():
            content = packed.read(part)
            assert part != name or old in content
            written.writestr(part, content if part != name else content.replace(old, new, 1))
    return copy


def test_a_damaged_or_foreign_backup_is_refused_in_one_line(branch: Branch, here: Computer, tmp_path: Path) -> None:
    branch.report()
    file = tmp_path / "copy.backup"
    here.run("backup", str(file))
    branch.home.db.close()
    for name, old, new in (
        ("tables/person.jsonl", b'["', b'[null,"'),
        ("tables/cases.jsonl", b'["', b'["x'),
        ("tables/cases.jsonl", b'"received"', b'{"a":"received"}'),
        ("manifest.json", b'"revision": "0', b'"revision": "x'),
        ("manifest.json", b'"name": "person"', b'"name": "persons"'),
        ("manifest.json", b'"text"', b'"word"'),
        ("manifest.json", b'"text"', b"[]"),
        ("manifest.json", b'"missing": []', b'"missing": null'),
        ("manifest.json", b'"made_at": "', b'"made_at": 5, "x": "'),
        ("manifest.json", b'"revision": "', b'"revision": "", "x": "'),
        ("manifest.json", b'"format": 1', b'"newer": 1, "format": 2'),
        ("manifest.json", b"{", b"[" * 100_000),
    ):
        said = here.run("restore", str(damaged(file, name, old, new)), "--replace", code=1)
        assert "damaged" in said or "is no whole backup" in said or "newer" in said, said
        assert len(said.splitlines()) == 1, said
        assert "[parameters" not in said
    beside = Path(branch.home.settings.database_url.removeprefix("sqlite:///")).parent
    assert list(beside.glob("*before-migration*")) == []  # nothing was replaced: no copies of it that push out others
    branch.report()
    said = here.run("restore", str(damaged(file, "checkpoint", b"127", b"\xff\xfe")), "--replace", code=1)
    assert "the backup's own checkpoint: This is not a checkpoint" in said


def test_a_backup_with_tables_left_out_is_not_put_back(
    branch: Branch, here: Computer, there: Computer, tmp_path: Path
) -> None:
    file, empty = tmp_path / "copy.backup", tmp_path / "empty.backup"
    here.run("backup", str(file))
    (there.keys / "log" / "checkpoint").unlink(missing_ok=True)  # so that nobody knows of more
    with zipfile.ZipFile(file) as packed, zipfile.ZipFile(empty, "w") as written:
        written.writestr("manifest.json", json.dumps({**json.loads(packed.read("manifest.json")), "tables": []}))
    assert "table api_token is not in it" in there.run("restore", str(empty), code=1)


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 0x40]) + content[place + 1 :]


@BACKED_UP_ON_SQLITE
def test_a_bit_that_flipped_anywhere_is_told_in_one_line(branch: Branch, here: Computer, tmp_path: Path) -> None:
    file, other = tmp_path / "copy.backup", tmp_path / "other.backup"
    here.run("backup", str(file))
    branch.home.db.close()
    whole = file.read_bytes()
    with zipfile.ZipFile(file) as packed:
        manifest, listed = packed.getinfo("manifest.json"), packed.start_dir
    inside = manifest.header_offset + 30 + len(manifest.filename)  # the packed bytes after what names them
    for place in (*range(inside, inside + 40, 2), *range(listed, listed + 46), len(whole) // 2, len(whole) - 6):
        other.write_bytes(flipped(whole, place))
        said = here.run("restore", str(other), code=1)
        assert "damaged" in said or "is no whole backup" in said or "not empty" in said, (place, said)
        assert len(said.splitlines()) == 1, (place, said)
    for length in (0, 1, 22, inside, listed, len(whole) - 1):
        other.write_bytes(whole[:length])
        assert "is no whole backup" in here.run("restore", str(other), code=1)


@BACKED_UP_ON_SQLITE
def test_whoever_declares_a_loss_is_asked_for_before_anything_is_put_back(
    branch: Branch, here: Computer, tmp_path: Path
) -> None:
    file, words = tmp_path / "copy.backup", tmp_path / "words"
    here.run("backup", str(file))
    reference = branch.report()
    branch.home.db.close()
    twice = ("--officer", SECRETARY, "--officer", SECRETARY.upper())
    said = here.run("restore", str(file), "--replace", "--declare-loss", *twice, code=1)
    assert "two different people" in said
    again = here.opened()
    assert again.entries(reference)
    again.home.db.close()
    words.write_bytes(b"\xff\xfe no text")
    assert "No checkpoint was found" in here.run("restore", str(file), "--replace", "--checkpoint", str(words), code=1)


def test_no_backup_is_made_of_what_is_just_being_put_back(branch: Branch, here: Computer, tmp_path: Path) -> None:
    with serving.alone(branch.home.settings.data_dir):
        assert "is being put back here" in here.run("backup", str(tmp_path / "copy.backup"), code=1)
    assert list(tmp_path.glob("copy*")) == []


def test_a_leftover_of_a_backup_that_broke_off_is_no_hindrance(branch: Branch, here: Computer, tmp_path: Path) -> None:
    branch.report()
    (tmp_path / "copy.backup.unfinished").write_bytes(b"half")
    here.run("backup", str(tmp_path / "copy.backup"))
    assert [one.name for one in tmp_path.glob("*.unfinished")] == ["copy.backup.unfinished"]


def test_a_restore_withdraws_tokens_and_says_whose_accounts_there_are(
    branch: Branch, here: Computer, tmp_path: Path
) -> None:
    token, file = branch.token(SECRETARY), tmp_path / "copy.backup"
    with branch.home.db.write() as session:
        feeds.issue(session, branch.home, branch.ids[SECRETARY], actor=SYSTEM, via="cli")
    here.run("backup", str(file))
    with serving.holding(branch.home.settings.data_dir):
        assert "Stop the server" in here.run("restore", str(file), "--replace", code=1)
    branch.home.db.close()
    said = here.run("restore", str(file), "--replace")
    assert "Accounts and offices are those of" in said
    assert "Withdrawn: tokens of programs 1, addresses of calendars 1." in said
    again = here.opened()
    with again.home.db.read() as session:
        assert people.by_api_token(session, again.home.vault, token) is None
    entry = next(decode(one.entry) for one in again.entries() if one.event == "backup_restored")
    assert (entry["sizes"]["tokens"], entry["sizes"]["calendars"]) == (1, 1)
    again.home.db.close()
