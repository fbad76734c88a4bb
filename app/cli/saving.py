"""A file of a case on its way out to disk, by whatever command it was opened."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.evidence.queries import Opening

Copy = Annotated[str, typer.Option("--copy", help="original, or view for a picture without hidden data.")]
Out = Annotated[Path, typer.Option("--out", metavar="PATH", help="Where to; nothing there is overwritten.")]


def refuse_copy(copy: str) -> None:
    """Wrong usage (2) where there is no such copy of anything."""
    from app.cases.files import PURPOSES

    if copy not in PURPOSES:
        raise typer.BadParameter(f"choose one of {', '.join(PURPOSES)}", param_hint="--copy")


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file for this account only, whole or not there at all; nothing is overwritten. OSError."""
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        try:
            yield file
            file.flush()
        except BaseException:
            path.unlink()
            raise


def save_file(found: "Opening", out: Path) -> None:
    """Writes what was opened. OSError."""
    with new_file(out) as written:
        for piece in found.read():
            written.write(piece)
    typer.echo(f"saved: {out}")
