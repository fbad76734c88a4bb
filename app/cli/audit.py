"""casetrail audit: checking the whole record, and copies of it."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import tile_copies, witnesses
from app.cli.asking import FAILED, VIA, Json, Whoever, answering, auditor_of, fail, officer_of, opened, show
from app.cli.kept_files import checkpoints_in
from app.cli.saving import new_file
from app.errors import plain

if TYPE_CHECKING:
    from app.audit.cosignatures import Cosignature
    from app.audit.sources import Fault

    Saved = Sequence[tuple[str, str]]
    Checked = tuple[Sequence[Fault], Sequence[tuple[str, Cosignature]]]

commands = typer.Typer(name="audit", help="The trail: check it, save a copy.", no_args_is_help=True)
STANDARD_OUTPUT, TILES = "-", "tiles"


@commands.command()
@answering
def verify(
    checkpoint: Annotated[
        list[Path] | None, typer.Option("--checkpoint", help="A checkpoint you kept: the log must continue it.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--export", metavar="DIR", help="Check a copy in tiles: no database, no other key.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="With --export: the log's public keys, from somewhere you trust.")
    ] = None,
    witness_keys: Annotated[
        Path | None, typer.Option("--witnesses", help="With --export: public keys of witnesses, one a line.")
    ] = None,
    since: Annotated[
        Path | None, typer.Option("--since", help="Check only what came after this checkpoint: quick, not the whole.")
    ] = None,
    email: Whoever = None,
    as_json: Json = False,
) -> None:
    """Recomputes everything and names each fault; 0 sound, 1 not. That it was checked goes on the trail."""
    if since is not None and (checkpoint or folder is not None):
        raise typer.BadParameter("it is a check of its own: leave --checkpoint and --export away", param_hint="--since")
    saved, news = checkpoints_in(checkpoint), checkpoints_in([since] if since is not None else None)
    if len(news) > 1:
        raise typer.BadParameter(f"there are {len(news)} checkpoints in {since}: give one", param_hint="--since")
    if folder is not None and email is not None:
        raise typer.BadParameter("a copy has no trail: leave --as away", param_hint="--export")
    if folder is not None:
        faults, signatures = tile_copies.faults_of(folder, key, saved, witness_keys)
    else:
        faults, signatures = _of_database(saved, next(iter(news), None), email)
    if as_json:
        told = [{"entry_id": f.entry_id, "message": str(f)} for f in faults]
        show({"sound": not faults, "faults": told, "signatures": witnesses.as_json(signatures)})
    else:
        _say(faults, signatures)
        sound = "What came after the checkpoint is sound." if since is not None else "The record is sound."
        typer.echo(sound if not faults else f"Faults: {len(faults)}")
    if faults:
        raise typer.Exit(FAILED)


def _say(faults: "Sequence[Fault]", signatures: "Sequence[tuple[str, Cosignature]]") -> None:
    for line in (*(f"{name}: {one}" for name, one in signatures if one.standing != "wrong"), *map(str, faults)):
        typer.echo(plain(line))


def _of_database(saved: "Saved", since: tuple[str, str] | None, email: str | None) -> "Checked":
    from app.audit.log import SYSTEM
    from app.oversight.checking import record_check

    # cursors that a broken database does not let be closed: what broke is said in one line anyway
    logging.getLogger("sqlalchemy.pool").addHandler(logging.NullHandler())
    with opened() as home:
        actor = officer_of(home, email, "check_record").actor() if email is not None else SYSTEM
        faults = record_check(home, actor=actor, via=VIA, saved=saved, since=since)
        return faults, witnesses.of_database(home, saved if since is None else [since])


@commands.command()
@answering
def checkpoint() -> None:
    """Prints the newest checkpoint of the log: keep a copy where this computer cannot change it."""
    from app.audit import log_tables

    with opened() as home:
        home.log.catch_up()
        with home.db.read() as session:
            newest = log_tables.newest_checkpoint(session)
    if newest is None:
        fail("Nothing is signed yet.")
    typer.echo(newest.note, nl=False)


@commands.command("change-key")
@answering
def change_key() -> None:
    """Makes a new key for the log; the next checkpoint is signed by both, then by the new one alone."""
    from app.audit.log import SYSTEM

    with opened() as home:
        typer.echo(str(home.log.change_key(actor=SYSTEM, via=VIA)))
    typer.echo("Copy the key folder again: the new key is in no copy of it yet.", err=True)
    typer.echo("Give this public key to whoever has the old one: auditors, witnesses, the minutes.", err=True)


@commands.command()
@answering
def export(
    shape: Annotated[str, typer.Option("--format", help="jsonl, csv, xes, ocel or tiles")],
    out: Annotated[str, typer.Option("--out", metavar="PATH", help="A new file, for tiles a folder; - prints.")],
    case: Annotated[str | None, typer.Option("--case", metavar="REF", help="Only one case.")] = None,
    email: Whoever = None,
) -> None:
    """Saves a copy of the trail. That it was saved, and what, goes on the trail first."""
    from app.audit.log import SYSTEM
    from app.oversight.exporting import FORMATS, export_lines, export_tiles

    if shape not in (*FORMATS, TILES):
        raise typer.BadParameter(f"choose one of {', '.join((*FORMATS, TILES))}", param_hint="--format")
    if shape == TILES and (case is not None or out == STANDARD_OUTPUT):
        raise typer.BadParameter("tiles are the whole log, in a new folder", param_hint="--format")
    with opened() as home:
        actor = auditor_of(home, email).actor() if email is not None else SYSTEM
        if shape == TILES:
            typer.echo(f"saved: {export_tiles(home, Path(out), actor=actor, via=VIA)} entries in {out}")
            return
        if out == STANDARD_OUTPUT:
            for line in export_lines(home, shape, case=case, actor=actor, via=VIA):
                typer.echo(line, nl=False)
            return
        with new_file(Path(out)) as file:  # before the entry: a name that is taken is no copy
            count = 0
            for line in export_lines(home, shape, case=case, actor=actor, via=VIA):
                file.write(line.encode())
                count += 1
        typer.echo(f"saved: {count} lines in {out}")
