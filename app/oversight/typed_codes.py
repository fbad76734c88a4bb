"""What somebody typed of an earlier checkpoint, on a page, for a program or at the command line, compared with the log.

The boxes are alike everywhere: a whole checkpoint, or a number of entries with the code beside it in the minutes.
"""

from collections.abc import Mapping

from app.errors import FieldError, Invalid
from app.installation import Installation
from app.oversight import soundness
from app.oversight.comparing import Compared, figures
from app.oversight.saved_notes import LARGEST
from app.people.queries import Viewer
from app.workflow.definition import Field

NOTE, SIZE, CODE, AGAIN = "note", "size", "code", "again"
BOX = (NOTE, SIZE, CODE)
NO_SIZE = "Write the number of entries in figures, as it stands in the minutes."
ONE_OF_BOTH = "Give either a whole checkpoint, or a number of entries with the code beside it."
LONGEST_SIZE = 15
QUESTIONS = (
    Field(NOTE, "text", "A whole checkpoint, or the mail it came in", max_length=LARGEST),
    Field(SIZE, "line", "Number of entries", max_length=40),
    Field(CODE, "line", "The code beside it", max_length=200),
    Field(AGAIN, "line", "What the answer said of a code that did not fit", max_length=300),
)
"""The boxes as programs and the command line fill them."""


def compare(home: Installation, viewer: Viewer, typed: Mapping[str, str], *, via: str, again: str = "") -> Compared:
    """Whether the present record contains what was typed, written down. Invalid, also where it is both.

    `again` is what `told` said of a code that did not fit: with it, it is no slip of the pen.
    """
    if typed[NOTE] and (typed[SIZE] or typed[CODE]):
        raise Invalid([FieldError(NOTE, ONE_OF_BOTH)])
    if typed[NOTE]:
        return soundness.compare_note(home, viewer, typed[NOTE], via=via)
    size = "" if typed[SIZE].startswith("-") else figures(typed[SIZE])
    if not (size.isascii() and size.isdigit() and len(size) <= LONGEST_SIZE and int(size)):
        raise Invalid([FieldError(SIZE, NO_SIZE)])
    same_again = again == told(typed)
    return soundness.compare_code(home, viewer, int(size), typed[CODE], via=via, again=same_again)


def told(typed: Mapping[str, str]) -> str:
    """What was typed as one line: the same twice is no slip of the pen."""
    return f"{typed[SIZE]} {typed[CODE]}"


def boxes(answers: Mapping[str, str]) -> dict[str, str]:
    """The boxes for `compare`, as a program fills them. Invalid where nothing stands in them."""
    typed = {name: answers.get(name, "").strip() for name in BOX}
    if not any(typed.values()):
        raise Invalid([FieldError(NOTE, ONE_OF_BOTH)])
    return typed
