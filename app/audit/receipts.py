"""Whether a receipt that somebody kept is sound: with the file and the log's public key, and no database. Pure."""

import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.audit import tree
from app.audit.checkpoints import Checkpoint, read_note
from app.audit.entries import decode, leaf_hash
from app.audit.key_changes import followed
from app.audit.notes import NoteWrong, Verifier, decoded, read_verifier
from app.audit.tiles import read_proof

LARGEST_FILE = 2_000_000
NOT_A_RECEIPT = "This is not a receipt."
CHANGED = "Something in this receipt was changed after it was given out. It proves nothing any more."
ENTRY_CHANGED = "The entry in this receipt was changed, or its parts do not belong together. It proves nothing."
OTHER_PROOF = "The proof does not belong to this receipt, or something in it was changed."
OTHER_KEY = "The proof is not signed with the key of the log that was given, or something in it was changed."
_DATA = re.compile(r'<script type="application/json" id="receipt-data">(.*?)</script>', re.DOTALL)
_SAID = re.compile(r'<p id="said">(.*?)</p>', re.DOTALL)
_SHOWN = {name: re.compile(rf'<code id="{name}">(.*?)</code>', re.DOTALL) for name in ("origin", "keys")}
"""What the page shows besides; not in receipts of earlier releases."""


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


def document_in(page: str) -> dict[str, Any]:
    """What the file of a receipt holds, whole and as it was given out. ReceiptWrong."""
    found, said = _DATA.search(page), _SAID.search(page)
    try:
        document = json.loads(found[1]) if found and said else None
    except (ValueError, RecursionError):
        raise ReceiptWrong(CHANGED) from None
    if not isinstance(document, dict) or said is None:
        raise ReceiptWrong(NOT_A_RECEIPT)
    rest = {name: value for name, value in document.items() if name != "checksum"}
    if document.get("checksum") != _checksum(rest) or html.unescape(said[1]) != document.get("said"):
        raise ReceiptWrong(CHANGED)
    shown = {"origin": document.get("origin"), "keys": " ".join(map(str, document.get("keys", ())))}
    for name, pattern in _SHOWN.items():
        if (written := pattern.search(page)) and html.unescape(written[1]) != shown[name]:
            raise ReceiptWrong(CHANGED)
    return rest


def keys_of(document: Mapping[str, Any]) -> list[Verifier]:
    """The public keys that the receipt itself names. ReceiptWrong."""
    try:
        return [read_verifier(line) for line in document["keys"]]
    except (KeyError, TypeError, AttributeError, NoteWrong):
        raise ReceiptWrong(ENTRY_CHANGED) from None


def check(document: Mapping[str, Any], keys: Sequence[Verifier], proofs: Sequence[str] = ()) -> Receipt:
    """Checks every entry of a receipt: its bytes, what it commits to, and its proof, from here or from `proofs`.

    `keys` are trusted, and so are those that they, one after the other, named as their followers. ReceiptWrong names
    the first thing that does not fit.
    """
    try:
        keys = followed(keys, map(str, document.get("key_changes", ())))
        entries = [(_entry(one), one) for one in document["entries"]]
        given = [*proofs, *(one["proof"] for _, one in entries if one["proof"])]
        placed = [(leaf, _placed(leaf, given, keys), one["proof_url"]) for (leaf, _), one in entries]
        moment = datetime.fromisoformat(entries[0][0][1])
        reference = str(document["reference"])
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as wrong:
        raise wrong if isinstance(wrong, ReceiptWrong) else ReceiptWrong(ENTRY_CHANGED) from None
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
    digests_fit = all(commits.get(given["group"]) == given["digest"] for given in one["commitments"])
    if told != (inside["id"], inside["recorded_at"], leaf.hex()) or not digests_fit:
        raise ReceiptWrong(ENTRY_CHANGED)
    return leaf, str(inside["recorded_at"])


def _placed(leaf: bytes, proofs: Sequence[str], keys: Sequence[Verifier]) -> Checkpoint | None:
    """The signed checkpoint whose log holds this leaf, by the first proof that is of it; None without one."""
    for text in proofs:
        try:
            proof = read_proof(text)
        except NoteWrong:
            raise ReceiptWrong(OTHER_PROOF) from None
        try:
            checkpoint = read_note(proof.note, keys).checkpoint
        except NoteWrong:
            raise ReceiptWrong(OTHER_KEY) from None
        if tree.holds(leaf, proof.index, checkpoint.size, proof.steps, checkpoint.root):
            return checkpoint
    return None


def _checksum(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(_written(document).encode("utf-8", "surrogatepass")).hexdigest()


def _written(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
