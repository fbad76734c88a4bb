"""casetrail letters: what waits, what has gone; send one, print one."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.asking import VIA, As, Json, answering, opened, show, table, viewer_of

commands = typer.Typer(name="letters", help="Letters: what waits, what has gone, and on paper.", no_args_is_help=True)
Reference = Annotated[str, typer.Argument(metavar="REF", help="The reference of the case.")]
Letter = Annotated[str, typer.Argument(metavar="LETTER", help="The letter's id, from `letters list`.")]


@commands.command("list")
@answering
def list_(
    email: As,
    reference: Annotated[str | None, typer.Argument(metavar="[REF]", help="Only this case.")] = None,
    as_json: Json = False,
) -> None:
    """The letters of one case, or of every case this person looks after: where they are, never what they say."""
    from app.cases import letter_door, outbox_list

    with opened() as home:
        viewer = viewer_of(home, email)
        if reference is None:
            page = outbox_list.outbox(home, viewer)
            items: list[dict[str, Any]] = page["items"]
            while page["next"]:
                page = outbox_list.outbox(home, viewer, page["next"])
                items += page["items"]
        else:
            items = letter_door.list_letters(home, viewer, reference, VIA)["items"]
    if as_json:
        show({"items": items})
        return
    rows = [["LETTER", "CASE", "STATE", "WHAT"]]
    rows += [[item["id"], item["case"], item["state_label"], item["label"]] for item in items]
    table(rows)


@commands.command()
@answering
def send(reference: Reference, letter: Letter, email: As, as_json: Json = False) -> None:
    """Lets a letter go out; one that waits goes at the next tick. Names what is missing and where to put it right."""
    from app.cases import letter_door

    with opened() as home:
        sent = letter_door.change_letter(home, viewer_of(home, email), reference, letter, "send", {}, VIA)
    if as_json:
        show(sent)
    else:
        typer.echo(f"{sent['label']}: {sent['state_label'].lower()}, goes out at {sent['goes_at']}")


@commands.command("print")
@answering
def print_(
    reference: Reference,
    letter: Letter,
    email: As,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="A new file: .pdf, or .eml for a mail program.")],
) -> None:
    """Saves a letter as PDF, or as a whole mail where the file's name ends in .eml."""
    from app.cases import letter_door, letter_files

    with opened() as home:
        viewer = viewer_of(home, email)
        if out.suffix == ".eml":
            content = letter_door.read_letter(home, viewer, reference, letter, VIA, letter_files.as_eml)
        else:
            content = letter_door.read_letter(home, viewer, reference, letter, VIA, letter_files.as_pdf)
    with out.open("xb") as file:
        out.chmod(0o600)
        file.write(content)
    typer.echo(f"saved: {out}")
