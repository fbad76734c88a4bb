"""Checks an exported log with nothing but its files and the public key: no database, no other key. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.audit import tiles
from app.audit.checkpoints import read_note
from app.audit.entries import document_of, leaf_hash
from app.audit.log_check import log_faults
from app.audit.notes import NoteWrong, Verifier
from app.audit.sources import THE_LOG, Fault, Held, Leaf, LogSource
from app.audit.tiles import Tile, tile_at
from app.audit.tree import HEIGHT, WIDTH

ReadFile = Callable[[str], bytes | None]
"""A file of the export by its path, None where there is none."""


@dataclass(frozen=True)
class _End:
    """The end of one case's chain so far."""

    seq: int
    leaf: bytes
    at: str


def export_faults(read: ReadFile, keys: Sequence[Verifier], saved: Sequence[tuple[str, str]] = ()) -> Iterator[Fault]:
    """Every fault of an exported log: tree, checkpoint, and the chain of each case; nothing where it is sound."""
    note = (read("checkpoint") or b"").decode("utf-8", "replace")
    try:
        size = read_note(note, keys).checkpoint.size
    except NoteWrong as wrong:
        yield Fault(None, "the checkpoint", str(wrong))
        return
    chains, other = list[Fault](), dict[int, Held]()
    yield from log_faults(
        LogSource(
            leaves=_chained(_entries(read, size), other, chains),
            above=lambda level: _level(read, level, size),
            checkpoints=[(size, note)],
            keys=keys,
            saved=saved,
            other=other,
        )
    )
    yield from chains


def _entries(read: ReadFile, size: int) -> Iterator[tuple[int, bytes | None, bytes | None]]:
    """Place, entry and the leaf in the tree."""
    for number in range(-(-size // WIDTH)):
        tile = tile_at(0, number, size)
        leaves = tiles.hashes_in(read(f"tile/{tile}") or b"")
        entries = _bundle(read(f"tile/{Tile(0, number, tile.width, of_entries=True)}") or b"")
        for place in range(tile.width):
            entry = entries[place] if place < len(entries) else None
            yield tile.first + place, entry, leaves[place] if place < len(leaves) else None


def _level(read: ReadFile, level: int, size: int) -> Iterator[tuple[int, bytes]]:
    for number in range(-(-(size >> HEIGHT * level) // WIDTH)):
        tile = tile_at(level, number, size)
        yield from enumerate(tiles.hashes_in(read(f"tile/{tile}") or b"")[: tile.width], tile.first)


def _chained(
    entries: Iterator[tuple[int, bytes | None, bytes | None]], other: dict[int, Held], found: list[Fault]
) -> Iterator[Leaf]:
    """The leaves of the tree, and in `other` the entries whose leaf is not there.

    Adds to `found` where an entry does not follow on from the one before it in its case.
    """
    ends = dict[str, _End]()
    for index, entry, in_tree in entries:
        document, leaf = document_of(entry or b""), leaf_hash(entry) if entry is not None else None
        if leaf != in_tree:
            other[index] = Held(document.get("id"), leaf)
        case, seq, at = document.get("case"), document.get("seq"), str(document.get("recorded_at"))
        if leaf is not None and isinstance(case, str) and isinstance(seq, int):
            before = ends.get(case, _End(0, b"", ""))
            follows = (seq, document.get("prev", "")) == (before.seq + 1, before.leaf.hex()) and at > before.at
            if not follows:
                where = f"place {index} of the log, case {case}, entry {seq}"
                found.append(
                    Fault(document.get("id"), where, "it does not follow on from the entry before it in its case")
                )
            ends[case] = _End(seq, leaf, at)
        elif leaf is not None and not document:
            found.append(Fault(None, f"place {index} of {THE_LOG}", "its bytes are not an entry"))
        yield index, in_tree


def _bundle(content: bytes) -> list[bytes]:
    try:
        return tiles.unbundled(content)
    except ValueError:
        return []
