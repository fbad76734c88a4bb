"""The signed log as a folder of tiles, laid out as C2SP `tlog-tiles` serves it; logs that ended lie under `old`."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from sqlmodel import Session

from app.audit import log_tables, old_logs, tiles
from app.audit.key_changes import FOLDER
from app.audit.log_folder import LogFolder
from app.errors import NotFound
from app.private_files import make_folder

Entries = Callable[[int, int], Sequence[bytes]]
Hashes = Callable[[int, int, int], Sequence[bytes]]


def write_tiles(session: Session, folder: LogFolder, out: Path) -> int:
    """Writes it as a new folder: how many entries the present log has. OSError. NotFound while nothing is signed."""
    newest = log_tables.newest_checkpoint(session)
    if newest is None:
        raise NotFound("Nothing is signed yet, so there is nothing to save.")
    out.mkdir(mode=0o700)
    for number, last in old_logs.last_checkpoints(session):
        entries, hashes = partial(old_logs.entries, session, number), partial(old_logs.tile, session, number)
        _write_log(out / "old" / str(number), last.size, last.note, entries, hashes)
    (out / "key").write_text("".join(f"{key}\n" for key in folder.verifiers()), "utf-8")
    for key_id, note in folder.key_changes():
        make_folder(out / FOLDER)
        (out / FOLDER / key_id).write_text(note, "utf-8")
    # last: a folder with a checkpoint is whole
    _write_log(out, newest.size, newest.note, partial(log_tables.entries, session), partial(log_tables.tile, session))
    return newest.size


def _write_log(out: Path, size: int, note: str, entries: Entries, hashes: Hashes) -> None:
    for tile in tiles.tiles_of(size):
        file = out / "tile" / str(tile)
        make_folder(file.parent)
        if tile.of_entries:
            content = tiles.bundle(entries(tile.first, tile.first + tile.width))
        else:
            content = b"".join(hashes(tile.level, tile.number, tile.width))
        file.write_bytes(content)
    make_folder(out)
    (out / "checkpoint").write_text(note, "utf-8")
