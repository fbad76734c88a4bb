"""What does not continue the last checkpoint is not signed; the product goes on and says so."""

from datetime import timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from app import clock
from app.audit import log_tables
from app.audit.checkpoints import read_note
from app.audit.events import Event
from app.audit.log_state import Refusal, state_of
from app.audit.models import AuditEntry, AuditPending, LogEntry
from app.audit.sequence import Log
from app.db import Database
from tests.audit.logs import assert_signed, by_sql, opened, refusals, sequenced, signed_history, state, write


def refused(db: Database, log: Log) -> Refusal | None:
    """Writes on, tries twice to sign, and tells what kept the log from being signed; the product goes on."""
    before = state(db)
    for minute in (1, 2):
        with freeze_time(clock.now() + timedelta(minutes=minute)):
            write(db)
            sequenced(log)
            sequenced(log)
    after = state(db)
    assert after.size >= before.size + 2
    if after.refused is not None:
        assert after.signed == before.signed
        assert after.alarm(clock.now()).startswith("The log is not signed any more: ")
        told = refusals(db)
        assert told[-1] == after.refused
        assert len(told) == len(set(told))
    return after.refused


CUT = (
    "DELETE FROM checkpoint WHERE size > 3",
    "DELETE FROM log_hash WHERE idx > 2",
    "DELETE FROM log_entry WHERE log_index > 2",
    "DELETE FROM audit_entry WHERE id NOT IN (SELECT entry_id FROM log_entry)",
)


def test_an_older_copy_of_the_database_is_signed_no_more(db: Database, log: Log) -> None:
    signed_history(db, log, 9)
    by_sql(db, *CUT)
    assert refused(db, log) == Refusal.SMALLER


def test_an_older_copy_that_grew_past_the_kept_checkpoint_is_signed_no_more(db: Database, log: Log) -> None:
    signed_history(db, log, 5)
    by_sql(db, *CUT)
    with freeze_time(clock.now() - timedelta(seconds=1)):
        log._signed_at = clock.now()
        write(db, 4)
        log.sequence()
    assert refused(db, log) == Refusal.DIFFERS


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM log_entry WHERE log_index > 2",
        "DELETE FROM log_hash WHERE idx > 2",
        "DELETE FROM checkpoint WHERE size > 2",
        "INSERT INTO log_hash (level, idx, hash) SELECT 1, 0, hash FROM log_hash WHERE idx = 0",
        "INSERT INTO log_hash (level, idx, hash) SELECT 0, 9, hash FROM log_hash WHERE idx = 0",
        "INSERT INTO audit_pending (entry_id) SELECT entry_id FROM log_entry WHERE log_index = 1",
    ],
)
def test_whatever_is_broken_everything_can_still_be_entered(db: Database, log: Log, damage: str) -> None:
    signed_history(db, log)
    by_sql(db, damage)
    before = len(all_entries(db))
    with freeze_time(clock.now() + timedelta(minutes=1)):
        write(db, 300)
        sequenced(log)
        write(db)
    assert len(all_entries(db)) >= before + 301
    with db.read() as session:
        waiting = set(session.exec(select(AuditPending.entry_id)))
        placed = dict(session.exec(select(LogEntry.entry_id, LogEntry.log_index)).all())
    assert len(waiting) <= 2
    assert len(set(placed.values())) == len(placed)


def all_entries(db: Database) -> list[str]:
    with db.read() as session:
        return list(session.exec(select(AuditEntry.id)))


def test_a_rewritten_leaf_is_signed_no_more(db: Database, log: Log) -> None:
    signed_history(db, log)
    by_sql(db, "UPDATE log_hash SET hash = (SELECT hash FROM log_hash WHERE idx = 1) WHERE idx = 2")
    assert refused(db, log) == Refusal.DIFFERS


def test_a_missing_hash_is_signed_no_more(db: Database, log: Log) -> None:
    signed_history(db, log)
    by_sql(db, "DELETE FROM log_hash WHERE idx = 2")
    assert refused(db, log) == Refusal.INCOMPLETE


