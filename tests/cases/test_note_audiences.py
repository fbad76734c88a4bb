"""The three audiences of a note: who reads which, by view."""

from typing import Any

import pytest

from app.cases import door
from app.errors import Forbidden
from tests.branch import AUDITOR, PANEL, SECRETARY, Branch
from tests.cases.by_code import records
from tests.shared_branch import embedded_branch

__all__ = ["embedded_branch"]
AUDIENCES = ("everyone", "handlers", "hidden")


@pytest.fixture(scope="module")
def noted(embedded_branch: Branch) -> str:
    """A referred case with a note of each audience by the handler and by a panel member."""
    reference = embedded_branch.at("referred")
    for who in (SECRETARY, PANEL[0]):
        for audience in AUDIENCES:
            embedded_branch.keep(who, reference, "notes", text=f"{who} {audience}", audience=audience)
    return reference


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        (SECRETARY, {(SECRETARY, one) for one in AUDIENCES} | {(PANEL[0], "everyone"), (PANEL[0], "handlers")}),
        (PANEL[0], {(PANEL[0], one) for one in AUDIENCES} | {(SECRETARY, "everyone")}),
        (PANEL[1], {(SECRETARY, "everyone"), (PANEL[0], "everyone")}),
    ],
)
def test_who_reads_which_note(embedded_branch: Branch, noted: str, who: str, reads: set[tuple[str, str]]) -> None:
    found = {note["text"] for note in records(embedded_branch, who, noted, "notes")}
    assert found == {f"{author} {audience}" for author, audience in reads}


def test_an_auditor_sees_that_there_are_notes_and_for_whom_but_no_word(embedded_branch: Branch, noted: str) -> None:
    notes = records(embedded_branch, AUDITOR, noted, "notes")
    assert sorted(note["audience"] for note in notes) == sorted(2 * AUDIENCES)
    assert all("text" not in note for note in notes)


def test_whoever_sees_only_the_card_keeps_no_note(embedded_branch: Branch) -> None:
    reference = embedded_branch.at("under_review")
    embedded_branch.keep(SECRETARY, reference, "panel", person=PANEL[2])
    note: dict[str, Any] = {"text": "x", "audience": "everyone"}
    with pytest.raises(Forbidden):
        door.add_record(embedded_branch.home, embedded_branch.viewer(PANEL[2]), reference, "notes", note, None, "api")


def test_the_form_says_that_no_note_is_hidden_from_a_request_for_access(embedded_branch: Branch, noted: str) -> None:
    kind = embedded_branch.home.workflows.default().records["notes"]
    assert kind.help == "No note is hidden from a request by someone to see what is held about them."
