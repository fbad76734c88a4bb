"""What happens to a receipt between the day it is saved and the day it is checked: damage, change, another file.

The command and the page must say the same of each. Given is a sound receipt as text, `damaged` answers with the bytes
of each file and what it is: `sound`, `waits` (its proof is missing) or `wrong`.
"""

import json
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from html import escape
from typing import Any

from app.audit import receipts
from app.audit.checkpoints import Checkpoint, sign
from app.audit.entries import encode, leaf_hash
from app.audit.notes import Signer, encoded
from app.audit.tiles import proof_text

Files = dict[str, tuple[bytes, str]]


def damaged(page: str) -> Files:
    """Every file by the name of what was done to it."""
    files: Files = {name: (content, "sound") for name, content in _harmless(page)}
    files |= {name: (content, "wrong") for name, content in (*_no_receipts(page), *_changed(page), *_hostile(page))}
    return files | {"no proof yet": (resealed(page, ("entries", 0, "proof"), ""), "waits")}


def _harmless(page: str) -> Iterator[tuple[str, bytes]]:
    yield "as it was saved", page.encode()
    yield "CRLF", page.replace("\n", "\r\n").encode()
    yield "UTF-8 with a mark", page.encode("utf-8-sig")
    yield "UTF-16", page.encode("utf-16")
    yield "spaces at the end of lines", page.replace("\n", " \t\n").encode()
    yield "line ends lost", page.replace("\n<", "<").encode()
    yield "empty lines around it", f"\n\n{page}\n\n\n".encode()
    yield "saved by a browser", page.replace("<html", "<!-- saved from url=(0014)about:internet -->\n<html").encode()
    verdict = '<p id="verdict" role="status" data-kind="wrong">Something was wrong.</p>'
    yield "with an earlier verdict", re.sub(r'<p id="verdict".*?</p>', verdict, page).encode()


