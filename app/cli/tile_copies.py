"""A copy of the log in tiles, checked with nothing but its files: whatever lies in the folder may be hostile."""

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from app.cli import witnesses
from app.cli.asking import fail
from app.cli.kept_files import content_of, text_of
from app.errors import plain

if TYPE_CHECKING:
    from app.audit.cosignatures import Cosignature
    from app.audit.notes import Verifier
    from app.audit.sources import Fault

    Checked = tuple[Sequence[Fault], Sequence[tuple[str, Cosignature]]]

MOST = 1000
"""So many faults are told: a copy of which nearly all is gone says no more with a million."""
_OF_A_LOG = re.compile(r"(?:old/[0-9]+/)?(?:checkpoint|tile/(?P<tile>.+))")


def faults_of(folder: Path, key: Path | None, saved: Sequence[tuple[str, str]], witness_keys: Path | None) -> "Checked":
    """Every fault of a copy, and what the signatures of others under the checkpoints `saved` are worth. OSError."""
    from app.audit.cosignatures import cosignature_faults
    from app.audit.export_check import export_faults
    from app.audit.key_changes import FOLDER, followed
    from app.audit.notes import NoteWrong
    from app.audit.sources import Fault

    asked = set[str]()
    if not folder.is_dir():
        fail(f"{folder} is no folder with a copy in it.")

    def read(path: str) -> bytes | None:
        from app.audit.tiles import LARGEST_FILE

        asked.add(path)
        file = folder / path
        return content_of(file, LARGEST_FILE) if file.is_file() else None

    try:
        there = _keys((read("key") or b"").decode("utf-8", "replace"))
        keys = _keys(text_of(key)) if key is not None else there
        if key is None:
            _tell_own(folder, keys)
        notes = (read(f"{FOLDER}/{one.id.hex()}") or b"" for one in there)
        keys = followed(keys, (note.decode("utf-8", "replace") for note in notes))
        faults = list(islice(export_faults(read, keys, saved), MOST))
        signatures = witnesses.of_files(saved, keys, witness_keys)
    except NoteWrong as wrong:
        fail(str(wrong))
    if len(faults) == MOST:
        faults.append(Fault(None, "this copy", f"there may be more: the check ended after {MOST:,}"))
    elif not faults:
        faults = _strangers(folder, asked)
    wrong_ones = [fault for name, one in signatures for fault in cosignature_faults(name, [one])]
    return [*faults, *wrong_ones], signatures


def _keys(text: str) -> "list[Verifier]":
    from app.audit.notes import read_verifier

    return [read_verifier(line) for line in text.split()]


def _tell_own(folder: Path, keys: "Sequence[Verifier]") -> None:
    if not keys:
        fail(f"There is no public key in {folder}. Give one from somewhere you trust: --key FILE.")
    typer.echo(f"Checked with the key in the folder itself; compare it with one you have: {keys[-1]}", err=True)


def _strangers(folder: Path, asked: set[str]) -> "list[Fault]":
    """Files that stand where a log has its own, and that the log which was signed does not have."""
    from app.audit.sources import Fault
    from app.audit.tiles import Tile

    found = []
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        named = _OF_A_LOG.fullmatch(path)
        of_a_log = named is not None and (named["tile"] is None or Tile.read(named["tile"]) is not None)
        if of_a_log and path not in asked and not file.is_dir():
            found.append(Fault(None, plain(path), "this file is not of the log that was signed: it was put in"))
    return found[:MOST]
