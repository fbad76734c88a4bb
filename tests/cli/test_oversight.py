"""The auditor's lists at the command line."""

import json
from datetime import datetime
from pathlib import Path

from app import clock
from tests.cli.conftest import Run
from tests.cli.test_commands import AS, REPORT, ready
from tests.evidence import files

__all__ = ["ready"]
AUDITOR = "auditor@example.org"
TURNED_AWAY = "Someone was turned away from the record of steps"
AS_AUDITOR = ("--as", AUDITOR)


def with_auditor(run: Run) -> None:
    run("user", "add", AUDITOR, "--name", "Auditor (example)", "--role", "auditor")


def test_the_lists_are_named_and_read(ready: Run) -> None:
    with_auditor(ready)
    reference = ready("case", "open", *REPORT).stdout.split()[-1]
    assert "unacknowledged" in ready("audit", "look", *AS_AUDITOR).stdout
    assert json.loads(ready("audit", "look", *AS_AUDITOR, "--json").stdout)["items"][0]["name"] == "unacknowledged"
    assert reference in ready("audit", "look", "unacknowledged", *AS_AUDITOR).stdout
    assert reference not in ready("audit", "look", "sleeping", *AS_AUDITOR).stdout
    body = json.loads(ready("audit", "look", "unacknowledged", *AS_AUDITOR, "--json").stdout)
    assert [row["case"] for row in body["items"]] == [reference]
    assert json.loads(ready("audit", "alike", *AS_AUDITOR, "--json").stdout) == {"items": []}
    assert "CLAUSE" in ready("audit", "alike", *AS_AUDITOR).stdout


def test_only_auditors_look_and_only_at_lists_there_are(ready: Run) -> None:
    with_auditor(ready)
    assert "Only auditors" in ready("audit", "look", "views", *AS, code=1).stderr
    (turned,) = json.loads(ready("audit", "look", "denials", *AS_AUDITOR, "--json").stdout)["items"]
    assert (turned["what"], turned["who"]) == (TURNED_AWAY, "Secretary (example), secretary")
    assert clock.local(datetime.fromisoformat(turned["at"])).date().isoformat() == turned["on"]
    assert "no such list" in ready("audit", "look", "nonsense", *AS_AUDITOR, code=1).stderr
    assert "days" in ready("audit", "look", "views", *AS_AUDITOR, "--days", "3", code=1).stderr


def test_a_sample_is_drawn_and_drawn_again(ready: Run) -> None:
    with_auditor(ready)
    reference = ready("case", "open", *REPORT).stdout.split()[-1]
    ready("case", "list", *AS)
    body = json.loads(ready("audit", "sample", *AS_AUDITOR, "--count", "2", "--start", "9", "--json").stdout)
    assert ([one["case"] for one in body["items"]], body["known"], body["start"]) == ([reference], 1, 9)
    assert reference in ready("audit", "sample", *AS_AUDITOR, "--again", body["id"]).stdout
    assert "count" in ready("audit", "sample", *AS_AUDITOR, "--count", "0", code=1).stderr
    ready("audit", "sample", *AS_AUDITOR, code=2)


def test_remarks_are_written_and_answered(ready: Run) -> None:
    with_auditor(ready)
    reference = ready("case", "open", *REPORT).stdout.split()[-1]
    ready("case", "add", reference, "conflict-declarations", *AS, "--input", "answer=none")
    said = ("audit", "remark", reference, *AS_AUDITOR, "--text", "Why so late?")
    made = ready(*said).stdout.split()[-1]
    ready("audit", "answer", reference, made, *AS, "--text", "I was away.")
    shown = ready("audit", "remarks", reference, *AS_AUDITOR).stdout
    assert shown.index("Why so late?") < shown.index("I was away.")
    (one,) = json.loads(ready("audit", "remarks", reference, *AS, "--json").stdout)["items"]
    assert (one["id"], one["open"]) == (made, False)
    assert "Only an auditor" in ready("audit", "remark", reference, *AS, "--text", "x", code=1).stderr


def test_a_part_is_opened_with_a_reason(ready: Run) -> None:
    with_auditor(ready)
    reference = ready("case", "open", *REPORT).stdout.split()[-1]
    listed = ready("audit", "open", reference, *AS_AUDITOR).stdout
    (line,) = [line for line in listed.splitlines() if "What happened, in your own words" in line]
    asked = ("audit", "open", reference, *AS_AUDITOR, "--part", line.split()[0])
    assert "reason" in ready(*asked, code=1).stderr
    assert "Messages at night." in ready(*asked, "--reason", "To compare it with the letter.").stdout
    ready("case", "add", reference, "conflict-declarations", *AS, "--input", "answer=none")
    assert "reason: To compare it with the letter." in ready("audit", "open", reference, *AS).stdout
    body = json.loads(ready("audit", "open", reference, *AS_AUDITOR, "--json").stdout)
    assert body["items"][0]["reason"] == "To compare it with the letter."


def test_a_file_that_is_open_is_saved(ready: Run, tmp_path: Path) -> None:
    with_auditor(ready)
    reference, sent, out = ready("case", "open", *REPORT).stdout.split()[-1], tmp_path / "a.pdf", tmp_path / "b.pdf"
    sent.write_bytes(files.PDF)
    ready("case", "add", reference, "conflict-declarations", *AS, "--input", "answer=none")
    ready("case", "add", reference, "evidence", *AS, "--input", "method=document", "--attach", str(sent))
    listed = ready("audit", "open", reference, *AS_AUDITOR).stdout
    (line,) = [line for line in listed.splitlines() if "Another document: File" in line]
    shown = ready(
        "audit", "open", reference, *AS_AUDITOR, "--part", line.split()[0], "--reason", "To compare it."
    ).stdout
    opening = shown.rpartition(f"open-file {reference} ")[2].split("`")[0]
    asked = ("audit", "open-file", reference, opening, "--out", str(out))
    assert "saved" in ready(*asked, *AS_AUDITOR).stdout
    assert out.read_bytes() == files.PDF
    assert "exists" in ready(*asked, *AS_AUDITOR, code=1).stderr
    ready(*asked, *AS, code=1)
    ready("audit", "open-file", reference, opening, "--out", str(out), *AS_AUDITOR, "--copy", "all", code=2)


def test_a_copy_in_the_name_of_somebody_is_of_somebody_who_may_read_it(ready: Run, tmp_path: Path) -> None:
    with_auditor(ready)
    copy = ("audit", "export", "--format", "csv", "--out", "copy.csv")
    assert "Only auditors" in ready(*copy, *AS, code=1).stderr
    assert not (tmp_path / "copy.csv").exists()
    ready(*copy, *AS_AUDITOR)
    (saved,) = json.loads(ready("audit", "look", "exports", *AS_AUDITOR, "--json").stdout)["items"]
    assert (saved["what"], saved["who"]) == (
        "A copy of the record was saved: CSV, all of it",
        "Auditor (example), auditor",
    )
