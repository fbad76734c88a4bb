"""Whether a receipt that somebody kept is sound: with the file and the log's public key, and no database. Pure."""

import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app import clock
from app.audit import tree
from app.audit.checkpoints import Checkpoint, read_note
from app.audit.entries import decode, leaf_hash
from app.audit.key_changes import followed
from app.audit.notes import NoteWrong, Verifier, decoded, read_verifier
from app.audit.tiles import Proof, read_proof

LARGEST_FILE, MOST_ENTRIES = 2_000_000, 600
"""More than can be saved in one: each entry is held against each proof."""
NOT_A_RECEIPT = (
    "This is not a receipt. Give the file itself that was saved, receipt.html: if it came with a mail, save it from "
    "there first."
)
SEVERAL = "There is more than one receipt in this file. Check each file by itself, as it was saved."
NO_KEY = "There is no public key in this receipt. Give one, from a letter or from the minutes."
CHANGED = "Something in this receipt was changed after it was given out. It proves nothing any more."
ENTRY_CHANGED = "The entry in this receipt was changed, or its parts do not belong together. It proves nothing."
OTHER_PROOF = "The proof does not belong to this receipt, or something in it was changed."
OTHER_KEY = "The proof is not signed with the key of the log that was given, or something in it was changed."
_DATA, _SAID = '<script type="application/json" id="receipt-data">', '<p id="said">'
_SHOWN = {name: f'<code id="{name}">' for name in ("origin", "keys")}
"""What the page shows besides; not in receipts of earlier releases."""
_TAG, _VERDICT = re.compile(r"<[^<>]*>"), re.compile(r'<p id="verdict"[^<>]*>[^<>]*</p>')
_REFERENCE = re.compile(r"[0-9]{4}-[0-9A-Z]{5}")
_MOMENT = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}\.[0-9]{6}Z")
_ADDRESS = re.compile(r"https?://\S+")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class ReceiptWrong(ValueError):
    """A receipt that is refused; the text says why in words for whoever kept it."""


@dataclass(frozen=True)
class Receipt:
    """A receipt that fits together. `checkpoint` is None while the signed proof of an entry is missing."""

    reference: str
    recorded_at: datetime
    checkpoint: Checkpoint | None
    missing: Sequence[str]
    """Where the proofs that are missing can be had."""


