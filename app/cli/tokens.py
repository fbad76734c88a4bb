"""casetrail token: keys for programs. The secret is printed once, the last word of its line."""

from typing import Annotated

import typer

from app.cli.asking import VIA, Json, answering, opened, show, table
from app.cli.users import Email, person_of

commands = typer.Typer(name="token", help="API tokens: each acts as its person.", no_args_is_help=True)


@commands.command()
@answering
def add(email: Email, label: Annotated[str, typer.Option(help="What the token is for.")] = "command line") -> None:
    """Makes a token and prints it, the only time it is seen."""
    from app.audit.log import SYSTEM
    from app.people import actions

    with opened() as home, home.db.write() as session:
        person = person_of(session, home, email)
        secret = actions.issue_token(session, home.vault, person.id, label, actor=SYSTEM, via=VIA)
    typer.echo(f"keep it safe, it is not shown again: {secret}")


@commands.command("list")
@answering
def list_(email: Email, as_json: Json = False) -> None:
    """The tokens of a person, without their secrets."""
    from app.people.tokens import tokens

    with opened() as home, home.db.read() as session:
        found = tokens(session, home.vault, person_of(session, home, email).id)
    if as_json:
        show({"items": [vars(row) for row in found]})
        return
    rows = [["ID", "FOR", "MADE", "LAST USED", "WITHDRAWN"]]
    for row in found:
        times = [
            f"{moment:%Y-%m-%d %H:%M}" if moment else "-"
            for moment in (row.created_at, row.last_used_at, row.revoked_at)
        ]
        rows.append([row.id, row.label, *times])
    table(rows)


@commands.command()
@answering
def revoke(
    email: Email,
    token_id: Annotated[
        str | None, typer.Option("--id", help="Which one; without it every token of this person.")
    ] = None,
) -> None:
    """Stops a token of a person, or all of them."""
    from app.audit.log import SYSTEM
    from app.people import actions
    from app.people.tokens import tokens

    with opened() as home, home.db.write() as session:
        person = person_of(session, home, email)
        going = (
            [token_id] if token_id else [t.id for t in tokens(session, home.vault, person.id) if t.revoked_at is None]
        )
        for one in going:
            actions.revoke_token(session, one, actor=SYSTEM, via=VIA, person_id=person.id)
    typer.echo(f"withdrawn: {len(going)}")
