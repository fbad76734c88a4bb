"""casetrail audit books, statement, yearly-return and declare: the figures of a period, and everybody's yearly word."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import VIA, As, Inputs, Json, answering, auditor_of, officer_of, opened, pairs_of, show, table
from app.cli.saving import new_file
from app.errors import plain

if TYPE_CHECKING:
    from app.installation import Installation

commands = typer.Typer()
From = Annotated[str, typer.Option("--from", help="The first day; without days the present year.")]
To = Annotated[str, typer.Option("--to", help="The last day.")]


@commands.command("books")
@answering
def books(email: As, first_day: From = "", last_day: To = "", as_json: Json = False) -> None:
    """Whether the figures of a period agree: what was open, came, went and is open, and what was answered."""
    from app.oversight.for_programs import books_json
    from app.oversight.periods import books_asked
    from app.oversight.reconciling import books_in_words, sums

    with opened() as home:
        viewer = auditor_of(home, email)
        with home.db.read() as session:
            figures = books_asked(home, session, viewer, {"from": first_day, "to": last_day})
    if as_json:
        show(books_json(figures))
        return
    typer.echo(f"From {figures.first_day} to {figures.last_day}")
    for agrees, line in zip((figures.balances, figures.answered), sums(figures), strict=True):
        typer.echo(f"{'Yes' if agrees else 'No'}: {line}")
    table([[label, f"{count:,}"] for label, count in books_in_words(figures)])


@commands.command("statement")
@answering
def statement(
    email: As,
    first_day: From = "",
    last_day: To = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.pdf", help="A new file; else it is shown.")] = None,
    as_json: Json = False,
) -> None:
    """The statement of one page about the record and a period, to print and sign."""
    from app.oversight.for_programs import statement_json
    from app.oversight.periods import books_asked
    from app.oversight.statement import statement
    from app.oversight.statement_paper import statement_pdf
    from app.setup import branch_of

    if out is not None and as_json:
        raise typer.BadParameter("a file is a PDF: leave --json away", param_hint="--out")
    with opened() as home:
        viewer = auditor_of(home, email)
        with home.db.read() as session:
            figures = books_asked(home, session, viewer, {"from": first_day, "to": last_day})
            if out is not None:
                branch = branch_of(session, home.settings)
                with new_file(out) as file:
                    file.write(statement_pdf(home, session, figures, branch.organisation, branch.contact))
                typer.echo(f"saved: {out}")
                return
            parts = statement(home, session, figures)
    if as_json:
        show(statement_json(figures, parts))
    else:
        typer.echo("\n\n".join("\n".join(map(plain, part.lines)) for part in parts))


@commands.command("yearly-return")
@answering
def yearly_return(year: Annotated[str, typer.Argument(help="Four figures.")], email: As, as_json: Json = False) -> None:
    """Who declared for a year that everything that came was entered, and who has not yet."""
    from app.oversight import yearly

    with opened() as home:
        officer_of(home, email, "yearly_return")
        _show_return(home, yearly.year_of(year), as_json=as_json)


@commands.command("declare")
@answering
def declare(email: As, inputs: Inputs = None, as_json: Json = False) -> None:
    """Declares a year: --input year=2026 --input part=secretary --input answer=everything --input remarks=..."""
    from app import clock
    from app.oversight import yearly
    from app.workflow.fields import from_form, read

    with opened() as home:
        viewer = officer_of(home, email, "declare_year")
        values = read(yearly.QUESTIONS, from_form(yearly.QUESTIONS, pairs_of(inputs)), today=clock.today())
        year = yearly.declare(home, viewer, values, via=VIA)
        if as_json:
            _show_return(home, year, as_json=True)
        else:
            typer.echo(f"Your declaration for {year} is recorded.")


def _show_return(home: "Installation", year: int, *, as_json: bool) -> None:
    from app import clock
    from app.oversight import yearly
    from app.oversight.for_programs import return_json

    with home.db.read() as session:
        found = yearly.yearly_return(session, home, year)
    if as_json:
        show(return_json(found, year))
        return
    for one in found:
        typer.echo(f"{yearly.PARTS[one.part]}: {one.words}")
        if one.at is not None:
            said = " ".join((f"{one.who}, {clock.local(one.at):%Y-%m-%d}.", *one.remarks.split()))
            typer.echo(f"  {plain(said)}")
    if missing := yearly.missing(found):
        typer.echo(f"Not declared yet: {', '.join(missing)}")
    if lacking := yearly.lacking(found):
        typer.echo(plain(f"Not everything was entered, says: {', '.join(lacking)}"))