def sealed(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its checksum, which finds what changed by mistake where no signature reaches."""
    return {**document, "checksum": _checksum(document)}


def as_json(document: Mapping[str, Any]) -> str:
    """As it stands in the file: no character in it can end the element."""
    return _written(document).replace("<", "\\u003c")


def said_of(reference: str, moment: datetime) -> str:
    """The sentence that a receipt shows, and the only one."""
    at = clock.local(moment)
    utc = f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return f"Reference {reference}, recorded on {at.day} {at:%B %Y} at {at:%H:%M} ({utc})."


def words_of(page: str) -> str:
    """SHA-256 of all words that the file shows, spaces run together, but for the verdict it puts there itself."""
    for name in ("style", "script"):
        first, *rest = page.split(f"<{name}")
        page = first + " ".join(one.partition(f"</{name}>")[2] for one in rest)
    shown = html.unescape(_TAG.sub(" ", _VERDICT.sub("", page, count=1)))
    return hashlib.sha256(" ".join(shown.split()).encode("utf-8", "surrogatepass")).hexdigest()


def document_in(page: str) -> dict[str, Any]:
    """What the file of a receipt holds, whole and as it was given out. ReceiptWrong."""
    head, *data = page.split(_DATA)
    if len(data) > 1:
        raise ReceiptWrong(SEVERAL)
    said = _shown_at(head, _SAID)
    try:
        document = json.loads(data[0].partition("</script>")[0]) if data and said is not None else None
        if not isinstance(document, dict):
            raise ReceiptWrong(NOT_A_RECEIPT)
        rest = {name: value for name, value in document.items() if name != "checksum"}
        whole = document.get("checksum") == _checksum(rest)
    except (ValueError, RecursionError) as wrong:
        raise wrong if isinstance(wrong, ReceiptWrong) else ReceiptWrong(CHANGED) from None
    keys = rest.get("keys")
    shown = {"origin": rest.get("origin"), "keys": " ".join(map(str, keys)) if isinstance(keys, list) else None}
    others = {name: _shown_at(head, start) for name, start in _SHOWN.items()}
    as_shown = said == rest.get("said") and all(one in (None, shown[name]) for name, one in others.items())
    if not whole or not as_shown or rest.get("words", words_of(page)) != words_of(page):
        raise ReceiptWrong(CHANGED)
    return rest


def _shown_at(head: str, start: str) -> str | None:
    """What stands in the one element of the page that begins so; None without it."""
    _, *found = head.split(start)
    if len(found) > 1:
        raise ReceiptWrong(CHANGED)
    return html.unescape(found[0].partition("</")[0]) if found else None


def keys_of(document: Mapping[str, Any]) -> list[Verifier]:
    """The public keys that the receipt itself names, at least one. ReceiptWrong."""
    try:
        keys = [read_verifier(line) for line in document["keys"]]
    except (KeyError, TypeError, AttributeError, NoteWrong):
        raise ReceiptWrong(ENTRY_CHANGED) from None
    if not keys:
        raise ReceiptWrong(NO_KEY)
    return keys


def check(document: Mapping[str, Any], keys: Sequence[Verifier], proofs: Sequence[str] = ()) -> Receipt:
    """Checks every entry of a receipt: its bytes, what it commits to, and its proof, from here or from `proofs`.

    `keys` are trusted, and so are those that they, one after the other, named as their followers. ReceiptWrong names
    the first thing that does not fit.
    """
    proofs = [f"{text.strip()}\n" for text in proofs if text.strip()]
    try:
        keys = followed(keys, map(str, document.get("key_changes", ())))
        if len(document["entries"]) > MOST_ENTRIES:
            raise ReceiptWrong(ENTRY_CHANGED)
        entries = [(_entry(one), one) for one in document["entries"]]
        given = [_proven(text, keys) for text in (*proofs, *(one["proof"] for _, one in entries if one["proof"]))]
        placed = [(leaf, _placed(leaf, given), one["proof_url"]) for (leaf, _), one in entries]
        moment, reference = datetime.fromisoformat(entries[0][0][1]), document["reference"]
        fits = bool(_REFERENCE.fullmatch(reference)) and document["said"] == said_of(reference, moment)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError) as wrong:
        raise wrong if isinstance(wrong, ReceiptWrong) else ReceiptWrong(ENTRY_CHANGED) from None
    if not fits:
        raise ReceiptWrong(CHANGED)
    if given and not any(found for _, found, _ in placed):
        raise ReceiptWrong(OTHER_PROOF)
    missing = [str(url) for _, found, url in placed if found is None]
    return Receipt(reference, moment, None if missing else placed[0][1], missing)


def _entry(one: Mapping[str, Any]) -> tuple[bytes, str]:
    """Leaf and time of an entry whose parts fit each other. ReceiptWrong, ValueError."""
    entry = decoded(one["entry"])
    inside, leaf = decode(entry), leaf_hash(entry)
    commits = inside.get("commits", {})
    told = (one["entry_id"], one["recorded_at"], one["leaf"])
    shaped = _MOMENT.fullmatch(one["recorded_at"]) and _is_address(one["proof_url"])
    opened = all(_opens(given, commits) for given in one["commitments"])
    if told != (inside["id"], inside["recorded_at"], leaf.hex()) or not shaped or not opened:
        raise ReceiptWrong(ENTRY_CHANGED)
    return leaf, str(inside["recorded_at"])


def _opens(given: Mapping[str, Any], commits: Mapping[str, Any]) -> bool:
    """Whether a digest is the entry's; the salt beside it is of that shape, and opens it for whoever has the words."""
    shaped = _DIGEST.fullmatch(given["digest"]) and _DIGEST.fullmatch(given["salt"])
    return bool(shaped) and commits.get(given["group"]) == given["digest"]


def _is_address(url: str) -> bool:
    return bool(_ADDRESS.fullmatch(url)) and url.isprintable()


def _proven(text: str, keys: Sequence[Verifier]) -> tuple[Proof, Checkpoint]:
    """A proof and the checkpoint it leads to, signed by the log. ReceiptWrong."""
    try:
        proof = read_proof(text)
    except NoteWrong:
        raise ReceiptWrong(OTHER_PROOF) from None
    try:
        return proof, read_note(proof.note, keys).checkpoint
    except NoteWrong:
        raise ReceiptWrong(OTHER_KEY) from None


def _placed(leaf: bytes, proofs: Sequence[tuple[Proof, Checkpoint]]) -> Checkpoint | None:
    """The signed checkpoint whose log holds this leaf, by the first proof that is of it; None without one."""
    held = (
        checkpoint
        for proof, checkpoint in proofs
        if tree.holds(leaf, proof.index, checkpoint.size, proof.steps, checkpoint.root)
    )
    return next(held, None)


def _checksum(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(_written(document).encode("utf-8", "surrogatepass")).hexdigest()


def _written(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
