"""Whether this process runs, and whether it is ready to work."""

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from app import clock, deps
from app.audit.log_state import state_of
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
    """200 where the database answers with the newest schema; says what waits for the log, and whether it is signed."""
    try:
        found = _look(home)
    except SQLAlchemyError:
        return JSONResponse({"status": "not ready", "database": False}, 503)
    ready = bool(found["migrations"])
    return JSONResponse({"status": "ok" if ready else "not ready", **found}, 200 if ready else 503)


def _look(home: Installation) -> dict[str, object]:
    with home.db.read() as session:
        log = state_of(session, home.log.folder)
    now = clock.now()
    age = round((now - log.oldest).total_seconds()) if log.oldest else 0
    return {
        "database": True,
        "migrations": is_at_head(home.db.engine),
        "pending": log.pending,
        "pending_seconds": max(age, 0),
        "log": log.standing(now),
    }
