"""Letters by page, API and command line; templates that are wrong; a second procedure with letters of its own."""

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from app.cases.vocabulary import vocabulary
from app.letters import templates
from app.letters.book import Wording, on_paper
from app.letters.templates import FOLDER, TemplateErrors
from app.setup import WORKFLOWS
from app.workflow.library import Library
from tests.branch import AUDITOR, DEPUTY, PASSWORD, SECRETARY, Branch, in_days
from tests.letters.conftest import with_mail
from tests.letters.correspondence import REPORTER, letters, safe, sound, tick
from tests.postbox import Postbox

LOST = Path(__file__).parents[1] / "workflows_examples" / "lost-property"


def told(branch: Branch) -> tuple[str, str]:
    reference = branch.report(reporter=REPORTER)
    safe(branch, reference)
    return reference, letters(branch, reference)[0]["id"]


def test_by_api(embedded: Branch, box: Postbox) -> None:
    reference, letter = told(embedded)
    client = embedded.client(SECRETARY)
    place = f"/api/v1/cases/{reference}/letters"
    found = client.get(place).json()
    assert [one["id"] for one in found["items"]] == [letter]
    assert {one["name"] for one in found["offered"]} >= {"acknowledgement", "update", "closing_third_party"}
    assert "closing_self" not in {one["name"] for one in found["offered"]}
    assert client.post(place, json={"letter": "nonsense"}).status_code == 422
    assert client.post(place, json={"letter": "update", "more": 1}).status_code == 422
    made = client.post(place, json={"letter": "update"})
    assert made.status_code == 201
    other = made.json()["id"]
    assert client.post(f"{place}/{other}/send", json={}).status_code == 422
    assert client.post(f"{place}/{letter}/edit", json={"text": "\0"}).status_code == 422
    assert client.post(f"{place}/{letter}/edit", json={"text": "x" * 40_001}).status_code == 422
    assert client.post(f"{place}/{letter}/stop", json={}).json()["state"] == "stopped"
    assert client.post(f"{place}/{letter}/stop", json={}).status_code == 409
    assert client.post(f"{place}/{letter}/posted", json={"how": "post"}).status_code == 422
    posted = client.post(f"{place}/{letter}/posted", json={"how": "in_person", "sent_on": in_days(0)})
    assert (posted.json()["state"], posted.json()["sent_on"]) == ("posted", in_days(0))
    assert client.get(f"{place}/{'0' * 32}").status_code == 404
    assert client.get(f"{place}/{letter}/pdf").headers["content-disposition"] == 'attachment; filename="letter.pdf"'
    eml = client.get(f"{place}/{letter}/eml")
    assert b"Subject: A letter from Example branch" in eml.content
    assert {one["case"] for one in client.get("/api/v1/letters").json()["items"]} >= {reference}
    assert embedded.client(DEPUTY).get("/api/v1/letters").json()["items"] == []
    assert embedded.client(DEPUTY).get(place).status_code == 404
    assert embedded.client(AUDITOR).get(place).status_code == 403


def test_by_page(embedded: Branch, box: Postbox, monkeypatch: pytest.MonkeyPatch) -> None:
    reference, letter = told(embedded)
    embedded.give_password(SECRETARY)
    client = embedded.client()
    assert client.post("/sign-in", data={"email": SECRETARY, "password": PASSWORD}).status_code == 303
    place = f"/cases/{reference}/letters"
    assert "Goes out at" in client.get("/letters").text
    assert "Reply to the person who told us" in client.get(place).text
    page = client.get(f"{place}/{letter}").text
    assert "Stop this letter" in page
    assert "<h4>We have your report</h4>" in page
    again = client.post(f"{place}/{letter}/edit", data={"text": " ", "email": "wrong", "address": ""})
    assert again.status_code == 422
    assert 'value="wrong"' in again.text
    assert client.post(f"{place}/{letter}/nonsense", data={}).status_code == 404
    hostile = "# Hello\n\n<script>alert(1)</script>"
    changed = client.post(f"{place}/{letter}/edit", data={"text": hostile, "email": REPORTER["email"], "address": ""})
    assert changed.status_code == 303
    assert "<script>alert" not in client.get(f"{place}/{letter}").text
    assert client.post(f"{place}/{letter}/stop", data={}).status_code == 303
    assert client.post(place, data={"letter": "nonsense"}).status_code == 422
    assert client.post(place, data={"letter": "update"}).headers["location"].startswith(place)
    assert client.get(f"{place}/{letter}/pdf").content.startswith(b"%PDF")
    assert sound(embedded)


