"""Checks entries: each by itself, and one case's entries as a chain."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from app.audit.entries import decode, leaf_hash, stamp
from app.audit.events import MOVES
from app.audit.sources import BEGINNING, ChainEnd, Fault, StoredEntry

_COPIES = {
    "id": "id",
    "case_id": "case",
    "seq": "seq",
    "event": "event",
    "actor_id": "actor",
    "actor_role": "role",
    "to_state": "to",
}
_COLUMNS, _KEYS = attrgetter(*_COPIES), tuple(_COPIES.values())


class Entry:
    """A stored entry with its document, {} where the bytes cannot be read, and what to call it."""

    def __init__(self, row: StoredEntry, reference: str | None) -> None:
        self.row, self.reference = row, reference
        try:
            self.document: dict[str, Any] = decode(row.entry)
        except ValueError:
            self.document = {}

    def fault(self, message: str) -> Fault:
        """A fault of this entry."""
        row = self.row
        where = f"case {self.reference}, entry {row.seq}" if self.reference else f"entry of {stamp(row.recorded_at)}"
        return Fault(row.id, where, message)

    def commits(self) -> dict[str, str]:
        """Group -> commitment, as the entry holds them."""
        commits = self.document.get("commits")
        return {str(k): str(v) for k, v in commits.items()} if isinstance(commits, dict) else {}


def entry_faults(entry: Entry) -> Iterator[Fault]:
    """Bytes against their leaf, and the plain copies."""
    row, document = entry.row, entry.document
    if leaf_hash(row.entry) != row.leaf:
        yield entry.fault("its bytes do not give its leaf hash: it was edited after it was written")
    if not document:
        yield entry.fault("its bytes are not an entry")
        return
    written = tuple(map(document.get, _KEYS))
    if _COLUMNS(row) != written:
        for column, value in zip(_COPIES, written, strict=True):
            if getattr(row, column) != value:
                yield entry.fault(f"the plain copy {column} differs from what the entry says")
    subject = document.get("subject")
    if row.subject_id != (subject.get("id") if isinstance(subject, dict) else None):
        yield entry.fault("the plain copy subject_id differs from what the entry says")
    if stamp(row.recorded_at) != document.get("recorded_at"):
        yield entry.fault("the plain copy recorded_at differs from what the entry says")


def chain_faults(entries: list[Entry], before: ChainEnd = BEGINNING) -> Iterator[Fault]:
    """One case's entries by seq: no gap, each names the leaf before it, times rise, moves follow on."""
    seq, leaf, at, state, version = before.seq, before.leaf, before.at, before.state, before.version
    for entry in entries:
        document = entry.document
        if entry.row.seq != seq + 1:
            yield entry.fault(f"a gap: entry {seq + 1} was expected here, something before it was removed")
        elif document.get("prev", "") != leaf.hex():
            yield entry.fault(
                "it does not follow on from the entry before it: one of them was changed, moved or replaced"
            )
        if str(document.get("recorded_at")) <= at:
            yield entry.fault("its time is not later than that of the entry before it")
        if "to" in document:
            if state is not None and document.get("from") != state:
                yield entry.fault(f"it starts from {document.get('from')}, but the case stood in {state}")
            state = document["to"]
        given = moved_to(document)
        if given is not None:
            if given < version:
                yield entry.fault("its case version is lower than that of an entry before it")
            version = given
        seq, leaf, at = entry.row.seq or 0, entry.row.leaf, str(document.get("recorded_at"))


def moved_to(document: dict[str, Any]) -> int | None:
    """The version an entry gave its case; None for entries that change nothing (views, denials, refusals)."""
    event, version = document.get("event"), document.get("case_version")
    return version if isinstance(event, str) and event in MOVES and isinstance(version, int) else None


def waiting_fault(entry: Entry, now: datetime, longest: timedelta) -> Fault | None:
    """A fault where an entry has waited too long for its place in the log."""
    waited = now - entry.row.recorded_at
    if waited <= longest:
        return None
    return entry.fault(f"it has waited {int(waited.total_seconds())} seconds for its place in the log")
