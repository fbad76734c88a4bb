"""What signatures under a checkpoint are worth: good, wrong, or of a key that nobody named."""

import base64

import pytest

from app.audit.checkpoints import Checkpoint, cosign, sign
from app.audit.cosignatures import Standing, cosignature_faults, cosignatures, fingerprint, read_witness
from app.audit.notes import COSIGNATURE, NoteWrong, Signer

LOG = Signer("cases.example.org/log", bytes(range(32)))
ONE, TWO = Signer("witness.example/one", bytes(range(1, 33))), Signer("witness.example/two", bytes(range(2, 34)))
OWN, NAMED = [LOG.verifier()], [ONE.verifier(COSIGNATURE), TWO.verifier(COSIGNATURE)]
NOTE = sign(Checkpoint(LOG.name, 5, bytes(32)), [LOG])
AT = 1_795_700_000


def test_a_good_one_says_whose_it_is_and_when_it_was_made() -> None:
    (found,) = cosignatures(cosign(NOTE, ONE, AT), OWN, NAMED)
    assert (found.standing, found.witness) == (Standing.GOOD, NAMED[0])
    assert found.at is not None
    assert int(found.at.timestamp()) == AT
    assert str(found) == "witness.example/one signed it on 26 November 2026 at 13:33, and the signature is good."


def test_every_changed_byte_of_it_is_wrong_and_a_fault() -> None:
    line = cosign(NOTE, ONE, AT).removeprefix(NOTE)
    name, _, written = line.strip().removeprefix("— ").partition(" ")
    content = base64.b64decode(written)
    for place in range(4, len(content)):
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        (found,) = cosignatures(f"{NOTE}— {name} {base64.b64encode(changed).decode()}\n", OWN, NAMED)
        assert found.standing == Standing.WRONG, place
        (fault,) = cosignature_faults("the checkpoint in x", [found])
        assert str(fault).startswith("the checkpoint in x: The signature of witness.example/one is WRONG")
    cut = base64.b64encode(content[:7]).decode()
    assert [one.standing for one in cosignatures(f"{NOTE}— {name} {cut}\n", OWN, NAMED)] == [Standing.WRONG]


def test_a_signature_moved_under_another_checkpoint_is_wrong() -> None:
    line = cosign(NOTE, ONE, AT).removeprefix(NOTE)
    other = sign(Checkpoint(LOG.name, 6, bytes(32)), [LOG])
    assert [one.standing for one in cosignatures(other + line, OWN, NAMED)] == [Standing.WRONG]


def test_a_key_nobody_named_proves_nothing_and_is_no_fault() -> None:
    stranger = Signer("other.example/x", bytes(range(3, 35)))
    impostor = Signer(ONE.name, bytes(range(4, 36)))
    found = cosignatures(cosign(cosign(NOTE, stranger, AT), impostor, AT), OWN, NAMED)
    assert [one.standing for one in found] == [Standing.UNKNOWN, Standing.UNKNOWN]
    assert "under the name other.example/x is of an unknown key" in str(found[0])
    assert "is of another key than the one named here" in str(found[1])
    assert cosignature_faults("x", found) == []
    assert cosignatures(NOTE, OWN, NAMED) == []
    assert cosignatures("no note", OWN, NAMED) == []


def test_a_good_signature_with_a_time_no_clock_shows_is_wrong() -> None:
    assert [one.standing for one in cosignatures(cosign(NOTE, ONE, 2**63), OWN, NAMED)] == [Standing.WRONG]


def test_several_are_judged_one_by_one() -> None:
    found = cosignatures(cosign(cosign(NOTE, ONE, AT), TWO, AT), OWN, NAMED[1:])
    assert [(one.name, one.standing) for one in found] == [(ONE.name, Standing.UNKNOWN), (TWO.name, Standing.GOOD)]


def test_the_key_of_a_log_is_no_witness() -> None:
    assert read_witness(str(NAMED[0])) == NAMED[0]
    assert len(fingerprint(NAMED[0])) == 64
    with pytest.raises(NoteWrong, match="key of a log, not of a witness"):
        read_witness(str(OWN[0]))
