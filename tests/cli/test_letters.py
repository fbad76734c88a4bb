"""`casetrail letters`: list, send and print, for the officer of the case and nobody else."""

import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SECRETARY, AUDITOR = "secretary@example.org", "auditor@example.org"
AS = ("--as", SECRETARY)
REPORT = {
    "kind": "target",
    "statement": "Messages at night.",
    "reporter": {"name": "Reporter (example)", "email": "reporter@example.net"},
}


@pytest.fixture
def ready(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A migrated database with a secretary and an auditor, and a mail server that nobody asks."""
    monkeypatch.setenv("CASETRAIL_SMTP_URL", "smtp://127.0.0.1:9")
    monkeypatch.setenv("CASETRAIL_MAIL_FROM", "branch@example.org")
    monkeypatch.setenv("CASETRAIL_ORGANISATION", "Example branch")
    monkeypatch.setenv("CASETRAIL_CONTACT", "1 Example Road")
    run("migrate")
    run("user", "add", SECRETARY, "--name", "Secretary (example)", "--role", "secretary")
    run("user", "add", AUDITOR, "--name", "Auditor (example)", "--role", "auditor")
    return run


def told(ready: Run, folder: Path) -> str:
    """A case whose reply is prepared; its reference."""
    (folder / "report.json").write_text(json.dumps(REPORT))
    reference = str(
        json.loads(ready("case", "open", "--file", str(folder / "report.json"), "--json").stdout)["reference"]
    )
    ready("case", "add", reference, "conflict-declarations", *AS, "--input", "answer=none")
    safe = ("--input", "threat=no", "--input", "child=no", "--input", "vulnerable=no")
    ready("case", "add", reference, "risks", *AS, *safe)
    return reference


def test_listed_sent_and_printed(ready: Run, tmp_path: Path) -> None:
    reference = told(ready, tmp_path)
    [one] = json.loads(ready("letters", "list", reference, *AS, "--json").stdout)["items"]
    assert (one["letter"], one["state"], one["case"]) == ("acknowledgement", "queued", reference)
    for words in (("list", *AS), ("list", reference, *AS)):
        shown = ready("letters", *words).stdout
        assert one["id"] in shown
        assert "Waiting" in shown
        assert "Reporter (example)" not in shown
    pdf, mail = tmp_path / "letter.pdf", tmp_path / "letter.eml"
    assert f"saved: {pdf}" in ready("letters", "print", reference, one["id"], *AS, "--out", str(pdf)).stdout
    assert pdf.read_bytes().startswith(b"%PDF")
    assert pdf.stat().st_mode & 0o777 == 0o600
    ready("letters", "print", reference, one["id"], *AS, "--out", str(mail))
    whole = message_from_bytes(mail.read_bytes(), policy=policy.default)
    assert (whole["To"], whole["Subject"]) == ("reporter@example.net", "A letter from Example branch")
    assert "waiting, goes out at" in ready("letters", "send", reference, one["id"], *AS).stdout
    assert json.loads(ready("letters", "send", reference, one["id"], *AS, "--json").stdout)["state"] == "queued"
    ready("audit", "verify")


def test_what_is_refused_is_one_line(ready: Run, tmp_path: Path, subtests: pytest.Subtests) -> None:
    reference = told(ready, tmp_path)
    [one] = json.loads(ready("letters", "list", reference, *AS, "--json").stdout)["items"]
    taken = tmp_path / "taken.pdf"
    taken.write_text("mine")
    refused = (
        (("list", "2026-ZZZZZ", *AS), "There is nothing here that you can see"),
        (("list", reference, "--as", AUDITOR), "not open to you"),
        (("send", reference, "nonsense", *AS), "There is no such letter"),
        (("send", reference, one["id"], "--as", AUDITOR), "Only the officer"),
        (("print", reference, "nonsense", *AS, "--out", str(tmp_path / "x.pdf")), "There is no such letter"),
        (("print", reference, one["id"], *AS, "--out", str(taken)), str(taken)),
    )
    for words, said in refused:
        with subtests.test(" ".join(words[:2])):
            [line] = ready("letters", *words, code=1).stderr.splitlines()
            assert said in line
    assert taken.read_text() == "mine"
    assert not (tmp_path / "x.pdf").exists()
