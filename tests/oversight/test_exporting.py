"""Copies of the whole record in formats of others: bound to the newest checkpoint, and replayed on the procedure."""

import csv
import json
from base64 import b64decode
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.audit.checkpoints import read_own
from app.audit.entries import decode
from app.audit.log import SYSTEM
from app.audit.log_tables import newest_checkpoint
from app.audit.notes import encoded
from app.audit.tree import Frontier
from app.cases.trails import TrailFilter
from app.errors import NotFound
from app.oversight.exporting import export_lines, export_of
from tests.audit.record import by_owner
from tests.branch import AUDITOR, PASSWORD, Branch
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


@pytest.mark.parametrize("by_auditor", [False, True], ids=["command", "auditor"])
def test_a_copy_made_while_others_write_is_whole_under_its_checkpoint(
    branch: Branch, monkeypatch: pytest.MonkeyPatch, by_auditor: bool
) -> None:
    monkeypatch.setattr("app.audit.sequence.SIGN_EVERY", timedelta(0))
    branch.at("under_review")
    branch.home.log.catch_up()
    viewer, wanted = branch.viewer(AUDITOR), TrailFilter()
    lines = export_lines(branch.home, "jsonl", actor=SYSTEM, via="cli")
    if by_auditor:
        lines = export_of(branch.home, "jsonl", viewer, wanted, actor=viewer.actor(), via="page")
    found = []
    for place, line in enumerate(lines):
        found.append(json.loads(line))
        if place in (0, 7, 20):
            branch.report()
            branch.home.log.catch_up()
    signed = found.pop()["checkpoint"]
    under = sorted((one["index"], one["leaf"]) for one in found if one["index"] is not None)
    leaves = [bytes.fromhex(leaf) for place, leaf in under if place < signed["size"]]
    tree = Frontier()
    tree.add(leaves)
    assert (len(leaves), encoded(tree.root())) == (signed["size"], signed["root"])


_STRANGE = b'{"event":"a\\u0001","recorded_at":"2026-05-12","role":"system","record":{"kind":5}}'
EDITED = (b"\xff", b"[]", b"{}", _STRANGE, b'{"event":"a","recorded_at":"b"}', b'{"event":["a"],"actor":{"b":1}}')
SEALED = ("colleague names", "shown to me at a meeting", "Ward organiser", "=HYPERLINK", "My brother")


@pytest.mark.parametrize("shape", ["jsonl", "csv", "xes", "ocel"])
def test_no_copy_holds_content_or_a_case_that_is_not_there_for_them(branch: Branch, shape: str) -> None:
    reference, lost = branch.at("under_review"), branch.at("acknowledged")
    branch.report(respondent={"name": '=HYPERLINK("http://evil")', "is_member": "yes"})
    branch.keep(AUDITOR, lost, "conflict-declarations", answer="conflicted", describe="My brother.")
    viewer, hidden = branch.viewer(AUDITOR), branch.case(lost).id
    whole = list(export_lines(branch.home, shape, actor=SYSTEM, via="cli"))

    def theirs(case: str | None = None) -> list[str]:
        wanted = TrailFilter(case=case)
        return list(export_of(branch.home, shape, viewer, wanted, actor=viewer.actor(), via="api"))

    mine = theirs()
    assert [hidden in "".join(lines) for lines in (whole, mine)] == [True, False]
    entries = [json.loads(line).get("entry", "") for line in mine] if shape == "jsonl" else []
    text = "".join([*whole, *mine, *(b64decode(entry).decode() for entry in entries)])
    assert lost not in "".join(mine)
    assert [word for word in (*SEALED, *branch.codes.values()) if word in text] == []
    assert theirs(lost) == theirs("2026-ZZZZZ")
    assert branch.case(reference).id in "".join(theirs(reference))


@pytest.mark.parametrize("entry", EDITED)
def test_a_record_that_was_edited_can_still_be_copied_and_looked_at(
    branch: Branch, tmp_path: Path, entry: bytes
) -> None:
    """Whoever must show what was done to it needs the copy most."""
    reference = branch.at("under_review")
    edited = branch.entries(reference)[1]
    by_owner(branch.home.db, "UPDATE audit_entry SET entry = ? WHERE id = ?", entry, edited.id)
    for shape in ("jsonl", "csv", "xes", "ocel"):
        text = saved(branch, shape, tmp_path).read_text("utf-8")
        assert (edited.leaf.hex() if shape in ("jsonl", "csv") else edited.case_id or "") in text
    json.loads((tmp_path / "ocel").read_text("utf-8"))
    assert len([event for trace in read(tmp_path / "xes") for event in trace]) == len(branch.entries(reference))
    client = branch.client(AUDITOR)
    for path in ("/api/v1/trail", f"/api/v1/cases/{reference}/trail", "/api/v1/trail/export?format=jsonl"):
        answer = client.get(path)
        assert (path, answer.status_code, edited.leaf.hex() in answer.text) == (path, 200, True)
    branch.give_password(AUDITOR)
    client.headers.pop("Authorization")
    client.post("/sign-in", data={"email": AUDITOR, "password": PASSWORD})
    for path in ("/trail", f"/cases/{reference}", f"/trail?case={reference}"):
        assert "this entry was changed after it was written" in client.get(path).text, path


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
