"""A message that reached the branch and is no report: marked so with a reason, on the trail. Nothing of it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app.audit.entries import decode
from app.audit.events import Event
from app.audit.log import Actor, append
from app.audit.models import AuditEntry
from app.db import new_id
from app.installation import Installation
from app.vault.vault import SYSTEM
from app.workflow.definition import Field, Option

RECORD, NOTE = "set-aside", "note"
REASONS = (
    Option("enquiry", "A question, not a report"),
    Option("thanks", "Thanks, or praise"),
    Option("wrong_address", "Meant for somebody else"),
    Option("advertisement", "An advertisement"),
    Option("other", "Something else, as the note says"),
)
REASON_WORDS: Mapping[str, str] = {one.value: one.label for one in REASONS}
QUESTIONS = (
    Field("reason", "choice", "What is it?", required=True, options=REASONS),
    Field(
        "note",
        "text",
        "Note",
        "Why it is no report, in a sentence. Officers and auditors read it; leave out names.",
        required_if={"reason": ("other",)},
        max_length=500,
    ),
)
"""The questions of the page."""
LISTED = 100


@dataclass(frozen=True)
class SetAside:
    """One message that was marked as no report."""

    reason: str
    note: str
    recorded_at: datetime


def record(session: Session, home: Installation, values: Mapping[str, Any], *, actor: Actor, via: str) -> None:
    """Writes `message_set_aside` with the reason's code; the note is sealed, and the entry commits to it."""
    row = new_id()
    commits = {NOTE: home.vault.seal(session, SYSTEM, RECORD, row, NOTE, {"note": values.get("note", "")})}
    subject = ("message", values["reason"])
    append(
        session,
        Event.MESSAGE_SET_ASIDE,
        actor=actor,
        via=via,
        record=(RECORD, row),
        subject=subject,
        commits=commits,
    )


def listed(session: Session, home: Installation) -> list[SetAside]:
    """The newest of them, newest first."""
    rows = session.exec(
        select(AuditEntry)
        .where(AuditEntry.event == Event.MESSAGE_SET_ASIDE)
        .order_by(col(AuditEntry.recorded_at).desc(), col(AuditEntry.id).desc())
        .limit(LISTED)
    ).all()
    return [_read(session, home, row) for row in rows]


def _read(session: Session, home: Installation, row: AuditEntry) -> SetAside:
    document = decode(row.entry)
    note = home.vault.open(session, SYSTEM, RECORD, document["record"]["id"], NOTE)["note"]
    return SetAside(REASON_WORDS[document["subject"]["id"]], note, row.recorded_at)
