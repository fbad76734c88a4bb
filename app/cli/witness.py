"""casetrail audit witness: runs on somebody else's computer, without this product's database or keys."""

import urllib.error
import urllib.request
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import answering, fail

if TYPE_CHECKING:
    from app.audit.notes import Signer, Verifier
    from app.audit.tree import Read

commands = typer.Typer()
LONGEST_ANSWER, PATIENCE = 1024 * 1024, 30


@commands.command()
@answering
def witness(
    log: Annotated[str, typer.Argument(help="Where the log is: https://host/log, or the folder of an export.")],
    key: Annotated[Path, typer.Option("--key", help="The witness's own key; made where there is none.")],
    state: Annotated[Path, typer.Option("--state", help="What this witness saw last; made the first time.")],
    log_key: Annotated[Path, typer.Option("--log-key", help="A file with the log's public keys, one a line.")],
    name: Annotated[str, typer.Option("--name", help="The name of a new witness key.")] = "",
) -> None:
    """Sees that the log only grew since last time, signs that, and prints the checkpoint with the new signature."""
    from app import clock, private_files
    from app.audit.notes import COSIGNATURE, NoteWrong
    from app.audit.witness import witnessed

    signer, keys = _signer(key, name), _verifiers(log_key)
    seen = state.read_text("utf-8") if state.exists() else None
    try:
        note = _fetch(log, "checkpoint").decode("utf-8")
        signed = witnessed(note, seen, keys, _tiles(log, note, keys), signer, int(clock.now().timestamp()))
    except (NoteWrong, UnicodeDecodeError) as wrong:
        fail(f"Not signed: {wrong}")
    private_files.replace(state, signed.encode())
    typer.echo(signed, nl=False)
    typer.echo(f"The key of this witness: {signer.verifier(COSIGNATURE)}", err=True)


def _signer(file: Path, name: str) -> "Signer":
    from app import private_files
    from app.audit.notes import NoteWrong, Signer

    try:
        if not file.exists():
            if not name:
                raise typer.BadParameter("name the new key, such as witness.example/one", param_hint="--name")
            private_files.make_once(file, f"{Signer.make(name).text}\n".encode())
        private_files.refuse_if_open_to_others(file)
        return Signer.read(file.read_text("utf-8"))
    except NoteWrong as wrong:
        fail(str(wrong))


def _verifiers(file: Path) -> "list[Verifier]":
    from app.audit.notes import NoteWrong, read_verifier

    try:
        return [read_verifier(line) for line in file.read_text("utf-8").split()]
    except NoteWrong as wrong:
        fail(str(wrong))


def _tiles(log: str, note: str, keys: "list[Verifier]") -> "Read":
    from app.audit.checkpoints import read_note
    from app.audit.tiles import hashes_in, tile_at

    size = read_note(note, keys).checkpoint.size
    return cache(lambda level, number: hashes_in(_fetch(log, f"tile/{tile_at(level, number, size)}")))


def _fetch(log: str, path: str) -> bytes:
    if not log.startswith(("http://", "https://")):
        return (Path(log) / path).read_bytes()
    try:
        with urllib.request.urlopen(f"{log.rstrip('/')}/{path}", timeout=PATIENCE) as answer:  # noqa: S310 (http only)
            content: bytes = answer.read(LONGEST_ANSWER)
            return content
    except urllib.error.URLError as wrong:
        fail(f"{log} does not answer with {path}: {wrong.reason}")
