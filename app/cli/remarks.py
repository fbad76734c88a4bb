"""casetrail audit remark, remarks, answer, open: what auditors leave on a case, at the command line."""

from typing import Annotated

import typer

from app.cli.asking import VIA, As, Json, answering, opened, show, table, viewer_of

commands = typer.Typer()
Reference = Annotated[str, typer.Argument(metavar="REF", help="The case.")]
Text = Annotated[str, typer.Option("--text", help="The words. They cannot be changed afterwards.")]


@commands.command("remark")
@answering
def remark(
    reference: Reference,
    email: As,
    text: Text,
    entry: Annotated[str | None, typer.Option("--entry", metavar="ID", help="The entry it is about.")] = None,
) -> None:
    """An auditor's remark on a case or one of its entries."""
    from app.oversight.remarks import write

    with opened() as home:
        made = write(home, viewer_of(home, email), reference, {"text": text, "entry": entry}, via=VIA)
    typer.echo(f"remark {made}")


@commands.command("answer")
@answering
def answer(
    reference: Reference,
    remark: Annotated[str, typer.Argument(metavar="REMARK", help="The id of the remark.")],
    email: As,
    text: Text,
) -> None:
    """The answer of whoever looks after the case."""
    from app.oversight.remarks import answer as keep

    with opened() as home:
        made = keep(home, viewer_of(home, email), reference, remark, {"text": text}, via=VIA)
    typer.echo(f"answer {made}")


@commands.command("remarks")
@answering
def remarks(reference: Reference, email: As, as_json: Json = False) -> None:
    """Every remark on a case with its answers, newest first."""
    from app.cases.door import read_case
    from app.oversight.remarks import threads

    with opened() as home:
        found = read_case(home, viewer_of(home, email), reference, VIA, lambda _session, desk: threads(desk))
    if as_json:
        show({"items": [one.as_json() for one in found]})
        return
    for one in found:
        for said in (one.remark, *one.answers):
            typer.echo(f"{said.written_at.date()} {said.who}, {said.role} ({said.id}): {' '.join(said.text.split())}")


@commands.command("open")
@answering
def open_(
    reference: Reference,
    email: As,
    part: Annotated[str | None, typer.Option("--part", help="Which part; without it those there are.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why: officers and auditors read it.")] = None,
    as_json: Json = False,
) -> None:
    """Opens one part of the content to an auditor for 24 hours, with a reason, and shows what is open to them."""
    from app.cases.door import read_case
    from app.oversight import unmasking

    with opened() as home:
        viewer = viewer_of(home, email)
        if part is not None:
            unmasking.unmask(home, viewer, reference, {"part": part, "reason": reason}, via=VIA)
        found, offered = read_case(
            home, viewer, reference, VIA, lambda _session, desk: (unmasking.openings(desk), unmasking.offered(desk))
        )
    if as_json:
        show({"items": [one.as_json() for one in found]})
        return
    for one in found:
        typer.echo(f"{one.part.words}, opened by {one.who} until {one.ends_at.isoformat()}")
        if one.text is not None:
            typer.echo(one.text)
    if part is None and offered:
        table([["PART", "WHAT"], *([one.key, f"{one.words}, {one.day}"] for one in offered)])
