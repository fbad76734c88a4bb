"""Exports: each line is an entry as the API shows it, with the bytes to check it by."""

import base64
import csv
import io
import json
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from app.audit.checkpoints import Checkpoint
from app.audit.entries import encode, leaf_hash
from app.audit.export import csv as as_csv
from app.audit.export import jsonl, ocel, xes
from app.audit.export.placed import Chosen, NameOf, Placed

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
SIGNED = Checkpoint("host.example/log", 9, b"\x01" * 32)
ROOT = base64.b64encode(b"\x01" * 32).decode()
SYSTEM_ROW = Row(
    encode({"event": "setting_changed", "recorded_at": DOCUMENT["recorded_at"], "role": "system", "via": "worker"}),
    case_id=None,
    actor_id=None,
)


def chosen(rows: Sequence[Placed], name_of: NameOf = lambda _: None) -> Chosen:
    of_cases = [one for one in rows if one[0].case_id is not None]
    return Chosen(lambda: iter(rows), lambda: iter(of_cases), SIGNED, name_of)


def test_a_line_of_json_is_the_entry_as_the_api_shows_it() -> None:
    line, last = jsonl.lines(chosen([(ROW, 3, None)], {"a" * 32: "Zoë\u2028 Example"}.get))
    assert json.loads(last) == {"checkpoint": {"origin": "host.example/log", "size": 9, "root": ROOT}}
    assert line.endswith("\n")
    assert json.loads(line) == {
        "id": "e" * 32,
        "log": None,
        "index": 3,
        "case": "c" * 32,
        "reference": None,
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
    lines = list(jsonl.lines(chosen([(ROW, 3, None), (SYSTEM_ROW, None, None)], lambda _: "one\nname")))
    assert [line.count("\n") for line in lines] == [1, 1, 1]
    assert json.loads(lines[1])["actor"] == {"id": None, "name": None, "role": "system"}


def test_csv_has_a_heading_and_a_row_for_each_entry() -> None:
    given = chosen([(ROW, 3, None), (SYSTEM_ROW, None, None)], lambda _: 'Q, "the" Name')
    rows = list(csv.DictReader(io.StringIO("".join(as_csv.lines(given)))))
    signed = {name: value for name, value in rows.pop().items() if value}
    log = {"index": "9", "event": "checkpoint", "subject_kind": "log", "subject_id": "host.example/log"}
    assert signed == {**log, "leaf": "01" * 32}
    assert list(rows[0]) == as_csv.COLUMNS
    assert rows[0]["record_kind"] == "step"
    assert (rows[0]["actor_name"], rows[0]["actor_role"]) == ('Q, "the" Name', "secretary")
    assert base64.b64decode(rows[0]["entry"]) == ROW.entry
    assert (rows[1]["case"], rows[1]["actor_name"], rows[1]["record_kind"]) == ("", "", "")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", "  =1"])
def test_no_cell_is_a_formula(name: str) -> None:
    _, line, _ = as_csv.lines(chosen([(ROW, 3, None)], lambda _: name))
    (cells,) = csv.reader(io.StringIO(line, newline=""))
    assert cells[as_csv.COLUMNS.index("actor_name")] == f"'{name}"


XES = "{http://www.xes-standard.org/}"


def attributes(element: ET.Element) -> dict[str, tuple[str, str]]:
    kinds = ("string", "int", "date")
    return {
        one.attrib["key"]: (one.tag.removeprefix(XES), one.attrib["value"])
        for one in element
        if one.tag.removeprefix(XES) in kinds
    }


def test_xes_has_a_trace_for_each_case_and_what_its_schema_asks_for() -> None:
    opened = Row(encode({**DOCUMENT, "event": "case_opened", "trigger": None, "from": None, "to": "received"}), seq=1)
    other = Row(encode({**DOCUMENT, "case": "d" * 32, "trigger": 'a"<&>'}), case_id="d" * 32)
    rows: list[Placed] = [(SYSTEM_ROW, None, None), (opened, None, None), (ROW, 3, None), (other, 4, None)]
    log = ET.fromstring("".join(xes.lines(chosen(rows))))
    assert (log.tag, log.attrib) == (f"{XES}log", {"xes.version": "1849-2016", "xes.features": ""})
    order = [one.tag.removeprefix(XES) for one in log]
    assert order == [*["extension"] * 4, "global", "global", "classifier", "string", "int", "string", "trace", "trace"]
    assert all(set(one.attrib) == {"name", "prefix", "uri"} for one in log.iter(f"{XES}extension"))
    assert attributes(log) == {
        "origin": ("string", "host.example/log"),
        "size": ("int", "9"),
        "root": ("string", ROOT),
    }
    first, second = log.iter(f"{XES}trace")
    assert [attributes(one)["concept:name"][1] for one in (first, second)] == ["c" * 32, "d" * 32]
    begin, step = (attributes(event) for event in first.iter(f"{XES}event"))
    assert begin["concept:name"] == ("string", "case_opened")
    assert "state:from" not in begin
    assert "tlog:index" not in begin
    assert step == {
        "concept:name": ("string", "refer>referred"),
        "time:timestamp": ("date", "2026-11-02T10:00:00.000007Z"),
        "lifecycle:transition": ("string", "complete"),
        "org:resource": ("string", "a" * 32),
        "org:role": ("string", "secretary"),
        "state:from": ("string", "under_review"),
        "state:to": ("string", "referred"),
        "tlog:index": ("int", "3"),
    }
    [hostile] = (attributes(event) for event in second.iter(f"{XES}event"))
    assert hostile["concept:name"] == ("string", 'a"<&>>referred')


def test_ocel_relates_every_event_to_its_case_and_person() -> None:
    document = json.loads("".join(ocel.lines(chosen([(ROW, 3, None), (SYSTEM_ROW, None, None)]))))
    assert set(document) == {"events", "objects", "objectTypes", "eventTypes"}
    step, system = document["events"]
    assert step == {
        "id": "e" * 32,
        "type": "refer>referred",
        "time": "2026-11-02T10:00:00.000007Z",
        "attributes": [
            {"name": "role", "value": "secretary"},
            {"name": "from", "value": "under_review"},
            {"name": "to", "value": "referred"},
            {"name": "index", "value": 3},
        ],
        "relationships": [
            {"objectId": "c" * 32, "qualifier": "case"},
            {"objectId": "a" * 32, "qualifier": "actor"},
        ],
    }
    assert system["relationships"] == []
    log, *others = document["objects"]
    assert {one["name"]: one["value"] for one in log["attributes"]} == {
        "origin": "host.example/log",
        "size": 9,
        "root": ROOT,
    }
    assert [(one["type"], one["id"]) for one in others] == [("person", "a" * 32), ("case", "c" * 32)]
    types = {one["name"]: {inner["name"] for inner in one["attributes"]} for one in document["objectTypes"]}
    assert all({inner["name"] for inner in one["attributes"]} <= types[one["type"]] for one in document["objects"])
    assert [one["name"] for one in document["eventTypes"]] == ["refer>referred", "setting_changed"]
    assert all("time" in inner for one in document["objects"] for inner in one["attributes"])


def test_an_empty_record_is_a_file_too() -> None:
    nothing = chosen([])
    assert len(ET.fromstring("".join(xes.lines(nothing)))) == 10
    assert json.loads("".join(ocel.lines(nothing)))["events"] == []


@pytest.mark.parametrize("lines", [xes.lines, ocel.lines])
def test_memory_does_not_grow_with_the_record(lines: Callable[[Chosen], Iterator[str]]) -> None:
    def rows() -> Iterator[Placed]:
        for number in range(4_000):
            case, seq = f"{number // 10:032x}", number % 10 + 1
            yield Row(ROW.entry.replace(b"c" * 32, case.encode()), f"{number:032x}", case, seq), number, None

    tracemalloc.start()
    count = sum(1 for _ in lines(Chosen(rows, rows, SIGNED)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count > 4_000
    assert peak < 20_000, "the identifiers of the cases alone would take more"