def wording(text: str) -> Wording:
    lines = ("Telephone 1",)
    return Wording("Zoë", "", "1 Road\nTown", "Subject", text, "", "Example branch", lines, date(2026, 5, 12))


def test_the_pdf_is_tagged_archival_and_always_the_same() -> None:
    one = wording(
        "# Żółw and Ωμέγα\n\nDear Zoë,\n\n- #let x = 1\n- [link](x) $a$ \\n `code`\n\nhttps://example.org/a_b"
    )
    made = on_paper(one)
    assert made == on_paper(one)
    assert not made.lacks_signs
    reader = PdfReader(io.BytesIO(made.content))
    text = " ".join(page.extract_text() for page in reader.pages)
    for words in ("Żółw and Ωμέγα", "#let x = 1", "[link](x) $a$", "12 May 2026", "1 Road"):
        assert words in text
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]  # a PDF without it fails
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"  # type: ignore[index]  # as above
    assert b"pdfuaid:part" in made.content
    assert b"pdfaid:conformance>A" in made.content


@pytest.mark.parametrize("sign", ["😡", "漢字", "مرحبا", "\u202e", "\ufffe"])
def test_a_sign_without_a_shape_is_told_and_does_not_stop_the_letter(sign: str) -> None:
    made = on_paper(wording(f"# Hello\n\nThey wrote {sign}."))
    assert made.content.startswith(b"%PDF")
    assert made.lacks_signs == (sign != "\u202e")


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("subject.txt", "Your report {reference}", "A subject holds no fact of a case: {reference}"),
        ("subject.txt", "One\nTwo", "Write the subject in one line"),
        ("body.txt", "# Hello\n\n{nonsense}", "There is no such placeholder: {nonsense}"),
        ("body.txt", "Hello", "Begin with a heading"),
        ("body.html", "<p>Nothing</p>", "Write {body} once"),
        ("body.html", None, "This file is missing"),
    ],
)
def test_wrong_templates_are_named_with_their_place(tmp_path: Path, file: str, content: str | None, said: str) -> None:
    folder = tmp_path / "letters"
    shutil.copytree(FOLDER, folder)
    if content is None:
        (folder / "notice" / file).unlink()
    else:
        (folder / "notice" / file).write_text(content)
    with pytest.raises(TemplateErrors) as caught:
        templates.load(folder)
    assert any(line.startswith(f"{folder / 'notice' / file}:") and said in line for line in caught.value.lines)


def test_a_second_procedure_needs_only_its_file_and_its_letters(branch: Branch, box: Postbox, tmp_path: Path) -> None:
    folder, words = tmp_path / "workflows", tmp_path / "letters"
    shutil.copytree(WORKFLOWS, folder)
    shutil.copytree(FOLDER, words)
    (words / "thanks").mkdir()
    (words / "thanks" / "subject.txt").write_text("From {organisation}")
    (words / "thanks" / "body.txt").write_text("# Thank you\n\n{dear}\n\nIt is kept under {reference}.")
    (words / "thanks" / "body.html").write_text("{body}")
    (folder / "lost-property").mkdir()
    file = (LOST / "v1.yaml").read_text().replace("[{clock: label_it}]", "[{clock: label_it}, {letter: thanks}]")
    file += "\nletters:\n  - {name: thanks, label: Thanks, to: reporter}\n"
    (folder / "lost-property" / "v1.yaml").write_text(file)
    mailing = with_mail(branch, box.url, letters_dir=words)
    both = replace(mailing, home=replace(mailing.home, workflows=Library.load(folder, vocabulary(words))))
    found: dict[str, Any] = {"workflow": "lost-property", "kind": "missing", "thing": "A hat", "size": "small"}
    found |= dict.fromkeys(("statement", "clauses", "how_seen", "respondent"))
    reference = both.report(**found, reporter={"name": "Owner", "email": "owner@example.net"})
    assert both.events(reference)[:2] == ["case_opened", "letter_prepared"]
    tick(both)
    assert [mail["To"] for mail in box.mails] == ["owner@example.net"]
    assert sound(both)


def test_the_fonts_are_those_of_the_manifest() -> None:
    folder = Path(templates.__file__).parent / "fonts"
    done = subprocess.run(["sha256sum", "--check", "--quiet", "MANIFEST"], cwd=folder, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
