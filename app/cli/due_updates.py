"""casetrail case update-due: one message to everyone who waits to hear from an officer."""

from collections.abc import Sequence
from typing import Annotated

import typer

from app.cli.asking import FAILED, VIA, As, Json, answering, opened, show, table, viewer_of

commands = typer.Typer()


@commands.command("update-due")
@answering
def update_due(
    email: As,
    text: Annotated[
        str | None, typer.Option("--text", help="What they all get: no fact of any case. Without it they are listed.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Writes one message to everyone who waits to hear from this officer within a week; a repeat writes to nobody."""
    from app import clock
    from app.cases import updates
    from app.errors import Forbidden
    from app.people.policy import may
    from app.workflow.fields import read

    with opened() as home:
        viewer = viewer_of(home, email)
        if not may(viewer, "enter_report"):
            raise Forbidden("Only officers who look after reports write to those who wait.")
        with home.db.read() as session:
            found: Sequence[updates.DueUpdate | updates.Result] = updates.due_updates(session, home, viewer)
        if text is not None:
            words = read((updates.TEXT,), {"text": text}, today=clock.today())["text"]
            found = updates.update_due(home, viewer, words, VIA)
    if as_json:
        show({"items": [one.as_json() for one in found]})
    else:
        head = ["REFERENCE", "KIND", "BY"] if text is None else ["REFERENCE", "RESULT"]
        table([head, *([value or "written" for value in one.as_json().values()] for one in found)])
    if any(one.as_json().get("problem") for one in found):
        raise typer.Exit(FAILED)
