"""What tests ask about the letters of a case: through the door, as its officer."""

from datetime import timedelta
from typing import Any

from app import clock, worker
from app.cases import letter_door
from app.cases.letter_door import Opened
from app.letters import book
from app.oversight.checking import check
from tests.branch import SECRETARY, Branch

REPORTER = {"name": "Unmistakable Reporter", "email": "reporter@example.net", "phone": "01632 960111"}
MEMBER = {"name": "Ward organiser (example)", "email": "member@example.net", "address": "2 Example Lane\nExampleton"}


def letters(branch: Branch, reference: str) -> list[dict[str, Any]]:
    """Every letter of a case with its words, oldest first."""
    viewer = branch.viewer(branch.handler(reference))
    items = letter_door.list_letters(branch.home, viewer, reference, "api")["items"]
    return [letter_door.open_letter(branch.home, viewer, reference, item["id"], "api") for item in items]


def named(branch: Branch, reference: str, name: str) -> dict[str, Any]:
    """The newest letter of a name."""
    return [one for one in letters(branch, reference) if one["letter"] == name][-1]


def do(branch: Branch, reference: str, letter_id: str, act: str, by: str = SECRETARY, **given: str) -> dict[str, Any]:
    """One act with a letter."""
    return letter_door.change_letter(branch.home, branch.viewer(by), reference, letter_id, act, given, "api")


def write(branch: Branch, reference: str, name: str) -> str:
    """A letter by hand; its id."""
    viewer = branch.viewer(branch.handler(reference))
    return str(letter_door.write_letter(branch.home, viewer, reference, name, "api")["id"])


def drawn(_session: Any, _desk: Any, opened: Opened) -> bytes:
    """As it would be printed, were its words finished."""
    return book.on_paper(opened.wording).content


def tick(branch: Branch, minutes: float = 16) -> None:
    """Letters that are due so many minutes from now go out; no other mail does."""
    worker.send_letters(branch.home, clock.now() + timedelta(minutes=minutes), lambda: True)


def sound(branch: Branch) -> bool:
    """Whether a check of the whole record finds nothing."""
    with branch.home.db.read() as session:
        return check(branch.home, session) == []


def safe(branch: Branch, reference: str) -> None:
    """The officer declares and answers the questions of safety: from then on the reply is prepared."""
    by = branch.handler(reference)
    branch.keep(by, reference, "conflict-declarations", answer="none")
    branch.keep(by, reference, "risks", threat="no", child="no", vulnerable="no")
