"""A message that reached the branch and is no report: marked so with a reason, on the trail. Nothing of it is kept."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app.audit.entries import told_by
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
"""The questions of the page, and the body of `POST /set-aside-messages`."""
LISTED = 100


@dataclass(frozen=True)
class SetAside:
    """One message that was marked as no report."""

    id: str
    reason: str
    note: str
    recorded_at: datetime

    @property
    def words(self) -> str:
        """The reason as people read it."""
        return REASON_WORDS[self.reason]

    def as_json(self) -> dict[str, Any]:
        """As programs read it."""
        return {"id": self.id, "reason": self.reason, "note": self.note, "recorded_at": self.recorded_at.isoformat()}


def record(session: Session, home: Installation, values: Mapping[str, Any], *, actor: Actor, via: str) -> SetAside:
    """Writes `message_set_aside` with the reason's code; the note is sealed, and the entry commits to it."""
    row, note = new_id(), values.get("note", "")
    commits = {NOTE: home.vault.seal(session, SYSTEM, RECORD, row, NOTE, {"note": note})}
    subject = ("message", values["reason"])
    entry = append(
        session,
        Event.MESSAGE_SET_ASIDE,
        actor=actor,
        via=via,
        record=(RECORD, row),
        subject=subject,
        commits=commits,
    )
    return SetAside(row, values["reason"], note, entry.recorded_at)


def listed(session: Session, home: Installation) -> list[SetAside]:
    """The newest of them, newest first."""
    rows = session.exec(
        select(AuditEntry)
        .where(AuditEntry.event == Event.MESSAGE_SET_ASIDE)
        .order_by(col(AuditEntry.recorded_at).desc(), col(AuditEntry.id).desc())
        .limit(LISTED)
    ).all()
    named = {row.id: told_by(row) for row in rows}
    ids = [_place(document) for document in named.values()]
    notes = home.vault.open_rows(session, SYSTEM, RECORD, [place for place in ids if place])
    found = []
    for row in rows:
        document, place = named[row.id], _place(named[row.id])
        with suppress(LookupError):  # an entry that was edited, or a note that is gone: the check names it
            note = notes[RECORD, place, NOTE]["note"]
            found.append(SetAside(place, document["subject"]["id"], note, row.recorded_at))
    return found


def _place(document: Mapping[str, Any]) -> str:
    return str(document.get("record", {}).get("id", ""))
