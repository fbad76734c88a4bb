"""The `casetrail` command. Its parts import what they need only when they run, so that --help is quick."""

import sys

import typer

from app.cli import (
    audit,
    books,
    branch,
    case_mail,
    cases,
    dates,
    due_updates,
    integrity,
    keeping,
    letters,
    oversight,
    receipts,
    remarks,
    running,
    set_aside,
    tokens,
    users,
    witness,
    witnesses,
    workflows,
)

WRONG_USAGE = 2
cli = typer.Typer(
    name="casetrail",
    help="Case management for reports under a branch's social-media guidance, with a trail an outsider can check.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for part in (running, branch, dates, keeping):
    cli.registered_commands += part.commands.registered_commands
for part in (integrity, books, oversight, receipts, remarks, witness, witnesses):
    audit.commands.registered_commands += part.commands.registered_commands
for part in (due_updates, case_mail):
    cases.commands.registered_commands += part.commands.registered_commands
for part in (cases, letters, users, tokens, workflows, audit, set_aside):
    cli.add_typer(part.commands)
cli.add_typer(branch.keys)
cli.add_typer(dates.closure)


def main() -> None:
    """Runs the command line and ends the process: 0 done, 1 failed or refused, 2 wrong usage (one line says why)."""
    try:
        code = cli(standalone_mode=False)
    except Exception as wrong:
        say_what = getattr(wrong, "format_message", None)
        if say_what is None:
            raise
        said = say_what()
        help_wanted = said.startswith("Usage:")  # a group without a command: its whole help, as it is laid out
        typer.echo(said if help_wanted else f"casetrail: {' '.join(said.split())}", err=True)
        sys.exit(getattr(wrong, "exit_code", WRONG_USAGE))
    sys.exit(code if isinstance(code, int) else 0)
