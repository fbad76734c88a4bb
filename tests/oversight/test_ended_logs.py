"""Attacks on logs that ended with a declared loss, by somebody who owns the database: each is named in words."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.audit import old_logs, tree
from app.audit.checkpoints import read_note
from app.audit.entries import leaf_hash
from app.audit.events import Event
from app.audit.export_check import export_faults
from app.audit.log import SYSTEM, append
from app.audit.models import AuditEntry
from app.audit.notes import NoteWrong, read_verifier
from app.audit.tiles import read_proof
from app.oversight.exporting import export_tiles
from tests.branch import Branch
from tests.oversight.ended_logs import ended, source
from tests.oversight.signed_log import attack, faults, said

__all__ = ["ended", "source"]

OLD = ("old_checkpoint", "old_log_hash", "old_log_entry")
PUT_IN = "f" * 32
LAST = "SELECT max(size) FROM old_checkpoint WHERE log = 1"
BEFORE = f"SELECT max(size) FROM old_checkpoint WHERE log = 1 AND size < ({LAST})"
TAIL = f"SELECT log_index FROM old_log_entry WHERE log = 1 AND log_index >= ({BEFORE})"
ENDED_OTHERWISE = "the declaration of a loss"


def test_two_declared_losses_are_sound(ended: Branch) -> None:
    assert faults(ended) == []


def renumbered(*changes: tuple[int, int]) -> list[str]:
    """Ended logs with other numbers, past the keys of the tables."""
    moves = [f"UPDATE {table} SET log = {new + 100} WHERE log = {old}" for table in OLD for old, new in changes]
    return moves + [f"UPDATE {table} SET log = log - 100 WHERE log > 100" for table in OLD]


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["DELETE FROM old_checkpoint WHERE log = 1"], "old log 1: it holds"),
        (["DELETE FROM old_checkpoint WHERE log = 2"], ENDED_OTHERWISE),
        ([f"DELETE FROM old_checkpoint WHERE log = 1 AND size = ({LAST})"], ENDED_OTHERWISE),
        ([f"DELETE FROM {table} WHERE log = 1" for table in OLD], "old log 1: it is not there, but later ones are"),
        ([f"DELETE FROM {table} WHERE log = 2" for table in OLD], ENDED_OTHERWISE),
        ([f"DELETE FROM {table}" for table in OLD], ENDED_OTHERWISE),
        (renumbered((1, 2), (2, 1)), ENDED_OTHERWISE),
        (renumbered((2, 7)), "old log 2: it is not there, but later ones are"),
        (renumbered((1, 3)), "old log 1: it is not there"),
        (["INSERT INTO old_log_hash SELECT log, 1, 0, hash FROM old_log_hash WHERE log = 1 AND idx = 0"], "level 1"),
        (["INSERT INTO old_log_hash SELECT log, 0, 99, hash FROM old_log_hash WHERE log = 1 AND idx = 0"], "a gap"),
        (["INSERT INTO log_hash SELECT 1, 0, hash FROM log_hash WHERE idx = 0"], "the log: level 1 holds hashes of"),
        (
            ["INSERT INTO audit_pending SELECT entry_id FROM old_log_entry WHERE log = 1 AND log_index = 1"],
            "it is in a log that ended, but has or awaits a place in this one",
        ),
    ],
)
def test_what_was_done_to_a_log_that_ended_is_named(ended: Branch, statements: list[str], words: str) -> None:
    for statement in statements:
        attack(ended, statement)
    assert words in said(ended)


def test_the_tail_of_an_ended_log_cut_with_all_that_tells_of_it(ended: Branch) -> None:
    """Its entries become those that wait for the present log, so that nothing misses them."""
    attack(ended, f"CREATE TABLE cut AS {TAIL}")
    cut = "IN (SELECT log_index FROM cut)"
    attack(ended, f"INSERT INTO audit_pending SELECT entry_id FROM old_log_entry WHERE log = 1 AND log_index {cut}")
    attack(ended, f"DELETE FROM old_log_hash WHERE log = 1 AND level = 0 AND idx {cut}")
    attack(ended, f"DELETE FROM old_log_entry WHERE log = 1 AND log_index {cut}")
    attack(ended, f"DELETE FROM old_checkpoint WHERE log = 1 AND size = ({LAST})")
    assert ENDED_OTHERWISE in said(ended)


def put_in(branch: Branch) -> bytes:
    """An entry without a case that nobody made, and which no log holds; its leaf."""
    with branch.home.db.write() as session:
        like = append(session, Event.SIGNED_OUT, actor=SYSTEM, via="page")
        like_id, entry = like.id, bytes(like.entry).replace(like.id.encode(), PUT_IN.encode())
    copied = "case_id, seq, ?, ?, event, actor_id, actor_role, to_state, recorded_at, subject_id"
    columns = "id, case_id, seq, entry, leaf, event, actor_id, actor_role, to_state, recorded_at, subject_id"
    attack(
        branch,
        f"INSERT INTO audit_entry ({columns}) SELECT '{PUT_IN}', {copied} FROM audit_entry WHERE id = '{like_id}'",
        entry,
        leaf_hash(entry),
    )
    return leaf_hash(entry)


@pytest.mark.parametrize(("log", "place"), [(9, 0), (3, 0), (1, "end")])
def test_an_entry_put_in_as_one_of_an_ended_log(ended: Branch, log: int, place: int | str) -> None:
    leaf = put_in(ended)
    index = f"({LAST})" if place == "end" else str(place)
    attack(ended, f"INSERT INTO old_log_entry (log, log_index, entry_id) SELECT {log}, {index}, '{PUT_IN}'")
    assert f"old log {log}" in said(ended)
    attack(ended, f"INSERT INTO old_log_hash (log, level, idx, hash) SELECT {log}, 0, {index}, ?", leaf)
    text = said(ended)
    assert f"old log {log}: it holds" in text
    assert "some were put in" in text


def exchanged(old: Path) -> None:
    for name, new in (("1", "other"), ("2", "1"), ("other", "2")):
        (old / name).rename(old / new)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (shutil.rmtree, ENDED_OTHERWISE),
        (lambda old: shutil.rmtree(old / "1"), ENDED_OTHERWISE),
        (lambda old: shutil.rmtree(old / "2"), ENDED_OTHERWISE),
        (exchanged, ENDED_OTHERWISE),
        (lambda old: shutil.copytree(old / "2", old / "3"), "the declaration of a loss"),
    ],
)
def test_a_folder_in_which_an_ended_log_is_gone_or_another(
    ended: Branch, tmp_path: Path, change: Callable[[Path], object], words: str
) -> None:
    out = tmp_path / "tiles"
    export_tiles(ended.home, out, actor=SYSTEM, via="cli")
    keys = [read_verifier(line) for line in (out / "key").read_text().split()]

    def read(path: str) -> bytes | None:
        return (out / path).read_bytes() if (out / path).is_file() else None

    assert list(export_faults(read, keys)) == []
    change(out / "old")
    assert words in "\n".join(map(str, export_faults(read, keys)))


def edited(branch: Branch, which: str, old: bytes, new: bytes) -> None:
    """An entry edited with its copy of the leaf, in the entry and in every tree that holds it."""
    with branch.home.db.read() as session:
        row = session.connection().exec_driver_sql(f"SELECT id, entry, leaf FROM audit_entry WHERE {which}").first()
    assert row is not None
    entry = bytes(row.entry).replace(old, new)
    assert entry != row.entry
    attack(branch, "UPDATE audit_entry SET entry = ?, leaf = ? WHERE id = ?", entry, leaf_hash(entry), row.id)
    for table in ("log_hash", "old_log_hash"):
        attack(branch, f"UPDATE {table} SET hash = ? WHERE hash = ?", leaf_hash(entry), bytes(row.leaf))


FIRST_OF_LAST = "id = (SELECT entry_id FROM log_entry WHERE log_index = 0)"


@pytest.mark.parametrize(
    ("which", "old", "new", "words"),
    [
        (
            "id = (SELECT entry_id FROM old_log_entry WHERE log = 1 AND log_index = 3)",
            b'"v":',
            b'"v": ',
            "of old log 1",
        ),
        (
            "event = 'loss_declared' AND " + FIRST_OF_LAST,
            b'"last_known":',
            b'"last_knows":',
            "the root that was signed",
        ),
        ("event = 'loss_declared' AND " + FIRST_OF_LAST, b"loss_declared", b"news_checked", "the root that was signed"),
    ],
)
def test_an_edited_entry_of_an_ended_log_and_a_lifted_loss(
    ended: Branch, which: str, old: bytes, new: bytes, words: str
) -> None:
    edited(ended, which, old, new)
    assert words in said(ended)


def test_a_proof_of_an_ended_log_is_good_under_its_own_name_alone(ended: Branch) -> None:
    keys = ended.home.log.folder.verifiers()
    with ended.home.db.read() as session:
        query = "SELECT entry_id FROM old_log_entry WHERE log = 1 AND log_index = 1"
        entry_id = session.connection().exec_driver_sql(query).scalar_one()
        text, entry = old_logs.proof_of(session, entry_id), session.get(AuditEntry, entry_id)
    assert text is not None
    assert entry is not None
    proof = read_proof(text)
    under = read_note(proof.note, keys).checkpoint
    assert tree.holds(entry.leaf, proof.index, under.size, proof.steps, under.root)
    for other in {key.name for key in keys} - {under.origin}:
        with pytest.raises(NoteWrong):
            read_note(proof.note.replace(under.origin, other), keys)
        with pytest.raises(NoteWrong):  # the three lines of one, the name in the signature left as it was
            read_note(proof.note.replace(under.origin, other, 1), keys)
