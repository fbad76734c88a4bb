"""Checks the log: entries against the hashes of the tree, the tree against its checkpoints and those kept elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from app.audit.checkpoints import Checkpoint, read_note
from app.audit.key_changes import followed
from app.audit.notes import NoteWrong
from app.audit.sources import THE_LOG, Fault, Held, Leaf, LogSource
from app.audit.tree import HEIGHT, WIDTH

LEVELS = 64 // HEIGHT
"""More levels of tiles no log has."""


@dataclass(frozen=True)
class _Claim:
    """A checkpoint to be compared with the tree: what to call it, and what is said where it differs."""

    where: str
    checkpoint: Checkpoint
    otherwise: str


@dataclass
class _Above:
    """The stored hashes of the levels above the leaves, read along with the tree as it grows."""

    source: LogSource
    open: dict[int, Iterator[tuple[int, bytes]]] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)

    def faults(self, level: int, number: int, expected: bytes) -> Iterator[Fault]:
        stored = next(self.open.setdefault(level, iter(self.source.above(level))), None)
        if stored is not None and (stored[0], bytes(stored[1])) == (number, expected):
            return
        if level not in self.told:  # what follows in this level may only be shifted
            self.told.add(level)
            yield Fault(
                None, self.source.name, f"hash {number} of level {level} is missing or not that of the entries below it"
            )

    def left_over(self) -> Iterator[Fault]:
        for level in range(1, LEVELS):
            rest = self.open.get(level) or iter(self.source.above(level))
            if level not in self.told and next(rest, None) is not None:
                yield Fault(None, self.source.name, f"level {level} holds hashes of entries that are not there")


def log_faults(source: LogSource) -> Iterator[Fault]:
    """Every fault of the log; nothing where it is sound. Of roots that differ only the first is told."""
    frontier, above = source.frontier, _Above(source)
    read = list[Fault]()
    claims = _Claims(_claims(source, read), _saved(source, read))
    yield from claims.due(frontier.size, frontier.root())
    rest, expected = iter(source.leaves), frontier.size
    while some := list(islice(rest, _at_once(frontier.size, claims.next_size))):
        places, leaves = zip(*some, strict=True)
        if source.other or None in leaves or places != tuple(range(expected, expected + len(some))):
            yield from _leaf_faults(some, expected, source)
            leaves = tuple(_held(source, leaf).leaf or leaf[1] or b"" for leaf in some)
        expected = places[-1] + 1
        for level, number, hashed in frontier.add(leaves):
            yield from above.faults(level, number, hashed)
        if claims.next_size == frontier.size:
            yield from claims.due(frontier.size, frontier.root())
    yield from above.left_over()
    yield from claims.left_over(frontier.size)
    if source.ended and frontier.size > claims.signed and not read:  # a checkpoint that cannot be read is told anyway
        said = f"it holds {frontier.size:,} entries, but its last checkpoint is of {claims.signed:,}: some were put in"
        yield Fault(None, source.name, said)
    yield from read


def _at_once(size: int, claimed: int | None) -> int:
    """How many leaves may be added together: up to the end of a tile, and to the next tree that is compared."""
    rest = WIDTH - size % WIDTH
    return rest if claimed is None else min(rest, claimed - size)


class _Claims:
    """Checkpoints by size, those of the log and those saved elsewhere, each compared once the tree is so large."""

    def __init__(self, own: Iterator[_Claim], saved: Sequence[_Claim]) -> None:
        self._own, self._saved = own, list(saved)
        self._wrong = set[str]()
        self.signed = 0
        """The size of the largest of the log's own that was compared so far."""
        self._next = next(own, None)

    @property
    def next_size(self) -> int | None:
        """The size of the smallest tree that is still to be compared."""
        sizes = [claim.checkpoint.size for claim in (self._next, *self._saved[:1]) if claim is not None]
        return min(sizes, default=None)

    def due(self, size: int, root: bytes) -> Iterator[Fault]:
        """Compares the checkpoints of this size, and those that came out of order."""
        while self.next_size is not None and self.next_size <= size:
            claim = self._take()
            if (claim.checkpoint.size, claim.checkpoint.root) != (size, root) and claim.otherwise not in self._wrong:
                self._wrong.add(claim.otherwise)
                yield Fault(None, claim.where, claim.otherwise)

    def left_over(self, size: int) -> Iterator[Fault]:
        """What speaks of a larger tree than there is."""
        while self.next_size is not None:
            claim = self._take()
            said = f"it speaks of {claim.checkpoint.size:,} entries, but the log has {size:,}: entries were removed"
            yield Fault(None, claim.where, said)

    def _take(self) -> _Claim:
        if self._saved and (self._next is None or self._saved[0].checkpoint.size <= self._next.checkpoint.size):
            return self._saved.pop(0)
        taken, self._next = self._next, next(self._own, None)
        if taken is None:
            raise LookupError("no checkpoint is left")
        self.signed = max(self.signed, taken.checkpoint.size)
        return taken


