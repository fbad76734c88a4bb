"""The receipt of what somebody sent: proof that the branch received it, made of its entry (trail, receipt)."""

import base64
from typing import Any

from sqlmodel import Session

from app.audit.entries import decode
from app.audit.models import AuditEntry
from app.cases.keeping import Kept
from app.cases.models import CaseRecord
from app.installation import Installation


def receipt_of(session: Session, home: Installation, kept: Kept, entry: AuditEntry) -> dict[str, Any]:
    """The entry of a kept row and what opens its commitments; what was written is not in it."""
    table, row = CaseRecord.__tablename__, kept.row
    salts = {name: home.vault.reveal(session, row.case_id, table, row.id, name)["salt"] for name in kept.commits}
    return {
        "entry_id": entry.id,
        "entry": base64.b64encode(entry.entry).decode(),
        "leaf": entry.leaf.hex(),
        "recorded_at": decode(entry.entry)["recorded_at"],
        "commitments": [
            {"group": name, "salt": salts[name], "digest": digest} for name, digest in kept.commits.items()
        ],
    }
