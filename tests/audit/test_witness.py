"""What a witness signs, with a log whose key was stolen and whose history was written anew."""

import pytest

from app.audit import tree
from app.audit.checkpoints import Checkpoint, read_note, sign
from app.audit.notes import COSIGNATURE, Signer
from app.audit.witness import LogRewritten, witnessed
from tests.audit.trees import Grown, leaves

LOG, OTHER = Signer("cases.example.org/log", bytes(range(32))), Signer("other.example/log", bytes(range(32)))
WITNESS = Signer("witness.example/one", bytes(range(2, 34)))


def note(grown: Grown, size: int, signer: Signer = LOG) -> str:
    return sign(Checkpoint(signer.name, size, tree.root(grown.read, size)), [signer])


def test_it_signs_a_log_that_grew_and_refuses_one_that_was_rewritten() -> None:
    honest = Grown(leaves(700))
    keys = [LOG.verifier(), OTHER.verifier()]
    first = witnessed(note(honest, 300), None, keys, honest.read, WITNESS, 1)
    second = witnessed(note(honest, 700), first, keys, honest.read, WITNESS, 2)
    assert WITNESS.verifier(COSIGNATURE) in read_note(second, [*keys, WITNESS.verifier(COSIGNATURE)]).by
    rewritten = Grown([b"edited", *leaves(800)[1:]])
    with pytest.raises(LogRewritten, match="first 700 entries are not those"):
        witnessed(note(rewritten, 800), second, keys, rewritten.read, WITNESS, 3)
    with pytest.raises(LogRewritten, match="had 700 entries, now it has 300"):
        witnessed(note(honest, 300), second, keys, honest.read, WITNESS, 3)
    with pytest.raises(LogRewritten, match=r"watches cases\.example\.org"):
        witnessed(note(honest, 700, OTHER), second, keys, honest.read, WITNESS, 3)


@pytest.mark.parametrize(
    ("before", "size", "changed", "kept"),
    [
        (300, 700, 280, {(0, 1)}),
        (300, 512, 299, {(0, 1)}),
        (1, 256, 0, {(0, 0)}),
        (700, 66_000, 650, {(0, 2)}),
        (700, 66_000, 3, {(1, 0)}),
    ],
)
def test_tiles_that_do_not_fit_together_hide_no_fork(
    before: int, size: int, changed: int, kept: set[tuple[int, int]]
) -> None:
    """The old root comes from tiles of then, the new one from those above, written anew: each for itself is right."""
    now = leaves(size)
    now[changed] = b"another"
    honest, forked = Grown(leaves(size)), Grown(now)
    first = witnessed(note(honest, before), None, [LOG.verifier()], honest.read, WITNESS, 1)

    def read(level: int, number: int) -> list[bytes]:
        return (honest if (level, number) in kept else forked).read(level, number)

    assert tree.root(read, before) == tree.root(honest.read, before)
    assert tree.root(read, size) == tree.root(forked.read, size)
    with pytest.raises(LogRewritten, match=f"first {before} entries are not those"):
        witnessed(note(forked, size), first, [LOG.verifier()], read, WITNESS, 2)
    grown = witnessed(note(honest, size), first, [LOG.verifier()], honest.read, WITNESS, 2)
    assert grown.startswith(note(honest, size))
