"""casetrail case mail: a saved or pasted message that belongs to a case, shown first and kept only when told so."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import VIA, As, Inputs, Json, answering, opened, pairs_of, show, viewer_of
from app.cli.cases import Reference, Version
from app.cli.mailing import show_answers, show_later

if TYPE_CHECKING:
    from app.cases.case_mail import Reading

commands = typer.Typer()


@commands.command()
@answering
def mail(
    reference: Reference,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A saved message (.eml), or its text.")],
    email: As,
    inputs: Inputs = None,
    version: Version = None,
    yes: Annotated[bool, typer.Option("--yes", help="Keep it; without, what was read is only shown.")] = False,
    as_json: Json = False,
) -> None:
    """Keeps a mail on a case with what came with it, or nothing of it. `--input becomes=message` says what it is."""
    from app.cases import kept_mail
    from app.cli.attaching import arriving
    from app.evidence.mail_arrival import take_mail
    from app.workflow.fields import from_form

    with opened() as home:
        viewer = viewer_of(home, email)
        kept_mail.room_for_mail(home, viewer, reference, VIA)
        message, read = take_mail(home.settings, arriving(home, path), "", text=True)
        try:
            reading, _ = kept_mail.read_waiting(home, viewer, reference, message, read, VIA)
            answers = {**reading.answers, **from_form(reading.questions, pairs_of(inputs))}
            done = kept_mail.keep(home, viewer, reference, message, answers, version, VIA) if yes else None
        finally:
            message.discard()
    if as_json:
        show(done or {**reading.as_json(), "answers": answers})
    elif done is not None:
        for one in done["kept"]:
            typer.echo(f"{one['record']} kept: {one['id']}")
    else:
        show_answers(answers)
        _show_rest(reading)
        show_later()


def _show_rest(reading: "Reading") -> None:
    if reading.card:
        typer.echo(f"It is on the case already: {reading.card}")
    for part in reading.parts:
        card = reading.cards.get(part.digest)
        said = f"on the case already: {card}" if card else part.kind.media_type if part.kind else "not taken"
        show_answers({f"attachment {part.number}": f"{part.name} ({said})"})
    for question in reading.questions:
        if question.options:
            typer.echo(f"{question.name} can be: {', '.join(option.value for option in question.options)}")
