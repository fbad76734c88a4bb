"""casetrail workflow: procedures are files; these commands read them without touching a database."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import Json, answering, show

if TYPE_CHECKING:
    from app.workflow.library import Library

commands = typer.Typer(name="workflow", help="The files that say what may happen.", no_args_is_help=True)
Folder = Annotated[Path | None, typer.Option("--folder", help="Where the files are; without it, the product's own.")]


@commands.command()
@answering
def check(folder: Folder = None, as_json: Json = False) -> None:
    """Reads every procedure and guidance; prints each mistake with file and line."""
    library = _library(folder)
    if as_json:
        show({"items": [{"name": w.name, "version": w.version, "digest": w.digest} for w in library.all()]})
        return
    for workflow in library.all():
        typer.echo(f"{workflow.name} v{workflow.version}: in order (rules {workflow.digest[:12]})")


@commands.command()
@answering
def draw(
    name: Annotated[str | None, typer.Argument(help="The procedure; without it the default one.")] = None,
    version: Annotated[int | None, typer.Option("--version", help="Without it the newest.")] = None,
    shape: Annotated[str, typer.Option("--format", help="mermaid or svg")] = "mermaid",
    present: Annotated[str | None, typer.Option("--at", metavar="STATE", help="SVG: marks where a case is.")] = None,
    folder: Folder = None,
) -> None:
    """Prints a procedure as a diagram: Mermaid text, or the SVG that pages show."""
    from app.errors import NotFound
    from app.workflow import diagram

    library = _library(folder)
    if shape not in ("mermaid", "svg"):
        raise typer.BadParameter("choose mermaid or svg", param_hint="--format")
    try:
        workflow = library.latest(name) if name else library.default()
        workflow = library.get(workflow.name, version) if version is not None else workflow
    except KeyError:
        raise NotFound("There is no such procedure here") from None
    if present is not None and present not in workflow.states:
        raise NotFound(f"There is no state called {present} in this procedure")
    if shape == "mermaid":
        typer.echo(diagram.mermaid(workflow), nl=False)
    else:
        typer.echo(diagram.svg(workflow, present=present, visited=None, id_prefix=workflow.name))


def _library(folder: Path | None) -> "Library":
    from app.cases.vocabulary import VOCABULARY
    from app.setup import WORKFLOWS
    from app.workflow.library import Library

    return Library.load(folder or WORKFLOWS, VOCABULARY)
