"""Copies of the whole record in formats of others: bound to the newest checkpoint, and replayed on the procedure."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from app.audit.checkpoints import read_own
from app.audit.entries import decode
from app.audit.log import SYSTEM
from app.audit.log_tables import newest_checkpoint
from app.audit.notes import encoded
from app.cases.trails import TrailFilter
from app.errors import NotFound
from app.oversight.exporting import export_lines, export_of
from tests.branch import AUDITOR, Branch
from tests.oversight.replay import Trace, fitness, moves, traces
from tests.oversight.varied import WAYS, varied


def saved(branch: Branch, shape: str, folder: Path, case: str | None = None) -> Path:
    file = folder / shape
    file.write_text("".join(export_lines(branch.home, shape, case=case, actor=SYSTEM, via="cli")), "utf-8")
    return file


def read(file: Path) -> list[Trace]:
    with file.open("rb") as content:
        return list(traces(content))


def test_the_paths_of_all_cases_replay_on_the_procedure(branch: Branch, tmp_path: Path) -> None:
    varied(branch, len(WAYS))
    procedure = branch.home.workflows.default()
    logs = [moves(trace) for trace in read(saved(branch, "xes", tmp_path))]
    assert len(logs) == len(WAYS)
    assert {step.split(">")[0] for log in logs for step in log} >= {"reopen", "refer_back", "close_after_review"}
    assert fitness(procedure, logs) == 1.0
    for place, log in enumerate(logs):
        for step in range(len(log) - 1):
            broken = [*logs[:place], log[:step] + log[step + 1 :], *logs[place + 1 :]]
            assert fitness(procedure, broken) < 1.0


def test_one_case_is_one_trace_in_its_order(branch: Branch, tmp_path: Path) -> None:
    reference, other = branch.at("under_review"), branch.at("acknowledged")
    [trace] = read(saved(branch, "xes", tmp_path, reference))
    assert [event["time:timestamp"] for event in trace] == sorted(event["time:timestamp"] for event in trace)
    assert len(trace) == len(branch.entries(reference))
    assert moves(trace) == ["acknowledge>acknowledged", "begin_review>under_review"]
    document = json.loads(saved(branch, "ocel", tmp_path, other).read_text("utf-8"))
    assert [one["id"] for one in document["objects"] if one["type"] == "case"] == [branch.case(other).id]
    assert branch.events().count("record_exported") == 2
    with pytest.raises(NotFound):
        export_lines(branch.home, "ocel", case="2026-22222", actor=SYSTEM, via="cli")


@pytest.mark.parametrize("shape", ["jsonl", "csv", "xes", "ocel"])
def test_each_names_the_newest_checkpoint(branch: Branch, tmp_path: Path, shape: str) -> None:
    branch.at("acknowledged")
    branch.home.log.catch_up()
    text = saved(branch, shape, tmp_path).read_text("utf-8")
    with branch.home.db.read() as session:
        newest = newest_checkpoint(session)
    assert newest is not None
    signed = read_own(newest.note)
    assert signed.origin in text
    assert (signed.root.hex() if shape == "csv" else encoded(signed.root)) in text


def exports(branch: Branch) -> list[tuple[str | None, str, str]]:
    """Who saved what, as the trail says it."""
    told = [decode(one.entry) for one in branch.entries() if one.event == "record_exported"]
    return [(one.get("actor"), one["subject"]["kind"], one["subject"]["id"]) for one in told]


def test_the_entry_says_what_was_saved_and_by_whom(branch: Branch, tmp_path: Path) -> None:
    reference, auditor = branch.at("acknowledged"), branch.viewer(AUDITOR)
    saved(branch, "xes", tmp_path)
    days = {"first_day": date(2026, 1, 1), "last_day": date(2026, 12, 31)}
    for wanted in (TrailFilter(), TrailFilter(case=reference), TrailFilter(None, auditor.id, "case_viewed", **days)):
        lines = list(export_of(branch.home, "csv", auditor, wanted, actor=auditor.actor(), via="page"))
        assert next(iter(csv.DictReader(lines)))["log"] == ""
    assert exports(branch) == [
        (None, "xes", "all"),
        (auditor.id, "csv", "all"),
        (auditor.id, "csv", "case"),
        (auditor.id, "csv", "event:case_viewed/from:20260101/to:20261231/actor"),
    ]
    assert branch.events(reference).count("record_exported") == 1


def test_copies_hold_the_reference_of_a_case(branch: Branch) -> None:
    reference, auditor = branch.at("acknowledged"), branch.viewer(AUDITOR)
    lines = list(export_of(branch.home, "csv", auditor, TrailFilter(case=reference), actor=auditor.actor(), via="page"))
    rows = [row for row in csv.DictReader(lines) if row["event"] != "checkpoint"]
    assert {row["reference"] for row in rows} == {reference}
    for line in export_lines(branch.home, "jsonl", actor=SYSTEM, via="cli"):
        one = json.loads(line)
        assert "checkpoint" in one or one["reference"] == (reference if one["case"] else None)
