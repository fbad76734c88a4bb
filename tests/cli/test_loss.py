"""An older copy is never signed on in silence: two officers declare what is lost, and a new log says so."""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from sqlmodel import select

from app.audit import log_tables
from app.audit.entries import decode
from app.audit.events import Event
from app.audit.guards import OLD_LOG_TABLES, release
from app.audit.log_state import Refusal
from app.outbox.models import Mail
from app.outbox.queue import open_mail
from app.oversight import comparing
from tests.branch import AUDITOR, DEPUTY, NOBODY, SECRETARY, Branch
from tests.cli.computers import TWO, Computer, here, later, newest, there

__all__ = ["here", "there"]


@dataclass
class Rolled:
    """A computer on which an older backup was restored: what its log had signed, and which entry is lost."""

    branch: Branch
    kept: str
    note: str
    lost: str
    receipts: Path

    @property
    def name(self) -> str:
        """That of the old log."""
        return self.note.partition("\n")[0]


@pytest.fixture
def rolled(branch: Branch, here: Computer, tmp_path: Path) -> Rolled:
    """An older backup restored over a newer record, with one receipt of each."""
    kept = branch.report()
    file, receipts = tmp_path / "copy.backup", tmp_path / "receipts"
    here.run("backup", str(file))
    later(branch, 1)
    note, lost = newest(branch), branch.entries()[-1].id
    receipts.mkdir()
    for entry_id in (lost, branch.entries(kept)[0].id):
        (receipts / f"{entry_id}.tlog-proof").write_text("proof")
    branch.home.db.close()
    said = here.run("restore", str(file), "--replace", code=1)
    assert "The log is not signed on: the record has fewer entries than were signed before" in said
    assert "--declare-loss" in said
    return Rolled(branch, kept, note, lost, receipts)


def declared(rolled: Rolled, here: Computer) -> Branch:
    said = here.run("restore", "--declare-loss", *TWO, "--receipts", str(rolled.receipts))
    assert f"missing: {rolled.lost}.tlog-proof" in said
    assert said.count("missing: ") == 1
    new = here.opened()
    new.ids = rolled.branch.ids
    return new


def test_an_older_backup_is_not_signed_on_and_one_officer_alone_changes_nothing(rolled: Rolled, here: Computer) -> None:
    again = here.opened()
    signed = newest(again)
    later(again, 5)
    assert newest(again) == signed
    assert again.home.log.refusal() in (Refusal.SMALLER, Refusal.DIFFERS)
    one = ("--officer", SECRETARY)
    for named in (one, one * 2, (*one, "--officer", NOBODY), (*TWO, "--officer", DEPUTY)):
        assert "two different people" in here.run("restore", "--declare-loss", *named, code=1)
    assert again.home.log.refusal() is not None
    again.home.db.close()


