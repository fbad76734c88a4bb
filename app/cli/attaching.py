"""A file named on the command line, on its way into a record: sealed as it is read, like one that comes by network."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from app.evidence.arrival import Arrived
    from app.installation import Installation
    from app.workflow.definition import Field

PIECE = 64 * 1024


@contextmanager
def attached(home: "Installation", path: Path | None, questions: "Sequence[Field]") -> Iterator["dict[str, Arrived]"]:
    """The file under the question it answers; nothing without a path. Wrong usage (2) where none asks for a file."""
    if path is None:
        yield {}
        return
    question = next((one.name for one in questions if one.type == "file"), None)
    if question is None:
        raise typer.BadParameter("this record has no question for a file", param_hint="--attach")
    arrived = arriving(home, path)
    try:
        yield {question: arrived}
    finally:
        arrived.discard()


def arriving(home: "Installation", path: Path) -> "Arrived":
    """The file, sealed, and found out what it is; whoever does not keep it calls `discard`. Unwanted, TooLarge."""
    from app.evidence.arrival import Arrival
    from app.evidence.looking import look_at
    from app.evidence.scanner import scan_of

    with path.open("rb") as file:
        arrival = Arrival(home.settings, path.name, scan=scan_of(home.settings))
        try:
            while piece := file.read(PIECE):
                arrival.write(piece)
        except OSError:
            arrival.abort()
            raise
        arrived = arrival.finish()
    look_at(home.settings, arrived)
    return arrived
