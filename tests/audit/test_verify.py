"""Every attack on the stored record that needs no log yet is named, and a sound record has no fault."""

from dataclasses import replace
from datetime import timedelta

import pytest
from freezegun import freeze_time

from app import clock
from app.audit.entries import leaf_hash
from app.audit.verify import verify
from tests.audit.record import Record, first_case, said


def entry_bytes(record: Record, entry_id: str) -> bytes:
    with record.db.read() as session:
        mark = "?" if record.db.dialect == "sqlite" else "%s"
        query = f"SELECT entry FROM audit_entry WHERE id = {mark}"
        return bytes(session.connection().exec_driver_sql(query, (entry_id,)).scalar_one())


def test_a_sound_record_has_no_fault(record: Record) -> None:
    assert record.faults() == []


def test_a_record_written_while_the_clock_went_back_is_sound(record: Record) -> None:
    with freeze_time(clock.now() - timedelta(days=1)):
        record.step(first_case(record), "close", "closed")
    assert record.faults() == []


@pytest.mark.parametrize("seq", [1, 3, 6])
def test_one_flipped_bit_in_any_entry_is_named(record: Record, seq: int) -> None:
    entry_id = record.entry_id(first_case(record), seq)
    original = entry_bytes(record, entry_id)
    for position in range(0, len(original), 37):
        flipped = bytearray(original)
        flipped[position] ^= 1
        record.by_sql("UPDATE audit_entry SET entry = ? WHERE id = ?", bytes(flipped), entry_id)
        faults = record.faults()
        assert faults[0].entry_id == entry_id
        assert faults[0].where == f"case SMC-2026-0001, entry {seq}"
        assert "was edited" in faults[0].message


def test_one_flipped_bit_in_an_entry_about_the_system_is_named(record: Record) -> None:
    with record.db.read() as session:
        query = "SELECT id, entry FROM audit_entry WHERE case_id IS NULL"
        entry_id, entry = session.connection().exec_driver_sql(query).one()
    flipped = bytes(entry).replace(b"signed_in", b"signed_io")
    record.by_sql("UPDATE audit_entry SET entry = ? WHERE id = ?", flipped, entry_id)
    assert {fault.entry_id for fault in record.faults()} == {entry_id}


def test_an_entry_edited_with_a_new_leaf_breaks_the_chain(record: Record) -> None:
    case_id = first_case(record)
    entry_id = record.entry_id(case_id, 2)
    forged = entry_bytes(record, entry_id).replace(b'"acknowledge"', b'"acknowledgf"')
    record.by_sql("UPDATE audit_entry SET entry = ?, leaf = ? WHERE id = ?", forged, leaf_hash(forged), entry_id)
    (fault,) = record.faults()
    assert fault.entry_id == record.entry_id(case_id, 3)
    assert "does not follow on" in fault.message


def test_bytes_that_are_no_entry_are_named_and_do_not_stop_the_check(record: Record) -> None:
    case_id = first_case(record)
    for content in (
        b"",
        b"\xff",
        b"[1]",
        b"[" * 60_000,
        b'{"commits": 3, "subject": "x", "recorded_at": 5, "event": []}',
    ):
        record.by_sql("UPDATE audit_entry SET entry = ? WHERE id = ?", content, record.entry_id(case_id, 3))
        assert "case SMC-2026-0001, entry 3" in said(record)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("event", "signed_out"),
        ("actor_id", "b" * 32),
        ("actor_id", None),
        ("to_state", "closed"),
        ("subject_id", "x"),
        ("recorded_at", "2020-01-01 00:00:00.000000"),
    ],
)
def test_an_edited_plain_copy_is_named(record: Record, column: str, value: str | None) -> None:
    entry_id = record.entry_id(first_case(record), 4)
    record.by_sql(f"UPDATE audit_entry SET {column} = ? WHERE id = ?", value, entry_id)
    (fault,) = record.faults()
    assert fault.entry_id == entry_id
    assert f"the plain copy {column} differs" in fault.message


def test_a_time_that_is_none_is_named_and_does_not_stop_the_check(record: Record) -> None:
    entry_id = record.entry_id(first_case(record), 4)
    never = "some day" if record.db.dialect == "sqlite" else "infinity"
    record.by_sql("UPDATE audit_entry SET recorded_at = ? WHERE id = ?", never, entry_id)
    (fault,) = record.faults()
    assert (fault.entry_id, "the plain copy recorded_at differs" in fault.message) == (entry_id, True)


def test_a_deleted_entry_is_a_gap(record: Record) -> None:
    case_id = first_case(record)
    entry_id = record.entry_id(case_id, 4)
    record.by_sql("DELETE FROM audit_pending WHERE entry_id = ?", entry_id)
    record.by_sql("DELETE FROM audit_entry WHERE id = ?", entry_id)
    (fault,) = record.faults()
    assert fault.entry_id == record.entry_id(case_id, 5)
    assert "entry 4 was expected" in fault.message


def test_a_cut_tail_shows_against_the_case_row_though_the_tip_was_cut_too(record: Record) -> None:
    case_id = first_case(record)
    record.by_sql("DELETE FROM audit_pending WHERE entry_id IN (SELECT id FROM audit_entry WHERE seq > 4)")
    record.by_sql("DELETE FROM audit_entry WHERE seq > 4")
    fourth = leaf_hash(entry_bytes(record, record.entry_id(case_id, 4)))
    record.by_sql("UPDATE audit_tip SET seq = 4, leaf = ? WHERE case_id = ?", fourth, case_id)
    text = said(record)
    assert "it gave the case version 3, but the case's row says 4" in text
    assert "it says the case is acknowledged, but the case's row says under_review" in text


