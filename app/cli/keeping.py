"""casetrail backup and restore: one file with everything but the keys; and the roles of a PostgreSQL server."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import FAILED, VIA, Whoever, actor_of, answering, opened, viewer_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.installation import Installation
    from app.oversight.loss import Loss
    from app.settings import Settings

commands = typer.Typer()
Saved = Annotated[
    list[Path] | None, typer.Option("--checkpoint", help="A checkpoint that somebody kept; may be given several times.")
]
Receipts = Annotated[
    Path | None, typer.Option("--receipts", help="A folder of receipts: those that lost their report.")
]
Officers = Annotated[list[str] | None, typer.Option("--officer", metavar="EMAIL", help="Who declares the loss: two.")]


@commands.command()
@answering
def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")], email: Whoever = None) -> None:
    """Copies database and files, without the keys, into one file while everybody works on; 1: a file is missing."""
    from app.oversight.backup import back_up
    from app.serving import holding
    from app.settings import load_settings
    from app.tables import METADATA

    with holding(load_settings().data_dir), opened() as home:
        manifest = back_up(home, file, METADATA.sorted_tables, actor=actor_of(home, email), via=VIA)
    rows = sum(table.rows for table in manifest.tables)
    typer.echo(
        f"saved: {rows} rows and {manifest.files} files in {file}. The keys are not in it: keep a copy elsewhere."
    )
    for name in manifest.missing:
        typer.echo(f"missing: file {name} is not where it should be", err=True)
    if manifest.missing:
        raise typer.Exit(FAILED)


@commands.command()
@answering
def restore(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Left out, --declare-loss is about the present database.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="What is in the database now goes.")] = False,
    declare_loss: Annotated[bool, typer.Option("--declare-loss", help="Entries are lost: begin a new log.")] = False,
    officer: Officers = None,
    checkpoint: Saved = None,
    receipts: Receipts = None,
) -> None:
    """Puts a backup back and checks it; 0 where the record is whole. The server must be stopped."""
    if file is None and not declare_loss:
        raise typer.BadParameter("name the file of the backup", param_hint="FILE")
    from app.serving import alone
    from app.settings import load_settings

    if declare_loss:
        from app.oversight.loss import refuse_unless_two

        refuse_unless_two([one.casefold() for one in officer or ()])  # before anything is put back
    saved = [(str(path), path.read_text("utf-8", "replace")) for path in checkpoint or ()]
    settings = load_settings()
    with alone(settings.data_dir):
        sound = True if file is None else _put_back(settings, file, saved, replace=replace, declare_loss=declare_loss)
        if declare_loss:
            with opened() as home:
                _declare(home, officer or [], [note for _, note in saved], receipts)
    if not sound and not declare_loss:
        raise typer.Exit(FAILED)


@commands.command("database-roles")
@answering
def database_roles(
    login: Annotated[str, typer.Option(help="The application's own login.")] = "casetrail",
    migrator: Annotated[str, typer.Option(help="The login of CASETRAIL_MIGRATE_DATABASE_URL.")] = "casetrail_migrate",
    owner: Annotated[str, typer.Option(help="Who owns the tables; nobody signs in as it.")] = "casetrail_owner",
) -> None:
    """Prints SQL that makes the roles on a PostgreSQL server; casetrail migrate then gives the login its rights."""
    from app.rights import roles

    for statement in roles(owner, migrator, login):
        typer.echo(statement)


def _put_back(
    settings: "Settings", file: Path, saved: "Sequence[tuple[str, str]]", *, replace: bool, declare_loss: bool
) -> bool:
    from app.oversight import archive, restoring

    with archive.opened(file) as backup_file:
        copy = restoring.put_back(settings, backup_file, replace=replace)
        if copy is not None:
            typer.echo(f"A copy of the database as it was: {copy}")
        with opened(restoring=True) as home:
            found = restoring.after_restore(home, backup_file, saved, via=VIA)
    made_at = backup_file.manifest.made_at
    typer.echo(f"Restored: the backup of {made_at}.")
    typer.echo(f"Accounts and offices are those of {made_at}: end again what was ended since.")
    typer.echo(f"Withdrawn: tokens of programs {found.tokens}, addresses of calendars {found.calendars}.")
    if found.mails_waiting:
        typer.echo(f"Mails that wait to go out: {found.mails_waiting}. Some may have gone after the backup was made.")
    for fault in found.faults:
        typer.echo(fault)
    if found.refused is not None and not declare_loss:
        from app.audit.log_state import REFUSAL_WORDS

        typer.echo(f"The log is not signed on: {REFUSAL_WORDS[found.refused]}. Look for a newer backup first.")
        typer.echo(
            "If there is none, two officers declare the loss: casetrail restore --declare-loss --officer EMAIL ..."
        )
    sound = not found.faults and found.refused is None
    typer.echo("The record is sound." if sound else "The record is not whole.")
    return sound


def _declare(home: "Installation", officers: "Sequence[str]", notes: "Sequence[str]", receipts: Path | None) -> None:
    from app.oversight import loss

    viewers = [viewer_of(home, email) for email in officers]
    declared: Loss = loss.declare(home, viewers, notes, receipts, via=VIA)
    typer.echo(f"Declared: the old log had {declared.known} entries as far as is known, {declared.present} are here.")
    typer.echo(
        f"The new log is {declared.origin}. Mail to the auditors waits in the outbox. Copy the key folder again."
    )
    for name in declared.receipts_missing:
        typer.echo(f"missing: {name}")
