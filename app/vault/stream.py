"""Files sealed chunk by chunk: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over AES-256-GCM.

Each file has a random key of its own, so the nonce is only a counter and a mark on the last chunk: chunks can be
neither moved, repeated nor cut off unnoticed. Neither side ever holds more than one chunk.
"""

from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 64 * 1024
TAG = 16
SEALED_CHUNK = CHUNK + TAG
_LABEL = b"casetrail/file/v1"
_COUNTER_BYTES = 11


class FileBroken(Exception):
    """A sealed file that was changed, cut, or is under another key."""


def new_file_key() -> bytes:
    """A random key for one file, 32 bytes."""
    return AESGCM.generate_key(bit_length=256)


def _nonce(count: int, *, last: bool) -> bytes:
    return count.to_bytes(_COUNTER_BYTES, "big") + bytes([last])


class FileSealer:
    """Takes a file in pieces of any size and gives it back sealed; `finish` once, at the end."""

    def __init__(self, key: bytes) -> None:
        self._cipher, self._count, self._held = AESGCM(key), 0, bytearray()

    def feed(self, data: bytes) -> bytes:
        """The chunks that are full now; one chunk is always held back, because it might be the last."""
        self._held += data
        sealed = []
        while len(self._held) > CHUNK:
            sealed.append(self._seal(bytes(self._held[:CHUNK]), last=False))
            del self._held[:CHUNK]
        return b"".join(sealed)

    def finish(self) -> bytes:
        """The last chunk."""
        return self._seal(bytes(self._held), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> bytes:
        sealed = self._cipher.encrypt(_nonce(self._count, last=last), chunk, _LABEL)
        self._count += 1
        return sealed


def open_file(key: bytes, sealed: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks of a sealed file that comes in pieces of any size. FileBroken at the first that does not fit."""
    cipher, held, count = AESGCM(key), bytearray(), 0
    for piece in sealed:
        held += piece
        while len(held) > SEALED_CHUNK:
            yield _opened(cipher, bytes(held[:SEALED_CHUNK]), _nonce(count, last=False))
            del held[:SEALED_CHUNK]
            count += 1
    yield _opened(cipher, bytes(held), _nonce(count, last=True))


def _opened(cipher: AESGCM, chunk: bytes, nonce: bytes) -> bytes:
    try:
        return cipher.decrypt(nonce, chunk, _LABEL)
    except (InvalidTag, ValueError):  # ValueError: cut so short that there is no tag
        raise FileBroken("A part of this file does not fit its key.") from None
