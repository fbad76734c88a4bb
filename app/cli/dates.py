"""casetrail digest and closure: what is due for one person, and the days on which the branch is closed."""

import typer

from app.cli.asking import VIA, As, Inputs, Json, answering, opened, pairs_of, show, table, viewer_of

commands = typer.Typer()
closure = typer.Typer(name="closure", help="Days on which the branch is closed.", no_args_is_help=True)


@commands.command()
@answering
def digest(
    email: As,
    as_json: Json = False,
) -> None:
    """Shows the mail about what is due that this person would get today; nothing is sent."""
    from app import clock
    from app.cases.digest import digest_of

    with opened() as home:
        viewer = viewer_of(home, email)
        with home.db.read() as session:
            found = digest_of(session, home, viewer, clock.today())
    if as_json:
        show({"subject": found.subject, "text": found.text} if found else None)
    else:
        typer.echo(f"Subject: {found.subject}\n\n{found.text}" if found else "Nothing is due.")


@closure.command("list")
@answering
def list_(as_json: Json = False) -> None:
    """Every day that was recorded, latest first."""
    from app.cases import closures

    with opened() as home, home.db.read() as session:
        rows = closures.closures(session, home)
    if as_json:
        show([{"day": row.day.isoformat(), "closed": row.closed, "why": row.why, "counts": row.counts} for row in rows])
        return
    lines = [[row.day.isoformat(), _then(row.closed), "yes" if row.counts else "no", row.why] for row in rows]
    table([["DAY", "THEN", "COUNTS", "WHY"], *lines])


@closure.command("record")
@answering
def record(
    email: As,
    inputs: Inputs = None,
    as_json: Json = False,
) -> None:
    """Records a day: --input day=2026-05-27 --input what=closed (or open) --input why=..., for administrators."""
    from app import clock
    from app.cases import closures
    from app.errors import Forbidden
    from app.people.policy import may
    from app.workflow.fields import from_form, read

    with opened() as home:
        viewer = viewer_of(home, email)
        if not may(viewer, "users"):
            raise Forbidden("Only administrators record closure days.")
        values = read(closures.QUESTIONS, from_form(closures.QUESTIONS, pairs_of(inputs)), today=clock.today())
        with home.db.write() as session:
            kept = closures.record(session, home, values, actor=viewer.actor(), via=VIA)
    if as_json:
        show({"id": kept.id, "day": kept.day.isoformat(), "closed": kept.closed})
    else:
        typer.echo(f"{kept.day.isoformat()}: {_then(kept.closed)}")


def _then(closed: bool) -> str:
    return "closed" if closed else "open after all"