def test_a_cut_view_shows_against_the_stored_end_of_the_chain(record: Record) -> None:
    record.by_sql("DELETE FROM audit_pending WHERE entry_id = ?", record.entry_id(first_case(record), 6))
    record.by_sql("DELETE FROM audit_entry WHERE seq = 6")
    (fault,) = record.faults()
    assert fault.entry_id == record.entry_id(first_case(record), 5)
    assert "later entries were removed" in fault.message


def test_all_entries_of_a_case_removed_is_named(record: Record) -> None:
    case_id = first_case(record)
    where = "(SELECT id FROM audit_entry WHERE case_id = ?)"
    record.by_sql(f"DELETE FROM audit_pending WHERE entry_id IN {where}", case_id)
    record.by_sql("DELETE FROM audit_entry WHERE case_id = ?", case_id)
    assert "case SMC-2026-0001: it has no entries" in said(record)


def test_reordered_entries_are_named(record: Record) -> None:
    case_id = first_case(record)
    third, fourth = record.entry_id(case_id, 3), record.entry_id(case_id, 4)
    for seq, entry_id in ((99, third), (3, fourth), (4, third)):
        record.by_sql("UPDATE audit_entry SET seq = ? WHERE id = ?", seq, entry_id)
    named = {fault.entry_id for fault in record.faults()}
    assert {third, fourth} <= named
    text = said(record)
    assert "the plain copy seq differs" in text
    assert "its time is not later" in text


def test_an_entry_moved_to_another_case_is_named(record: Record) -> None:
    first, second = record.cases
    moved = record.entry_id(first, 6)
    record.by_sql("UPDATE audit_entry SET case_id = ?, seq = 2 WHERE id = ?", second, moved)
    assert "the plain copy case_id differs" in said(record)


@pytest.mark.parametrize(("change", "words"), [({"state": "closed"}, "says closed"), ({"version": 9}, "says 9")])
def test_a_case_row_edited_by_sql_is_named(record: Record, change: dict[str, str | int], words: str) -> None:
    case = record.cases[first_case(record)]
    record.cases[case.id] = replace(case, **change)  # type: ignore[arg-type]  # any column
    (fault,) = record.faults()
    assert fault.entry_id == record.entry_id(case.id, 5)
    assert f"the case's row {words}" in fault.message


def test_a_step_from_a_state_the_case_was_not_in_is_named(record: Record) -> None:
    case_id = first_case(record)
    record.cases[case_id] = replace(record.cases[case_id], state="referred")
    record.step(case_id, "close", "closed")
    (fault,) = record.faults()
    assert fault.entry_id == record.entry_id(case_id, 7)
    assert fault.message == "it starts from referred, but the case stood in under_review"


def test_a_case_version_that_falls_is_named(record: Record) -> None:
    case_id = first_case(record)
    record.cases[case_id] = replace(record.cases[case_id], version=1)
    record.step(case_id, "close", "closed")
    (fault,) = record.faults()
    assert fault.entry_id == record.entry_id(case_id, 7)
    assert "case version is lower" in fault.message


def test_a_removed_case_is_named(record: Record) -> None:
    case_id = first_case(record)
    del record.cases[case_id]
    assert f"case {case_id}: the record holds entries or content of a case that is not stored" in said(record)


def test_an_entry_that_is_in_no_queue_and_no_log_is_named(record: Record) -> None:
    entry_id = record.entry_id(first_case(record), 2)
    record.by_sql("DELETE FROM audit_pending WHERE entry_id = ?", entry_id)
    (fault,) = record.faults()
    assert (fault.entry_id, fault.message) == (entry_id, "it neither waits for the log nor is in it")
    record.by_sql("INSERT INTO log_entry (log_index, entry_id) VALUES (0, ?)", entry_id)
    assert record.faults() == []


def test_a_queue_or_log_that_names_a_missing_entry_is_a_fault(record: Record) -> None:
    with record.db.read() as session:
        sources = record.sources(session)
        sources.astray = ["f" * 32]
        (fault,) = verify(sources)
    assert fault.entry_id == "f" * 32
    assert "is not stored" in fault.message


def test_an_entry_that_waited_too_long_is_named(record: Record) -> None:
    with record.db.read() as session:
        sources = record.sources(session)
        sources.longest_wait = timedelta(minutes=5)
        assert list(verify(sources)) == []
        sources = record.sources(session)
        sources.longest_wait, sources.now = timedelta(minutes=5), clock.now() + timedelta(minutes=10)
        faults = list(verify(sources))
    assert len(faults) == 8
    assert all("seconds for its place in the log" in fault.message for fault in faults)


def test_sources_out_of_order_are_refused_not_misread(record: Record) -> None:
    with record.db.read() as session:
        sources = record.sources(session)
        sources.cases = sorted(record.cases.values(), key=lambda case: case.id, reverse=True)
        sources.entries, sources.sealed = [], []
        with pytest.raises(ValueError, match="ordered by case"):
            list(verify(sources))
