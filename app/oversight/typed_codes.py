"""What somebody typed of an earlier checkpoint, on a page, for a program or at the command line, compared with the log.

The boxes are alike everywhere: a whole checkpoint, or a number of entries with the code beside it in the minutes.
"""

from collections.abc import Mapping

from app.errors import FieldError, Invalid
from app.installation import Installation
from app.oversight import soundness
from app.oversight.comparing import Compared, figures
from app.people.queries import Viewer

NOTE, SIZE, CODE, AGAIN = "note", "size", "code", "again"
BOX = (NOTE, SIZE, CODE)
NO_SIZE = "Write the number of entries in figures, as it stands in the minutes."
LONGEST_SIZE = 15


def compare(home: Installation, viewer: Viewer, typed: Mapping[str, str], *, via: str, again: str = "") -> Compared:
    """Whether the present record contains what was typed, written down; a `note` counts before size and code. Invalid.

    `again` is what `told` said of a code that did not fit: with it, it is no slip of the pen.
    """
    if typed[NOTE]:
        return soundness.compare_note(home, viewer, typed[NOTE], via=via)
    size = figures(typed[SIZE])
    if not (size.isascii() and size.isdigit() and len(size) <= LONGEST_SIZE and int(size)):
        raise Invalid([FieldError(SIZE, NO_SIZE)])
    same_again = again == told(typed)
    return soundness.compare_code(home, viewer, int(size), typed[CODE], via=via, again=same_again)


def told(typed: Mapping[str, str]) -> str:
    """What was typed as one line: the same twice is no slip of the pen."""
    return f"{typed[SIZE]} {typed[CODE]}"
