"""The log as others read it: C2SP `tlog-tiles` paths and bundles, and `tlog-proof` texts. Pure."""

import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.audit import tree
from app.audit.checkpoints import SIZE
from app.audit.entries import LARGEST_ENTRY
from app.audit.notes import NoteWrong, decoded, encoded
from app.audit.tree import HEIGHT, WIDTH

ENTRIES = "entries"
LARGEST_FILE = WIDTH * (2 + LARGEST_ENTRY)
"""Bytes of the largest file that a log in tiles has: a full bundle of the longest entries."""
_NUMBER = r"(?:x\d{3}/)*\d{3}"
_PLACE = re.compile(rf"(?P<level>{ENTRIES}|0|[1-9]\d?)/(?P<number>{_NUMBER})(?:\.p/(?P<width>[1-9]\d{{0,2}}))?")
_PROOF = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(rf"index ({SIZE.pattern})")


@dataclass(frozen=True)
class Tile:
    """A tile of hashes, or the bundle of entries under a tile of level 0; `width` 256 where it is full."""

    level: int
    number: int
    width: int = WIDTH
    of_entries: bool = False

    @classmethod
    def read(cls, path: str) -> "Tile | None":
        """The tile of `<L>/<N>[.p/<W>]` or `entries/<N>[.p/<W>]`; None where it names none, or not as it should."""
        found = _PLACE.fullmatch(path)
        if found is None:
            return None
        of_entries = found["level"] == ENTRIES
        number = int(found["number"].replace("x", "").replace("/", ""))
        tile = cls(0 if of_entries else int(found["level"]), number, int(found["width"] or WIDTH), of_entries)
        return tile if str(tile) == path else None

    def __str__(self) -> str:
        parts = [f"{self.number % 1000:03}"]
        rest = self.number // 1000
        while rest:
            parts.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        partial = f".p/{self.width}" if self.width < WIDTH else ""
        return f"{ENTRIES if self.of_entries else self.level}/{'/'.join(parts)}{partial}"

    @property
    def first(self) -> int:
        """The index of its first hash in its level."""
        return self.number * WIDTH

    def is_in(self, size: int) -> bool:
        """Whether a tree of that size has this tile, or one that begins with it."""
        return self.width <= WIDTH and self.first + self.width <= size >> (HEIGHT * self.level)


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile of a tree, and every bundle of entries: what an export holds."""
    for level, count in tree.widths(size):
        for number in range(-(-count // WIDTH)):
            width = min(WIDTH, count - number * WIDTH)
            yield Tile(level, number, width)
            if level == 0:
                yield Tile(level, number, width, of_entries=True)


def tile_at(level: int, number: int, size: int) -> Tile:
    """The tile with that number as it is in a tree of that size."""
    return Tile(level, number, min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH))


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries one after the other, each after its length."""
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def unbundled(content: bytes) -> list[bytes]:
    """The entries of a bundle. ValueError where it ends too early, or holds more than any may."""
    entries, place = list[bytes](), 0
    while place < len(content):
        (length,) = struct.unpack(">H", content[place : place + 2].ljust(2, b"\xff"))
        entry = content[place + 2 : place + 2 + length]
        if len(entry) != length:
            raise ValueError("The bundle ends in the middle of an entry.")
        if len(entries) == WIDTH:
            raise ValueError("The bundle holds more entries than one may.")
        entries.append(entry)
        place += 2 + length
    return entries


def hashes_in(content: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [content[place : place + 32] for place in range(0, len(content), 32)]


def proof_text(index: int, steps: Sequence[bytes], note: str) -> str:
    """The receipt of an entry: where it stands, the proof, and the checkpoint that the proof leads to."""
    return "\n".join([_PROOF, f"index {index}", *(encoded(step) for step in steps), "", note])


@dataclass(frozen=True)
class Proof:
    """What a receipt says: the entry's place, the hashes beside its way to the root, and the checkpoint."""

    index: int
    steps: Sequence[bytes]
    note: str


def read_proof(text: str) -> Proof:
    """The proof of a text that `proof_text` wrote. NoteWrong."""
    head, _, note = text.partition("\n\n")
    kind, index, *steps = [*head.split("\n"), ""][: max(2, head.count("\n") + 1)]
    found = _INDEX.fullmatch(index)
    if kind != _PROOF or found is None:
        raise NoteWrong("This is no proof of an entry.")
    return Proof(int(found[1]), [decoded(step) for step in steps], note)
