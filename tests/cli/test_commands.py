"""Each command: what it prints, how it ends, what it leaves on the trail."""

import csv
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from sqlmodel import select

from app.audit.models import AuditEntry
from app.db import Database
from app.oversight.backup import LEFT_OUT
from app.tables import METADATA
from tests.branch import PASSWORD
from tests.cli.conftest import Run
from tests.evidence import files

SECRETARY = "secretary@example.org"
AS = ("--as", SECRETARY)
REPORT = ("--input", "kind=target", "--input", "statement=Messages at night.")
HEAVY = ("fastapi", "sqlalchemy", "sqlmodel", "starlette", "structlog", "uvicorn")


@pytest.fixture
def ready(run: Run) -> Run:
    """A migrated database with a secretary."""
    run("migrate")
    run("user", "add", SECRETARY, "--name", "Secretary (example)", "--role", "secretary")
    return run


def events(url: str) -> list[str]:
    db = Database(url)
    with db.read() as session:
        found = list(session.exec(select(AuditEntry.event).order_by("recorded_at")).all())
    db.close()
    return found


@pytest.mark.parametrize("words", [["--help"], ["case", "--help"], ["user", "add", "--help"]])
def test_help_does_not_load_what_it_does_not_need(words: list[str]) -> None:
    shown = f"from app.cli import cli; cli({words}, standalone_mode=False)"
    code = f"import sys; {shown}; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_people_offices_and_tokens_are_made_and_recorded(ready: Run, database_url: str) -> None:
    ready("user", "add", "deputy@example.org", "--name", "Deputy", "--password-stdin", typed=f"{PASSWORD}\n")
    ready("user", "office", "deputy@example.org", "--give", "deputy")
    link = ready("user", "link", "deputy@example.org").stdout.split()[-1]
    assert link.startswith("http://127.0.0.1:8000/sign-in/link/")
    token = ready("token", "add", "deputy@example.org", "--label", "reports").stdout.split()[-1]
    assert token.startswith("ct_")
    [listed] = json.loads(ready("token", "list", "deputy@example.org", "--json").stdout)["items"]
    assert (listed["label"], listed["revoked_at"]) == ("reports", None)
    assert "reports" in ready("token", "list", "deputy@example.org").stdout
    ready("token", "revoke", "deputy@example.org", "--id", listed["id"])
    ready("user", "office", "deputy@example.org", "--end", "deputy")
    ready("user", "disable", "deputy@example.org")
    assert "disabled" in ready("user", "list").stdout
    ready("user", "enable", "deputy@example.org")
    people = {one["email"]: one for one in json.loads(ready("user", "list", "--json").stdout)["items"]}
    assert [office["in_force"] for office in people["deputy@example.org"]["offices"]] == [False]
    assert events(database_url)[2:] == [
        "person_added",
        "password_set",
        "office_given",
        "link_issued",
        "token_issued",
        "token_revoked",
        "office_ended",
        "person_disabled",
        "person_changed",
    ]


REFUSED = (
    (("user", "add", SECRETARY, "--name", "Again"), "email: There is an account"),
    (("user", "add", "no-address", "--name", "X"), "email: Enter a mail address"),
    (("user", "add", "x@example.org", "--name", "X", "--role", "king"), "role: Choose one of"),
    (("user", "add", "x@example.org", "--name", "X", "--role", "secretary"), "role: There is one secretary"),
    (("user", "link", "nobody@example.org"), "There is no account"),
    (("user", "office", SECRETARY, "--end", "deputy"), "role: This person does not hold that office"),
    (("user", "office", SECRETARY, "--give", "panel", "--case", "2026-ZZZZZ"), "There is no case"),
    (("case", "list", "--as", "nobody@example.org"), "There is no account"),
    (("case", "show", "2026-ZZZZZ", *AS), "There is nothing here that you can see"),
    (("case", "act", "2026-ZZZZZ", "acknowledge", *AS), "There is nothing here that you can see"),
    (("case", "add", "2026-ZZZZZ", "notes", *AS, "--input", "text=x"), "There is nothing here that you can see"),
    (("case", "list", *AS, "--sort", "colour"), "sort: Sort by one of"),
    (("case", "open", "--input", "kind=rumour"), "kind: Choose the kind"),
    (("audit", "export", "--format", "csv", "--out", "-", "--case", "2026-ZZZZZ"), "There is no case"),
    (("workflow", "draw", "nothing"), "There is no such procedure"),
    (("demo",), "This database is in use"),
)


def test_what_is_refused_ends_with_1_and_one_line(ready: Run, subtests: pytest.Subtests) -> None:
    for words, said in REFUSED:
        with subtests.test(" ".join(words)):
            result = ready(*words, code=1)
            [line] = result.stderr.splitlines()
            assert said in line
            assert "Traceback" not in result.output


