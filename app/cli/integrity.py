"""casetrail audit status and compare: how the record stands, and whether it contains what somebody kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import FAILED, VIA, As, Json, answering, auditor_of, moment_words, officer_of, opened, show, table
from app.cli.kept_files import checkpoints_in
from app.errors import plain

if TYPE_CHECKING:
    from app.oversight.soundness import Soundness

commands = typer.Typer()
NONE_YET = "none yet"


@commands.command("status")
@answering
def status(email: As, as_json: Json = False) -> None:
    """How the record stands, as it was last checked and compared; 0 nothing wrong is known, 1 something is."""
    from app.oversight.for_programs import soundness_json
    from app.oversight.soundness import soundness
    from app.people.policy import may

    with opened() as home:
        viewer = officer_of(home, email, "integrity")
        with home.db.read() as session:
            found = soundness(home, session)
    codes = may(viewer, "trail")
    if as_json:
        show(soundness_json(found, codes=codes))
    else:
        if found.alarm:
            typer.echo(found.alarm)
        table([[f"{name}:", plain(said)] for name, said in _lines(found, codes=codes)])
    if found.alarm or found.faults or (found.compared is not None and not found.compared.same):
        raise typer.Exit(FAILED)


@commands.command("compare")
@answering
def compare(
    email: As,
    size: Annotated[str | None, typer.Option("--size", help="The number of entries in last year's minutes.")] = None,
    code: Annotated[str | None, typer.Option("--code", help="The code beside it: eight groups of five.")] = None,
    note: Annotated[Path | None, typer.Option("--note", help="A checkpoint, or the mail it came in.")] = None,
    again: Annotated[str | None, typer.Option("--again", help="What was printed of a code that does not fit.")] = None,
    as_json: Json = False,
) -> None:
    """Whether the record contains what somebody kept, unchanged; 0 it does, 1 not. That goes on the trail."""
    from app import clock
    from app.oversight import typed_codes
    from app.oversight.for_programs import compared_json
    from app.workflow.fields import read

    with opened() as home:
        viewer = auditor_of(home, email)
        kept = "\n".join(text for _, text in checkpoints_in([note])) if note is not None else None
        given = {"note": kept, "size": size, "code": code, "again": again}
        answers = read(typed_codes.QUESTIONS, given, today=clock.today())
        typed = typed_codes.boxes(answers)
        found = typed_codes.compare(home, viewer, typed, via=VIA, again=answers.get("again", ""))
    told = typed_codes.told(typed)
    if as_json:
        show(compared_json(found, told))
    else:
        for line in (found.words, *map(str, found.signatures)):
            typer.echo(plain(line))
        if found.unsure:
            typer.echo(f'Not written down yet. If all is as in the minutes, say so: --again "{plain(told)}"')
    if not found.sound:
        raise typer.Exit(FAILED)


def _lines(found: "Soundness", *, codes: bool) -> Iterator[tuple[str, str]]:
    yield "Entries", f"{found.entries:,}"
    yield "Under the last signature", f"{found.log.signed:,}"
    yield "Last signed", moment_words(found.log.signed_at)
    if codes:
        yield "Code of that signature", found.code or NONE_YET
    yield "Oldest that waits for a signature", moment_words(found.log.oldest) if found.log.oldest else "none"
    yield "Last check of the whole record", moment_words(found.checked_at)
    if found.checked_at is not None:
        yield "Faults it found", f"{found.faults:,}"
    yield "Times the clock was set back", f"{found.jumps:,}"
    seen = found.compared
    fitted = "" if seen is None else ": it fitted" if seen.same else ": it did NOT fit"
    yield "Last comparison with an earlier code", f"{moment_words(seen.at if seen else None)}{fitted}"
    yield from _from_outside(found)
    for one in found.happened:
        yield moment_words(one.at), one.words


def _from_outside(found: "Soundness") -> Iterator[tuple[str, str]]:
    for one in found.witnesses:
        signed = f"{moment_words(one.signed_at)}, {one.size:,} entries" if one.signed_at else moment_words(None)
        yield f"Witness {plain(one.key.name)} last signed", signed
    if found.stamped is not None:
        yield "Last time stamp", f"{moment_words(found.stamped.stamp.at)}, {found.stamped.words}"
    if found.unstamped is not None:
        yield "No time stamp came", f"{moment_words(found.unstamped.at)}: {found.unstamped.why}"
