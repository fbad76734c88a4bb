"""Sealed content and plain columns against the entries that recorded them."""

import base64
from dataclasses import replace

from app.db import new_id
from tests.audit.record import Record, first_case, said


def test_a_flipped_bit_in_any_sealed_item_is_named_with_the_entry_that_recorded_it(record: Record) -> None:
    with record.db.read() as session:
        rows = (
            session.connection()
            .exec_driver_sql("SELECT id, owner_id, table_name, row_id, group_name, sealed FROM vault")
            .all()
        )
    assert len(rows) == 5
    for item_id, owner, table, row, group, sealed in rows:
        flipped = bytearray(sealed)
        flipped[20] ^= 1
        record.by_sql("UPDATE vault SET sealed = ? WHERE id = ?", bytes(flipped), item_id)
        faults = record.faults()
        assert f"the sealed item {table}/{row}/{group} cannot be opened" in "\n".join(map(str, faults))
        recorded = [fault for fault in faults if fault.entry_id]
        assert len(recorded) == (0 if owner == "system" else 1)
        assert all(
            f"the sealed group {group} that it recorded is missing, unreadable" in fault.message for fault in recorded
        )
        record.by_sql("UPDATE vault SET sealed = ? WHERE id = ?", bytes(sealed), item_id)
    assert record.faults() == []


def test_a_removed_sealed_item_is_named(record: Record) -> None:
    record.by_sql("DELETE FROM vault WHERE group_name = 'text' AND table_name = 'case_record'")
    (fault,) = record.faults()
    assert fault.entry_id == record.entry_id(first_case(record), 3)
    assert "the sealed group text that it recorded is missing" in fault.message


def test_content_sealed_anew_by_someone_with_the_keys_is_named(record: Record) -> None:
    case_id = first_case(record)
    record.by_sql("DELETE FROM vault WHERE owner_id = ? AND table_name = 'report'", case_id)
    with record.db.write() as session:
        record.vault.seal(session, case_id, "report", new_id(), "report", {"text": "other words"})
    text = said(record)
    assert "no entry holds the commitment of the sealed item report/" in text
    assert "case SMC-2026-0001, entry 1" in text


def test_an_edited_plain_column_of_a_record_is_named(record: Record) -> None:
    copy = record.copies[0]
    record.copies[0] = replace(copy, columns={"kind": "note", "codes": {"channel": "letter"}})
    (fault,) = record.faults()
    assert fault.message == f"the column codes of the record note {copy.row_id} was edited"


def test_a_removed_and_a_foreign_record_are_named(record: Record) -> None:
    copy = record.copies.pop()
    record.copies.append(replace(copy, row_id="elsewhere"))
    text = said(record)
    assert f"the record of the sealed item case_record/{copy.row_id}/plain is missing" in text
    assert "the record note elsewhere has no sealed copy" in text


def test_erased_content_is_not_asked_for(record: Record) -> None:
    case_id = first_case(record)
    record.erased.add(case_id)
    record.by_sql("DELETE FROM vault WHERE owner_id = ?", case_id)
    record.copies.clear()
    assert record.faults() == []


def test_erased_content_that_came_back_is_named(record: Record) -> None:
    record.erased.add(first_case(record))
    (fault,) = record.faults()
    assert "it was erased, but sealed content of it is stored" in fault.message


def test_faults_name_no_content(record: Record) -> None:
    copy = record.copies[0]
    record.copies[0] = replace(copy, columns={"kind": "note", "codes": {"channel": "unspeakable"}})
    assert "unspeakable" not in said(record)
    assert base64.b64encode(b"unspeakable").decode() not in said(record)
