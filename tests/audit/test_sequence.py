"""Entries get their places in the log, in whatever order transactions commit, and the tree over them is signed."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time
from sqlalchemy import text
from sqlmodel import col, select

from app import clock
from app.audit.entries import decode
from app.audit.events import Event
from app.audit.log import SYSTEM, append
from app.audit.models import Checkpoint, LogEntry, LogHash
from app.audit.sequence import Log
from app.db import Database
from app.errors import SettingsError
from tests.audit.logs import ORIGIN, assert_signed, logged, opened, sequenced, state, write


def test_entries_are_numbered_in_order_and_signed(db: Database, log: Log) -> None:
    for count in (1, 3, 300):
        with freeze_time(clock.now() + timedelta(seconds=2 * count)):
            write(db, count)
            sequenced(log)
    with freeze_time(clock.now() + timedelta(hours=1)):
        sequenced(log)
    assert_signed(db, log)
    with db.read() as session:
        assert list(session.exec(select(LogEntry.log_index).order_by(col(LogEntry.log_index)))) == list(range(304))
        stored = session.exec(select(LogHash.level).where(LogHash.level > 0)).all()
        times = [decode(entry)["recorded_at"] for entry in logged(session)]
    assert list(stored) == [1]
    assert times == sorted(times)
    assert state(db).signed == 304


def test_on_sqlite_an_entry_has_its_place_when_its_transaction_ends(sqlite_db: Database, keys_dir: Path) -> None:
    log = opened(sqlite_db, keys_dir)
    write(sqlite_db)
    assert_signed(sqlite_db, log)
    with sqlite_db.write() as session:
        append(session, Event.SIGNED_OUT, actor=SYSTEM, via="page")
        session.rollback()
    assert (state(sqlite_db).size, state(sqlite_db).pending) == (1, 0)


@pytest.mark.postgres
def test_on_postgresql_a_commit_nudges_whoever_keeps_the_log(postgresql_db: Database, keys_dir: Path) -> None:
    log = opened(postgresql_db, keys_dir)
    write(postgresql_db)
    assert log.nudged.is_set()
    assert (state(postgresql_db).size, state(postgresql_db).pending) == (0, 1)
    sequenced(log)
    assert_signed(postgresql_db, log)


@pytest.mark.postgres
def test_an_entry_that_commits_late_with_an_early_time_is_not_lost(postgresql_db: Database, keys_dir: Path) -> None:
    log = opened(postgresql_db, keys_dir)
    with freeze_time(clock.now() - timedelta(hours=1)), postgresql_db.write() as late:
        append(late, Event.SIGNED_IN, actor=SYSTEM, via="page")
        with freeze_time(clock.now() + timedelta(hours=1)):
            write(postgresql_db, 5)
            sequenced(log)
            assert state(postgresql_db).signed == 5
    with freeze_time(clock.now() + timedelta(seconds=5)):
        sequenced(log)
    assert_signed(postgresql_db, log)
    with postgresql_db.read() as session:
        assert decode(logged(session)[5])["event"] == "signed_in"


@pytest.mark.postgres
def test_while_one_process_sequences_another_leaves_it_alone(postgresql_db: Database, keys_dir: Path) -> None:
    log = opened(postgresql_db, keys_dir)
    write(postgresql_db)
    with postgresql_db.write() as session:
        assert session.execute(text("SELECT pg_try_advisory_xact_lock(7162253166432319079)")).scalar_one()
        assert not log.sequence()
        assert state(postgresql_db).size == 0
    sequenced(log)
    assert_signed(postgresql_db, log)


def test_many_writers_and_several_sequencers_lose_and_double_nothing(
    db: Database, database_url: str, log: Log, keys_dir: Path
) -> None:
    failures, done = list[BaseException](), threading.Event()

    def run(work: str) -> None:
        own = Database(database_url)  # as another process would: no lock is shared
        try:
            mine = opened(own, keys_dir)
            if work == "write":
                for _ in range(30):
                    write(own)
            else:
                while not done.is_set():
                    mine.sequence()
        except BaseException as failure:  # noqa: BLE001 reported by the test itself
            failures.append(failure)
        finally:
            own.close()

    writers = [threading.Thread(target=run, args=("write",)) for _ in range(3)]
    sequencers = [threading.Thread(target=run, args=("sequence",)) for _ in range(2)]
    for thread in (*writers, *sequencers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in sequencers:
        thread.join()
    assert failures == []
    with freeze_time(clock.now() + timedelta(seconds=5)):
        sequenced(log)
    assert state(db).size == 90
    assert_signed(db, log)


def test_what_waited_since_before_there_was_a_log_gets_its_place(db: Database, keys_dir: Path) -> None:
    write(db, 700)
    assert state(db).pending == 700
    log = opened(db, keys_dir)
    sequenced(log)
    assert_signed(db, log)


def test_at_most_one_signature_a_second_and_the_tail_is_signed_after_it(db: Database, log: Log) -> None:
    start = clock.now()
    with freeze_time(start) as now:
        for _ in range(5):
            write(db)
            sequenced(log)
            now.tick(timedelta(milliseconds=100))
        assert (state(db).size, state(db).signed) == (5, 1)
        other = Log(db, log.folder)
        other.sequence()
        assert state(db).signed == 1
        now.move_to(start + timedelta(seconds=1))
        sequenced(log)
    assert_signed(db, log)
    with db.read() as session:
        assert session.exec(select(Checkpoint.size)).all() == [1, 5]


def test_nothing_is_signed_twice(db: Database, log: Log) -> None:
    write(db)
    for minute in range(3):
        with freeze_time(clock.now() + timedelta(minutes=minute)):
            sequenced(log)
    with db.read() as session:
        assert len(session.exec(select(Checkpoint)).all()) == 1


def test_the_key_is_for_this_account_only(db: Database, log: Log) -> None:
    assert log.folder.key_file.stat().st_mode & 0o777 == 0o600
    write(db)
    sequenced(log)
    assert {file.name for file in log.folder.path.iterdir()} == {"signing.key", "public-keys", "checkpoint", ".lock"}


def test_the_name_is_fixed_by_the_first_checkpoint(db: Database, keys_dir: Path) -> None:
    opened(db, keys_dir, "other.example/log")
    log = opened(db, keys_dir)
    assert [key.name for key in log.folder.verifiers()] == [ORIGIN]
    write(db)
    sequenced(log)
    assert opened(db, keys_dir, None).folder.verifiers() == log.folder.verifiers()
    with pytest.raises(
        SettingsError, match=r"CASETRAIL_LOG_ORIGIN is other.example/log, but .* begun as cases\.example"
    ):
        opened(db, keys_dir, "other.example/log")


def test_the_merge_delay_is_told(db: Database, keys_dir: Path) -> None:
    early = clock.now() - timedelta(minutes=6)
    with freeze_time(early):
        write(db, 2)
    found = state(db)
    assert (found.pending, found.size, found.signed, found.oldest) == (2, 0, 0, early)
    assert "waited too long" in found.alarm(clock.now())
    assert not found.alarm(early + timedelta(minutes=5))
    sequenced(opened(db, keys_dir))
    assert (state(db).pending, state(db).oldest, state(db).alarm(clock.now())) == (0, None, "")
