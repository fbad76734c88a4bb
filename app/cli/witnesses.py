"""casetrail audit witnesses: whose signatures count here, and what those under a kept checkpoint are worth."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.asking import VIA, Json, Whoever, answering, fail, officer_of, opened, show, table
from app.cli.kept_files import text_of

if TYPE_CHECKING:
    from app.audit.cosignatures import Cosignature
    from app.audit.log import Actor
    from app.audit.notes import Verifier
    from app.installation import Installation

commands = typer.Typer()
NEVER = "no good signature was brought in yet"


@commands.command("witnesses")
@answering
def everyone(as_json: Json = False) -> None:
    """The witnesses whose keys are named here, and when each last signed what it saw."""
    from app.oversight.for_programs import witness_json
    from app.oversight.witnesses import witnesses

    with opened() as home, home.db.read() as session:
        rows = [witness_json(one) for one in witnesses(session)]
    if as_json:
        show({"items": rows})
        return
    lines = [
        [str(row["name"]), str(row["signed_at"] or NEVER), str(row["size"] or ""), str(row["key"])] for row in rows
    ]
    table([["WITNESS", "LAST SIGNED", "ENTRIES", "KEY"], *lines])


@commands.command("name-witness")
@answering
def name_witness(
    key: Annotated[str, typer.Argument(help="Its public key: the witness's own command prints it.")],
    email: Whoever = None,
) -> None:
    """Names a witness: its signatures are checked from now on. That it was named goes on the trail."""
    from app.oversight import witnesses

    with opened() as home:
        typer.echo(witnesses.name_witness(home, key, actor=_namer(home, email), via=VIA).name)


@commands.command("remove-witness")
@answering
def remove_witness(
    name: Annotated[str, typer.Argument(help="The witness's name.")],
    email: Whoever = None,
) -> None:
    """Takes a witness off the list. That goes on the trail, and what it signed stays there."""
    from app.oversight import witnesses

    with opened() as home:
        witnesses.remove_witness(home, name, actor=_namer(home, email), via=VIA)


def _namer(home: "Installation", email: str | None) -> "Actor":
    from app.audit.log import SYSTEM

    return officer_of(home, email, "witnesses").actor() if email is not None else SYSTEM


def of_database(home: "Installation", saved: Sequence[tuple[str, str]]) -> list[tuple[str, "Cosignature"]]:
    """The signatures of others under checkpoints that somebody kept, judged by the witnesses named here."""
    from app.oversight.witnesses import judged

    with home.db.read() as session:
        return [(name, one) for name, note in saved for one in judged(home, session, note)]


def of_files(
    saved: Sequence[tuple[str, str]], own: Sequence["Verifier"], keys: Path | None
) -> list[tuple[str, "Cosignature"]]:
    """The same without a database: `keys` holds the witnesses' public keys, one a line. NoteWrong where one is none."""
    from app.audit.cosignatures import cosignatures, read_witness

    known = [read_witness(line) for line in text_of(keys).split()] if keys is not None else []
    return [(name, one) for name, note in saved for one in cosignatures(note, own, known)]


def as_json(found: Sequence[tuple[str, "Cosignature"]]) -> list[dict[str, Any]]:
    """As programs read it."""
    from app.oversight.for_programs import signature_json

    return [{"checkpoint": name, **signature_json(one)} for name, one in found]


@commands.command("stamps")
@answering
def stamps(as_json: Json = False) -> None:
    """The time stamps (RFC 3161) that an outside authority put on the days' checkpoints, newest first."""
    from app.oversight.for_programs import stamp_json
    from app.oversight.stamping import stamps

    with opened() as home, home.db.read() as session:
        rows = [stamp_json(one) for one in stamps(session)]
    if as_json:
        show({"items": rows})
        return
    table([["DAY", "STAMPED AT", "ENTRIES", "BY"], *([str(value) for value in row.values()] for row in rows)])


@commands.command("stamp")
@answering
def stamp(
    day: Annotated[str, typer.Argument(help="Of which day, such as 2026-05-12.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="An existing folder for both files.")],
) -> None:
    """Saves a day's stamp and the checkpoint it is over, for openssl ts -verify."""
    from datetime import date

    from app.oversight.stamp_files import checkpoint_file, token_file
    from app.oversight.stamping import said_by, stamped

    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise typer.BadParameter("write a day such as 2026-05-12", param_hint="DAY") from None
    with opened() as home, home.db.read() as session:
        found = stamped(session, wanted)
        both = (checkpoint_file(session, wanted), token_file(session, wanted))
    files = [(out / one.name, one.content) for one in both]
    if there := next((file for file, _ in files if file.exists()), None):
        fail(f"{there} is there already: nothing was saved.")  # one of two would be worse than none
    for file, content in files:
        with file.open("xb") as opened_file:
            opened_file.write(content)
        typer.echo(f"saved: {file}")
    typer.echo(f"To check it with the authority's root certificate: {said_by(found).command}", err=True)
