"""Passwords: argon2 (pwdlib), at least 12 characters, nothing that people try first."""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.errors import FieldError, Invalid

LEAST = 12
MOST = 200
LEAST_DIFFERENT = 6  # different characters
LEAST_OF_ITS_OWN = 5  # letters and digits
SHORTEST_WORD = 4
HASHER = PasswordHash([Argon2Hasher()])
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)
_LIKE_LETTERS = str.maketrans("013457@$!", "oieastasi")


def check(password: str, known_of: Iterable[str] = ()) -> None:
    """Raises Invalid with what to do where a new password is too short, too long or easily guessed.

    `known_of`: what is known about the person and the branch (names, mail address).
    """
    text = unicodedata.normalize("NFKC", password)
    if len(text) < LEAST:
        raise _refused(f"Use at least {LEAST} characters. Four or five words that do not belong together work well.")
    if len(text) > MOST:
        raise _refused(f"Use at most {MOST} characters.")
    if len(set(text.casefold())) < LEAST_DIFFERENT:
        raise _refused("This repeats few characters. Choose four or five words that do not belong together.")
    if _left_of(text, known_of) < LEAST_OF_ITS_OWN:
        raise _refused(
            "This is easily guessed: it is made of a common password, a name or a run of keys. "
            "Choose four or five words that do not belong together."
        )


def hash_password(password: str) -> str:
    """The argon2id hash of a password that was checked."""
    return HASHER.hash(_as_bytes(password))


def verify(password: str, stored: str | None) -> tuple[bool, str | None]:
    """(whether it is right, a new hash where the stored one is outdated).

    With no stored hash (unknown account, no password yet) the same work is done and the answer is no.
    """
    right, renewed = HASHER.verify_and_update(_as_bytes(password), stored or _nobodys_hash())
    return (right, renewed) if stored else (False, None)


@cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_bytes(32))


def _as_bytes(password: str) -> bytes:
    # one character over the limit is kept, so that a longer text never equals an allowed one
    return unicodedata.normalize("NFKC", password)[: MOST + 1].encode("utf-8", "surrogatepass")


def _refused(message: str) -> Invalid:
    return Invalid([FieldError("password", message)])


@cache
def _common() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text("utf-8").split())


def _left_of(text: str, known_of: Iterable[str]) -> int:
    """How many letters and digits are left of the weaker reading: as typed, or with 3 read as e."""
    typed = text.casefold()
    known = sorted(_common().union(_words(known_of)), key=len, reverse=True)
    readings = (list(zip(read, typed, strict=True)) for read in (typed, typed.translate(_LIKE_LETTERS)))
    return min(_without([pair for pair in pairs if pair[0].isalnum()], known) for pairs in readings)


def _without(pairs: list[tuple[str, str]], known: list[str]) -> int:
    """What is left of (as read, as typed) without known words, repeats, runs of keys and years."""
    read, typed = ("".join(column) for column in zip(*pairs, strict=True)) if pairs else ("", "")
    for word in known:
        while (place := read.find(word)) >= 0:
            gap = " " * len(word)
            read, typed = (whole[:place] + gap + whole[place + len(word) :] for whole in (read, typed))
    typed = re.sub(r"(.)\1{2,}", " ", typed)
    for row in _ROWS:
        for direction in (row, row[::-1]):
            for piece in _pieces(direction):
                typed = typed.replace(piece, " ")
    typed = re.sub(r"(19|20)\d\d", " ", typed)
    return sum(character.isalnum() for character in typed)


@cache
def _pieces(row: str) -> list[str]:
    """Every run of four keys or more, longest first."""
    lengths = range(len(row), 3, -1)
    return [row[start : start + length] for length in lengths for start in range(len(row) - length + 1)]


def _words(texts: Iterable[str]) -> Iterator[str]:
    """The words of each text, and the whole of it written together, if long enough to count."""
    for text in texts:
        parts = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())
        yield from (word for word in [*parts, "".join(parts)] if len(word) >= SHORTEST_WORD)
