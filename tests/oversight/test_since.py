"""The quick check: only what came after a checkpoint that somebody kept, the rest held by its root."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time
from sqlmodel import select

from app import clock
from app.audit import log_tables
from app.audit.checkpoints import Checkpoint, sign
from app.audit.entries import decode, encode, leaf_hash, stamp
from app.audit.events import Event
from app.audit.guards import release_case_state
from app.audit.log import SYSTEM
from app.audit.models import AuditEntry, AuditTip
from app.audit.sources import Fault
from app.audit.verify import NOWHERE
from app.oversight.checking import KEPT, check_since, record_check
from tests.audit.record import by_owner
from tests.branch import SECRETARY, Branch
from tests.databases import KINDS
from tests.prepared import Prepared, prepared

NAME = "the checkpoint of last year"


@pytest.fixture(scope="module", params=KINDS)
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """Branches on which a case was under way when a checkpoint was saved, and then went on; another case waits."""
    yield from prepared(request, tmp_path_factory, goes_on)


def goes_on(branch: Branch) -> str:
    reference = branch.at("acknowledged")
    note = signed(branch, 1)
    branch.under_review(reference)
    branch.keep(SECRETARY, reference, "notes", text="Later.", audience="everyone")
    branch.report()
    signed(branch, 2)
    return note


@pytest.fixture
def branch(source: Prepared, tmp_path: Path, keys_dir: Path) -> Iterator[Branch]:
    """One of these branches, the test's own."""
    with source.opened(tmp_path, keys_dir) as branch:
        yield branch


@pytest.fixture
def kept(source: Prepared) -> str:
    """The checkpoint that was saved."""
    return str(source.begun)


def signed(branch: Branch, minutes: int) -> str:
    with freeze_time(clock.now() + timedelta(minutes=minutes)):
        branch.home.log.catch_up()
    with branch.home.db.read() as session:
        newest = log_tables.newest_checkpoint(session)
    assert newest is not None
    return newest.note


def since(branch: Branch, note: str) -> list[Fault]:
    with branch.home.db.read() as session:
        return check_since(branch.home, session, NAME, note)


def size_in(note: str) -> int:
    return int(note.split("\n")[1])


def entry_at(branch: Branch, place: int) -> str:
    mark = "?" if branch.home.db.dialect == "sqlite" else "%s"
    with branch.home.db.read() as session:
        chosen = f"SELECT entry_id FROM log_entry WHERE log_index = {mark}"
        return str(session.connection().exec_driver_sql(chosen, (place,)).scalar_one())


def test_what_came_after_is_sound_and_only_that_is_read(branch: Branch, kept: str) -> None:
    assert since(branch, kept) == []
    old = entry_at(branch, 1)
    by_owner(branch.home.db, "UPDATE audit_entry SET event = 'edited' WHERE id = ?", old)
    assert since(branch, kept) == []  # an old entry is not read again: that is for the whole check
    assert record_check(branch.home, actor=SYSTEM, via="cli", since=(NAME, kept)) == []
    assert branch.events()[-1] == Event.NEWS_CHECKED


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE audit_entry SET leaf = prev.leaf FROM (SELECT leaf FROM audit_entry LIMIT 1) AS prev WHERE id = ?",
            "",
        ),
        ("UPDATE audit_entry SET event = 'edited' WHERE id = ?", "plain copy event differs"),
        ("DELETE FROM log_entry WHERE entry_id = ?", "not stored: it was removed"),
    ],
)
def test_a_later_entry_that_was_touched_is_named(branch: Branch, kept: str, statement: str, words: str) -> None:
    entry_id = entry_at(branch, size_in(kept) + 2)
    by_owner(branch.home.db, statement, entry_id)
    found = since(branch, kept)
    assert [fault for fault in found if words in fault.message]


def test_a_chain_must_go_on_from_where_it_stood(branch: Branch, kept: str) -> None:
    reference = branch.case(next(iter(branch.codes))).id
    first = "SELECT min(seq) FROM audit_entry JOIN log_entry ON entry_id = audit_entry.id WHERE log_index >= "
    last_old = f"case_id = '{reference}' AND seq = ({first}{size_in(kept)} AND case_id = '{reference}') - 1"
    by_owner(branch.home.db, f"UPDATE audit_entry SET leaf = entry WHERE {last_old}")
    assert any("does not follow on from the entry before it" in fault.message for fault in since(branch, kept))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda size: (
                "UPDATE log_hash SET hash = (SELECT hash FROM log_hash WHERE idx = 0) WHERE level = 0 AND idx = ?",
                size - 1,
            ),
            "the log was rewritten after it was saved, or an older copy was put back",
        ),
        (lambda size: ("DELETE FROM log_hash WHERE level = 0 AND idx = ?", size - 1), "hashes are missing"),
    ],
)
def test_what_the_checkpoint_covers_must_be_as_it_was(
    branch: Branch, kept: str, change: Callable[[int], tuple[str, int]], words: str
) -> None:
    by_owner(branch.home.db, *change(size_in(kept)))
    found = since(branch, kept)
    assert [fault for fault in found if fault.where == NAME and words in fault.message], found


