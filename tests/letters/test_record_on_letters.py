"""A letter on paper says how far the record was when it was written, and keeps saying it: the same bytes every time."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from app.audit.checkpoints import Checkpoint, read_own
from app.audit.log_tables import newest_checkpoint
from app.cases import letter_door
from app.letters.book import Wording, on_paper
from tests.branch import SECRETARY, Branch
from tests.letters.correspondence import REPORTER, do, drawn, write
from tests.oversight.signed_log import attack


@pytest.fixture(autouse=True)
def signed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever grew is signed at once, not once a second."""
    monkeypatch.setattr("app.audit.sequence.SIGN_EVERY", timedelta(0))


def signed(branch: Branch) -> Checkpoint:
    branch.home.log.catch_up()
    with branch.home.db.read() as session:
        newest = newest_checkpoint(session)
    assert newest is not None
    return read_own(newest.note)


def declared(branch: Branch) -> str:
    """A case whose officer may write letters."""
    reference = branch.report(reporter=REPORTER)
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    return reference


def pdf(branch: Branch, reference: str, letter: str) -> bytes:
    viewer = branch.viewer(SECRETARY)
    return letter_door.read_letter(branch.home, viewer, reference, letter, "api", drawn)


def words(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_size_code_and_key_stand_on_it_and_stay(branch: Branch) -> None:
    reference = declared(branch)
    before = signed(branch)
    letter = write(branch, reference, "update")
    made = pdf(branch, reference, letter)
    said = words(made)
    assert f"Record of steps: size {before.size:,}, code {before.code}" in said
    assert f"Its public key: {branch.home.log.folder.verifiers()[-1]}" in said
    assert signed(branch).code != before.code
    assert pdf(branch, reference, letter) == made
    do(branch, reference, letter, "edit", text="# Hello\n\nOther words.")
    edited = words(pdf(branch, reference, letter))
    assert "Other words." in edited
    assert before.code in edited
    assert pdf(branch, reference, write(branch, reference, "update")) != made


def test_a_broken_key_folder_keeps_no_letter_back(branch: Branch) -> None:
    reference = declared(branch)
    before = signed(branch)
    branch.home.log.folder.public_file.write_text("damaged\n")
    said = words(pdf(branch, reference, write(branch, reference, "update")))
    assert before.code in said
    assert "public key" not in said


def test_an_edited_checkpoint_keeps_no_letter_back(branch: Branch) -> None:
    reference = declared(branch)
    signed(branch)
    attack(branch, "UPDATE checkpoint SET note = 'x'")
    said = words(pdf(branch, reference, write(branch, reference, "update")))
    assert "Record of steps" not in said
    assert "Its public key" in said


def test_a_long_name_of_the_log_stays_on_the_page() -> None:
    one = Wording("A", "", "", "S", "# Hello\n\nText.", "", "Example branch", (), date(2026, 5, 12))
    assert not on_paper(one).lacks_signs
    assert "Record" not in words(on_paper(one).content)
    key = f"Its public key: reports.{'a' * 40}.example/log+0123abcd+{'W' * 44}"
    long = on_paper(replace(one, record=("Record of steps: size 1, code 1", key)))
    [page] = PdfReader(io.BytesIO(long.content)).pages
    places = list[float]()
    page.extract_text(
        visitor_text=lambda text, cm, tm, _font, _size: places.append(cm[4] + tm[4]) if text.strip() else None
    )
    assert min(places) > 0
    assert not long.lacks_signs
