"""Attacks on the log by somebody who owns the database, and one who has the key, too: each is named in words."""

import shutil
from collections.abc import Callable
from datetime import timedelta

import pytest
from freezegun import freeze_time

from app import clock, private_files
from app.audit import log_tables, tree
from app.audit.checkpoints import Checkpoint, sign
from app.audit.events import Event
from app.audit.key_changes import FOLDER
from app.audit.log import SYSTEM, append
from app.audit.log_folder import LogFolder
from app.audit.notes import Signer
from app.oversight.checking import KEPT, record_check
from tests.audit.record import past_foreign_keys
from tests.audit.trees import Grown
from tests.branch import Branch
from tests.oversight.signed_log import PLACE, at, attack, edited, faults, logged, newest, said, source

__all__ = ["logged", "source"]


def test_an_edited_entry(logged: Branch) -> None:
    entry_id, entry = at(logged, PLACE)
    edited = entry.replace(b"signed_out", b"signed_inn")
    attack(logged, "UPDATE audit_entry SET entry = ? WHERE id = ?", edited, entry_id)
    found = [fault.message for fault in faults(logged) if fault.entry_id == entry_id]
    assert any("its bytes do not give its leaf hash" in message for message in found)


def test_an_entry_edited_with_every_copy_but_the_tree(logged: Branch) -> None:
    entry_id, _ = edited(logged)
    found = faults(logged)
    assert found[0].entry_id == entry_id
    assert "place 150 of the log" in found[0].where
    assert "do not give the root that was signed" in said(logged)


def test_an_entry_edited_with_its_hash_in_the_tree(logged: Branch) -> None:
    _, leaf = edited(logged)
    attack(logged, "UPDATE log_hash SET hash = ? WHERE level = 0 AND idx = 150", leaf)
    text = said(logged)
    assert "hash 0 of level 1 is missing or not that of the entries below it" in text
    assert "do not give the root that was signed" in text
    assert "the checkpoint kept in the key folder does not fit: the log was rewritten" in text


@pytest.mark.parametrize("level", [0, 1])
def test_an_edited_hash_of_the_tree(logged: Branch, level: int) -> None:
    attack(logged, f"UPDATE log_hash SET hash = ? WHERE level = {level} AND idx = 0", bytes(32))
    (fault,) = faults(logged)
    assert ("another hash" in fault.message) if level == 0 else ("hash 0 of level 1" in fault.message)


def test_a_hash_taken_out_of_the_tree(logged: Branch) -> None:
    entry_id, _ = at(logged, PLACE)
    attack(logged, "DELETE FROM log_hash WHERE level = 0 AND idx = 150")
    (fault,) = faults(logged)
    assert str(fault) == f"place 150 of the log [{entry_id}]: the tree holds no hash of this entry: it was removed"


def test_an_entry_taken_away_from_its_place(logged: Branch) -> None:
    entry_id, _ = at(logged, PLACE)
    past_foreign_keys(logged.home.db, f"DELETE FROM audit_entry WHERE id = '{entry_id}'")
    (fault,) = faults(logged)
    assert str(fault).endswith(
        f"150 of the log [{entry_id}]: the entry that had this place is not stored: it was removed"
    )


def test_every_byte_of_a_checkpoint(logged: Branch) -> None:
    note, size = newest(logged).note, newest(logged).size
    for place in range(0, len(note), 7):
        changed = note[:place] + ("A" if note[place] != "A" else "B") + note[place + 1 :]
        attack(logged, "UPDATE checkpoint SET note = ? WHERE size = ?", changed, size)
        assert f"the checkpoint of {size:,} entries: " in said(logged), place
    attack(logged, "UPDATE checkpoint SET note = ? WHERE size = ?", note, size)
    assert faults(logged) == []


def test_a_deleted_entry(logged: Branch) -> None:
    entry_id, _ = at(logged, PLACE)
    attack(logged, "DELETE FROM log_entry WHERE log_index = 150")
    attack(logged, "DELETE FROM audit_entry WHERE id = ?", entry_id)
    (fault,) = faults(logged)
    assert str(fault) == "place 150 of the log: the entry that had this place is not stored: it was removed"
    attack(logged, "DELETE FROM log_hash WHERE level = 0 AND idx = 150")
    gaps = [fault for fault in faults(logged) if "a gap: place 150 was expected here" in fault.message]
    assert [fault.where for fault in gaps] == ["place 151 of the log"]


