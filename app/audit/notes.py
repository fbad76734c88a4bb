"""Keys that sign notes (C2SP `signed-note`, and `tlog-cosignature` for witnesses), as text and as signatures. Pure."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, COSIGNATURE = 1, 4
"""Kinds of signature: of the log itself, and a witness's with its time."""
DASH = "\u2014 "
_NAME = re.compile(r"[^\s+]{1,400}")
_PRIVATE = "PRIVATE+KEY+"


def is_name(text: str) -> bool:
    """Whether a log or a key can be called so: no spaces, no plus sign, nothing unseen or that a screen obeys."""
    return bool(_NAME.fullmatch(text)) and text.isprintable()


class NoteWrong(ValueError):
    """A note or a key that is not what it should be; the text says why."""


@dataclass(frozen=True)
class Verifier:
    """A public key with the name it signs under, as text `<name>+<id>+<key>`."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def id(self) -> bytes:
        """The first four bytes of a hash over name, kind and key: they stand before each signature."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encoded(bytes([self.kind]) + self.public)}"

    def check(self, text: str, signature: bytes) -> None:
        """NoteWrong where the signature is not of this key over this text."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            message, signature = _timed(text, int.from_bytes(signature[:8], "big")), signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            raise NoteWrong(f"The signature of {self.name} does not fit: something in it was changed.") from None


@dataclass(frozen=True)
class Signer:
    """A private key with its name; `seed` are the 32 bytes of RFC 8032."""

    name: str
    seed: bytes

    @classmethod
    def make(cls, name: str) -> "Signer":
        """A new key. NoteWrong where the name cannot be one."""
        if not is_name(name):
            raise NoteWrong("The name of a key has no spaces and no plus sign, and every sign of it can be seen.")
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def read(cls, text: str) -> "Signer":
        """A key from its text. NoteWrong."""
        if not text.startswith(_PRIVATE):
            raise NoteWrong("This is no private key of a log.")
        name, key_id, key = _key_parts(text.removeprefix(_PRIVATE))
        signer = cls(name, key[1:])
        if key[0] != ED25519 or signer.verifier().id != key_id:
            raise NoteWrong("The private key of the log is damaged.")
        return signer

    @property
    def text(self) -> str:
        """The key as a file keeps it; `read` reads it."""
        return f"{_PRIVATE}{self.name}+{self.verifier().id.hex()}+{encoded(bytes([ED25519]) + self.seed)}"

    def verifier(self, kind: int = ED25519) -> Verifier:
        """The public half."""
        return Verifier(self.name, self._key().public_key().public_bytes_raw(), kind)

    def line(self, text: str, at: int | None = None) -> str:
        """The signature line under this text; with a time (seconds since 1970) a witness's."""
        if at is None:
            signed = self._key().sign(text.encode())
        else:
            signed = at.to_bytes(8, "big") + self._key().sign(_timed(text, at))
        verifier = self.verifier(ED25519 if at is None else COSIGNATURE)
        return f"{DASH}{self.name} {encoded(verifier.id + signed)}\n"

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def read_verifier(text: str) -> Verifier:
    """A public key from its text. NoteWrong."""
    name, key_id, key = _key_parts(text)
    verifier = Verifier(name, key[1:], key[0])
    if verifier.kind not in (ED25519, COSIGNATURE) or verifier.id != key_id:
        raise NoteWrong("The public key is damaged or of a kind not known here.")
    return verifier


def _key_parts(text: str) -> tuple[str, bytes, bytes]:
    name, _, rest = text.strip().partition("+")
    key_id, _, written = rest.partition("+")
    shaped = is_name(name) and re.fullmatch(r"[0-9a-f]{8}", key_id)
    key = decoded(written) if shaped else b""
    if len(key) != 33:
        raise NoteWrong("This is no key: <name>+<id>+<key> was expected.")
    return name, bytes.fromhex(key_id), key


def _timed(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def encoded(content: bytes) -> str:
    """Base64."""
    return base64.b64encode(content).decode()


def decoded(text: str) -> bytes:
    """Strict base64: two texts never give the same bytes, so no character of a note can change unseen. NoteWrong."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content or encoded(content) != text:
        raise NoteWrong("This is not base64 as it is written here.")
    return content
