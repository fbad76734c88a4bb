"""The log as strangers' programs read it: checkpoint, keys, tiles and proofs; the entries themselves for auditors."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import PlainTextResponse, Response
from sqlmodel import Session

from app.audit import log_tables, tiles
from app.audit.tiles import ENTRIES, Tile
from app.deps import Home, either, public
from app.errors import NotFound
from app.oversight.reading import note_reading
from app.people.queries import Viewer

router = APIRouter(prefix="/log", include_in_schema=False)
Auditor = Annotated[Viewer, Depends(either("trail"))]
FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
NOT_SIGNED = "This entry is recorded and waits for the next signature of the log. Ask again in a few seconds.\n"


@router.get("/checkpoint", dependencies=[Depends(public)])
def checkpoint(home: Home) -> PlainTextResponse:
    """The newest checkpoint. NotFound until there is one."""
    with home.db.read() as session:
        newest = log_tables.newest_checkpoint(session)
    if newest is None:
        raise NotFound("Nothing is signed yet.")
    return PlainTextResponse(newest.note)


@router.get("/key", dependencies=[Depends(public)])
def key(home: Home) -> PlainTextResponse:
    """Every public key there ever was, the present one last."""
    return PlainTextResponse("".join(f"{verifier}\n" for verifier in home.log.folder.verifiers()))


@router.get("/tile/entries/{place:path}")
def entries(home: Home, viewer: Auditor, place: str) -> Response:
    """A bundle of entries, for auditors: ids, codes and times, no names. Reading them is recorded."""
    note_reading(home, viewer, via="page")
    with home.db.read() as session:
        tile = _tile(session, f"{ENTRIES}/{place}")
        found = log_tables.entries(session, tile.first, tile.first + tile.width)
    return _bytes(tiles.bundle(found), {})


@router.get("/tile/{place:path}", dependencies=[Depends(public)])
def hashes(home: Home, place: str) -> Response:
    """A tile of hashes, as far as the log is signed."""
    with home.db.read() as session:
        tile = _tile(session, place)
        found = log_tables.tile(session, tile.level, tile.number, tile.width)
    return _bytes(b"".join(found), FOR_EVER)


@router.get("/proof/{entry_id}", dependencies=[Depends(public)])
def proof(home: Home, entry_id: Annotated[str, Path(pattern="^[0-9a-f]{32}$")]) -> PlainTextResponse:
    """The receipt of an entry (C2SP `tlog-proof`); 202 until it is signed."""
    with home.db.read() as session:
        found = log_tables.proof_of(session, entry_id)
    if found is None:
        raise NotFound("There is no such entry.")
    if not found:
        return PlainTextResponse(NOT_SIGNED, 202, {"retry-after": "2"})
    named = {"content-disposition": f'attachment; filename="{entry_id}.tlog-proof"'}
    return PlainTextResponse(found, headers=named)


def _tile(session: Session, path: str) -> Tile:
    tile, newest = Tile.read(path), log_tables.newest_checkpoint(session)
    if tile is None or newest is None or not tile.is_in(newest.size):
        raise NotFound("The log has no such tile, or it is not signed yet.")
    return tile


def _bytes(content: bytes, headers: dict[str, str]) -> Response:
    return Response(content, media_type="application/octet-stream", headers=headers)
