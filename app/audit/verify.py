"""Checks the whole record from what is stored, one case at a time, and names every fault in words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from app.audit.chain import Entry, chain_faults, commits_of, entry_faults, moved_to, waiting_fault
from app.audit.entries import document_of
from app.audit.log_check import log_faults
from app.audit.sources import (
    BEGINNING,
    ByCase,
    CaseState,
    ChainEnd,
    Fault,
    FileState,
    PlainCopy,
    SealedContent,
    Sources,
    StoredEntry,
    TipRow,
)
from app.audit.system_check import PLAIN, SystemContent

SYSTEM_OWNER = "system"
NOWHERE = "it neither waits for the log nor is in it"


@dataclass
class _Case:
    """What is stored about one case."""

    id: str
    state: CaseState | None
    rows: list[StoredEntry]
    documents: list[dict[str, Any]]
    """Those of the rows, each read once."""
    tip: TipRow | None
    sealed: list[SealedContent]
    records: list[PlainCopy]
    files: list[FileState]
    erased: bool

    @property
    def reference(self) -> str:
        return self.state.reference if self.state else self.id

    @property
    def where(self) -> str:
        return f"case {self.reference}"

    def fault(self, message: str) -> Fault:
        return Fault(None, self.where, message)

    def newest(self, that: Callable[[dict[str, Any]], bool]) -> Entry | None:
        """The newest entry with such a document."""
        backwards = zip(reversed(self.rows), reversed(self.documents), strict=True)
        return next((Entry(row, self.reference, document) for row, document in backwards if that(document)), None)


def verify(sources: Sources) -> Iterator[Fault]:
    """Every fault of the record; nothing where it is sound. ValueError where a source is not in order."""
    entries = ByCase(sources.entries, lambda row: row.case_id or "")
    tips = ByCase(sources.tips, lambda tip: tip.case_id)
    cases = ByCase(sources.cases, lambda case: case.id)
    sealed = ByCase(sources.sealed, lambda item: item.owner_id)
    records = ByCase(sources.records, lambda row: row.case_id)
    files = ByCase(sources.files, lambda file: file.case_id)
    system = SystemContent()
    while keys := [s.key for s in (entries, tips, cases, sealed, records, files) if s.key is not None]:
        key = min(keys)
        if key in ("", SYSTEM_OWNER):
            for row in entries.each(key):
                yield from entry_faults(row, document_of(row.entry))
                yield from _place_faults([row], None, sources)
                system.take_entry(row)
            items = sealed.take(key)
            yield from (_unreadable(item, "the system's own content") for item in items if item.error)
            system.take_content(items, records.take(key))
        state, tip, rows = next(iter(cases.take(key)), None), next(iter(tips.take(key)), None), entries.take(key)
        documents = [document_of(row.entry) for row in rows]
        contents, copies, stored = sealed.take(key), records.take(key), files.take(key)
        if state or rows or tip or contents or copies or stored:
            case = _Case(key, state, rows, documents, tip, contents, copies, stored, key in sources.erased)
            yield from _trail_faults(case, sources.ends.get(key, BEGINNING))
            if not sources.only_trail:
                yield from _kept_faults(case)
            yield from _place_faults(rows, case.reference, sources)
    if not sources.only_trail:
        yield from system.faults()
    for entry_id in sources.astray:
        yield Fault(entry_id, "the log", "it names an entry that is not stored: the entry was removed")
    for log in sources.logs:
        yield from log_faults(log)


def _place_faults(rows: list[StoredEntry], reference: str | None, sources: Sources) -> Iterator[Fault]:
    """Every entry waits for the log, and not too long, or is in it; one case's places rise with its entries.

    Tells the log where it holds the hash of an entry and where another.
    """
    before, log = -1, sources.logs[-1] if sources.logs else None
    for row in rows:
        index = row.log_index
        if index is not None and log is not None:
            log.meet(row, index)
        if row.in_old_log:
            if row.waits or index is not None:
                yield Entry(row, reference).fault("it is in a log that ended, but has or awaits a place in this one")
            continue
        if row.waits and index is not None:
            yield Entry(row, reference).fault("it waits for the log though it is in it")
        elif row.waits:
            late = sources.longest_wait and waiting_fault(Entry(row, reference), sources.now, sources.longest_wait)
            if late:
                yield late
        elif index is None:
            yield Entry(row, reference).fault(NOWHERE)
        elif index <= before:
            said = "its place in the log is not after that of the entry before it: they were moved"
            yield Entry(row, reference).fault(said)
        before = index if index is not None else before


def _trail_faults(case: _Case, before: ChainEnd) -> Iterator[Fault]:
    for row, document in zip(case.rows, case.documents, strict=True):
        yield from entry_faults(row, document, case.reference)
    yield from chain_faults(case.rows, case.documents, case.reference, before)
    yield from _end_faults(case)


def _kept_faults(case: _Case) -> Iterator[Fault]:
    yield from _content_faults(case)
    if not case.erased:
        yield from _copy_faults(case)
    for file in case.files:
        if case.erased:
            yield case.fault(f"it was erased, but the file {file.file_id} is stored: it came back with a copy")
        elif file.fault:
            yield case.fault(f"the file {file.file_id}: {file.fault}")


def _end_faults(case: _Case) -> Iterator[Fault]:
    """The case's own row and the stored end of its chain against the newest entries."""
    if case.state is None:
        yield case.fault("the record holds entries or content of a case that is not stored: the case was removed")
    if not case.rows:
        yield case.fault("it has no entries: they were removed")
        return
    last = case.rows[-1]
    if case.tip is None or (case.tip.seq, case.tip.leaf) != (last.seq, last.leaf):
        yield Entry(last, case.reference).fault(
            "it is not the end of the chain that was stored: later entries were removed, or the end edited"
        )
    if case.state is None:
        return
    moved = case.newest(lambda document: "to" in document)
    versioned = case.newest(lambda document: moved_to(document) is not None)
    yield from row_faults(case.state, moved, versioned)


