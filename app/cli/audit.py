"""casetrail audit: checking the whole record, and copies of it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from app.cli.asking import FAILED, VIA, Json, answering, opened, show

commands = typer.Typer(name="audit", help="The trail: check it, save a copy.", no_args_is_help=True)
STANDARD_OUTPUT = "-"


@commands.command()
@answering
def verify(as_json: Json = False) -> None:
    """Recomputes everything and names each fault; 0 sound, 1 not. That it was checked goes on the trail."""
    from app.audit.log import SYSTEM
    from app.oversight.checking import record_check

    with opened() as home:
        faults = record_check(home, actor=SYSTEM, via=VIA)
    if as_json:
        show({"sound": not faults, "faults": [{"entry_id": f.entry_id, "message": str(f)} for f in faults]})
    else:
        for fault in faults:
            typer.echo(str(fault))
        typer.echo("The record is sound." if not faults else f"Faults: {len(faults)}")
    if faults:
        raise typer.Exit(FAILED)


@commands.command()
@answering
def export(
    shape: Annotated[str, typer.Option("--format", help="jsonl, csv, xes or ocel")],
    out: Annotated[str, typer.Option("--out", metavar="PATH", help="A new file, or - for standard output.")],
    case: Annotated[str | None, typer.Option("--case", metavar="REF", help="Only one case.")] = None,
) -> None:
    """Saves a copy of the trail. That it was saved goes on the trail first."""
    from app.audit.log import SYSTEM
    from app.oversight.exporting import FORMATS, export_lines

    if shape not in FORMATS:
        raise typer.BadParameter(f"choose one of {', '.join(FORMATS)}", param_hint="--format")
    with opened() as home:
        lines = export_lines(home, shape, case=case, actor=SYSTEM, via=VIA)
        if out == STANDARD_OUTPUT:
            for line in lines:
                typer.echo(line, nl=False)
        else:
            typer.echo(f"saved: {_write(Path(out), lines)} lines in {out}")


def _write(path: Path, lines: Iterable[str]) -> int:
    count = 0
    with path.open("x", encoding="utf-8", newline="") as file:
        path.chmod(0o600)
        for line in lines:
            file.write(line)
            count += 1
    return count