def test_a_checkpoint_of_a_longer_log_says_that_entries_were_removed(branch: Branch, kept: str) -> None:
    signers = branch.home.log.folder.signers()
    (fault,) = since(branch, sign(Checkpoint(signers[0].name, 1000, b"r" * 32), signers))
    assert (fault.where, "it speaks of 1,000 entries, but the log has fewer" in fault.message) == (NAME, True)


def test_a_checkpoint_of_another_log_is_refused(branch: Branch, kept: str) -> None:
    (fault,) = since(branch, kept.replace("\n", "x\n", 1))
    assert fault.where == NAME


def test_a_cut_tail_is_named_by_the_checkpoint_in_the_key_folder(branch: Branch, kept: str) -> None:
    size = size_in(kept)
    by_owner(branch.home.db, "DELETE FROM checkpoint WHERE size > ?", size)
    by_owner(branch.home.db, "DELETE FROM log_entry WHERE log_index >= ?", size)
    by_owner(branch.home.db, "DELETE FROM log_hash WHERE idx >= ?", size)
    by_owner(branch.home.db, "DELETE FROM audit_entry WHERE id NOT IN (SELECT entry_id FROM log_entry)")
    assert [fault for fault in since(branch, kept) if fault.where == KEPT and "missing" in fault.message]


def test_a_kept_checkpoint_smaller_than_the_saved_one_is_no_fault(branch: Branch, kept: str) -> None:
    note = branch.home.log.folder.kept_text()
    assert note is not None
    branch.home.log.folder.checkpoint_file.write_text(kept)
    assert since(branch, note) == []


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ("state = 'closed'", "but the case's row says closed"),
        ("version = version + 5", "but the case's row says"),
    ],
)
def test_a_row_edited_on_a_case_without_news_is_named(branch: Branch, kept: str, edit: str, words: str) -> None:
    note = signed(branch, 3)  # since this one nothing happened
    assert since(branch, note) == []
    reference = branch.case(next(iter(branch.codes))).id
    edited_case(branch, edit, reference)
    found = [fault for fault in since(branch, note) if words in fault.message]
    assert len(found) == 1
    assert found[0].entry_id is not None


def test_a_row_edited_on_a_case_that_was_only_looked_at_is_named_once(branch: Branch, kept: str) -> None:
    reference = next(iter(branch.codes))
    edited_case(branch, "state = 'closed'", branch.case(reference).id)
    assert len([fault for fault in since(branch, kept) if "but the case's row says closed" in fault.message]) == 1


def edited_case(branch: Branch, edit: str, case_id: str) -> None:
    with branch.home.db.write() as session:
        release_case_state(session.connection())
    by_owner(branch.home.db, f"UPDATE cases SET {edit} WHERE id = ?", case_id)


def put_in(branch: Branch) -> str:
    """One step more on a case, with the end of its chain and its row, which nobody took; the entry's id."""
    with branch.home.db.read() as session:
        chosen = select(AuditEntry).where(AuditEntry.event == Event.CASE_OPENED).limit(1)
        opened = session.exec(chosen).one()
        tip = session.get(AuditTip, opened.case_id)
    assert tip is not None
    forged = {"id": "f" * 32, "seq": tip.seq + 1, "prev": tip.leaf.hex(), "case_version": 9, "to": "closed"}
    entry = encode({**decode(opened.entry), **forged, "recorded_at": stamp(tip.recorded_at + timedelta(seconds=1))})
    copied = "case_id, ?, ?, ?, event, actor_id, actor_role, 'closed', recorded_at, subject_id"
    columns = "id, case_id, seq, entry, leaf, event, actor_id, actor_role, to_state, recorded_at, subject_id"
    statement = f"INSERT INTO audit_entry ({columns}) SELECT '{'f' * 32}', {copied} FROM audit_entry WHERE id = ?"
    leaf = leaf_hash(entry)
    by_owner(branch.home.db, statement, tip.seq + 1, entry, leaf, opened.id)
    by_owner(branch.home.db, "UPDATE audit_tip SET seq = ?, leaf = ? WHERE case_id = ?", tip.seq + 1, leaf, tip.case_id)
    edited_case(branch, "state = 'closed', version = 9", tip.case_id)
    return "f" * 32


def test_a_step_put_in_beside_the_log_is_named(branch: Branch, kept: str) -> None:
    forged = put_in(branch)
    assert NOWHERE in {fault.message for fault in since(branch, kept) if fault.entry_id == forged}
    by_owner(branch.home.db, f"INSERT INTO old_log_entry (log, log_index, entry_id) VALUES (1, 0, '{forged}')")
    assert "old log 1" in {fault.where for fault in since(branch, kept)}  # no log ended here
