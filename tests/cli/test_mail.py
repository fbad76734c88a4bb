"""A message fills in a report at the command line: shown first, sent with --yes, kept with what came with it."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.evidence import mails

SECRETARY = "secretary@example.org"
OPEN = ("case", "open", "--as", SECRETARY, "--input", "kind=third_party")
MORE = ("--input", "clauses=not_sure", "--input", "how_seen=By mail.")


@pytest.fixture
def ready(run: Run) -> Run:
    """A migrated database with a secretary."""
    run("migrate")
    run("user", "add", SECRETARY, "--name", "Secretary (example)", "--role", "secretary")
    return run


def waiting(folder: Path) -> list[Path]:
    """Files that wait to be kept."""
    return [path for path in (folder / "data" / "files" / "arriving").glob("*") if path.is_file()]


def test_it_is_shown_first_and_sent_when_told_so(ready: Run, tmp_path: Path) -> None:
    saved = tmp_path / "saved.eml"
    saved.write_bytes(mails.with_picture("It was on the ward page.\n\x1b[2J\u202eend"))
    shown = ready(*OPEN, "--mail", str(saved), "--input", "reporter.phone=01632 960123").stdout
    for line in (
        "channel: email",
        "received_on: 2026-05-11",
        "statement: It was on the ward page.",
        "reporter.name: Ward member (example)",
        f"reporter.email: {mails.SENDER}",
        "reporter.phone: 01632 960123",
        "with it: seen.jpg",
        "with it: page.html",
        "Nothing is stored yet",
    ):
        assert line in shown, line
    assert not {"\x1b", "\u202e"} & set(shown)
    assert json.loads(ready("case", "list", "--as", SECRETARY, "--json").stdout)["items"] == []
    assert waiting(tmp_path) == []
    by_program = json.loads(ready(*OPEN, "--mail", str(saved), "--json").stdout)
    assert by_program["parts"] == ["seen.jpg", "page.html"]
    sent = ready(*OPEN, *MORE, "--mail", str(saved), "--yes", "--input", "statement=Mended.").stdout
    assert "kept: saved.eml\nkept: seen.jpg\nnot kept: page.html: It is of a type that is not taken" in sent
    reference = sent.split("reference: ")[1].strip()
    ready("case", "add", reference, "conflict-declarations", "--as", SECRETARY, "--input", "answer=none")
    trail = json.loads(ready("case", "trail", reference, "--as", SECRETARY, "--json").stdout)["items"]
    added = [
        one["actor"]["role"] for one in trail if one["event"] == "record_added" and one["record"]["kind"] == "evidence"
    ]
    assert added == ["secretary", "secretary"]
    case = json.loads(ready("case", "show", reference, "--as", SECRETARY, "--json").stdout)
    assert len(case["records"]["evidence"]) == 2
    assert waiting(tmp_path) == []


def test_a_pasted_message_in_a_file_of_text(ready: Run, tmp_path: Path) -> None:
    pasted = tmp_path / "pasted.txt"
    pasted.write_text("From: Zoë Example <zoe@example.org>\n\nIt was said aloud.", "utf-8")
    found = json.loads(ready(*OPEN, "--mail", str(pasted), "--json").stdout)["answers"]
    assert found["reporter"] == {"name": "Zoë Example", "email": "zoe@example.org"}
    assert found["statement"] == "It was said aloud."


def test_what_cannot_be_read_is_said_in_one_line(ready: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pdf"
    wrong.write_bytes(b"%PDF-1.7\n%%EOF\n")
    [line] = ready(*OPEN, "--mail", str(wrong), code=1).stderr.splitlines()
    assert "It is not a saved message" in line
    assert "No such file" in ready(*OPEN, "--mail", str(tmp_path / "none.eml"), code=1).stderr
    assert "--as" in ready("case", "open", "--input", "kind=third_party", "--mail", str(wrong), code=2).stderr
    ready("user", "add", "panel@example.org", "--name", "Panel (example)", "--role", "panel")
    refused = ready(
        "case", "open", "--as", "panel@example.org", "--input", "kind=third_party", "--mail", str(wrong), code=1
    )
    assert "Only officers" in refused.stderr
    assert waiting(tmp_path) == []


def test_a_mail_is_put_on_a_case(ready: Run, tmp_path: Path) -> None:
    given = ("--input", "statement=On the page.", "--input", f"reporter.email={mails.SENDER}", *MORE)
    reference = ready(*OPEN, *given).stdout.split("reference: ")[1].strip()
    saved, place = tmp_path / "saved.eml", ("case", "mail", reference)
    saved.write_bytes(mails.with_picture("He wrote again.\n\x1b[2J\u202eend"))
    assert "Say first whether anything connects you" in ready(*place, str(saved), "--as", SECRETARY, code=1).stderr
    ready("case", "add", reference, "conflict-declarations", "--as", SECRETARY, "--input", "answer=none")
    shown = ready(*place, str(saved), "--as", SECRETARY).stdout
    for line in (
        f"came_from: Ward member (example) <{mails.SENDER}>",
        "received_on: 2026-05-11",
        "becomes: message",
        "attachments: 1",
        "attachment 1: seen.jpg (image/jpeg)",
        "attachment 2: page.html (not taken)",
        "becomes can be: message, from_member, evidence",
        "Nothing is stored yet",
    ):
        assert line in shown, line
    assert not {"\x1b", "\u202e"} & set(shown)
    kept = ready(*place, str(saved), "--as", SECRETARY, "--yes", "--input", "text=Mended.").stdout
    assert [line.split(" kept: ")[0] for line in kept.splitlines()] == ["messages", "evidence", "evidence"]
    assert "on the case already" in ready(*place, str(saved), "--as", SECRETARY).stdout
    wrong = ready(*place, str(saved), "--as", SECRETARY, "--yes", "--input", "becomes=reply", code=1).stderr
    assert wrong.startswith("becomes: Choose one of the answers offered")
    assert waiting(tmp_path) == []
