"""How the record stands, the books, the statement, the yearly return and the witnesses at the command line."""

import json
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time
from pypdf import PdfReader
from sqlmodel import col, select

from app import clock
from app.audit.checkpoints import read_own
from app.audit.entries import decode
from app.audit.models import AuditEntry
from app.audit.notes import COSIGNATURE, Signer
from app.cli.asking import opened, viewer_of
from tests.cli.conftest import Run
from tests.cli.test_commands import AS, REPORT, ready
from tests.cli.test_oversight import AS_AUDITOR, with_auditor

__all__ = ["ready"]
ADMINISTRATOR = "administrator@example.org"
AS_ADMINISTRATOR = ("--as", ADMINISTRATOR)
YEAR = str(clock.today().year)
TODAY = clock.today().isoformat()
KEY = str(Signer("witness.example/one", bytes(range(1, 33))).verifier(COSIGNATURE))
AUDITORS = frozenset({"auditor"})
LOOKING_AFTER = frozenset({"auditor", "administrator"})
DECLARING = frozenset({"secretary", "deputy", "stand_in", "administrator", "data_protection"})
WHO: tuple[tuple[tuple[str, ...], frozenset[str], int], ...] = (
    (("status",), LOOKING_AFTER, 0),
    (("verify",), LOOKING_AFTER, 0),
    (("compare", "--size", "1", "--code", "1 " * 40), AUDITORS, 1),
    (("books",), AUDITORS, 0),
    (("statement",), AUDITORS, 0),
    (("yearly-return", YEAR), DECLARING | AUDITORS, 0),
    (("declare", "--input", f"year={YEAR}", "--input", "part=mailbox", "--input", "answer=nothing_came"), DECLARING, 0),
    (("name-witness", "x"), LOOKING_AFTER, 1),
    (("remove-witness", "x"), LOOKING_AFTER, 1),
)
ROLES = ("secretary", "deputy", "stand_in", "panel", "auditor", "data_protection", "administrator")


def with_administrator(run: Run) -> None:
    run("user", "add", ADMINISTRATOR, "--name", "Administrator (example)", "--role", "administrator")


def entries(event: str) -> list[dict[str, Any]]:
    """What is on the trail of one kind."""
    with opened() as home, home.db.read() as session:
        chosen = select(AuditEntry.entry).where(AuditEntry.event == event)
        return [decode(one) for one in session.exec(chosen.order_by(col(AuditEntry.recorded_at)))]


def told(run: Run, *words: str, code: int = 0) -> Any:
    return json.loads(run("audit", *words, "--json", code=code).stdout)


def test_each_command_is_open_to_exactly_these(run: Run, subtests: pytest.Subtests) -> None:
    run("migrate")
    for role in ROLES:
        run("user", "add", f"{role}@example.org", "--name", f"{role} (example)", "--role", role)
    for words, allowed, code in WHO:
        for role in ROLES:
            with subtests.test(f"{role}: {words[0]}"):
                asked = ("audit", *words, "--as", f"{role}@example.org")
                answer = run(*asked, code=code if role in allowed else 1)
                turned_away = "None of your offices" in answer.stderr or "Only auditors" in answer.stderr
                assert turned_away == (role not in allowed)
                assert len(answer.stderr.splitlines()) <= 1
    denied = {(one["subject"]["id"], one["via"]) for one in entries("access_denied")}
    places = {"integrity", "check_record", "trail", "yearly_return", "declare_year", "witnesses"}
    assert denied == {(place, "cli") for place in places}


def test_how_the_record_stands(ready: Run) -> None:
    with_auditor(ready)
    with_administrator(ready)
    said = ready("audit", "status", *AS_AUDITOR).stdout
    assert re.search("Last check of the whole record: +never", said)
    ready("audit", "verify")
    said = ready("audit", "status", *AS_AUDITOR).stdout
    assert re.search("Faults it found: +0\n", said)
    body = told(ready, "status", *AS_AUDITOR)
    assert (body["faults"], body["alarm"], bool(body["code"])) == (0, "", True)
    assert body["code"] in ready("audit", "status", *AS_AUDITOR).stdout
    assert told(ready, "status", *AS_ADMINISTRATOR)["code"] is None
    assert body["code"] not in ready("audit", "status", *AS_ADMINISTRATOR).stdout
    newest = read_own(ready("audit", "checkpoint").stdout)
    body = told(ready, "status", *AS_AUDITOR)
    assert (body["code"], body["log"]["signed"]) == (newest.code, newest.size)


