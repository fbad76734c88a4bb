"""The tree against a plain recursive reading of RFC 6962, pymerkle and Go; every proof, and none that was bent."""

import hashlib
import random

import pytest
from pymerkle import InmemoryTree

from app.audit.entries import leaf_hash
from app.audit.tree import (
    EMPTY_ROOT,
    Frontier,
    TreeIncomplete,
    consistency,
    extends,
    filled,
    holds,
    inclusion,
    node_hash,
    root,
    widths,
)
from tests.audit.trees import Grown, b64, go_says, leaves

SIZES = (1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 770, 1000)


def plain_root(entries: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return leaf_hash(entries[0])
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return node_hash(plain_root(entries[:split]), plain_root(entries[split:]))


def test_roots_of_one_to_a_thousand_leaves_are_those_of_pymerkle() -> None:
    theirs, ours = InmemoryTree(algorithm="sha256"), Grown()
    assert root(ours.read, 0) == EMPTY_ROOT == plain_root([])
    for entry in leaves(1000):
        theirs.append_entry(entry)
        ours.add(entry)
        assert root(ours.read, len(ours.levels[0])) == theirs.get_root()


def test_any_earlier_size_still_has_its_root() -> None:
    entries = leaves(1000)
    tree = Grown(entries)
    assert all(root(tree.read, size) == plain_root(entries[:size]) for size in SIZES)


@pytest.mark.parametrize("steps", [(1,) * 600, (256,) * 3, (100, 156, 256, 5), (600,), (255, 1, 256, 256)])
def test_a_tree_that_grows_in_any_steps_is_the_same(steps: tuple[int, ...]) -> None:
    hashes = [leaf_hash(entry) for entry in leaves(sum(steps))]
    grown, tree, size, full = Frontier(), Grown(leaves(sum(steps))), 0, []
    for step in steps:
        full += grown.add(hashes[size : size + step])
        size += step
        assert (grown.size, grown.root()) == (size, root(tree.read, size))
    assert full == [(1, number, found) for number, found in enumerate(tree.levels[1])]


def test_only_every_eighth_level_is_stored() -> None:
    tree = Grown(leaves(70_000))
    stored = {level: len(hashes) for level, hashes in tree.levels.items()}
    assert stored == {0: 70_000, 1: 273, 2: 1} == dict(widths(70_000))
    assert list(filled(0, 513)) == [(0, 0), (0, 1)]
    assert list(filled(65_535, 65_536)) == [(0, 255), (1, 0)]
    assert root(tree.read, 70_000) == plain_root(leaves(70_000))


def test_every_inclusion_proof_holds_for_its_leaf_alone() -> None:
    entries = leaves(300)
    tree = Grown(entries)
    for size in (1, 2, 5, 256, 257, 300):
        top = root(tree.read, size)
        for index in range(size):
            proof = inclusion(tree.read, index, size)
            leaf = leaf_hash(entries[index])
            assert holds(leaf, index, size, proof, top)
            assert not holds(leaf_hash(b"other"), index, size, proof, top)
            assert not holds(leaf, index, size, [*proof, leaf], top)
            assert not holds(leaf, (index + 1) % size, size, proof, top) or size == 1
            if proof:
                assert not holds(leaf, index, size, proof[:-1], top)
                assert not holds(leaf, index, size, [bytes(32), *proof[1:]], top)
    assert not holds(leaf_hash(entries[0]), -1, 1, [], root(tree.read, 1))


def test_every_consistency_proof_holds_for_its_two_trees_alone() -> None:
    tree = Grown(leaves(280))
    roots = [root(tree.read, size) for size in range(281)]
    for size in (*range(1, 40), 255, 256, 257, 280):
        for old in range(size + 1):
            proof = consistency(tree.read, old, size)
            assert extends(old, roots[old], size, roots[size], proof)
            assert not extends(old, bytes(32), size, roots[size], proof)
            assert not extends(old, roots[old], size, bytes(32), proof) or old == 0
            assert not extends(old, roots[old], size, roots[size], [*proof, bytes(32)])
            if proof:
                assert not extends(old, roots[old], size, roots[size], proof[:-1])
                assert not extends(old, roots[old], size, roots[size], [bytes(32), *proof[1:]])


def test_proofs_of_what_is_not_there_are_refused() -> None:
    tree = Grown(leaves(10))
    for index, size in ((10, 10), (-1, 10), (0, 0)):
        with pytest.raises(ValueError, match="not in the tree"):
            inclusion(tree.read, index, size)
    with pytest.raises(ValueError, match="not smaller"):
        consistency(tree.read, 11, 10)
    with pytest.raises(TreeIncomplete, match="tile 0 of level 0"):
        root(tree.read, 11)


@pytest.mark.go
def test_go_accepts_every_proof_and_refuses_bent_ones() -> None:
    entries, chance = leaves(1000), random.Random(962)
    tree = Grown(entries)
    included, consistent = [], []
    for size in SIZES:
        top = b64(root(tree.read, size))
        for index in {0, size - 1, *(chance.randrange(size) for _ in range(10))}:
            steps = [b64(step) for step in inclusion(tree.read, index, size)]
            leaf = b64(leaf_hash(entries[index]))
            included.append({"Size": size, "Index": index, "Leaf": leaf, "Root": top, "Steps": steps})
        for old in {1, size, *(chance.randrange(1, size + 1) for _ in range(10))}:
            steps = [b64(step) for step in consistency(tree.read, old, size)]
            before = b64(root(tree.read, old))
            consistent.append({"Size": size, "Old": old, "Before": before, "Root": top, "Steps": steps})
    assert go_says(Inclusion=included, Consistency=consistent) == "ok"
    assert "inclusion of" in go_says(Inclusion=[{**included[-1], "Leaf": b64(bytes(32))}])
    assert "consistency of" in go_says(Consistency=[{**consistent[-1], "Before": b64(bytes(32))}])