def row_faults(row: CaseState, moved: Entry | None, versioned: Entry | None) -> Iterator[Fault]:
    """A case's own row against the newest entry that moved it and the newest that gave it a version."""
    if moved and row.state != moved.document.get("to"):
        yield moved.fault(f"it says the case is {moved.document.get('to')}, but the case's row says {row.state}")
    version = moved_to(versioned.document) if versioned else None
    if versioned and version != row.version:
        yield versioned.fault(
            f"it gave the case version {version}, but the case's row says {row.version}: "
            "later entries were removed, or the row was edited"
        )


def _content_faults(case: _Case) -> Iterator[Fault]:
    """Sealed items against the commitments in the entries, both ways."""
    yield from (_unreadable(item, case.where) for item in case.sealed if item.error)
    if case.erased:
        if case.sealed:
            yield case.fault("it was erased, but sealed content of it is stored: it came back with a copy")
        return
    promised = {digest for document in case.documents for digest in commits_of(document).values()}
    kept = {item.commitment for item in case.sealed if not item.error}
    for item in case.sealed:
        if not item.error and item.commitment not in promised:
            yield case.fault(f"no entry holds the commitment of {_name(item)}: it was changed or put in")
    for row, document in zip(case.rows, case.documents, strict=True):
        for group, digest in commits_of(document).items():
            if digest not in kept:
                said = f"the sealed group {group} that it recorded is missing, unreadable or another one"
                yield Entry(row, case.reference).fault(said)


def _copy_faults(case: _Case) -> Iterator[Fault]:
    """Plain columns of records against their sealed group `plain`, both ways."""
    sealed = {item.row: item for item in case.sealed if item.group == PLAIN}
    for copy in case.records:
        item = sealed.pop(copy.row_id, None)
        if item is None:
            yield case.fault(f"the record {copy.kind} {copy.row_id} has no sealed copy of its columns: it was put in")
        elif not item.error:
            yield from (
                case.fault(f"the column {name} of the record {copy.kind} {copy.row_id} was edited")
                for name in _differing(copy, item)
            )
    for item in sealed.values():
        yield case.fault(f"the record of {_name(item)} is missing: it was removed")


def _differing(copy: PlainCopy, item: SealedContent) -> list[str]:
    data = item.data if isinstance(item.data, dict) else {}
    missing = object()
    return sorted(name for name in {*copy.columns, *data} if copy.columns.get(name, missing) != data.get(name, missing))


def _unreadable(item: SealedContent, where: str) -> Fault:
    return Fault(None, where, f"{_name(item)} cannot be opened: {item.error}")


def _name(item: SealedContent) -> str:
    return f"the sealed item {item.table}/{item.row}/{item.group}"
