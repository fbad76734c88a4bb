"""casetrail audit look: the auditor's lists at the command line."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.asking import FAILED, VIA, As, Json, answering, auditor_of, moment_words, opened, show, table, viewer_of

if TYPE_CHECKING:
    from app.installation import Installation
    from app.people.queries import Viewer

commands = typer.Typer()
Days = Annotated[int | None, typer.Option("--days", help="From how many days on something stands out.")]


@commands.command("look")
@answering
def look(
    email: As,
    name: Annotated[str | None, typer.Argument(help="Which list; without it they are named.")] = None,
    days: Days = None,
    as_json: Json = False,
) -> None:
    """What an auditor looks for: late steps, backdated entries, sleeping cases and so on."""
    from app.oversight.exceptions import LOOKOUTS
    from app.oversight.looking import look_through

    with opened() as home:
        viewer = auditor_of(home, email)
        if name is None:
            rows = [[one.name, one.title] for one in LOOKOUTS.values()]
            show({"items": [{"name": name, "title": title} for name, title in rows]}) if as_json else table(rows)
            return
        found = list(look_through(home, viewer, name, via=VIA, days=days))
    if as_json:
        show({"items": [row.as_json() for row in found]})
        return
    lines = [
        [
            moment_words(row.found.at) if row.found.at else row.found.on.isoformat(),
            row.found.reference or "-",
            row.found.what,
            row.who,
        ]
        for row in found
    ]
    table([["WHEN", "CASE", "WHAT STANDS OUT", "WHO"], *lines])


@commands.command("conformance")
@answering
def conformance(
    email: As,
    reference: Annotated[str | None, typer.Argument(metavar="[REFERENCE]", help="One case; without it all.")] = None,
    as_json: Json = False,
) -> None:
    """Whether cases went the way their procedure allows: a line for each deviation; 0 none, 1 some."""
    with opened() as home:
        viewer = viewer_of(home, email)
        rows = _deviations(home, viewer, reference) if reference is not None else _every_deviation(home, email)
    if as_json:
        show({"conforms": not rows, "items": rows})
    else:
        for row in rows:
            where = ", ".join(filter(None, (row["case"], row["on"], row["entry"] and f"entry {row['entry']}")))
            typer.echo(f"{where}: {row['what']}")
        typer.echo(f"Deviations: {len(rows)}" if rows else "Every step is one that the procedure allows.")
    if rows:
        raise typer.Exit(FAILED)


def _every_deviation(home: "Installation", email: str) -> list[dict[str, Any]]:
    from app.oversight.looking import look_through

    return [row.as_json() for row in look_through(home, auditor_of(home, email), "deviations", via=VIA)]


def _deviations(home: "Installation", viewer: "Viewer", reference: str) -> list[dict[str, Any]]:
    from app.cases.door import read_case
    from app.oversight.conformance import of_case

    found = read_case(home, viewer, reference, VIA, lambda _session, desk: (of_case(desk), desk.case.reference))
    return [one.as_json() | {"case": found[1]} for one in found[0].deviations]


@commands.command("alike")
@answering
def alike(email: As, as_json: Json = False) -> None:
    """How finished cases with the same clause, outcome and measure stand side by side."""
    from app.oversight.alike import of_branch

    with opened() as home:
        rows = of_branch(home, auditor_of(home, email), via=VIA)
    if as_json:
        show({"items": [row.as_json() for row in rows]})
        return
    lines = [[row.clause, row.outcome, row.measure, str(len(row.cases)), " ".join(row.cases)] for row in rows]
    table([["CLAUSE", "OUTCOME", "MEASURE", "COUNT", "CASES"], *lines])


@commands.command("sample")
@answering
def sample(
    email: As,
    count: Annotated[str | None, typer.Option("--count", help="How many cases to draw.")] = None,
    start: Annotated[str | None, typer.Option("--start", help="The start number; without it one is made up.")] = None,
    again: Annotated[str | None, typer.Option("--again", metavar="ID", help="Draw an earlier sample again.")] = None,
    as_json: Json = False,
) -> None:
    """Draws a random sample of cases, or draws an earlier one again: the same numbers give the same cases."""
    from app import clock
    from app.oversight import sampling
    from app.workflow.fields import read

    if (again is None) == (count is None):
        raise typer.BadParameter("give either --count or --again", param_hint="--count")
    with opened() as home:
        viewer = auditor_of(home, email)
        if again is None:
            answers = read(sampling.QUESTIONS, {"count": count, "start": start}, today=clock.today())
            again = sampling.draw(home, viewer, answers, via=VIA)
        drawing, cases, known = sampling.again(home, viewer, again, via=VIA)
    if as_json:
        show(drawing.as_json() | {"known": known, "items": [one.as_json() for one in cases]})
        return
    typer.echo(f"sample {drawing.id}: start number {drawing.start}, log size {drawing.size}, out of {known} cases")
    table([["CASE", "ID", "HASH"], *([one.reference, one.id, one.hash] for one in cases)])