def _held(source: LogSource, leaf: Leaf) -> Held:
    return source.other.get(leaf[0], Held(None, leaf[1]))


def _leaf_faults(leaves: Sequence[Leaf], expected: int, source: LogSource) -> Iterator[Fault]:
    for place, in_tree in leaves:
        where = f"place {place} of {source.name}"
        entry_id, of_entry = _held(source, (place, in_tree))
        if place != expected:
            yield Fault(entry_id, where, f"a gap: place {expected} was expected here, an entry before it was removed")
        expected = place + 1
        if of_entry is None:
            yield Fault(entry_id, where, "the entry that had this place is not stored: it was removed")
        elif in_tree is None:
            yield Fault(entry_id, where, "the tree holds no hash of this entry: it was removed")
        elif of_entry != in_tree:
            said = "the tree holds another hash than that of this entry: one of them was edited or moved"
            yield Fault(entry_id, where, said)


def _claims(source: LogSource, found: list[Fault]) -> Iterator[_Claim]:
    """The log's own checkpoints whose signature fits; the others go to `found`."""
    rank, origin = -1, ""
    for size, note in source.checkpoints:
        where = f"the checkpoint of {size:,} entries" + (f" of {source.name}" if source.name != THE_LOG else "")
        try:
            signed = read_note(note, source.keys)
        except NoteWrong as wrong:
            found.append(Fault(None, where, str(wrong)))
            continue
        newest = max(source.keys.index(key) for key in signed.by)
        if signed.strangers:
            found.append(Fault(None, where, "one of its signatures is of no known key: something in it was changed"))
        if newest < rank:
            found.append(Fault(None, where, "it is signed by an old key after a new one had taken over"))
        if 0 <= rank < newest and not _follows(source, rank, newest):
            said = (
                "no key before it named the one that signed it: that key was put in, or the note (key-change) removed"
            )
            found.append(Fault(None, where, said))
        if signed.checkpoint.size != size or signed.checkpoint.origin != (origin or signed.checkpoint.origin):
            found.append(Fault(None, where, "it stands in the wrong place, or is of another log"))
        rank, origin = max(rank, newest), signed.checkpoint.origin
        yield _Claim(
            where,
            signed.checkpoint,
            "the entries up to here do not give the root that was signed: something was changed, removed or moved",
        )


def _follows(source: LogSource, before: int, newest: int) -> bool:
    keys, notes = source.keys, source.named
    return notes is None or keys[newest] in followed([keys[before]], notes)


def _saved(source: LogSource, found: list[Fault]) -> Sequence[_Claim]:
    claims = []
    for name, note in source.saved:
        try:
            checkpoint = read_note(note, source.keys).checkpoint
        except NoteWrong as wrong:
            found.append(Fault(None, name, str(wrong)))
            continue
        otherwise = f"{name} does not fit: the log was rewritten after it was saved, or an older copy was put back"
        claims.append(_Claim(name, checkpoint, otherwise))
    return sorted(claims, key=lambda claim: claim.checkpoint.size)
