"""casetrail audit remark, remarks, answer, open, open-file: what auditors leave on a case, at the command line."""

from typing import Annotated

import typer

from app.cli.asking import VIA, As, Json, answering, opened, show, table, viewer_of
from app.cli.saving import Copy, Out, refuse_copy, save_file
from app.errors import plain

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
            line = f"{said.written_at.date()} {said.who}, {said.role} ({said.id}): {' '.join(said.text.split())}"
            typer.echo(plain(line))


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
    from app.oversight.opened import openings

    with opened() as home:
        viewer = viewer_of(home, email)
        if part is not None:
            unmasking.unmask(home, viewer, reference, {"part": part, "reason": reason}, via=VIA)
        found, offered = read_case(
            home, viewer, reference, VIA, lambda _session, desk: (openings(desk), unmasking.offered(desk))
        )
    if as_json:
        show({"items": [one.as_json() for one in found]})
        return
    for one in found:
        typer.echo(plain(f"{one.part.words}, opened by {one.who} until {one.ends_at.isoformat()}"))
        typer.echo(plain(f"reason: {' '.join(one.reason.split())}"))
        for line in (one.text or "").splitlines():
            typer.echo(plain(line))
        if one.file is not None:
            command = f"audit open-file {reference} {one.id}"
            typer.echo(plain(f"{one.file.label}, {one.file.size:,} bytes: save it with `{command}`"))
    if part is None and offered:
        table([["PART", "WHAT"], *([one.key, f"{one.words}, {one.day}"] for one in offered)])


@commands.command("open-file")
@answering
def open_file_(
    reference: Reference,
    opening: Annotated[str, typer.Argument(metavar="OPENING", help="The id of the opening, as `audit open` shows it.")],
    email: As,
    out: Out,
    copy: Copy = "original",
) -> None:
    """Saves a file that is open to an auditor; it is checked against its digest first, and the opening is recorded."""
    from app.oversight.opened import open_file

    refuse_copy(copy)
    with opened() as home:
        save_file(open_file(home, viewer_of(home, email), reference, opening, copy, VIA), out)
