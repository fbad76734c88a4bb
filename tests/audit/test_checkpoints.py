"""Checkpoints: what others' programs read and verify, and no character of which can change unseen."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.audit.checkpoints import Checkpoint, cosign, read_note, sign
from app.audit.notes import COSIGNATURE, NoteWrong, Signer, Verifier, decoded, read_verifier
from app.audit.tree import root
from tests.audit.trees import Grown, b64, go_says, leaves

ORIGIN = "cases.example.org/log"
OLD, NEW = Signer(ORIGIN, bytes(range(32))), Signer(ORIGIN, bytes(range(1, 33)))
WITNESS = Signer("witness.example/one", bytes(range(2, 34)))
CHECKPOINT = Checkpoint(ORIGIN, 1000, root(Grown(leaves(1000)).read, 1000))


def test_a_checkpoint_is_three_lines_and_a_signature() -> None:
    note = sign(CHECKPOINT, [OLD])
    assert note.splitlines()[:4] == [ORIGIN, "1000", b64(CHECKPOINT.root), ""]
    assert note.splitlines()[4].startswith(f"\N{EM DASH} {ORIGIN} ")
    signed = read_note(note, [OLD.verifier()])
    assert (signed.checkpoint, list(signed.by), signed.strangers) == (CHECKPOINT, [OLD.verifier()], 0)


def test_keys_come_back_from_their_text() -> None:
    assert Signer.read(OLD.text) == OLD
    assert read_verifier(str(OLD.verifier())) == OLD.verifier()
    assert str(OLD.verifier()).startswith(f"{ORIGIN}+")
    assert Signer.make(ORIGIN) != Signer.make(ORIGIN)


@pytest.mark.parametrize(
    "text", ["", "x", "a+b+c", str(OLD.verifier())[:-2], str(OLD.verifier()).replace("+", "+0", 1)]
)
def test_a_damaged_key_is_refused(text: str) -> None:
    with pytest.raises(NoteWrong):
        read_verifier(text)
    with pytest.raises(NoteWrong):
        Signer.read(f"PRIVATE+KEY+{text}")


def test_a_key_of_another_kind_and_a_name_with_spaces_are_refused() -> None:
    with pytest.raises(NoteWrong, match="kind"):
        read_verifier(str(Verifier(ORIGIN, bytes(32), 6)))
    with pytest.raises(NoteWrong, match="spaces"):
        Signer.make("two words")


def test_no_character_of_a_checkpoint_can_change_unseen() -> None:
    note = sign(CHECKPOINT, [OLD])
    for place in range(len(note)):
        for other in ("A", "0", "\n", "+"):
            changed = note[:place] + other + note[place + 1 :]
            if changed != note:
                with pytest.raises(NoteWrong):
                    read_note(changed, [OLD.verifier()])
    for cut in range(len(note)):
        with pytest.raises(NoteWrong):
            read_note(note[:cut], [OLD.verifier()])


def test_the_first_checkpoint_of_a_new_key_is_signed_by_both() -> None:
    note = sign(CHECKPOINT, [OLD, NEW])
    for keys in ([OLD.verifier()], [NEW.verifier()], [OLD.verifier(), NEW.verifier()]):
        signed = read_note(note, keys)
        assert (len(signed.by), signed.strangers) == (len(keys), 2 - len(keys))
    with pytest.raises(NoteWrong, match="not signed by a known key"):
        read_note(note, [WITNESS.verifier()])


def test_a_wrong_signature_of_a_known_key_spoils_the_note_though_another_fits() -> None:
    other = sign(Checkpoint(ORIGIN, 999, CHECKPOINT.root), [NEW])
    with pytest.raises(NoteWrong, match="does not fit"):
        read_note(sign(CHECKPOINT, [OLD]) + other.splitlines()[-1] + "\n", [OLD.verifier(), NEW.verifier()])


def test_a_witness_signs_with_its_time_and_cannot_stand_in_for_the_log() -> None:
    note = cosign(sign(CHECKPOINT, [OLD]), WITNESS, 1_679_315_147)
    witness = read_verifier(str(WITNESS.verifier(COSIGNATURE)))
    signed = read_note(note, [OLD.verifier(), witness])
    assert [key.kind for key in signed.by] == [1, 4]
    signature = decoded(note.splitlines()[-1].split(" ")[2])
    assert int.from_bytes(signature[4:12], "big") == 1_679_315_147
    with pytest.raises(NoteWrong, match="not signed by a known key"):
        read_note(note, [witness])
    later = cosign(sign(CHECKPOINT, [OLD]), WITNESS, 1_679_315_148)
    mixed = note.replace(b64(signature), b64(signature[:12] + decoded(later.splitlines()[-1].split(" ")[2])[12:]))
    with pytest.raises(NoteWrong, match=r"witness\.example"):
        read_note(mixed, [OLD.verifier(), witness])


def test_a_log_does_not_sign_for_another() -> None:
    foreign = Checkpoint("elsewhere.example/log", 1000, CHECKPOINT.root)
    with pytest.raises(NoteWrong, match="not signed by a known key"):
        read_note(sign(foreign, [OLD]), [OLD.verifier()])


@pytest.mark.parametrize("size", ["-1", "01", "1e3", "", "9" * 19])
def test_a_size_that_is_no_number_is_refused(size: str) -> None:
    text = f"{ORIGIN}\n{size}\n{b64(bytes(32))}\n"
    with pytest.raises(NoteWrong, match="no checkpoint"):
        read_note(f"{text}\n{OLD.line(text)}", [OLD.verifier()])


def test_openssl_verifies_the_signature(tmp_path: Path) -> None:
    note = sign(CHECKPOINT, [OLD])
    public = Ed25519PublicKey.from_public_bytes(OLD.verifier().public)
    key, text, signature = (tmp_path / name for name in ("key.pem", "text", "signature"))
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    key.write_bytes(public.public_bytes(serialization.Encoding.PEM, spki))
    signature.write_bytes(decoded(note.splitlines()[-1].split(" ")[2])[4:])
    command: list[str | Path] = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        key,
        "-rawin",
        "-in",
        text,
        "-sigfile",
        signature,
    ]
    text.write_text(CHECKPOINT.text)
    assert b"Success" in subprocess.run(command, capture_output=True, check=True).stdout
    text.write_text(CHECKPOINT.text.replace("1000", "1001"))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


@pytest.mark.go
def test_go_opens_the_note_and_finds_its_root_over_the_entries() -> None:
    claims = {"Keys": [str(OLD.verifier())], "Signers": 1, "Note": sign(CHECKPOINT, [OLD])}
    entries = [b64(entry) for entry in leaves(1000)]
    assert go_says(**claims, Entries=entries) == "ok"
    assert go_says(**claims, Entries=[b64(b"edited"), *entries[1:]]) == "root differs"
    assert go_says(**claims, Entries=entries[:-1]) == "origin or size differs"
    assert "signature" in go_says(**{**claims, "Note": claims["Note"].replace("1000", "1001")}, Entries=entries)  # type: ignore[attr-defined]
    both = {"Keys": [str(OLD.verifier()), str(NEW.verifier())], "Signers": 2, "Note": sign(CHECKPOINT, [OLD, NEW])}
    assert go_says(**both, Entries=entries) == "ok"


def test_a_code_is_eight_groups_of_digits_and_differs_with_the_root() -> None:
    one = Checkpoint("host.example/log", 3, bytes(31) + b"\x07")
    assert one.code == "00000 00000 00000 00000 00000 00000 00000 00007"
    codes = {Checkpoint("host.example/log", 1, leaf).code for leaf in leaves(300)}
    assert len(codes) == 300
    assert all([len(group) for group in code.split(" ")] == [5] * 8 for code in codes)
