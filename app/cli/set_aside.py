"""casetrail set-aside: messages that reached the branch and are no report."""

import typer

from app.cli.asking import VIA, As, Inputs, Json, answering, opened, pairs_of, show, table, viewer_of

commands = typer.Typer(name="set-aside", help="Messages that are no report.", no_args_is_help=True)


@commands.command("list")
@answering
def list_(email: As, as_json: Json = False) -> None:
    """The newest hundred, newest first, for officers and auditors."""
    from app.cases import set_aside
    from app.errors import Forbidden
    from app.people.policy import may

    with opened() as home:
        if not may(viewer_of(home, email), "cases"):
            raise Forbidden("Only officers and auditors read what was marked as no report.")
        with home.db.read() as session:
            rows = set_aside.listed(session, home)
    if as_json:
        show([one.as_json() for one in rows])
        return
    lines = [[one.recorded_at.date().isoformat(), one.reason, " ".join(one.note.split())] for one in rows]
    table([["MARKED", "REASON", "NOTE"], *lines])


@commands.command("record")
@answering
def record(email: As, inputs: Inputs = None, as_json: Json = False) -> None:
    """Marks a message as no report: --input reason=enquiry (or another) --input note=..., for officers."""
    from app import clock
    from app.cases import set_aside
    from app.errors import Forbidden
    from app.people.policy import may
    from app.workflow.fields import from_form, read

    with opened() as home:
        viewer = viewer_of(home, email)
        if not may(viewer, "enter_report"):
            raise Forbidden("Only officers who look after reports mark a message as no report.")
        values = read(set_aside.QUESTIONS, from_form(set_aside.QUESTIONS, pairs_of(inputs)), today=clock.today())
        with home.db.write() as session:
            kept = set_aside.record(session, home, values, actor=viewer.actor(), via=VIA)
    if as_json:
        show(kept.as_json())
    else:
        typer.echo(f"{kept.words}: marked as no report.")
