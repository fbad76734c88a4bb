"""An older copy is never signed on in silence: two officers declare what is lost, and a new log says so."""

import os
from collections.abc import Iterator
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
from tests.cli.computers import TWO, Computer, computer_of, here, later, newest
from tests.databases import KINDS
from tests.prepared import Prepared, prepared

__all__ = ["here"]

BACKUP, RECEIPTS = "copy.backup", "receipts"
SECOND_LOST = "a report and a file.html"


@dataclass
class Rolled:
    """What the log had signed before an older backup was restored, and which entry is lost."""

    kept: str
    note: str
    lost: str
    receipts: Path

    @property
    def name(self) -> str:
        """That of the old log."""
        return self.note.partition("\n")[0]


def rolls_back(branch: Branch) -> Rolled:
    """An older backup restored over a newer record, with one receipt of each."""
    later(branch, -2)  # long enough ago that the log was signed over more than its first entries
    kept, folder = branch.report(), branch.home.settings.data_dir.parent
    file, receipts = folder / BACKUP, folder / RECEIPTS
    with pytest.MonkeyPatch.context() as patch:
        here = computer_of(branch, patch)
        here.run("backup", str(file))
        later(branch, 1)
        note, lost = newest(branch), branch.entries()[-1].id
        receipts.mkdir()
        for entry_id in (lost, branch.entries(kept)[0].id):
            (receipts / f"{entry_id}.tlog-proof").write_text("proof")
        both = [f'{{"entry_id":"{entry_id}"}}' for entry_id in (branch.entries(kept)[0].id, lost)]
        (receipts / SECOND_LOST).write_text(f"<p>{','.join(both)}</p>")
        branch.home.db.close()
        said = here.run("restore", str(file), "--replace", code=1)
    assert "The log is not signed on: the record has fewer entries than were signed before" in said
    assert "--declare-loss" in said
    return Rolled(kept, note, lost, receipts)


@pytest.fixture(scope="module", params=KINDS)
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """Branches on a computer on which that was done."""
    yield from prepared(request, tmp_path_factory, rolls_back)


@pytest.fixture
def branch(source: Prepared, tmp_path: Path, keys_dir: Path) -> Iterator[Branch]:
    """One of these branches, the test's own; only its computer's commands are to use its database."""
    with source.opened(tmp_path, keys_dir) as branch:
        branch.home.db.close()
        yield branch


@pytest.fixture
def rolled(source: Prepared) -> Rolled:
    """What is known of what was done."""
    assert isinstance(source.begun, Rolled)
    return source.begun


def declared(branch: Branch, rolled: Rolled, here: Computer) -> Branch:
    said = here.run("restore", "--declare-loss", *TWO, "--receipts", str(rolled.receipts))
    assert f"missing: {rolled.lost}.tlog-proof" in said
    assert f"missing: {SECOND_LOST}" in said
    assert said.count("missing: ") == 2
    new = here.opened()
    new.ids = branch.ids
    return new


def test_an_older_backup_is_not_signed_on_and_one_officer_alone_changes_nothing(here: Computer) -> None:
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


def test_two_officers_declare_and_a_new_log_begins_with_that(branch: Branch, rolled: Rolled, here: Computer) -> None:
    new = declared(branch, rolled, here)
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
        ("DELETE FROM old_log_entry WHERE log_index = 1", "place 1 of old log 1"),
        ("UPDATE old_checkpoint SET note = replace(note, '/log', '/lag')", "entries of old log 1"),
    ],
)
def test_the_check_reads_the_old_log_too(
    branch: Branch, rolled: Rolled, here: Computer, statement: str, words: str
) -> None:
    new = declared(branch, rolled, here)
    with new.home.db.write() as session:
        for table in OLD_LOG_TABLES:
            release(session.connection(), table)
        session.connection().exec_driver_sql(statement)
    new.home.db.close()
    said = here.run("audit", "verify", code=1)
    assert words in said


def test_receipts_by_any_name_are_listed_one_a_line(rolled: Rolled, here: Computer, tmp_path: Path) -> None:
    names = (b"a\nThe record is sound.html", b"caf\xe9.html")
    for name in names:
        (tmp_path / os.fsdecode(name)).write_text(f'"entry_id":"{rolled.lost}"')
    said = here.run("restore", "--declare-loss", *TWO, "--receipts", str(tmp_path))
    missing = [line for line in said.splitlines() if line.startswith("missing: ")]
    assert missing == ["missing: a\ufffdThe record is sound.html", "missing: caf\ufffd.html"]


def test_restore_and_declaration_can_be_one_command(rolled: Rolled, here: Computer) -> None:
    said = here.run("restore", str(rolled.receipts.with_name(BACKUP)), "--replace", "--declare-loss", *TWO)
    assert f"The new log is {rolled.name}-2." in said
    assert "The record is sound." in here.run("audit", "verify")


def test_the_old_log_stays_readable(branch: Branch, rolled: Rolled, here: Computer) -> None:
    new = declared(branch, rolled, here)
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
