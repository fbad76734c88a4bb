"""A message that reached the branch, read as the answers of a report: to be looked at before anything is on a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import FieldError, Invalid
from app.evidence.arrival import Arrival, Arrived, tidy_name
from app.evidence.looking import look_at
from app.evidence.mail import Mail, read_mail
from app.evidence.scanner import scan_of
from app.installation import Installation
from app.workflow.definition import Field, ReportKind, Workflow

FILE, PASTED = "message", "pasted"
NOT_MAIL = "It is not a saved message. In the mail program choose “Save as” and the type .eml, or paste its text below"
NOTHING = "Choose a saved message, or paste its text below"
BOTH = "Choose a file or paste the text, not both: it would not be clear which one counts"
CUT = "\n\n[Cut here. The whole message is kept with the evidence.]"


@dataclass(frozen=True)
class Filled:
    """What a message answers, in the shape that the door takes; the names of what came with it; the message itself."""

    answers: dict[str, Any]
    parts: tuple[str, ...]
    message: Arrived
    """It waits: whoever neither holds nor keeps it calls `discard`."""


def fill_in(
    home: Installation,
    workflow: Workflow,
    kind: ReportKind,
    message: Arrived | None,
    pasted: str,
    *,
    text: bool = False,
) -> Filled:
    """Reads a saved message, or one that was pasted. Invalid, Twisted, and what looking at a file raises.

    `text`: a file of plain text is taken as well, as if it were pasted. What is refused no longer waits.
    """
    arrived = _chosen(home, message, pasted, text=text)
    try:
        if arrived is not message:
            look_at(home.settings, arrived)
        mail = read_mail(b"".join(arrived.read()))
    except BaseException:
        arrived.discard()
        raise
    names = tuple(tidy_name(one.name) for one in mail.attachments)
    if mail.left_out:
        names += (f"not taken out by themselves, but in the message: {mail.left_out} more",)
    return Filled(_answers(workflow.opening.fields(kind.name, account=True), mail), names, arrived)


def _chosen(home: Installation, message: Arrived | None, pasted: str, *, text: bool) -> Arrived:
    if message is not None and pasted.strip():
        raise Invalid([FieldError(FILE, BOTH)])
    if message is None and not pasted.strip():
        raise Invalid([FieldError(FILE, NOTHING)])
    if message is None:
        arrival = Arrival(home.settings, "pasted message.txt", scan=scan_of(home.settings))
        arrival.write(pasted.strip().encode("utf-8", "replace"))
        return arrival.finish()
    group = message.kind.group if message.kind is not None else ""
    if group != "mail" and not (text and group == "text"):
        raise Invalid([FieldError(FILE, NOT_MAIL)])
    return message


def _answers(questions: Sequence[Field], mail: Mail) -> dict[str, Any]:
    """What the message answers, of the questions that this kind of report asks."""
    asked = {question.name: question for question in questions}
    given: dict[str, Any] = {"received_on": mail.day.isoformat() if mail.day else ""}
    if "channel" in asked and "email" in {option.value for option in asked["channel"].options}:
        given["channel"] = "email"
    if "statement" in asked:
        given["statement"] = _cut(mail.text, asked["statement"].max_length)
    if "reporter" in asked:
        inside = {question.name for question in asked["reporter"].fields}
        sender = {"name": mail.name, "email": mail.address}
        given["reporter"] = {name: value for name, value in sender.items() if value and name in inside}
    return {name: value for name, value in given.items() if value and name in asked}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - len(CUT)].rstrip() + CUT
