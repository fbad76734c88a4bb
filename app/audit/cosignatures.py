"""Whose signatures stand under a checkpoint besides the log's own: good, wrong, or of a key nobody named. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from app import clock
from app.audit.checkpoints import parted, signature_in
from app.audit.notes import COSIGNATURE, NoteWrong, Verifier, read_verifier
from app.audit.sources import Fault

LONGEST_KEY, LONGEST_NAME = 180, 120
"""How long a witness's key may be as text, and so its name: all that a branch names stand in one setting."""
_TIME = 8
"""Bytes of the time that stands before a witness's signature (C2SP `tlog-cosignature`)."""


class Standing(StrEnum):
    """What a signature is worth."""

    GOOD = "good"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Cosignature:
    """One signature that is not the log's own: under which name, what it is worth, and when it says it was made."""

    name: str
    standing: Standing
    witness: Verifier | None = None
    """The witness whose key it names; None where nobody named that key."""
    at: datetime | None = None
    namesake: bool = False
    """A witness of this name is known, but with another key."""

    @property
    def early(self) -> bool:
        """It says a time that is still to come here, by more than clocks may be apart."""
        return self.at is not None and self.at > clock.now() + clock.APART

    def __str__(self) -> str:
        if self.standing == Standing.GOOD and self.at is not None:
            at = clock.local(self.at)
            but = ", but that time is still to come here: one of both clocks is wrong" if self.early else ""
            return f"{self.name} signed it on {at.day} {at:%B %Y at %H:%M}, and the signature is good{but}."
        if self.standing == Standing.WRONG:
            return f"The signature of {self.name} is WRONG: something was changed, or the witness did not make it."
        other = "another key than the one named here" if self.namesake else "an unknown key"
        return f"A signature under the name {self.name} is of {other}: it proves nothing."


def read_witness(text: str) -> Verifier:
    """The public key of a witness from its text. NoteWrong."""
    key = read_verifier(text)
    if key.kind != COSIGNATURE:
        raise NoteWrong("This is the key of a log, not of a witness. The witness's own computer prints the right one.")
    return key


def fingerprint(key: Verifier) -> str:
    """SHA-256 of a key's text: how entries name a witness."""
    return hashlib.sha256(str(key).encode()).hexdigest()


def cosignatures(note: str, own: Iterable[Verifier], witnesses: Sequence[Verifier]) -> list[Cosignature]:
    """Every signature under a note but those of the log's `own` keys, in their order.

    None where it is no note at all: whoever reads the checkpoint says so.
    """
    try:
        text, lines = parted(note)
        parts = [signature_in(line) for line in dict.fromkeys(lines)]
    except NoteWrong:
        return []
    ours = {(key.name, key.id) for key in own}
    known = {(key.name, key.id): key for key in witnesses}
    names = {key.name for key in witnesses}
    found = list[Cosignature]()
    for name, key_id, signature in parts:
        key = known.get((name, key_id))
        if key is not None:
            found.append(_judged(text, key, signature))
        elif (name, key_id) not in ours:
            found.append(Cosignature(name, Standing.UNKNOWN, namesake=name in names))
    return found


def cosignature_faults(where: str, found: Iterable[Cosignature]) -> list[Fault]:
    """The wrong ones as faults of the checkpoint called `where`; an unknown key is no fault."""
    return [Fault(None, where, str(one)) for one in found if one.standing == Standing.WRONG]


def _judged(text: str, key: Verifier, signature: bytes) -> Cosignature:
    try:
        key.check(text, signature)
        at = datetime.fromtimestamp(int.from_bytes(signature[:_TIME], "big"), UTC)
    except (NoteWrong, OverflowError, ValueError, OSError):  # also a time that no clock can show
        return Cosignature(key.name, Standing.WRONG, key)
    return Cosignature(key.name, Standing.GOOD, key, at)
