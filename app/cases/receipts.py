"""The receipt of what somebody sent: proof that the branch received it, made of its entry (trail, receipt)."""

import base64
from typing import Any

from sqlmodel import Session

from app.audit.entries import decode
from app.audit.models import AuditEntry
from app.cases.keeping import Kept
from app.cases.models import CaseRecord
from app.evidence import actions as files
from app.installation import Installation

OF_FILE = (files.PLAIN, files.CONTENT)
"""What of a file its receipt opens: size and time, digest and name. The third fixes the key it lies under."""


def receipt_of(
    session: Session, home: Installation, kept: Kept, entry: AuditEntry, file_id: str | None = None
) -> dict[str, Any]:
    """The entry of a kept row, and of the file kept with it, and what opens its commitments; nothing of its words."""
    document = decode(entry.entry)
    places = {name: (str(CaseRecord.__tablename__), kept.row.id, name) for name in kept.commits}
    if file_id is not None:
        places |= {f"file-{files.ORIGINAL}-{name}": (files.TABLE, file_id, name) for name in OF_FILE}
    return {
        "entry_id": entry.id,
        "entry": base64.b64encode(entry.entry).decode(),
        "leaf": entry.leaf.hex(),
        "recorded_at": document["recorded_at"],
        "commitments": [
            {
                "group": group,
                "salt": home.vault.reveal(session, kept.row.case_id, *place)["salt"],
                "digest": document["commits"][group],
            }
            for group, place in places.items()
        ],
        "proof_url": f"{home.settings.base_url}/log/proof/{entry.id}",
    }