WRONG_USAGE: tuple[tuple[str, ...], ...] = (
    ("case",),
    ("sing",),
    ("case", "list"),
    ("user", "add", "x@example.org"),
    ("case", "list", *AS, "--limit", "0"),
    ("case", "add", "2026-ZZZZZ", "notes", *AS, "--input", "text"),
    ("case", "add", "2026-ZZZZZ", "notes", *AS, "--file", "missing.json"),
    ("audit", "export", "--format", "pdf", "--out", "x"),
    ("user", "office", SECRETARY),
    ("user", "office", SECRETARY, "--give", "panel", "--from", "tomorrow"),
    ("user", "password", SECRETARY),
    ("workflow", "draw", "--format", "png"),
)


def test_wrong_usage_ends_with_2(ready: Run, subtests: pytest.Subtests) -> None:
    for words in WRONG_USAGE:
        with subtests.test(" ".join(words)):
            ready(*words, code=2)


def test_wrong_usage_is_one_line_of_the_real_command(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from app.cli import main; main()", "case", "list", "--colour", "blue"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("casetrail: No such option: --colour")


def test_the_real_command_runs_from_nothing(tmp_path: Path) -> None:
    environment = {"CASETRAIL_DATA_DIR": str(tmp_path / "data"), "CASETRAIL_KEYS_DIR": str(tmp_path / "keys")}

    def casetrail(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from app.cli import main; main()", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    early = casetrail("case", "list", *AS)
    assert (early.returncode, early.stderr.count("\n")) == (1, 1)
    assert casetrail("migrate").returncode == 0
    made = casetrail("user", "add", SECRETARY, "--name", "Secretary", "--role", "secretary")
    assert made.returncode == 0, made.stderr
    listed = casetrail("case", "list", *AS, "--json")
    assert (listed.returncode, json.loads(listed.stdout)["items"]) == (0, []), listed.stderr
    assert casetrail("backup", str(tmp_path / "copy")).returncode == 0
    with zipfile.ZipFile(tmp_path / "copy") as packed:
        copied = {table["name"] for table in json.loads(packed.read("manifest.json"))["tables"]}
    assert copied == METADATA.tables.keys() - LEFT_OUT  # also those of modules that this command needs for nothing else


def test_repeated_and_dotted_inputs(ready: Run) -> None:
    answers = ("clauses=3.1", "clauses=3.5a", "items.0.what=A post", "items.1.what=Another", "respondent.name=Someone")
    words = [word for answer in answers for word in ("--input", answer)]
    third = ("--input", "kind=third_party", "--input", "how_seen=At a meeting", *REPORT[2:])
    declared = ("--input", "declaration.answer=none", "--input", "channel=letter")
    reference = ready("case", "open", *AS, *third, *words, *declared).stdout.split()[-1]
    case = json.loads(ready("case", "show", reference, *AS, "--json").stdout)
    assert case["report"]["clauses"] == ["3.1", "3.5a"]
    assert [item["what"] for item in case["report"]["items"]] == ["A post", "Another"]
    shown = ready("case", "show", reference, *AS).stdout
    assert "next: acknowledge" in shown
    assert "missing: " in shown


def test_the_trail_is_saved_as_lines_or_table(ready: Run, tmp_path: Path, database_url: str) -> None:
    reference = ready("case", "open", *REPORT).stdout.split()[-1]
    before = events(database_url)
    ready("audit", "export", "--format", "jsonl", "--out", "all.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text("utf-8").splitlines()]
    assert lines.pop().keys() == {"checkpoint"}
    assert [line["event"] for line in lines] == [*before, "record_exported"]
    assert (tmp_path / "all.jsonl").stat().st_mode & 0o777 == 0o600
    ready("audit", "export", "--format", "csv", "--out", "one.csv", "--case", reference)
    with (tmp_path / "one.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["event"] for row in rows] == ["case_opened", "record_exported", "checkpoint"]
    for shape in ("xes", "ocel"):
        ready("audit", "export", "--format", shape, "--out", f"one.{shape}", "--case", reference)
        assert "case_opened" in (tmp_path / f"one.{shape}").read_text("utf-8")
    again = ready("audit", "export", "--format", "csv", "--out", "one.csv", code=1)
    assert len(again.stderr.splitlines()) == 1


def test_verify_names_a_fault_and_ends_with_1(ready: Run, database_url: str) -> None:
    reference = ready("case", "open", *REPORT).stdout.split()[-1]
    db = Database(database_url)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE cases SET version = 7")
    db.close()
    found = ready("audit", "verify", code=1)
    assert reference in found.stdout
    assert json.loads(ready("audit", "verify", "--json", code=1).stdout)["sound"] is False
    assert events(database_url).count("record_checked") == 2


def test_workflows_are_checked_and_drawn(run: Run, tmp_path: Path) -> None:
    assert "social-media-conduct v1: in order" in run("workflow", "check").stdout
    assert run("workflow", "draw").stdout.startswith("stateDiagram-v2")
    drawn = run("workflow", "draw", "social-media-conduct", "--format", "svg", "--at", "referred").stdout
    assert drawn.startswith("<svg")
    folder = tmp_path / "own" / "desk"
    folder.mkdir(parents=True)
    (folder / "v1.yaml").write_text("name: desk\nversion: 1\nstates: [3.1]\n", "utf-8")
    wrong = run("workflow", "check", "--folder", str(tmp_path / "own"), code=1)
    assert all("v1.yaml:" in line for line in wrong.stderr.splitlines())


def test_doctor_and_keys(ready: Run, tmp_path: Path, keys_dir: Path, database_url: str) -> None:
    assert "warning: Copy " in ready("doctor").stdout
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "key-encryption.key").write_bytes(b"x" * 32)
    ready("keys", "copied", "--compare", str(copy), code=1)
    (copy / "key-encryption.key").write_bytes((keys_dir / "key-encryption.key").read_bytes())
    ready("keys", "copied", "--compare", str(copy))
    ready("keys", "copied")
    assert events(database_url).count("keys_copied") == 1
    found = json.loads(ready("doctor", "--json").stdout)["items"]
    assert {"level": "good", "message": "A copy of the keys is kept elsewhere"} in found


def test_doctor_finds_a_case_that_nobody_looks_after(ready: Run) -> None:
    ready("case", "open", "--input", "involves_secretary=yes", *REPORT)
    assert "fault: Cases that nobody looks after: 1" in ready("doctor", code=1).stdout


def test_a_wrong_setting_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASETRAIL_COLOUR", "blue")
    [line] = run("migrate", code=1).stderr.splitlines()
    assert line.startswith("CASETRAIL_COLOUR")


def test_a_new_private_code_is_printed_this_once(ready: Run) -> None:
    opened = ready("case", "open", *REPORT, "--input", "reporter.name=Ward member (example)").stdout.split()
    old, reference = " ".join(opened[2:6]), opened[-1]
    ready("case", "add", reference, "conflict-declarations", *AS, "--input", "answer=none")
    answers = ("--input", "checked=in_person", "--input", "basis=They came to the office.")
    first, second = ready("case", "add", reference, "code-reissues", *AS, *answers).stdout.splitlines()
    assert first.startswith("access code: ")
    assert first != f"access code: {old}"
    assert second.startswith("code-reissues kept: ")


def test_closure_days_and_the_digest(ready: Run) -> None:
    ready("user", "add", "administrator@example.org", "--name", "Administrator (example)", "--role", "administrator")
    answers = ("--input", "day=2030-05-28", "--input", "what=closed", "--input", "why=The office moves")
    assert "Only administrators record" in ready("closure", "record", *AS, *answers, code=1).stderr
    ready("closure", "record", "--as", "administrator@example.org", *answers)
    assert "2030-05-28" in ready("closure", "list").stdout
    assert ready("digest", *AS).stdout == "Nothing is due.\n"


def test_a_message_is_marked_as_no_report(ready: Run) -> None:
    ready("user", "add", "administrator@example.org", "--name", "Administrator (example)", "--role", "administrator")
    answers, admin = ("--input", "reason=thanks", "--input", "note=For the fair"), ("--as", "administrator@example.org")
    assert "Only officers" in ready("set-aside", "record", *admin, *answers, code=1).stderr
    assert "Only officers and auditors" in ready("set-aside", "list", *admin, code=1).stderr
    assert "Note" in ready("set-aside", "record", *AS, "--input", "reason=other", code=1).stderr
    ready("set-aside", "record", *AS, *answers)
    assert "For the fair" in ready("set-aside", "list", *AS).stdout
    ready("audit", "verify")


def test_evidence_is_added_and_saved_again(ready: Run, tmp_path: Path) -> None:
    reference = ready("case", "open", *REPORT).stdout.split()[-1]
    ready("case", "add", reference, "conflict-declarations", *AS, "--input", "answer=none")
    given = tmp_path / "a.pdf"
    given.write_bytes(files.PDF)
    add = ("case", "add", reference, "evidence", *AS, "--input", "method=document", "--attach")
    ready(*add, str(given))
    [item] = json.loads(ready("case", "show", reference, *AS, "--json").stdout)["records"]["evidence"]
    out = tmp_path / "out.pdf"
    assert ready("case", "file", reference, item["file"], *AS, "--out", str(out)).stdout == f"saved: {out}\n"
    assert out.read_bytes() == files.PDF
    assert "exists" in ready("case", "file", reference, item["file"], *AS, "--out", str(out), code=1).stderr
    given.write_bytes(files.SVG)
    assert "of a type that is not taken" in ready(*add, str(given), code=1).stderr
    assert "No such file" in ready(*add, str(tmp_path / "nothing"), code=1).stderr
    wrong = ("case", "add", reference, "notes", *AS, "--input", "text=x", "--attach", str(given))
    assert "no question for a file" in ready(*wrong, code=2).stderr