def test_two_officers_declare_and_a_new_log_begins_with_that(rolled: Rolled, here: Computer) -> None:
    new = declared(rolled, here)
    assert new.home.log.refusal() is None
    assert newest(new).partition("\n")[0] == f"{rolled.name}-2"
    with new.home.db.read() as session:
        first = decode(log_tables.entries(session, 0, 1)[0])
        mails = [mail for mail in session.exec(select(Mail)) if mail.kind == "loss_declared"]
        letters = [open_mail(session, new.home.vault, mail) for mail in mails]
        assert not comparing.with_note(new.home, session, rolled.note).same
    assert (first["event"], first["actor"]) == (Event.LOSS_DECLARED, new.ids[SECRETARY])
    assert first["subject"] == {"kind": "second_officer", "id": new.ids[AUDITOR]}
    known = rolled.note.partition("\n\n")[0] + "\n"
    assert first["commits"]["last_known"] == sha256(known.encode()).hexdigest()
    assert first["sizes"]["last_known"] == int(known.split("\n")[1]) > first["sizes"]["present"] > 0
    assert [letter.to for letter in letters] == [AUDITOR]
    assert f"{rolled.lost}.tlog-proof" in letters[0].text
    assert "The record is sound." in here.run("audit", "verify")
    later(new, 5)
    assert new.home.log.refusal() is None
    assert "nothing to declare" in here.run("restore", "--declare-loss", *TWO, code=1)
    new.home.db.close()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE old_log_hash SET hash = (SELECT hash FROM old_log_hash WHERE idx = 0) WHERE idx = 1",
            "place 1 of old log 1",
        ),
        ("DELETE FROM old_log_entry WHERE log_index = 1", "place 2 of old log 1"),
        ("UPDATE old_checkpoint SET note = replace(note, '/log', '/lag')", "entries of old log 1"),
    ],
)
def test_the_check_reads_the_old_log_too(rolled: Rolled, here: Computer, statement: str, words: str) -> None:
    new = declared(rolled, here)
    with new.home.db.write() as session:
        for table in OLD_LOG_TABLES:
            release(session.connection(), table)
        session.connection().exec_driver_sql(statement)
    new.home.db.close()
    said = here.run("audit", "verify", code=1)
    assert words in said


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


def test_a_checkpoint_of_an_ended_log_is_not_kept_as_one_of_the_present(
    rolled: Rolled, here: Computer, tmp_path: Path
) -> None:
    new = declared(rolled, here)
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


def test_a_name_is_never_given_to_two_logs(rolled: Rolled, here: Computer, tmp_path: Path) -> None:
    declared(rolled, here).home.db.close()
    said = here.run("restore", str(tmp_path / "copy.backup"), "--replace", "--declare-loss", *TWO)
    assert f"The new log is {rolled.name}-3." in said  # that copy knows of no second one, the key folder does
    assert "The record is sound." in here.run("audit", "verify")


def test_restore_and_declaration_can_be_one_command(rolled: Rolled, here: Computer, tmp_path: Path) -> None:
    said = here.run("restore", str(tmp_path / "copy.backup"), "--replace", "--declare-loss", *TWO)
    assert f"The new log is {rolled.name}-2." in said
    assert "The record is sound." in here.run("audit", "verify")


def test_the_old_log_stays_readable(rolled: Rolled, here: Computer) -> None:
    new = declared(rolled, here)
    client, entry = new.client(), new.entries(rolled.kept)[0].id
    proof = client.get(f"/log/proof/{entry}")
    assert proof.status_code == 200
    assert rolled.name in proof.text
    assert client.get("/log/old/1/checkpoint").text.startswith(f"{rolled.name}\n")
    assert len(client.get("/log/old/1/tile/0/000.p/1").content) == 32
    assert client.get("/log/old/1/tile/entries/000.p/1").status_code == 303
    assert b"event" in new.client(AUDITOR).get("/log/old/1/tile/entries/000.p/1").content
    assert client.get("/log/old/2/checkpoint").status_code == 404
    assert client.get("/log/key").text.count("\n") == 2
    new.home.db.close()


def test_copies_and_quick_checks_know_the_log_that_ended(rolled: Rolled, here: Computer, tmp_path: Path) -> None:
    before = here.opened()
    with before.home.db.read() as session:
        ended = log_tables.newest_checkpoint(session)
    before.home.db.close()
    new = declared(rolled, here)
    later(new, 5)
    new.acknowledged(rolled.kept)  # a case that began in the log that ended
    later(new, 10)
    present = newest(new)
    new.home.db.close()
    here.run("audit", "export", "--format", "tiles", "--out", str(tmp_path / "tiles"))
    assert "sound" in here.run("audit", "verify", "--export", str(tmp_path / "tiles"))
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
    assert "nothing to declare" in there.run("restore", "--declare-loss", *TWO, "--checkpoint", str(wrong), code=1)
    assert "The new log is" in there.run("restore", "--declare-loss", *TWO, "--checkpoint", str(saved))
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
