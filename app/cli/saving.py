"""A file of a case on its way out to disk, by whatever command it was opened."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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


def save_file(found: "Opening", out: Path) -> None:
    """Writes it for this account only, whole or not at all. FileExistsError."""
    with out.open("xb") as written:
        out.chmod(0o600)
        try:
            for piece in found.read():
                written.write(piece)
        except BaseException:
            out.unlink()
            raise
    typer.echo(f"saved: {out}")
