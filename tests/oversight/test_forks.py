"""Stored levels of the tree that do not fit together: each checkpoint's root comes out right, and yet it is a fork."""

from datetime import timedelta

from freezegun import freeze_time
from sqlmodel import select

from app import clock
from app.audit import log_tables, tree
from app.audit.checkpoints import code_of, read_own
from app.audit.events import Event
from app.audit.log import SYSTEM, append
from app.audit.log_state import Refusal, state_of
from app.audit.models import Checkpoint
from app.oversight import comparing
from tests.audit.record import by_owner
from tests.branch import Branch
from tests.oversight.signed_log import logged, said, source

__all__ = ["logged", "source"]


def exchange(branch: Branch, number: int) -> None:
    """The root of that full tile is one over other entries; the hashes below it stay."""
    by_owner(branch.home.db, "UPDATE log_hash SET hash = ? WHERE level = 1 AND idx = ?", bytes(32), number)


def test_an_earlier_code_does_not_fit_a_tree_written_anew_above_it(logged: Branch) -> None:
    with logged.home.db.read() as session:
        notes = [note for note in session.exec(select(Checkpoint.note)) if 1 < read_own(note).size < tree.WIDTH]
        early = read_own(notes[-1])
        assert comparing.with_note(logged.home, session, notes[-1]).same
        assert comparing.with_code(session, early.size, code_of(early.root)).same
    exchange(logged, 0)
    with logged.home.db.read() as session:
        assert tree.root(log_tables.tiles(session), early.size) == early.root
        assert not comparing.with_note(logged.home, session, notes[-1]).same
        assert not comparing.with_code(session, early.size, code_of(early.root)).same


def test_a_tree_written_anew_above_what_was_signed_is_not_signed(logged: Branch) -> None:
    db, log = logged.home.db, logged.home.log
    with freeze_time(clock.now() + timedelta(minutes=20)):
        with db.write() as session:
            append(session, Event.SIGNED_OUT, actor=SYSTEM, via="page")
        log.catch_up()
        with db.read() as session:
            newest = log_tables.newest_checkpoint(session)
        assert newest is not None
        before = read_own(newest.note)
        with db.write() as session:
            for _ in range(2 * tree.WIDTH - before.size):
                append(session, Event.SIGNED_OUT, actor=SYSTEM, via="page")
        log.sequence()
        with db.read() as session:
            assert state_of(session, log.folder).signed == before.size
    exchange(logged, 1)
    with freeze_time(clock.now() + timedelta(minutes=21)):
        with db.read() as session:
            assert tree.root(log_tables.tiles(session), before.size) == before.root
            assert log_tables.size_of(session) >= 2 * tree.WIDTH
        log.catch_up()
        with db.read() as session:
            assert state_of(session, log.folder).refused == Refusal.DIFFERS


def test_a_hash_that_is_missing_between_two_right_roots_is_no_way_on_and_stops_nothing(logged: Branch) -> None:
    with logged.home.db.read() as session:
        notes = [note for note in session.exec(select(Checkpoint.note)) if 1 < read_own(note).size < tree.WIDTH - 2]
    early = read_own(notes[-1])
    by_owner(logged.home.db, "DELETE FROM log_hash WHERE level = 0 AND idx = ?", early.size + 1)
    with logged.home.db.read() as session:
        assert not comparing.with_note(logged.home, session, notes[-1]).same
        assert not comparing.with_code(session, early.size, code_of(early.root)).same
    assert "the tree holds no hash of this entry: it was removed" in said(logged, ("saved", notes[-1]))
