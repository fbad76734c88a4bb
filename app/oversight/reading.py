"""An auditor reads the whole trail: that is on it too."""

from datetime import timedelta
from typing import Any

from sqlmodel import select

from app import clock
from app.audit.events import Event
from app.audit.log import append
from app.audit.models import AuditEntry
from app.cases import trails
from app.cases.trails import PAGE, TrailFilter
from app.installation import Installation
from app.people.queries import Viewer

NOTED_EVERY = timedelta(minutes=15)


def read_trail(
    home: Installation, viewer: Viewer, wanted: TrailFilter, *, via: str, after: str | None = None, limit: int = PAGE
) -> dict[str, Any]:
    """`{items, next}`, newest first; `trail_viewed` goes on the trail first, once a quarter of an hour and person."""
    note_reading(home, viewer, via=via)
    with home.db.read() as session:
        return trails.of_everything(session, home, viewer, wanted, after=after, limit=limit)


def note_reading(home: Installation, viewer: Viewer, *, via: str) -> None:
    """Writes `trail_viewed`, once a quarter of an hour and person."""
    with home.db.write() as session:
        noted = select(AuditEntry.id).where(
            AuditEntry.event == Event.TRAIL_VIEWED,
            AuditEntry.actor_id == viewer.id,
            AuditEntry.recorded_at > clock.now() - NOTED_EVERY,
        )
        if session.exec(noted.limit(1)).first() is None:
            append(session, Event.TRAIL_VIEWED, actor=viewer.actor(), via=via)
