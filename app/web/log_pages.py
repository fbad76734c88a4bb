"""The log as strangers' programs read it: checkpoint, keys, tiles and proofs; the entries themselves for auditors."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import PlainTextResponse, Response
from sqlmodel import Session, col, select

from app.audit import log_tables, old_logs, tiles
from app.audit.key_changes import FOLDER
from app.audit.limits import denied
from app.audit.models import LogEntry, OldCheckpoint, OldLogEntry
from app.audit.tiles import ENTRIES, Tile
from app.cases import trails
from app.deps import Home, either, public
from app.errors import NotFound
from app.installation import Installation
from app.oversight.reading import note_reading
from app.people.queries import Viewer

router = APIRouter(prefix="/log", include_in_schema=False)
Auditor = Annotated[Viewer, Depends(either("trail"))]
FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
MOST_LOGS = 1_000_000
NO_TILE = "The log has no such tile, or it is not signed yet."
NOT_SIGNED = "This entry is recorded and waits for the next signature of the log. Ask again in a few seconds.\n"


@router.get("/checkpoint", dependencies=[Depends(public)])
def checkpoint(home: Home) -> PlainTextResponse:
    """The newest checkpoint. NotFound until there is one."""
    with home.db.read() as session:
        newest = log_tables.newest_checkpoint(session)
    if newest is None:
        raise NotFound("Nothing is signed yet.")
    return PlainTextResponse(newest.note)


@router.get("/old/{number}/checkpoint", dependencies=[Depends(public)])
def old_checkpoint(home: Home, number: int) -> PlainTextResponse:
    """The last checkpoint of a log that ended with a declared loss."""
    with home.db.read() as session:
        return PlainTextResponse(_ended(session, number).note)


@router.get("/old/{number}/tile/entries/{place:path}")
def old_entries(home: Home, viewer: Auditor, number: int, place: str) -> Response:
    """A bundle of entries of such a log, for auditors. Reading them is recorded."""
    note_reading(home, viewer, via="page")
    with home.db.read() as session:
        tile = _within(f"{ENTRIES}/{place}", _ended(session, number).size)
        found = old_logs.entries(session, number, tile.first, tile.first + tile.width)
        places = col(OldLogEntry.log_index).between(tile.first, tile.first + tile.width - 1)
        hidden = trails.hides(session, viewer, select(OldLogEntry.entry_id).where(OldLogEntry.log == number, places))
    _refuse(home, viewer, hidden)
    return _bytes(tiles.bundle(_whole(found, tile)), {})


@router.get("/old/{number}/tile/{place:path}", dependencies=[Depends(public)])
def old_hashes(home: Home, number: int, place: str) -> Response:
    """A tile of hashes of such a log."""
    with home.db.read() as session:
        tile = _within(place, _ended(session, number).size)
        found = old_logs.tile(session, number, tile.level, tile.number, tile.width)
    return _bytes(b"".join(_whole(found, tile)), FOR_EVER)


@router.get("/key", dependencies=[Depends(public)])
def key(home: Home) -> PlainTextResponse:
    """Every public key there ever was, the present one last."""
    return PlainTextResponse("".join(f"{verifier}\n" for verifier in home.log.folder.verifiers()))


@router.get(f"/{FOLDER}/{{key_id}}", dependencies=[Depends(public)])
def key_change(home: Home, key_id: Annotated[str, Path(pattern="^[0-9a-f]{8}$")]) -> PlainTextResponse:
    """The note in which the key before it names this one, so that a change of keys can be followed."""
    note = dict(home.log.folder.key_changes()).get(key_id)
    if note is None:
        raise NotFound("No key before it named this one.")
    return PlainTextResponse(note)


@router.get("/tile/entries/{place:path}")
def entries(home: Home, viewer: Auditor, place: str) -> Response:
    """A bundle of entries, for auditors: ids, codes and times, no names. Reading them is recorded."""
    note_reading(home, viewer, via="page")
    with home.db.read() as session:
        tile = _tile(session, f"{ENTRIES}/{place}")
        found = log_tables.entries(session, tile.first, tile.first + tile.width)
        places = col(LogEntry.log_index).between(tile.first, tile.first + tile.width - 1)
        hidden = trails.hides(session, viewer, select(LogEntry.entry_id).where(places))
    _refuse(home, viewer, hidden)
    return _bytes(tiles.bundle(_whole(found, tile)), {})


@router.get("/tile/{place:path}", dependencies=[Depends(public)])
def hashes(home: Home, place: str) -> Response:
    """A tile of hashes, as far as the log is signed."""
    with home.db.read() as session:
        tile = _tile(session, place)
        found = log_tables.tile(session, tile.level, tile.number, tile.width)
    return _bytes(b"".join(_whole(found, tile)), FOR_EVER)


@router.get("/proof/{entry_id}", dependencies=[Depends(public)])
def proof(home: Home, entry_id: Annotated[str, Path(pattern="^[0-9a-f]{32}$")]) -> PlainTextResponse:
    """The receipt of an entry (C2SP `tlog-proof`); 202 until it is signed."""
    with home.db.read() as session:
        found = old_logs.proof_of(session, entry_id) or log_tables.proof_of(session, entry_id)
    if found is None:
        raise NotFound("There is no such entry.")
    if not found:
        return PlainTextResponse(NOT_SIGNED, 202, {"retry-after": "2"})
    named = {"content-disposition": f'attachment; filename="{entry_id}.tlog-proof"'}
    return PlainTextResponse(found, headers=named)


def _refuse(home: Installation, viewer: Viewer, hidden: bool) -> None:
    """A bundle with an entry of a case that does not exist for this auditor is not there for them; they tried it."""
    if hidden:
        with home.db.write() as session:
            denied(session, viewer.actor(), None, "page", subject=("log", f"tile/{ENTRIES}"))
        raise NotFound(NO_TILE)


def _tile(session: Session, path: str) -> Tile:
    newest = log_tables.newest_checkpoint(session)
    return _within(path, newest.size if newest is not None else 0)


def _ended(session: Session, number: int) -> OldCheckpoint:
    newest = old_logs.newest_of(session, number) if 0 < number < MOST_LOGS else None
    if newest is None:
        raise NotFound("No log of this number ended.")
    return newest


def _within(path: str, size: int) -> Tile:
    tile = Tile.read(path)
    if tile is None or not tile.is_in(size):
        raise NotFound(NO_TILE)
    return tile


def _whole(found: Sequence[bytes], tile: Tile) -> Sequence[bytes]:
    """All of a tile: what is short because rows were taken away would be kept by caches for ever."""
    if len(found) != tile.width:
        raise NotFound(NO_TILE)
    return found


def _bytes(content: bytes, headers: dict[str, str]) -> Response:
    return Response(content, media_type="application/octet-stream", headers=headers)
