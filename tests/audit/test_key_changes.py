"""A key of the log names the one that follows it, so that who trusts the first can follow from outside."""

import pytest

from app.audit.checkpoints import Checkpoint, sign
from app.audit.key_changes import endorse, followed
from app.audit.notes import Signer

NAME = "cases.example.org/log"
FIRST, SECOND, THIRD, STRANGE = (Signer(NAME, bytes(range(start, start + 32))) for start in range(4))
KEYS = [signer.verifier() for signer in (FIRST, SECOND, THIRD)]
NOTES = [endorse(FIRST, SECOND.verifier()), endorse(SECOND, THIRD.verifier())]


def test_who_trusts_one_key_follows_to_all_after_it() -> None:
    assert followed(KEYS[:1], NOTES) == KEYS
    assert followed(KEYS[1:2], NOTES) == KEYS[1:]
    assert followed(KEYS[2:], NOTES) == KEYS[2:]
    assert followed(KEYS[:1], NOTES[1:]) == KEYS[:1]


@pytest.mark.parametrize(
    "note",
    [
        endorse(STRANGE, STRANGE.verifier()),
        endorse(STRANGE, SECOND.verifier()),
        NOTES[0].replace(str(SECOND.verifier()), str(STRANGE.verifier())),
        NOTES[0].rpartition("\n\n")[0] + "\n\n" + STRANGE.line("anything"),
        endorse(FIRST, Signer("other.example/log", bytes(32)).verifier()),
        sign(Checkpoint(NAME, 3, bytes(32)), [FIRST, STRANGE]),
        "nonsense",
        "",
    ],
)
def test_a_key_that_no_trusted_one_named_is_not_trusted(note: str) -> None:
    assert followed(KEYS[:1], [note]) == KEYS[:1]
