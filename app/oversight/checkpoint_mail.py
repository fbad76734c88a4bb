"""The day's checkpoint by mail to each auditor, once: kept elsewhere, it shows later whether anything was rewritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlmodel import Session, select

from app import clock
from app.audit import log_tables
from app.db import insert_once
from app.installation import Installation
from app.oversight.models import CheckpointDay
from app.oversight.soundness import soundness
from app.people import queries as people
from app.people.policy import Role

KIND = "checkpoint"
NOT_BEFORE = time(7)
"""In Europe/London, as the digest."""
SUBJECT = "Casetrail: the record's code of today"


@dataclass(frozen=True)
class CheckpointMail:
    """One mail."""

    to: str
    text: str
    subject: str = SUBJECT


def wait_to_be_made(session: Session, now: datetime) -> bool:
    """Whether some auditor may still be sent the checkpoint of this day; reads only."""
    return bool(_auditors(session, now)) and log_tables.newest_checkpoint(session) is not None


def mails_due(session: Session, home: Installation, now: datetime) -> list[CheckpointMail]:
    """The mails of this day that nobody made yet, claimed in this transaction."""
    newest, today, found = log_tables.newest_checkpoint(session), clock.local(now).date(), []
    if newest is None:
        return []
    text = _text(home, session, newest.note)
    for person_id in _auditors(session, now):
        viewer = people.viewer_for(session, home.vault, person_id, today)
        claim = {"person_id": person_id, "day": today, "made_at": now}
        if viewer is not None and insert_once(session, CheckpointDay, claim):
            found.append(CheckpointMail(viewer.email, text))
    return found


def _text(home: Installation, session: Session, note: str) -> str:
    now = soundness(home, session)
    parts = [
        "Keep this mail. Later it shows whether anything that was on record today was changed, taken out or replaced.",
        f"Entries: {now.log.signed:,}\nCode: {now.code}",
        now.alarm,
        f"To compare it later: {home.settings.base_url}/integrity, “Compare with an earlier code”. Paste all of this:",
        note.strip(),
        "This comes once a day. It says nothing of any case.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _auditors(session: Session, now: datetime) -> Sequence[str]:
    local = clock.local(now)
    if local.time() < NOT_BEFORE:
        return []
    serving = {one.person_id for one in people.serving(session, local.date()) if one.role == Role.AUDITOR}
    made = session.exec(select(CheckpointDay.person_id).where(CheckpointDay.day == local.date())).all()
    return sorted(serving - set(made))
