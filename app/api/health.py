"""Whether this process runs, and whether it is ready to work."""

from datetime import datetime

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from app import clock, deps
from app.audit.models import AuditEntry, AuditPending
from app.deps import Home
from app.installation import Installation
from app.migrate import is_at_head

router = APIRouter(include_in_schema=False, dependencies=[Depends(deps.public)])


@router.get("/healthz")
async def healthz() -> JSONResponse:
    """200 while the process answers."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def readyz(home: Home) -> JSONResponse:
    """200 where the database answers with the newest schema; says how long the oldest entry waits for the log."""
    try:
        found = _look(home)
    except SQLAlchemyError:
        return JSONResponse({"status": "not ready", "database": False}, 503)
    ready = bool(found["migrations"])
    return JSONResponse({"status": "ok" if ready else "not ready", **found}, 200 if ready else 503)


def _look(home: Installation) -> dict[str, object]:
    with home.db.read() as session:
        oldest = oldest_pending(session)
    age = round((clock.now() - oldest).total_seconds()) if oldest else 0
    return {"database": True, "migrations": is_at_head(home.db.engine), "pending_seconds": max(age, 0)}


def oldest_pending(session: Session) -> datetime | None:
    """When the oldest entry was recorded that has no place in the log yet."""
    waiting = select(AuditEntry.recorded_at).join(AuditPending, col(AuditPending.entry_id) == AuditEntry.id)
    return session.exec(waiting.order_by(col(AuditEntry.recorded_at), col(AuditEntry.id)).limit(1)).first()
