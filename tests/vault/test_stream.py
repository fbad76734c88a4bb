"""Files sealed in chunks: what is changed, moved, repeated or cut off is noticed; nothing is read without the key."""

import secrets
from collections.abc import Iterator

import pytest

from app.vault.stream import CHUNK, SEALED_CHUNK, TAG, FileBroken, FileSealer, new_file_key, open_file

KEY = new_file_key()


def sealed(data: bytes, piece: int = 50_000) -> bytes:
    sealer = FileSealer(KEY)
    parts = [sealer.feed(data[at : at + piece]) for at in range(0, len(data), piece)]
    return b"".join([*parts, sealer.finish()])


def in_pieces(data: bytes, size: int) -> Iterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


def opened(data: bytes, key: bytes = KEY, size: int = 100_000) -> bytes:
    return b"".join(open_file(key, in_pieces(data, size)))


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
@pytest.mark.parametrize("piece", [1000, CHUNK, CHUNK + 1, 10 * CHUNK])
def test_what_went_in_comes_out(length: int, piece: int) -> None:
    data = secrets.token_bytes(length)
    closed = sealed(data, piece)
    assert opened(closed) == opened(closed, size=SEALED_CHUNK) == opened(closed, size=777) == data
    assert len(closed) == length + TAG * max(1, -(-length // CHUNK))


def test_nothing_can_be_read_without_the_key() -> None:
    data = b"It was shown to me at a meeting. " * 5000
    assert data[:32] not in sealed(data)
    with pytest.raises(FileBroken):
        opened(sealed(data), new_file_key())


DATA = secrets.token_bytes(3 * CHUNK + 100)
WHOLE = sealed(DATA)
FIRST, SECOND, THIRD, LAST = (WHOLE[at : at + SEALED_CHUNK] for at in range(0, len(WHOLE), SEALED_CHUNK))
BROKEN = {
    "a byte flipped at the start": bytes([WHOLE[0] ^ 1]) + WHOLE[1:],
    "a byte flipped in the middle": WHOLE[:SEALED_CHUNK] + bytes([WHOLE[SEALED_CHUNK] ^ 1]) + WHOLE[SEALED_CHUNK + 1 :],
    "a byte flipped at the end": WHOLE[:-1] + bytes([WHOLE[-1] ^ 1]),
    "cut at a chunk": FIRST + SECOND + THIRD,
    "cut in a chunk": WHOLE[:-5],
    "cut to nothing": b"",
    "cut to less than a tag": WHOLE[:7],
    "two chunks changed places": SECOND + FIRST + THIRD + LAST,
    "a chunk twice": FIRST + FIRST + SECOND + THIRD + LAST,
    "a chunk left out": FIRST + THIRD + LAST,
    "something behind the end": WHOLE + b"x",
    "the last chunk twice": WHOLE + LAST,
}


@pytest.mark.parametrize("fault", BROKEN)
def test_every_change_is_noticed(fault: str) -> None:
    assert opened(WHOLE) == DATA
    with pytest.raises(FileBroken):
        opened(BROKEN[fault])