def test_a_deleted_entry_and_everything_moved_up(logged: Branch) -> None:
    entry_id, _ = at(logged, PLACE)
    attack(logged, "DELETE FROM log_entry WHERE log_index = 150")
    attack(logged, "DELETE FROM audit_entry WHERE id = ?", entry_id)
    attack(logged, "DELETE FROM log_hash WHERE level = 0 AND idx = 150")
    for table, column in (("log_entry", "log_index"), ("log_hash", "idx")):
        attack(logged, f"UPDATE {table} SET {column} = -{column} WHERE {column} > 150")
        attack(logged, f"UPDATE {table} SET {column} = -{column} - 1 WHERE {column} < 0")
    assert "do not give the root that was signed" in said(logged)


def test_the_tail_cut_everywhere(logged: Branch) -> None:
    cut_back(logged, 310)
    assert f"it speaks of {tail(logged):,} entries, but the log has 310: entries were removed" in said(logged)
    assert "the checkpoint kept in the key folder" in said(logged)


def tail(branch: Branch) -> int:
    kept = branch.home.log.folder.kept()
    assert kept is not None
    return kept.checkpoint.size


def cut_back(branch: Branch, size: int) -> None:
    """The database as it was when the log had so many entries: what an older copy restores."""
    attack(branch, "DELETE FROM checkpoint WHERE size > ?", size)
    attack(branch, "DELETE FROM log_hash WHERE level = 0 AND idx >= ?", size)
    attack(branch, "DELETE FROM log_entry WHERE log_index >= ?", size)
    attack(branch, "DELETE FROM audit_pending")
    attack(branch, "DELETE FROM audit_entry WHERE id NOT IN (SELECT entry_id FROM log_entry)")


def test_places_taken_out_with_the_tree_left_as_it_was(logged: Branch) -> None:
    gone, size = at(logged, 310)[0], tail(logged)
    attack(logged, "DELETE FROM log_entry WHERE log_index >= 310")
    with freeze_time(clock.now() + timedelta(hours=1)):
        logged.report()
        logged.home.log.catch_up()
    found = faults(logged)
    assert (gone, "it neither waits for the log nor is in it") in {(one.entry_id, one.message) for one in found}
    assert f"place {size - 1} of the log: the entry that had this place is not stored" in said(logged)
    assert "place 310 of the log: the entry that had this place is not stored: it was removed" in said(logged)


def test_an_entry_that_waits_again_though_it_has_its_place(logged: Branch) -> None:
    entry_id, _ = at(logged, PLACE)
    attack(logged, "INSERT INTO audit_pending (entry_id) VALUES (?)", entry_id)
    (fault,) = faults(logged)
    assert (fault.entry_id, fault.message) == (entry_id, "it waits for the log though it is in it")


def test_two_entries_that_changed_places(logged: Branch) -> None:
    one, _ = at(logged, PLACE)
    two, _ = at(logged, PLACE + 1)
    for index, entry_id in ((9999, one), (PLACE, two), (PLACE + 1, one)):
        attack(logged, "UPDATE log_entry SET log_index = ? WHERE entry_id = ?", index, entry_id)
    assert {one, two} <= {fault.entry_id for fault in faults(logged)}
    assert "do not give the root that was signed" in said(logged)


def test_an_older_copy_is_told_apart_and_signed_no_more(logged: Branch) -> None:
    saved = newest(logged)
    cut_back(logged, 310)
    with freeze_time(clock.now() + timedelta(hours=1)):
        logged.report()
        given = [("the checkpoint in minutes.txt", saved.note)]
        found = record_check(logged.home, actor=SYSTEM, via="cli", saved=given)
    text = "\n".join(map(str, found))
    assert f"the checkpoint in minutes.txt: it speaks of {saved.size:,} entries" in text
    assert "The log is not signed any more: the record has fewer entries than were signed before" in text
    assert newest(logged).size <= 310


def rewritten(branch: Branch, folder: LogFolder) -> None:
    """With database, key folder and key in hand: one entry edited, every hash made anew, the whole signed again."""
    edited(branch)
    with branch.home.db.read() as session:
        entries = log_tables.entries(session, 0, log_tables.size_of(session))
    tree_now, signers = Grown(entries), folder.signers()
    for level, hashes in tree_now.levels.items():
        for idx, found in enumerate(hashes):
            if level or idx == PLACE:
                attack(branch, "UPDATE log_hash SET hash = ? WHERE level = ? AND idx = ?", found, level, idx)
    attack(branch, "DELETE FROM checkpoint")
    signed = sign(Checkpoint(signers[0].name, len(entries), tree.root(tree_now.read, len(entries))), signers)
    attack(
        branch, "INSERT INTO checkpoint (size, note, signed_at) VALUES (?, ?, ?)", len(entries), signed, moment(branch)
    )
    folder.checkpoint_file.write_text(signed)