def test_the_kept_checkpoint_counts_though_the_one_in_the_database_was_made_to_fit(db: Database, log: Log) -> None:
    signed_history(db, log)
    by_sql(db, *CUT)
    assert log.folder.kept() is not None
    assert refused(db, log) in (Refusal.SMALLER, Refusal.DIFFERS)
    log.folder.checkpoint_file.unlink()
    assert refused(db, log) is None


@pytest.mark.parametrize("content", ["", "cases.example.org/log\n5\n", "\udcff"])
def test_a_damaged_kept_checkpoint_is_no_leave_to_sign(db: Database, log: Log, content: str) -> None:
    signed_history(db, log)
    log.folder.checkpoint_file.write_bytes(content.encode(errors="surrogateescape"))
    assert refused(db, log) == Refusal.KEPT_WRONG


def test_without_its_key_the_log_is_not_signed_and_with_it_again(db: Database, log: Log) -> None:
    signed_history(db, log)
    key = log.folder.key_file.read_bytes()
    log.folder.key_file.unlink()
    assert refused(db, log) == Refusal.KEY_WRONG
    log.folder.key_file.write_bytes(key)
    log.folder.key_file.chmod(0o644)
    assert state(db).refused == Refusal.KEY_WRONG
    log.folder.key_file.chmod(0o600)
    with freeze_time(clock.now() + timedelta(minutes=3)):
        sequenced(log)
        assert state(db).refused is None
    assert_signed(db, log)


def test_a_new_key_takes_over_and_the_old_one_stays_published(db: Database, log: Log) -> None:
    signed_history(db, log)
    old, new = log.folder.signers()[0].verifier(), log.folder.rotate()
    assert log.folder.verifiers() == [old, new]
    notes = []
    for minute in (1, 2):
        with freeze_time(clock.now() + timedelta(minutes=minute)):
            write(db)
            sequenced(log)
            with db.read() as session:
                newest = log_tables.newest_checkpoint(session)
        assert newest is not None
        notes.append(read_note(newest.note, log.folder.verifiers()))
    assert [list(note.by) for note in notes] == [[old, new], [new]]
    assert [key.verifier() for key in log.folder.signers()] == [new]
    assert_signed(db, log)


def test_a_key_changed_twice_before_it_signed_is_signed_for_by_each(db: Database, log: Log) -> None:
    signed_history(db, log)
    keys = [*log.folder.verifiers(), log.folder.rotate(), log.folder.rotate()]
    with freeze_time(clock.now() + timedelta(minutes=1)):
        write(db)
        sequenced(log)
    kept = log.folder.kept()
    assert kept is not None
    assert list(kept.by) == keys
    assert [key.verifier() for key in log.folder.signers()] == keys[-1:]


def test_an_edited_refusal_is_still_an_alarm(db: Database, log: Log) -> None:
    signed_history(db, log)
    log.folder.key_file.unlink()
    assert refused(db, log) == Refusal.KEY_WRONG
    by_sql(db, "UPDATE audit_entry SET entry = leaf WHERE event = 'log_refused'")
    assert state(db).refused == Refusal.DIFFERS
    with freeze_time(clock.now() + timedelta(minutes=5)):
        write(db)
        sequenced(log)
    assert state(db).refused == Refusal.KEY_WRONG


