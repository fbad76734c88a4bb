"""A message that reached the branch, read as the answers of a report: to be looked at before anything is on a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.evidence.arrival import Arrived, tidy_name
from app.evidence.mail import Mail
from app.evidence.mail_arrival import cut, take_mail
from app.installation import Installation
from app.workflow.definition import Field, ReportKind, Workflow


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
    """Reads a saved message, or one that was pasted. Raises as `take_mail`."""
    arrived, mail = take_mail(home.settings, message, pasted, text=text)
    names = tuple(tidy_name(one.name) for one in mail.attachments)
    if mail.left_out:
        names += (f"not taken out by themselves, but in the message: {mail.left_out} more",)
    return Filled(_answers(workflow.opening.fields(kind.name, account=True), mail), names, arrived)


def _answers(questions: Sequence[Field], mail: Mail) -> dict[str, Any]:
    """What the message answers, of the questions that this kind of report asks."""
    asked = {question.name: question for question in questions}
    given: dict[str, Any] = {"received_on": mail.day.isoformat() if mail.day else ""}
    if "channel" in asked and "email" in {option.value for option in asked["channel"].options}:
        given["channel"] = "email"
    if "statement" in asked:
        given["statement"] = cut(mail.text, asked["statement"].max_length)
    if "reporter" in asked:
        inside = {question.name for question in asked["reporter"].fields}
        sender = {"name": mail.name, "email": mail.address}
        given["reporter"] = {name: value for name, value in sender.items() if value and name in inside}
    return {name: value for name, value in given.items() if value and name in asked}
