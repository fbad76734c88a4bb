"""Checks entries: each by itself, and one case's entries as a chain."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from app.audit.entries import document_of, leaf_hash
from app.audit.events import MOVES
from app.audit.sources import BEGINNING, ChainEnd, Fault, StoredEntry

COPIES = {
    "id": "id",
    "case_id": "case",
    "seq": "seq",
    "event": "event",
    "actor_id": "actor",
    "actor_role": "role",
    "to_state": "to",
    "recorded_at": "recorded_at",
    "subject_id": "subject",
}
"""Plain copies and where the entry says the same; a stored entry begins with them, in this order."""
COPIED, _PLAIN = len(COPIES), tuple(COPIES.values())[:-1]


class Entry:
    """A stored entry with its document, {} where the bytes cannot be read, and what to call it."""

    def __init__(self, row: StoredEntry, reference: str | None, document: dict[str, Any] | None = None) -> None:
        self.row, self.reference = row, reference
        self.document = document_of(row.entry) if document is None else document

    def fault(self, message: str) -> Fault:
        """A fault of this entry."""
        row = self.row
        where = f"case {self.reference}, entry {row.seq}" if self.reference else f"entry of {row.recorded_at}"
        return Fault(row.id, where, message)


def commits_of(document: dict[str, Any]) -> dict[str, str]:
    """Group -> commitment, as an entry holds them."""
    commits = document.get("commits")
    return {str(k): str(v) for k, v in commits.items()} if isinstance(commits, dict) else {}


def entry_faults(row: StoredEntry, document: dict[str, Any], reference: str | None = None) -> Iterable[Fault]:
    """Bytes against their leaf, and the plain copies."""
    subject = document.get("subject")
    written = (*map(document.get, _PLAIN), subject.get("id") if isinstance(subject, dict) else None)
    if row[:COPIED] == written and leaf_hash(row.entry) == row.leaf:  # as nearly all are
        return ()
    return _told(Entry(row, reference, document), written)


def _told(entry: Entry, written: tuple[Any, ...]) -> Iterator[Fault]:
    if leaf_hash(entry.row.entry) != entry.row.leaf:
        yield entry.fault("its bytes do not give its leaf hash: it was edited after it was written")
    if not entry.document:
        yield entry.fault("its bytes are not an entry")
        return
    for column, stored, value in zip(COPIES, entry.row, written, strict=False):
        if stored != value:
            yield entry.fault(f"the plain copy {column} differs from what the entry says")


def chain_faults(
    rows: list[StoredEntry], documents: list[dict[str, Any]], reference: str, before: ChainEnd = BEGINNING
) -> Iterator[Fault]:
    """One case's entries by seq: no gap, each names the leaf before it, times rise, moves follow on."""
    seq, leaf, at, state, version = before
    for row, document in zip(rows, documents, strict=True):
        recorded_at = str(document.get("recorded_at"))
        if row.seq != seq + 1:
            said = f"a gap: entry {seq + 1} was expected here, something before it was removed"
            yield Entry(row, reference).fault(said)
        elif document.get("prev", "") != leaf.hex():
            said = "it does not follow on from the entry before it: one of them was changed, moved or replaced"
            yield Entry(row, reference).fault(said)
        if recorded_at <= at:
            yield Entry(row, reference).fault("its time is not later than that of the entry before it")
        if "to" in document:
            if state is not None and document.get("from") != state:
                said = f"it starts from {document.get('from')}, but the case stood in {state}"
                yield Entry(row, reference).fault(said)
            state = document["to"]
        given = moved_to(document)
        if given is not None:
            if given < version:
                yield Entry(row, reference).fault("its case version is lower than that of an entry before it")
            version = given
        seq, leaf, at = row.seq or 0, row.leaf, recorded_at


def moved_to(document: dict[str, Any]) -> int | None:
    """The version an entry gave its case; None for entries that change nothing (views, denials, refusals)."""
    event, version = document.get("event"), document.get("case_version")
    return version if isinstance(event, str) and event in MOVES and isinstance(version, int) else None


def waiting_fault(entry: Entry, now: datetime, longest: timedelta) -> Fault | None:
    """A fault where an entry has waited too long for its place in the log."""
    waited = now - datetime.fromisoformat(entry.row.recorded_at)
    if waited <= longest:
        return None
    return entry.fault(f"it has waited {int(waited.total_seconds())} seconds for its place in the log")
