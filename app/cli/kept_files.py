"""Files that somebody kept and names at the command line: read up to a bound, whatever they are."""

from collections.abc import Iterable
from pathlib import Path

from app.cli.asking import fail

LONGEST_TEXT = 1024 * 1024


def content_of(file: Path, most: int) -> bytes:
    """Its bytes; one more than `most` where there are more. OSError."""
    with file.open("rb") as stream:
        return stream.read(most + 1)


def text_of(file: Path) -> str:
    """The text of a file that holds keys or the like, in whatever coding an editor saved it. OSError."""
    from app.evidence.mail_words import as_text

    content = content_of(file, LONGEST_TEXT)
    if len(content) > LONGEST_TEXT:
        fail(f"{file} is too large to be what was asked for.")
    return as_text(content, "").replace("\r\n", "\n")


def checkpoints_in(files: Iterable[Path] | None) -> list[tuple[str, str]]:
    """Every checkpoint in these mails or notes, each with what to call it. A file without one ends the command."""
    from app.audit.checkpoints import read_own
    from app.oversight.saved_notes import LARGEST, NONE, notes_in

    found = []
    for file in files or ():
        notes = notes_in(content_of(file, LARGEST))
        if not notes:
            fail(f"{file}: {NONE}")
        sizes = [f" ({read_own(note).size:,} entries)" if len(notes) > 1 else "" for note in notes]
        found += [(f"the checkpoint in {file}{size}", note) for size, note in zip(sizes, notes, strict=True)]
    return found