def moment(branch: Branch) -> str:
    return clock.now().strftime("%Y-%m-%d %H:%M:%S.%f" + ("" if branch.home.db.dialect == "sqlite" else "+00:00"))


def test_history_rewritten_with_the_stolen_key_shows_against_a_saved_checkpoint_alone(logged: Branch) -> None:
    saved = newest(logged)
    rewritten(logged, logged.home.log.folder)
    assert faults(logged) == []
    (fault,) = faults(logged, ("the checkpoint in minutes.txt", saved.note))
    assert fault.where == "the checkpoint in minutes.txt"
    assert (
        fault.message
        == f"{fault.where} does not fit: the log was rewritten after it was saved, or an older copy was put back"
    )


def test_an_old_key_that_signs_after_a_new_one_took_over(logged: Branch) -> None:
    old = logged.home.log.folder.signers()[0]
    logged.home.log.change_key(actor=SYSTEM, via="cli")
    for hour in (1, 2):
        with freeze_time(clock.now() + timedelta(hours=hour)):
            logged.report()
            logged.home.log.catch_up()
    assert faults(logged) == []
    with logged.home.db.read() as session:
        size = log_tables.size_of(session)
        checkpoint = Checkpoint(old.name, size, tree.root(log_tables.tiles(session), size))
    attack(logged, "UPDATE checkpoint SET note = ? WHERE size = ?", sign(checkpoint, [old]), size)
    assert "it is signed by an old key after a new one had taken over" in said(logged)


def changes_key(branch: Branch, key: Signer | None) -> None:
    """A new key takes over: that which the log makes, or one that somebody put into the folder."""
    folder = branch.home.log.folder
    if key is None:
        branch.home.log.change_key(actor=SYSTEM, via="cli")
    else:
        private_files.add_line(folder.public_file, str(key.verifier()))
        private_files.replace(folder.key_file, f"{key.text}\n".encode())
    with freeze_time(clock.now() + timedelta(hours=1)):
        branch.report()
        branch.home.log.catch_up()


def test_a_key_that_no_other_named_took_over(logged: Branch) -> None:
    changes_key(logged, Signer.make(logged.home.log.folder.signers()[-1].name))
    assert "no key before it named the one that signed it" in said(logged)


def test_a_note_by_which_a_key_named_the_next_is_gone(logged: Branch) -> None:
    changes_key(logged, None)
    assert faults(logged) == []
    shutil.rmtree(logged.home.log.folder.path / FOLDER)
    assert "or the note (key-change) removed" in said(logged)


def test_a_change_of_keys_that_never_was(logged: Branch) -> None:
    with logged.home.db.write() as session:
        entry = append(session, Event.LOG_KEY_CHANGED, actor=SYSTEM, via="cli", subject=("log_key", "deadbeef"))
    with freeze_time(clock.now() + timedelta(hours=1)):
        (fault,) = record_check(logged.home, actor=SYSTEM, via="cli")
    assert (fault.entry_id, fault.where) == (entry.id, "the key folder")


def test_a_damaged_saved_checkpoint_is_named(logged: Branch) -> None:
    assert "the one in my drawer: This is no signed note." in said(logged, ("the one in my drawer", "nothing"))


@pytest.mark.parametrize("keep", [lambda size: size, lambda size: size - 100])
def test_an_honest_saved_checkpoint_fits(logged: Branch, keep: Callable[[int], int]) -> None:
    with logged.home.db.read() as session:
        mark = "?" if logged.home.db.dialect == "sqlite" else "%s"
        query = f"SELECT note FROM checkpoint WHERE size <= {mark} ORDER BY size DESC LIMIT 1"
        note = session.connection().exec_driver_sql(query, (keep(newest(logged).size),)).scalar_one()
    assert faults(logged, ("an earlier one", note)) == []


@pytest.mark.parametrize("since", [False, True])
def test_every_checkpoint_removed_from_the_database(logged: Branch, since: bool) -> None:
    given = ("the one of the minutes", newest(logged).note)
    attack(logged, "DELETE FROM checkpoint")
    found = record_check(logged.home, actor=SYSTEM, via="cli", since=given if since else None)
    (fault,) = [one for one in found if one.where == KEPT]
    assert "the database holds none: they were removed" in fault.message
