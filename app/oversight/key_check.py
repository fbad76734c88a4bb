"""The public keys of the log against the entries that tell of them."""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from app.audit.events import Event
from app.audit.models import AuditEntry
from app.audit.sources import Fault
from app.errors import SettingsError
from app.installation import Installation

KEY_FOLDER = "the key folder"


def faults(home: Installation, session: Session) -> Iterator[Fault]:
    """What is wrong with the public keys, and entries that tell of a key that is not among them."""
    try:
        home.log.folder.every_verifier()
    except SettingsError as error:
        yield Fault(None, KEY_FOLDER, str(error))
    known = {key.id.hex() for key in home.log.folder.verifiers()}
    chosen = select(AuditEntry.id, AuditEntry.subject_id).where(AuditEntry.event == Event.LOG_KEY_CHANGED)
    for entry_id, key_id in session.exec(chosen.order_by(col(AuditEntry.recorded_at), col(AuditEntry.id))):
        if key_id not in known:
            yield Fault(
                entry_id, KEY_FOLDER, "it has no key of the log as this entry names it: one of both is not as it was"
            )
