"""Checks what is sealed and kept above cases and committed to by an entry: what people declared, or set aside."""

from collections.abc import Iterable, Iterator

from app.audit.entries import decode
from app.audit.events import Event
from app.audit.sources import Fault, PlainCopy, SealedContent, StoredEntry

PLAIN = "plain"


class SystemContent:
    """Gathers the entries without a case that record a row, and what is stored of it, until all were read."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[StoredEntry, dict[str, str]]] = {}
        self._sealed: dict[str, dict[str, SealedContent]] = {}
        self._copies: list[PlainCopy] = []

    def take_entry(self, row: StoredEntry) -> None:
        """Remembers an entry that records a row and commits to it; others say nothing here."""
        if b'"commits"' not in row.entry or b'"record"' not in row.entry:
            return
        try:
            document = decode(row.entry)
            self._entries[document["record"]["id"]] = row, dict(document["commits"])
        except (ValueError, LookupError, TypeError):  # edited: the check of the entry itself says so
            return

    def take_content(self, items: Iterable[SealedContent], copies: Iterable[PlainCopy]) -> None:
        """Remembers sealed items of rows that entries told of (those come first), and the rows' columns."""
        for item in items:
            if item.row in self._entries:
                self._sealed.setdefault(item.row, {})[item.group] = item
        self._copies += copies

    def faults(self) -> Iterator[Fault]:
        """Entries against what is stored, both ways."""
        copies = {copy.row_id: copy for copy in self._copies}
        for record_id, (row, commits) in self._entries.items():
            for group, digest in commits.items():
                item = self._sealed.get(record_id, {}).get(group)
                if item is None or item.commitment != digest:
                    yield _fault(
                        row, f"the sealed group {group} that it recorded is missing, unreadable or another one"
                    )
            if record_id in copies:
                yield from (_fault(row, said) for said in self._edited(copies[record_id]))
            elif PLAIN in commits or row.event == Event.RETURN_DECLARED:  # others are sealed words without a row
                yield _fault(row, f"the record {record_id} that it tells of is missing: it was removed")
        for copy in self._copies:
            if copy.row_id not in self._entries:
                yield Fault(None, f"record {copy.kind} {copy.row_id}", "no entry tells of it: it was put in")

    def _edited(self, copy: PlainCopy) -> Iterator[str]:
        """Columns that say another thing than a sealed group of the same row."""
        for item in self._sealed.get(copy.row_id, {}).values():
            if isinstance(item.data, dict):
                for name in sorted(copy.columns.keys() & item.data.keys()):
                    if copy.columns[name] != item.data[name]:
                        yield f"the column {name} of the record {copy.kind} {copy.row_id} was edited"


def _fault(row: StoredEntry, message: str) -> Fault:
    return Fault(row.id, f"entry of {row.recorded_at}", message)