def test_a_code_is_compared_and_one_that_does_not_fit_counts_when_it_is_said_again(ready: Run, tmp_path: Path) -> None:
    with_auditor(ready)
    note = ready("audit", "checkpoint").stdout
    kept, signed = tmp_path / "kept.txt", read_own(note)
    kept.write_text(note)
    with freeze_time(clock.now() + timedelta(minutes=1)):  # one of this very second would be the newest
        ready("case", "open", *REPORT)
        ready("audit", "checkpoint")
    size = ("--size", f"{signed.size:,}")
    said = ready("audit", "compare", *AS_AUDITOR, *size, "--code", signed.code).stdout
    assert f"Yes. The {signed.size:,} entries" in said
    assert "Yes. The" in ready("audit", "compare", *AS_AUDITOR, "--note", str(kept)).stdout
    both = ready("audit", "compare", *AS_AUDITOR, *size, "--note", str(kept), code=1)
    assert "Give either a whole checkpoint" in both.stderr
    bad = ("0" if signed.code[0] != "0" else "1") + signed.code[1:]
    wrong = ("compare", *AS_AUDITOR, *size, "--code", bad)
    unsure = told(ready, *wrong, code=1)
    assert (unsure["same"], unsure["unsure"]) == (False, True)
    assert f'--again "{unsure["again"]}"' in ready("audit", *wrong, code=1).stdout
    assert [one["subject"]["id"] for one in entries("checkpoint_compared")] == ["same", "same"]
    assert "--again" not in ready("audit", *wrong, "--again", unsure["again"], code=1).stdout
    assert [one["subject"]["id"] for one in entries("checkpoint_compared")] == ["same", "same", "other"]
    assert {one["via"] for one in entries("checkpoint_compared")} == {"cli"}
    assert "it did NOT fit" in ready("audit", "status", *AS_AUDITOR, code=1).stdout


WRONG = (
    ((), "Give either a whole checkpoint"),
    (("--size", "many", "--code", "1"), "Write the number of entries in figures"),
    (("--size", "3"), "eight groups of five digits"),
    (("--note", "kept.txt"), "No checkpoint was found in this"),
    (("--note", "nowhere.txt"), "No such file"),
)


def test_what_cannot_be_compared_is_one_line(ready: Run, tmp_path: Path, subtests: pytest.Subtests) -> None:
    with_auditor(ready)
    (tmp_path / "kept.txt").write_text("A letter.\n")
    for words, why in WRONG:
        with subtests.test(str(words)):
            answer = ready("audit", "compare", *AS_AUDITOR, *words, code=1)
            assert why in answer.stderr
            assert (len(answer.stderr.splitlines()), answer.stdout) == (1, "")
    assert entries("checkpoint_compared") == []


def test_the_books_and_the_statement(ready: Run, tmp_path: Path) -> None:
    with_auditor(ready)
    ready("case", "open", *REPORT)
    period = ("--from", TODAY, "--to", TODAY)
    said = ready("audit", "books", *AS_AUDITOR, *period).stdout
    assert "Yes: brought forward 0 + received 1" in said
    assert "No: 1 not acknowledged" in said
    assert "Received in the period" in said
    body = told(ready, "books", *AS_AUDITOR, *period)
    assert (body["from"], body["received"], body["balances"]) == (TODAY, 1, True)
    assert "from: Check the date" in ready("audit", "books", *AS_AUDITOR, "--from", "2026-02-31", code=1).stderr
    out = tmp_path / "statement.pdf"
    assert ready("audit", "statement", *AS_AUDITOR, *period, "--out", str(out)).stdout == f"saved: {out}\n"
    paper = PdfReader(BytesIO(out.read_bytes())).pages[0].extract_text()
    assert "Statement about the record of cases" in paper
    assert "exists" in ready("audit", "statement", *AS_AUDITOR, "--out", str(out), code=1).stderr
    other = tmp_path / "other.pdf"
    ready("audit", "statement", *AS_AUDITOR, "--from", "soon", "--to", TODAY, "--out", str(other), code=1)
    assert not other.exists()
    assert "Signed for the" in ready("audit", "statement", *AS_AUDITOR, *period).stdout
    assert told(ready, "statement", *AS_AUDITOR, *period)["parts"][-1]["kind"] == "signature"


def test_a_year_is_declared_and_read(ready: Run) -> None:
    with_auditor(ready)
    given = ("declare", *AS, "--input", f"year={YEAR}", "--input", "part=secretary")
    assert "answer" in ready("audit", *given, code=1).stderr
    said = ready("audit", *given, "--input", "answer=everything").stdout
    assert f"Your declaration for {YEAR} is recorded." in said
    (entry,) = entries("return_declared")
    assert entry["via"] == "cli"
    said = ready("audit", "yearly-return", YEAR, *AS_AUDITOR).stdout
    assert "Secretary: Every paper, mail and spoken report that reached me was entered" in said
    assert "Not declared yet: Deputy secretary, Who opens the branch's post and mail" in said
    ready("audit", *given, "--input", "answer=not_everything", "--input", "remarks=One\x1b[2J\nletter.")
    assert "\ufffd[2J letter." in ready("audit", "yearly-return", YEAR, *AS_AUDITOR).stdout
    body = told(ready, "yearly-return", YEAR, *AS)
    assert (body["parts"][0]["part"], body["parts"][0]["answer"]) == ("secretary", "not_everything")
    assert "year" in ready("audit", "yearly-return", "1999", *AS, code=1).stderr


def test_who_checks_and_names_a_witness_is_on_the_trail(ready: Run, tmp_path: Path) -> None:
    with_administrator(ready)
    ready("audit", "verify", *AS_ADMINISTRATOR)
    assert "leave --as away" in ready("audit", "verify", "--export", str(tmp_path), *AS_ADMINISTRATOR, code=2).stderr
    ready("audit", "name-witness", KEY, *AS_ADMINISTRATOR)
    ready("audit", "remove-witness", "witness.example/one", *AS_ADMINISTRATOR)
    (named,), (removed,) = entries("witness_named"), entries("witness_removed")
    (checked,) = entries("record_checked")
    assert named["actor"] == removed["actor"] == checked["actor"]
    with opened() as home:
        assert named["actor"] == viewer_of(home, ADMINISTRATOR).id
