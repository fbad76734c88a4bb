"""A saved or pasted message as a report: what it fills in is shown first, and sent only when told so."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from app.cli.asking import VIA
from app.cli.attaching import arriving
from app.errors import Forbidden

if TYPE_CHECKING:
    from app.installation import Installation
    from app.people.queries import Viewer

LATER = "Nothing is stored yet. Look at it, put right with --input what is wrong, and send it with --yes."


def entered(home: "Installation", viewer: "Viewer", path: Path, given: dict[str, Any], *, send: bool) -> dict[str, Any]:
    """A report filled in from a message, `given` answers before what it says: shown, or sent with all that came.

    Forbidden, Invalid, Twisted; and what opening a case raises.
    """
    from app.cases import door, intake, mail_report
    from app.cases.sent_files import SentFiles, keep_mail
    from app.people.policy import may

    if not may(viewer, "enter_report"):
        raise Forbidden("Only officers who look after reports enter what came by mail.")
    workflow = intake.procedure_of(home, given)
    name = intake.kind_of(workflow, given)
    kind = next(one for one in workflow.opening.kinds if one.name == name)
    message = arriving(home, path)
    try:
        filled = mail_report.fill_in(home, workflow, kind, message, "", text=True)
        answers = _over(filled.answers, given)
        if not send:
            return {"answers": answers, "parts": list(filled.parts)}
        opened, told = door.open_case(home, answers, viewer, VIA), SentFiles()
        keep_mail(home, opened["access_code"], viewer, message, VIA, told)
        return {**intake.shown(opened), "files": told.as_json()}
    finally:
        message.discard()


def _over(filled: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Both, where they answer the same question what was given; of a person's details each by itself."""
    found = {**filled, **given}
    both = (name for name in filled.keys() & given.keys() if isinstance(filled[name], dict))
    return found | {name: {**filled[name], **given[name]} for name in both if isinstance(given[name], dict)}


def show_filled(found: dict[str, Any]) -> None:
    """Prints what would be stored."""
    show_answers(found["answers"])
    for part in found["parts"]:
        typer.echo(f"with it: {_harmless(part)}")
    show_later()


def show_later() -> None:
    """Says that this was only a look."""
    typer.echo(LATER)


def show_answers(answers: dict[str, Any]) -> None:
    """Prints answers by name, without signs that a terminal would obey."""
    for name, value in answers.items():
        inside = value.items() if isinstance(value, dict) else [("", value)]
        for inner, said in inside:
            words = ", ".join(said) if isinstance(said, list) else str(said)
            typer.echo(f"{name}{'.' if inner else ''}{inner}: {_harmless(words)}")


def _harmless(text: str) -> str:
    """Without signs that a terminal would obey."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text)


def show_kept(files: dict[str, Any] | None) -> None:
    """Prints what became of the message and of each attachment."""
    for name in files["kept"] if files else ():
        typer.echo(f"kept: {name}")
    for one in files["refused"] if files else ():
        typer.echo(f"not kept: {one['name']}: {one['why']}")