def _no_receipts(page: str) -> Iterator[tuple[str, bytes]]:
    mail = EmailMessage()
    mail.set_content("Here it is.")
    mail.add_attachment(page.encode(), maintype="text", subtype="html", filename="receipt.html")
    yield "a mail", mail.as_bytes()
    yield "nothing", b""
    yield "NUL", bytes(1000)
    yield "binary", bytes(range(256)) * 99
    yield "text", b"I reported something."
    yield "too large", page.encode() + b" " * receipts.LARGEST_FILE
    yield "many beginnings", b'<p id="said">' * 100_000
    yield "many beginnings of data", b'<script type="application/json" id="receipt-data">' * 30_000
    yield "half of it", page[: len(page) // 4].encode()
    yield "no data", page.replace('id="receipt-data"', 'id="receipt"', 1).encode()
    yield "a list", _with_data(page, "[]")
    yield "a word", _with_data(page, '"receipt"')
    yield "deep", _with_data(page, '{"a":' + "[" * 90_000)


def _changed(page: str) -> Iterator[tuple[str, bytes]]:
    yield "two in one file", f"{page}\n{page}".encode()
    yield "text before it", f"The branch admits it. {page}".encode()
    yield "text after it", f"{page}\nThe branch admits it.".encode()
    yield "a sentence more", page.replace("</h1>", "</h1><p>The branch admits it.</p>").encode()
    yield "the sentence hidden", page.replace('<p id="said">', '<!--<p id="said">-->', 1).encode()
    said = page.partition('<p id="said">')[2].partition("</p>")[0]
    two = f'<!--<p id="said">{said}</p>--><p id="said">Reference 2026-AAAAA.</p>'
    yield "two sentences", page.replace(f'<p id="said">{said}</p>', two).encode()
    yield "another sentence", page.replace(said, said.replace("recorded", "refused"), 1).encode()
    yield "a heading", page.replace("<h1>Receipt", "<h1>Rejected", 1).encode()
    yield "another address", page.replace("<code>http://", "<code>http://evil.", 1).encode()
    for name, change in {
        "key": '<code id="keys">',
        "record": '<code id="origin">',
        "data": 'id="receipt-data">{"',
    }.items():
        at = page.index(change) + len(change)
        yield f"a letter of the {name}", (page[:at] + ("b" if page[at] != "b" else "c") + page[at + 1 :]).encode()


def _hostile(page: str) -> Iterator[tuple[str, bytes]]:
    """By somebody who makes the checksum, which has no secret, anew."""
    document = receipts.document_in(page)
    for value in (None, 5, [], "x", "\ud800", "\u202e\x1b[2J", {"a": 1}, [None]):
        for place in (
            ("entries",),
            ("entries", 0),
            *(("entries", 0, part) for part in ("entry", "leaf", "recorded_at")),
        ):
            yield f"{place} {value!a}", resealed(page, place, value)
        for place in (("reference",), ("said",), ("entries", 0, "commitments", 0, "salt"), ("entries", 0, "proof_url")):
            yield f"{place} {value!a}", resealed(page, place, value)
    yield "words in the reference", resealed(page, ("reference",), f"{document['reference']}. The branch admits it")
    yield "another day said", resealed(page, ("said",), document["said"].replace(" at ", "1 at "))
    yield (
        "no digest",
        resealed(page, ("entries", 0, "commitments", 0), {"group": "none", "digest": None, "salt": "0" * 64}),
    )
    yield (
        "another proof",
        resealed(page, ("entries", 0, "proof"), document["entries"][0]["proof"].replace("index ", "index 1")),
    )
    yield "thousands of entries", resealed(page, ("entries",), document["entries"] * 900)
    yield "a change of keys that is none", resealed(page, ("key_changes",), 5)


SAID = "Reference 2026-K7QFM, recorded on 12 May 2026 at 19:40 (2026-05-12T18:40:00Z)."


def another_log(page: str, name: str, moment: str = "2026-05-12T18:40:00.000000Z", said: str = SAID) -> bytes:
    """A receipt that fits together and that a log of the same name, with another key, signed."""
    signer = Signer(name, bytes(32))
    entry = encode({"id": "e" * 32, "recorded_at": moment, "event": "case_opened"})
    note = sign(Checkpoint(name, 1, leaf_hash(entry)), [signer])
    told = {"entry_id": "e" * 32, "entry": encoded(entry), "leaf": leaf_hash(entry).hex(), "recorded_at": moment}
    one = {**told, "proof_url": "https://evil.example/", "commitments": [], "proof": proof_text(0, [], note)}
    head = {"v": 1, "reference": "2026-K7QFM", "said": said, "origin": name, "keys": [str(signer.verifier())]}
    return _page(page, {**head, "key_changes": [], "entries": [one]})


def resealed(page: str, place: tuple[str | int, ...], value: Any) -> bytes:
    """The receipt with another value at a place in its data, shown and sealed as if it had been given out so."""
    document = json.loads(json.dumps(receipts.document_in(page)))
    inner = document
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return _page(page, document)


def _page(page: str, document: dict[str, Any]) -> bytes:
    head = page.partition('<script type="application/json"')[0]
    shown = {'<p id="said">': document["said"], '<code id="origin">': document["origin"]}
    shown['<code id="keys">'] = " ".join(document["keys"])
    for start, text in shown.items():
        before, _, rest = head.partition(start)
        head = f"{before}{start}{escape(str(text), quote=False)}</{rest.partition('</')[2]}"
    document = {name: value for name, value in document.items() if name != "words"}
    rest = page.partition("</script>")[2]
    empty = f'{head}<script type="application/json" id="receipt-data"></script>{rest}'
    return _with_data(empty, receipts.as_json(receipts.sealed({**document, "words": receipts.words_of(empty)})))


def _with_data(page: str, data: str) -> bytes:
    start = '<script type="application/json" id="receipt-data">'
    before, _, rest = page.partition(start)
    return f"{before}{start}{data}</script>{rest.partition('</script>')[2]}".encode("utf-8", "surrogatepass")


Say = Callable[[bytes], tuple[str, str]]


def agrees(page: str, say: Say) -> list[str]:
    """What `say` (its kind and its words) answers otherwise than it should, by name."""
    return [
        f"{name}: {kind}, {words}"
        for name, (content, due) in damaged(page).items()
        for kind, words in [say(content)]
        if kind != due or not words
    ]
