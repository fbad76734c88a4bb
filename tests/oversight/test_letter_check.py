"""Letters whose rows were changed past the trail: the check names each with the entry that tells otherwise."""

import pytest
import rfc8785

from app.audit.entries import decode
from app.audit.guards import release
from app.audit.sources import Fault
from app.oversight.checking import check
from tests.audit.record import by_owner
from tests.branch import Branch
from tests.letters.correspondence import named, safe

Gone = tuple[Branch, str, str]


@pytest.fixture
def gone(branch: Branch) -> Gone:
    """A branch with a letter that was handed over, its id, and the id of the entry that says so."""
    reference = branch.report()
    safe(branch, reference)
    branch.handed_over(reference, name="acknowledgement")
    entry = next(one.id for one in branch.entries(reference) if one.event == "letter_posted")
    assert faults(branch) == []
    return branch, named(branch, reference, "acknowledgement")["id"], entry


def faults(branch: Branch) -> list[Fault]:
    with branch.home.db.read() as session:
        return check(branch.home, session)


def attack(branch: Branch, *statements: str) -> None:
    """As whoever owns the tables could."""
    with branch.home.db.write() as session:
        for table in ("letter", "letter_version"):
            release(session.connection(), table)
        for statement in statements:
            session.connection().exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("state", "'needs_you'", "says needs_you"),
        ("state", "'sent'", "says sent"),
        ("sent_on", "'2020-02-03'", "went on 2020-02-03"),
        ("sent_on", "NULL", "went on None"),
        ("name", "'closing'", "it is closing"),
        ("version_id", f"'{'0' * 32}'", "other words"),
    ],
)
def test_a_letter_that_went_and_was_edited(gone: Gone, column: str, value: str, words: str) -> None:
    branch, letter, entry = gone
    attack(branch, f"UPDATE letter SET {column} = {value} WHERE id = '{letter}'")
    (fault,) = faults(branch)
    assert (fault.entry_id, words in fault.message) == (entry, True), str(fault)


def test_a_letter_that_was_removed(gone: Gone) -> None:
    branch, letter, entry = gone
    attack(
        branch,
        f"DELETE FROM letter_version WHERE letter_id = '{letter}'",
        f"DELETE FROM letter WHERE id = '{letter}'",
    )
    (fault,) = faults(branch)
    assert (fault.entry_id, "it was removed" in fault.message) == (entry, True)


def test_words_of_another_letter_are_not_its_own(gone: Gone) -> None:
    branch, letter, entry = gone
    attack(branch, f"UPDATE letter_version SET written_at = written_at WHERE letter_id = '{letter}'")
    assert faults(branch) == []
    attack(branch, f"DELETE FROM letter_version WHERE letter_id = '{letter}'")
    (fault,) = faults(branch)
    assert (fault.entry_id, "other words" in fault.message) == (entry, True)


def test_a_letter_that_was_put_in(gone: Gone) -> None:
    branch, letter, _ = gone
    columns = "case_id, name, recipient, state, needs, version_id, prepared_at, sent_on"
    copied = f"INSERT INTO letter (id, {columns}) SELECT '{'0' * 32}', {columns} FROM letter WHERE id = '{letter}'"
    attack(branch, copied)
    (fault,) = faults(branch)
    assert (fault.where.endswith(f"letter {'0' * 32}"), "it was put in" in fault.message) == (True, True)


def test_an_entry_that_was_edited_does_not_stop_the_check(gone: Gone) -> None:
    branch, _, entry = gone
    content = next(one.entry for one in branch.entries() if one.id == entry)
    for name, value in (("record", "letters"), ("subject", ["letter"]), ("commits", 1), ("recorded_at", "noon")):
        edited = rfc8785.dumps({**decode(content), name: value})
        by_owner(branch.home.db, "UPDATE audit_entry SET entry = ? WHERE id = ?", edited, entry)
        assert entry in {fault.entry_id for fault in faults(branch)}
