"""casetrail doctor and keys: is this installation fit to work with?"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import FAILED, VIA, Json, answering, fail, opened, show

if TYPE_CHECKING:
    from sqlmodel import Session

    from app.installation import Installation

commands = typer.Typer()
keys = typer.Typer(name="keys", help="The key folder.", no_args_is_help=True)
GOOD, WARNING, FAULT = "good", "warning", "fault"
Finding = tuple[str, str]


@commands.command()
@answering
def doctor(as_json: Json = False) -> None:
    """Looks at settings, database, keys, procedures and offices; 1 where something is broken, 0 with mere warnings."""
    with opened() as home, home.db.read() as session:
        found = list(_findings(home, session))
    if as_json:
        show({"items": [{"level": level, "message": message} for level, message in found]})
    else:
        for level, message in found:
            typer.echo(f"{level}: {message}")
    if any(level == FAULT for level, _ in found):
        raise typer.Exit(FAILED)


@commands.command()
@answering
def mode(
    wanted: Annotated[str | None, typer.Argument(metavar="[desk|server]", help="Without it the mode is shown.")] = None,
) -> None:
    """Shows the mode, or changes it: a branch that began on one computer (desk) becomes a server, or goes back."""
    from app.audit.log import SYSTEM
    from app.installation import remembered
    from app.setup import branch_of, change_mode

    with opened(any_mode=True) as home, home.db.write() as session:
        if wanted is None:
            typer.echo(remembered(session).get("mode") or branch_of(session, home.settings).mode)
            return
        change_mode(session, wanted, actor=SYSTEM, via=VIA)
    if wanted == "server":
        typer.echo(
            "This branch is a server now. Start it with CASETRAIL_MODE=server and CASETRAIL_BASE_URL=https://..."
        )
    else:
        typer.echo("This branch is on one computer now. Start it without CASETRAIL_MODE, or with CASETRAIL_MODE=desk.")


@keys.command("copied")
@answering
def copied(
    folder: Annotated[Path | None, typer.Option("--compare", help="Where the copy is, to compare it first.")] = None,
) -> None:
    """Confirms that a copy of the key folder is kept elsewhere: without one everything is lost with this computer."""
    from app.audit.log import SYSTEM
    from app.setup import confirm_keys_copied

    with opened() as home:
        own = home.vault.folder.key_file
        if folder is not None and (folder / own.name).read_bytes() != own.read_bytes():
            fail(f"The copy in {folder} is not the key of this installation")
        with home.db.write() as session:
            confirm_keys_copied(session, actor=SYSTEM, via=VIA)
    typer.echo("Confirmed: a copy of the keys is kept elsewhere.")


def _findings(home: "Installation", session: "Session") -> Iterator[Finding]:
    from app.setup import branch_of

    branch = branch_of(session, home.settings)
    yield GOOD, f"Database ({home.db.dialect}), keys and {len(home.workflows.all())} procedure(s) open"
    yield GOOD, f"Mode {branch.mode}"
    if branch.keys_copied:
        yield GOOD, "A copy of the keys is kept elsewhere"
    else:
        level = FAULT if branch.mode == "server" else WARNING
        yield level, f"Copy {home.settings.keys_dir} to another place, then run: casetrail keys copied"
    if branch.is_new:
        yield WARNING, "Nobody has an account yet: open the set-up link that casetrail serve prints"
        return
    if not branch.contact or not branch.contact_about_secretary:
        yield WARNING, "Say how to reach the branch, and someone else about the secretary, without this website"
    yield from _offices(home, session)


def _offices(home: "Installation", session: "Session") -> Iterator[Finding]:
    from sqlmodel import col, func, select

    from app import clock
    from app.cases.models import Case
    from app.people import queries

    acting = queries.acting(session, home.vault, clock.today())
    wanted = {
        "secretary": "No secretary: the deputy or stand-in gets every case",
        "deputy": "No deputy: nobody takes reports about the secretary but the stand-in",
        "stand_in": "No stand-in: nobody takes what secretary and deputy may not",
        "auditor": "No auditor: nobody checks the record",
        "administrator": "No administrator: accounts change by command line only",
    }
    for role, message in wanted.items():
        if not acting[role]:
            yield WARNING, message
    lonely = select(func.count()).where(col(Case.handler_id).is_(None), col(Case.final).is_(False))
    if count := session.exec(lonely).one():
        yield FAULT, f"Cases that nobody looks after: {count}"
