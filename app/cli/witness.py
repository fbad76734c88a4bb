"""casetrail audit witness: runs on somebody else's computer, without this product's database or keys."""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import answering, fail
from app.cli.kept_files import text_of

if TYPE_CHECKING:
    from app.audit.notes import Signer, Verifier
    from app.audit.tree import Read

commands = typer.Typer()
LONGEST_ANSWER, PATIENCE, MOST_NEW_KEYS = 1024 * 1024, 30.0, 20


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

    keys, signer, kept = _verifiers(log_key), _signer(key, name), _behind_links(state)
    private_files.make_folder(kept.parent)
    with private_files.one_at_a_time(kept.with_name(f"{kept.name}.lock")):  # two at once could sign two histories
        seen = _seen(kept)
        try:
            note = _text(log, "checkpoint")
            keys = _followed(log, [note] if seen is None else [note, seen], keys)
            signed = witnessed(note, seen, keys, _tiles(log, note, keys), signer, int(clock.now().timestamp()))
        except NoteWrong as wrong:
            fail(f"Not signed: {wrong}")
        private_files.replace(kept, signed.encode())
    typer.echo(signed, nl=False)
    if seen is None:
        typer.echo(f"This was the first look: nothing was seen before, and from now on {state} is compared.", err=True)
    typer.echo(f"The key of this witness: {signer.verifier(COSIGNATURE)}", err=True)


def _signer(file: Path, name: str) -> "Signer":
    from app import private_files
    from app.audit.cosignatures import LONGEST_NAME
    from app.audit.notes import NoteWrong, Signer

    try:
        if not file.exists():
            if not name:
                raise typer.BadParameter("name the new key, such as witness.example/one", param_hint="--name")
            if len(name) > LONGEST_NAME:
                raise typer.BadParameter(f"a branch takes names of {LONGEST_NAME} characters", param_hint="--name")
            private_files.make_once(file, f"{Signer.make(name).text}\n".encode())
            typer.echo(f"A new key was made: {file}. The branch does not know it yet.", err=True)
        private_files.refuse_if_open_to_others(file)
        return Signer.read(text_of(file))
    except NoteWrong as wrong:
        fail(f"{file}: {wrong}")


def _verifiers(file: Path) -> "list[Verifier]":
    from app.audit.notes import NoteWrong, read_verifier

    try:
        keys = [read_verifier(line) for line in text_of(file).split()]
    except NoteWrong as wrong:
        fail(f"{file}: {wrong}")
    return keys or fail(f"{file} holds no key: get the log's public key from the branch.")


def _behind_links(state: Path) -> Path:
    """The file itself: a link that leads nowhere, as to a stick that is not there, is no first look."""
    if state.is_symlink() and not state.exists():
        fail(f"{state} leads nowhere: what was seen last is not there.")
    return Path(os.path.realpath(state))


def _seen(file: Path) -> str | None:
    """What was kept of the last look; None where there was none. OSError where it is out of reach."""
    try:
        return text_of(file)
    except FileNotFoundError:
        return None


def _followed(log: str, notes: "list[str]", keys: "list[Verifier]") -> "list[Verifier]":
    """The trusted keys and, where none of them signed a note, those that they, one after the other, named to follow."""
    from app.audit.checkpoints import KeyUnknown, read_note
    from app.audit.key_changes import FOLDER, followed
    from app.audit.notes import NoteWrong, read_verifier

    try:
        for note in notes:
            read_note(note, keys)
    except KeyUnknown:
        there = [read_verifier(line) for line in _text(log, "key", missing=b"").split()]
        fresh = [one for one in there if one not in keys]
        if len(fresh) > MOST_NEW_KEYS:
            raise NoteWrong("The log names too many new keys: bring your file of its keys up to date.") from None
        for one in fresh:
            keys = followed(keys, [_text(log, f"{FOLDER}/{one.id.hex()}", missing=b"")])
    except NoteWrong:
        pass  # whoever reads it says what is wrong with it
    return keys


def _tiles(log: str, note: str, keys: "list[Verifier]") -> "Read":
    from app.audit.checkpoints import read_note
    from app.audit.tiles import hashes_in, tile_at

    size = read_note(note, keys).checkpoint.size
    return cache(lambda level, number: hashes_in(_fetch(log, f"tile/{tile_at(level, number, size)}")))


def _text(log: str, path: str, missing: bytes | None = None) -> str:
    return _fetch(log, path, missing).decode("utf-8", "replace")


def _fetch(log: str, path: str, missing: bytes | None = None) -> bytes:
    """What the log has there; `missing` where it says that it has nothing."""
    from app.outgoing import ANSWERED, NOT_TRUSTED, TIMED_OUT, TOO_LARGE, Unanswered, answer_of

    if not log.lower().startswith(("http://", "https://")):
        return _in_folder(Path(log) / path, missing)
    try:
        return answer_of(f"{log.rstrip('/')}/{path}", seconds=PATIENCE, most=LONGEST_ANSWER)
    except Unanswered as wrong:
        status = wrong.why.removeprefix(ANSWERED)
        if missing is not None and status == "404":
            return missing
        if status.startswith("3"):
            fail(f"{log} sends on to another address ({status} to {path}): name that address, if it is the log's.")
        said = {TIMED_OUT: "does not answer in time with", TOO_LARGE: "answers too much for"}
        said |= {NOT_TRUSTED: "is not trusted (its certificate does not fit): not asked for"}
        answered = wrong.why.startswith(ANSWERED)
        fail(f"{log} {f'answers {status} to' if answered else said.get(wrong.why, 'cannot be reached for')} {path}")


def _in_folder(file: Path, missing: bytes | None) -> bytes:
    if missing is not None and not file.exists():
        return missing
    with file.open("rb") as stream:
        return stream.read(LONGEST_ANSWER)
