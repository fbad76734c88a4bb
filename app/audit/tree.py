"""A Merkle tree as RFC 6962 hashes it, read from its stored tiles, and proofs as RFC 9162 checks them. Pure.

Stored are level 0, the leaves, and of the levels above every eighth: the root of each full tile, 256 hashes wide.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

WIDTH, HEIGHT = 256, 8
EMPTY_ROOT = hashlib.sha256(b"").digest()
Read = Callable[[int, int], Sequence[bytes]]
"""The hashes of a tile by stored level and number, in order; it may hold more than the tree at hand has."""


class TreeIncomplete(ValueError):
    """A stored hash that the tree needs is missing."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root of a complete subtree over these hashes; a power of two of them."""
    hashed = hashlib.sha256
    while len(hashes) > 1:
        pairs = iter(hashes)
        hashes = [hashed(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return hashes[0]


def filled(first: int, size: int) -> Iterator[tuple[int, int]]:
    """(level, number) of each tile that became full while a tree grew from `first` leaves to `size`, lowest first."""
    level = 0
    while size >> HEIGHT:
        first, size = first >> HEIGHT, size >> HEIGHT
        yield from ((level, number) for number in range(first, size))
        level += 1


def widths(size: int) -> Iterator[tuple[int, int]]:
    """(level, hashes stored) of every level of a tree of that size."""
    level = 0
    while size:
        yield level, size
        level, size = level + 1, size >> HEIGHT


class Frontier:
    """A tree that grows leaf by leaf and remembers only what its root needs: a hash for each bit of its size."""

    def __init__(self, read: Read | None = None, size: int = 0) -> None:
        """Empty, or as a stored tree was at that size. TreeIncomplete."""
        self.size = size
        self._peaks: list[bytes] = []
        start = 0
        for bit in range(size.bit_length() - 1, -1, -1):
            if read is not None and size >> bit & 1:
                self._peaks.append(_range(read, start, start + (1 << bit)))
                start += 1 << bit

    def add(self, leaves: Sequence[bytes]) -> list[tuple[int, int, bytes]]:
        """Adds leaves; (level, number, hash) of each root of a full tile that came with them."""
        if len(leaves) == WIDTH and self.size % WIDTH == 0:
            return self._add(fold(leaves), HEIGHT)
        return [full for leaf in leaves for full in self._add(leaf, 0)]

    def _add(self, found: bytes, height: int) -> list[tuple[int, int, bytes]]:
        """Adds a subtree of that height, whose root was `found`."""
        place = self.size >> height
        self.size += 1 << height
        full = [(height // HEIGHT, place, found)] if height else []
        while place & 1:
            found, place, height = node_hash(self._peaks.pop(), found), place >> 1, height + 1
            if height % HEIGHT == 0:
                full.append((height // HEIGHT, place, found))
        self._peaks.append(found)
        return full

    def root(self) -> bytes:
        """The root over the leaves so far."""
        found = self._peaks[-1] if self._peaks else EMPTY_ROOT
        for peak in self._peaks[-2::-1]:
            found = node_hash(peak, found)
        return found


def root(read: Read, size: int) -> bytes:
    """The root of the first `size` leaves. TreeIncomplete."""
    return _range(read, 0, size) if size else EMPTY_ROOT


def inclusion(read: Read, index: int, size: int) -> list[bytes]:
    """The inclusion proof of a leaf in the tree of that size. TreeIncomplete; ValueError where it has no such leaf."""
    if not 0 <= index < size:
        raise ValueError("That leaf is not in the tree.")
    proof, start, end = list[bytes](), 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_range(read, middle, end))
            end = middle
        else:
            proof.append(_range(read, start, middle))
            start = middle
    return proof[::-1]


def consistency(read: Read, old: int, size: int) -> list[bytes]:
    """The proof that the tree of that size begins with the old one. TreeIncomplete; ValueError for no such size."""
    if not 0 <= old <= size:
        raise ValueError("The old tree is not smaller.")
    proof, start, end = list[bytes](), 0, size
    while 0 < old < end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_range(read, middle, end))
            end = middle
        else:
            proof.append(_range(read, start, middle))
            start = middle
    if start:
        proof.append(_range(read, start, old))
    return proof[::-1]


def holds(leaf: bytes, index: int, size: int, proof: Sequence[bytes], tree_root: bytes) -> bool:
    """Whether an inclusion proof leads from this leaf to that root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    number, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if number & 1 or number == last:
            found = node_hash(step, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, step)
        number, last = number >> 1, last >> 1
    return last == 0 and found == tree_root


def extends(old: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a consistency proof shows that the new tree begins with the old one (RFC 9162, 2.1.4.2)."""
    if old in (0, size):
        return not proof and old_root == (new_root if old == size else EMPTY_ROOT)
    steps = [old_root, *proof] if 0 < old < size and not old & (old - 1) else list(proof)
    if not 0 < old < size or not steps:
        return False
    number, last = old - 1, size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            after = node_hash(after, step)
        number, last = number >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def continues(read: Read, old: int, old_root: bytes, size: int, new_root: bytes) -> bool:
    """Whether the tree of that size and root begins with the old one. TreeIncomplete; ValueError for no such size.

    Two roots that each come out right of the stored levels do not say so: a level above may be over other leaves.
    """
    return extends(old, old_root, size, new_root, consistency(read, old, size))


def _split(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


def _range(read: Read, start: int, end: int) -> bytes:
    """The hash over the leaves from `start` up to `end`, as RFC 6962 splits a tree."""
    count = end - start
    if count & (count - 1):
        middle = start + _split(count)
        return node_hash(_range(read, start, middle), _range(read, middle, end))
    level, rest = divmod(count.bit_length() - 1, HEIGHT)
    tile, offset = divmod(start >> (HEIGHT * level), WIDTH)
    hashes = read(level, tile)[offset : offset + (1 << rest)]
    if len(hashes) != 1 << rest:
        raise TreeIncomplete(f"Of tile {tile} of level {level} hashes are missing.")
    return fold(hashes)
