"""Checkpoints as people keep them: a mail, forwarded or saved as a file, quoted, wrapped, its dash turned into another.

Nothing is mended but what mail programs do to spaces, line ends and the dash before a signature: whether the log signed
what is found here is for whoever reads it.
"""

import quopri
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress

from app.audit.checkpoints import SIZE, parted, read_own
from app.audit.notes import DASH, NoteWrong, decoded, is_name
from app.evidence.mail import Twisted, read_mail
from app.evidence.mail_words import as_text, without_tags

LARGEST = 400_000
"""Of a file or of what was pasted; a morning mail with all its headers has a tenth of it."""
NONE = (
    "No checkpoint was found in this. It is three lines (a name, the number of entries, a row of signs that ends in =) "
    "and a line with the signature. Take all of the morning mail, or of the file, as it came."
)
SEVERAL = "There is more than one checkpoint in this. Paste one mail, or one checkpoint, at a time."
_ROOT, _PIECE = re.compile("[A-Za-z0-9+/]{43}="), re.compile("[A-Za-z0-9+/=]+")
_DASHES = re.compile("[^A-Za-z0-9]{1,3}")
"""The dash before a signature, or what became of it."""
_QUOTED = ">|`"
_SHORTEST, _WRITTEN = 68, 92
"""Bytes of a signature with the id of its key, and their length in base64."""
_DEEP = 2
"""So many mails may lie inside each other."""


def notes_in(kept: bytes) -> list[str]:
    """Every checkpoint in what somebody kept, as it was signed; each once, with the most signatures it has there."""
    if len(kept) > LARGEST:
        return []
    text = _text(kept)
    whole = f"{text.strip()}\n"
    with suppress(NoteWrong):
        read_own(whole)
        return [whole]
    found = dict[str, str]()
    for view in _views(text, _DEEP):
        for note in _notes(view):
            with suppress(NoteWrong):  # such as more signatures than any note has
                read_own(note)
                signed = parted(note)[0]
                found[signed] = max(found.get(signed, ""), note, key=len)
    return list(found.values())


def _text(kept: bytes) -> str:
    return "".join(sign for sign in as_text(kept, "") if unicodedata.category(sign) != "Cf")


def _views(text: str, deep: int) -> Iterator[str]:
    """The text as it stands, without tags, and what is in it where it is a mail, or the source of one."""
    yield text
    yield without_tags(text)
    with suppress(Twisted):
        mail = read_mail(text.encode())
        yield mail.text
        for inner in mail.attachments if deep else ():
            yield from _views(_text(inner.content[:LARGEST]), deep - 1)
    if "=\n" in text.replace("\r\n", "\n"):
        yield as_text(quopri.decodestring(text.encode()), "")


def _notes(text: str) -> Iterator[str]:
    """Word by word, since line ends do not last: a name, a number, a root, then signatures."""
    words = [word for word in (one.lstrip(_QUOTED) for one in text.split()) if word]
    for place, (origin, size, root) in enumerate(zip(words, words[1:], words[2:], strict=False)):
        if SIZE.fullmatch(size) and _ROOT.fullmatch(root) and is_name(origin):
            signed = list(_signatures(words, place + 3))
            if any(name == origin for name, _ in signed):  # else a link that stands after it, or no note
                lines = "".join(f"{DASH}{name} {written}\n" for name, written in signed)
                yield f"{origin}\n{size}\n{root}\n\n{lines}"


def _signatures(words: list[str], place: int) -> Iterator[tuple[str, str]]:
    """The signatures that begin at a word: whose, and what stands in base64."""
    while place < len(words):
        place += bool(_DASHES.fullmatch(words[place]))
        end, written = place + 1, ""
        while end < len(words) and not _ended(written) and _PIECE.fullmatch(words[end]):
            written += words[end]
            end += 1
        if not _is_signature(written):
            return
        yield words[place], written
        place = end


def _ended(written: str) -> bool:
    return len(written) >= _WRITTEN and len(written) % 4 == 0


def _is_signature(written: str) -> bool:
    try:
        return len(decoded(written)) >= _SHORTEST
    except NoteWrong:
        return False