def test_an_alarm_that_cannot_be_written_takes_nothing_back(
    sqlite_db: Database, keys_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = opened(sqlite_db, keys_dir)
    log.folder.key_file.unlink()

    def fails(*_: object, **__: object) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr("app.audit.sequence.append", fails)
    write(sqlite_db)
    assert (state(sqlite_db).size, state(sqlite_db).signed) == (1, 0)


def test_a_checkpoint_that_cannot_be_kept_is_compared_in_the_database(db: Database, log: Log) -> None:
    signed_history(db, log)
    log.folder.checkpoint_file.unlink()
    log.folder.checkpoint_file.mkdir()
    assert refused(db, log) == Refusal.KEPT_WRONG


@pytest.mark.parametrize("short", [0, 1])
def test_a_place_too_large_to_go_on_from_stops_the_log_and_not_the_writing(db: Database, log: Log, short: int) -> None:
    signed_history(db, log)
    largest = 2 ** (63 if db.dialect == "sqlite" else 31) - 1 - short
    by_sql(db, f"UPDATE log_entry SET log_index = {largest} WHERE log_index = 4")
    before = len(all_entries(db))
    with freeze_time(clock.now() + timedelta(minutes=1)):
        write(db)
        sequenced(log)
        write(db, 3)
        sequenced(log)
    assert len(all_entries(db)) == before + 5  # and one of them says that the log is refused
    assert refusals(db) == [Refusal.INCOMPLETE]
    assert state(db).refused == Refusal.INCOMPLETE
    assert state(db).pending >= 4


def test_a_checkpoint_that_was_not_kept_outside_is_an_alarm_after_the_longest_wait(
    db: Database, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_history(db, log)
    assert not alarm(db, log, 60)
    with monkeypatch.context() as patch:
        patch.setattr(log.folder, "keep", unwritable)
        for minute in (1, 4, 8):
            with freeze_time(clock.now() + timedelta(minutes=minute)):
                write(db)
                sequenced(log)
    assert state(db).signed > 5
    assert not alarm(db, log, 5)  # the first that was not kept is of the first minute
    assert "not kept outside the database" in alarm(db, log, 8)
    with freeze_time(clock.now() + timedelta(minutes=9)):
        write(db)
        sequenced(log)
    assert not alarm(db, log, 60)


def unwritable(_note: str) -> None:
    raise PermissionError


@pytest.mark.parametrize("content", [None, "", "cases.example.org/log\n5\n"])
def test_a_kept_checkpoint_that_is_gone_or_damaged_is_an_alarm(db: Database, log: Log, content: str | None) -> None:
    signed_history(db, log)
    log.folder.checkpoint_file.unlink()
    if content is not None:
        log.folder.checkpoint_file.write_text(content)
    assert "not kept outside the database" in alarm(db, log, 6)


def alarm(db: Database, log: Log, minutes: int) -> str:
    with db.read() as session:
        return state_of(session, log.folder).alarm(clock.now() + timedelta(minutes=minutes))


def missed(db: Database) -> int:
    with db.read() as session:
        return len(session.exec(select(AuditEntry.id).where(AuditEntry.event == Event.CHECKPOINT_MISSED)).all())


def test_a_kept_checkpoint_that_is_gone_is_told_once_on_the_trail(db: Database, log: Log) -> None:
    signed_history(db, log)
    assert missed(db) == 0
    for times in (1, 2):  # each time that somebody takes it away
        log.folder.checkpoint_file.unlink()
        for minute in (1, 2, 3):
            with freeze_time(clock.now() + timedelta(minutes=10 * times + minute)):
                assert log.refusal() is None  # asking signs nothing and says nothing
                write(db)
                sequenced(log)
        assert missed(db) == times
    with freeze_time(clock.now() + timedelta(hours=1)):
        sequenced(log)
    assert_signed(db, log)


def test_a_folder_in_which_nothing_can_be_kept_is_told_once_a_day(
    db: Database, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_history(db, log)
    log.folder.checkpoint_file.unlink()
    monkeypatch.setattr(log.folder, "keep", unwritable)
    for minute, told in ((1, 1), (2, 1), (60, 1), (60 * 25, 2), (60 * 26, 2)):
        with freeze_time(clock.now() + timedelta(minutes=minute)):
            write(db)
            sequenced(log)
        assert missed(db) == told, minute


def test_the_first_checkpoint_of_all_misses_nothing(db: Database, log: Log) -> None:
    write(db)
    sequenced(log)
    assert missed(db) == 0
