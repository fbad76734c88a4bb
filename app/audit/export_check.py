"""Checks an exported log with nothing but its files and the public key: no database, no other key. Pure."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, takewhile
from typing import Any

from app.audit import tiles
from app.audit.checkpoints import parted, read_note
from app.audit.entries import document_of, leaf_hash
from app.audit.events import Event
from app.audit.log_check import log_faults
from app.audit.notes import NoteWrong, Verifier
from app.audit.sources import THE_LOG, Fault, Held, Leaf, LogSource
from app.audit.tiles import Tile, tile_at
from app.audit.tree import HEIGHT, WIDTH

ReadFile = Callable[[str], bytes | None]
"""A file of the export by its path, None where there is none."""
NO_CHECKPOINT = "there is none in this copy: the copy was not finished, or the checkpoint was taken away"
OTHER_BEFORE = "the log that ended before it is not in this copy, or another one is"
MORE = "this file holds more than the log that was signed: something was put in"


@dataclass(frozen=True)
class _End:
    """The end of one case's chain so far."""

    seq: int
    leaf: bytes
    at: str


def export_faults(read: ReadFile, keys: Sequence[Verifier], saved: Sequence[tuple[str, str]] = ()) -> Iterator[Fault]:
    """Every fault of an exported log, and of those that ended before it: tree, checkpoint, and each case's chain.

    Each of the checkpoints `saved` is held against the log whose name it bears.
    """
    chains = _Chains({}, [])
    old = list(takewhile(lambda number: read(f"old/{number}/checkpoint") is not None, count(1)))
    left = list(saved)
    for number in old:
        of_it = [one for one in left if _origin(one[1]) == _origin(_text(read, f"old/{number}/checkpoint"))]
        left = [one for one in left if one not in of_it]
        inner = partial(_within, read, f"old/{number}/")
        yield from _log_faults(inner, keys, of_it, f"old log {number}", chains)
        chains.before = _text(inner, "checkpoint")
    yield from _log_faults(read, keys, left, THE_LOG, chains)
    yield from chains.faults


@dataclass
class _Chains:
    """Where the chain of each case stands, from one log to the next, and the faults found in them."""

    ends: dict[str, _End]
    faults: list[Fault]
    before: str | None = None
    """The last checkpoint of the log that ended before the one that is read."""

    def begin(self, document: Mapping[str, Any], name: str) -> None:
        """A log after a declared loss begins with an entry that commits to the last checkpoint of the one before."""
        declared = document.get("event") == Event.LOSS_DECLARED
        commits = document.get("commits") if declared else None
        known = commits.get("present") if isinstance(commits, dict) else None
        ended = hashlib.sha256(_signed(self.before).encode()).hexdigest() if self.before is not None else None
        if known != ended:
            entry_id = document.get("id")
            self.faults.append(Fault(entry_id, f"place 0 of {name}", OTHER_BEFORE))


def _within(read: ReadFile, folder: str, path: str) -> bytes | None:
    return read(f"{folder}{path}")


def _text(read: ReadFile, path: str) -> str:
    return (read(path) or b"").decode("utf-8", "replace")


def _signed(note: str) -> str:
    try:
        return parted(note)[0]
    except NoteWrong:
        return ""


def _origin(note: str) -> str:
    return note.partition("\n")[0]


def _log_faults(
    read: ReadFile, keys: Sequence[Verifier], saved: Sequence[tuple[str, str]], name: str, chains: _Chains
) -> Iterator[Fault]:
    note = _text(read, "checkpoint")
    if not note:
        yield Fault(None, f"the checkpoint of {name}", NO_CHECKPOINT)
        return
    try:
        size = read_note(note, keys).checkpoint.size
    except NoteWrong as wrong:
        yield Fault(None, f"the checkpoint of {name}", str(wrong))
        return
    other, files = dict[int, Held](), _Files(read, name, size, chains.faults)
    yield from log_faults(
        LogSource(
            leaves=_chained(files.entries(), name, other, chains),
            above=files.level,
            checkpoints=[(size, note)],
            keys=keys,
            saved=saved,
            name=name,
            other=other,
        )
    )


@dataclass(frozen=True)
class _Files:
    """The tiles and bundles of one log; what is more in them than it has goes to `faults`."""

    read: ReadFile
    name: str
    size: int
    faults: list[Fault]

    def entries(self) -> Iterator[tuple[int, bytes | None, bytes | None]]:
        """Place, entry and the leaf in the tree."""
        for number in range(-(-self.size // WIDTH)):
            tile = tile_at(0, number, self.size)
            leaves, entries = self._hashes(tile) or [], self._bundle(Tile(0, number, tile.width, of_entries=True))
            for place in range(tile.width):
                entry = entries[place] if place < len(entries) else None
                yield tile.first + place, entry, leaves[place] if place < len(leaves) else None

    def level(self, level: int) -> Iterator[tuple[int, bytes]]:
        """The hashes of a level, up to the first file that is not there."""
        for number in range(-(-(self.size >> HEIGHT * level) // WIDTH)):
            tile = tile_at(level, number, self.size)
            hashes = self._hashes(tile)
            if hashes is None:
                return
            yield from enumerate(hashes, tile.first)

    def _hashes(self, tile: Tile) -> list[bytes] | None:
        content = self.read(f"tile/{tile}")
        if content is None:
            return None
        return self._whole(tile, tiles.hashes_in(content))

    def _bundle(self, tile: Tile) -> list[bytes]:
        try:
            return self._whole(tile, tiles.unbundled(self.read(f"tile/{tile}") or b""))
        except ValueError as wrong:
            self.faults.append(Fault(None, f"tile/{tile} of {self.name}", str(wrong)))
            return []

    def _whole(self, tile: Tile, found: list[bytes]) -> list[bytes]:
        if len(found) > tile.width:
            self.faults.append(Fault(None, f"tile/{tile} of {self.name}", MORE))
        return found[: tile.width]


def _chained(
    entries: Iterator[tuple[int, bytes | None, bytes | None]], name: str, other: dict[int, Held], chains: _Chains
) -> Iterator[Leaf]:
    """The leaves of a log's tree, and in `other` the entries whose leaf is not there.

    Tells where an entry does not follow on from the one before it in its case.
    """
    ends, found = chains.ends, chains.faults
    for index, entry, in_tree in entries:
        document, leaf = document_of(entry or b""), leaf_hash(entry) if entry is not None else None
        if index == 0 and document:
            chains.begin(document, name)
        if leaf != in_tree:
            other[index] = Held(document.get("id"), leaf)
        case, seq, at = document.get("case"), document.get("seq"), str(document.get("recorded_at"))
        if leaf is not None and case is not None:
            case, seq = str(case), seq if type(seq) is int else 0
            before = ends.get(case, _End(0, b"", ""))
            follows = (seq, document.get("prev", "")) == (before.seq + 1, before.leaf.hex()) and at > before.at
            if not follows:
                where = f"place {index} of {name}, case {case}, entry {seq}"
                found.append(
                    Fault(document.get("id"), where, "it does not follow on from the entry before it in its case")
                )
            ends[case] = _End(seq, leaf, at)
        elif leaf is not None and not document:
            found.append(Fault(None, f"place {index} of {name}", "its bytes are not an entry"))
        yield index, in_tree
