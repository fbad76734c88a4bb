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
LONGEST_ANSWER, PATIENCE, NOT_FOUND = 1024 * 1024, 30, 404


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
        keys = _followed(log, note, keys)
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


def _followed(log: str, note: str, keys: "list[Verifier]") -> "list[Verifier]":
    """The trusted keys and, where none of them signed, those that they, one after the other, named to follow them."""
    from app.audit.checkpoints import KeyUnknown, read_note
    from app.audit.key_changes import FOLDER, followed
    from app.audit.notes import read_verifier

    try:
        read_note(note, keys)
        return keys
    except KeyUnknown:
        there = [read_verifier(line) for line in _fetch(log, "key").decode("utf-8").split()]
    for fresh in (one for one in there if one not in keys):
        named = _fetch(log, f"{FOLDER}/{fresh.id.hex()}", missing=b"")
        keys = followed(keys, [named.decode("utf-8", "replace")])
    return keys


def _tiles(log: str, note: str, keys: "list[Verifier]") -> "Read":
    from app.audit.checkpoints import read_note
    from app.audit.tiles import hashes_in, tile_at

    size = read_note(note, keys).checkpoint.size
    return cache(lambda level, number: hashes_in(_fetch(log, f"tile/{tile_at(level, number, size)}")))


def _fetch(log: str, path: str, missing: bytes | None = None) -> bytes:
    """What the log has there; `missing` where it says that it has nothing."""
    if not log.startswith(("http://", "https://")):
        file = Path(log) / path
        return missing if missing is not None and not file.exists() else file.read_bytes()
    try:
        with urllib.request.urlopen(f"{log.rstrip('/')}/{path}", timeout=PATIENCE) as answer:  # noqa: S310 (http only)
            content: bytes = answer.read(LONGEST_ANSWER)
            return content
    except urllib.error.URLError as wrong:
        if missing is not None and isinstance(wrong, urllib.error.HTTPError) and wrong.code == NOT_FOUND:
            return missing
        fail(f"{log} does not answer with {path}: {wrong.reason}")
