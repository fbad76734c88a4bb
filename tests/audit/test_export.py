"""Exports: each line is an entry as the API shows it, with the bytes to check it by."""

import base64
import csv
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from app.audit.entries import encode, leaf_hash
from app.audit.export import csv as as_csv
from app.audit.export import jsonl

DOCUMENT = {
    "id": "e" * 32,
    "case": "c" * 32,
    "seq": 2,
    "event": "step_taken",
    "trigger": "refer",
    "from": "under_review",
    "to": "referred",
    "actor": "a" * 32,
    "role": "secretary",
    "via": "page",
    "record": {"kind": "step", "id": "r" * 32},
    "recorded_at": "2026-11-02T10:00:00.000007Z",
    "occurred_on": "2026-10-30",
}


@dataclass
class Row:
    """A row as `audit_entry` holds it."""

    entry: bytes
    id: str = "e" * 32
    case_id: str | None = "c" * 32
    seq: int | None = 2
    event: str = "step_taken"
    actor_id: str | None = "a" * 32
    actor_role: str = "secretary"
    to_state: str | None = "referred"
    subject_id: str | None = None
    recorded_at: datetime = datetime(2026, 11, 2, 10, tzinfo=UTC)

    @property
    def leaf(self) -> bytes:
        return leaf_hash(self.entry)


ROW = Row(encode(DOCUMENT))
SYSTEM_ROW = Row(encode({"event": "setting_changed", "role": "system", "via": "worker"}), case_id=None, actor_id=None)


def test_a_line_of_json_is_the_entry_as_the_api_shows_it() -> None:
    (line,) = jsonl.lines([(ROW, 3)], {"a" * 32: "Zoë\u2028 Example"}.get)
    assert line.endswith("\n")
    assert json.loads(line) == {
        "id": "e" * 32,
        "index": 3,
        "case": "c" * 32,
        "seq": 2,
        "event": "step_taken",
        "trigger": "refer",
        "from": "under_review",
        "to": "referred",
        "record": {"kind": "step", "id": "r" * 32},
        "subject": None,
        "actor": {"id": "a" * 32, "name": "Zoë\u2028 Example", "role": "secretary"},
        "via": "page",
        "recorded_at": "2026-11-02T10:00:00.000007Z",
        "occurred_on": "2026-10-30",
        "details": None,
        "entry": base64.b64encode(ROW.entry).decode(),
        "leaf": leaf_hash(ROW.entry).hex(),
    }


def test_every_entry_is_one_line_of_json() -> None:
    lines = list(jsonl.lines([(ROW, 3), (SYSTEM_ROW, None)], lambda _: "one\nname"))
    assert [line.count("\n") for line in lines] == [1, 1]
    assert json.loads(lines[1])["actor"] == {"id": None, "name": None, "role": "system"}


def test_csv_has_a_heading_and_a_row_for_each_entry() -> None:
    rows = list(
        csv.DictReader(io.StringIO("".join(as_csv.lines([(ROW, 3), (SYSTEM_ROW, None)], lambda _: 'Q, "the" Name'))))
    )
    assert list(rows[0]) == as_csv.COLUMNS
    assert rows[0]["record_kind"] == "step"
    assert (rows[0]["actor_name"], rows[0]["actor_role"]) == ('Q, "the" Name', "secretary")
    assert base64.b64decode(rows[0]["entry"]) == ROW.entry
    assert (rows[1]["case"], rows[1]["actor_name"], rows[1]["record_kind"]) == ("", "", "")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", "  =1"])
def test_no_cell_is_a_formula(name: str) -> None:
    _, line = as_csv.lines([(ROW, 3)], lambda _: name)
    (cells,) = csv.reader(io.StringIO(line, newline=""))
    assert cells[as_csv.COLUMNS.index("actor_name")] == f"'{name}"
