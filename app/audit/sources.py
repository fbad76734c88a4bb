"""What a check of the record reads, as plain values, and the faults it names. No database here."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from app.audit.entries import EntryRow
from app.audit.notes import Verifier
from app.audit.tree import Frontier

T = TypeVar("T")
THE_LOG = "the log"


@dataclass(frozen=True)
class Fault:
    """Something wrong, in words, with its place for people and the id of the entry it concerns, if any."""

    entry_id: str | None
    where: str
    message: str

    def __str__(self) -> str:
        named = f" [{self.entry_id}]" if self.entry_id else ""
        return f"{self.where}{named}: {self.message}"


@dataclass(frozen=True)
class CaseState:
    """A case as its own row tells it."""

    id: str
    reference: str
    state: str
    version: int


@dataclass(frozen=True)
class PlainCopy:
    """A record's plain columns, shaped like the data of its sealed group `plain`."""

    case_id: str
    kind: str
    row_id: str
    columns: Mapping[str, Any]


@dataclass(frozen=True)
class FileState:
    """A stored file as a check found it; `fault` says what is wrong with its bytes, None where they are sound."""

    case_id: str
    file_id: str
    fault: str | None


class StoredEntry(EntryRow, Protocol):
    """An entry as the database holds it, with its place in the log or that it waits for one."""

    @property
    def log_index(self) -> int | None: ...
    @property
    def waits(self) -> bool: ...
    @property
    def in_old_log(self) -> bool: ...


@dataclass(frozen=True)
class ChainEnd:
    """Where a case's chain stands before the entries at hand: nowhere, unless those before were checked already."""

    seq: int = 0
    leaf: bytes = b""
    at: str = ""
    state: str | None = None
    version: int = 0


BEGINNING = ChainEnd()


class LoggedEntry(NamedTuple):
    """One place in the log: the leaf hash of the entry there (None where it is missing), and that in the tree."""

    place: int
    entry_id: str | None
    of_entry: bytes | None
    in_tree: bytes | None


@dataclass
class LogSource:
    """The log: rows by index, stored hashes of a level above the leaves by number, checkpoints by size, all once.

    `keys` are the log's public keys, oldest first; `saved` are checkpoints kept elsewhere, each with what to call it.
    `frontier` is the tree before the first row: rows, hashes and checkpoints are what came after.
    """

    rows: Iterable[LoggedEntry]
    above: Callable[[int], Iterable[tuple[int, bytes]]]
    checkpoints: Iterable[tuple[int, str]]
    keys: Sequence[Verifier]
    saved: Sequence[tuple[str, str]] = ()
    frontier: Frontier = field(default_factory=Frontier)
    name: str = THE_LOG


class TipRow(Protocol):
    """The end of one case's chain, as `audit_tip` holds it."""

    @property
    def case_id(self) -> str: ...
    @property
    def seq(self) -> int: ...
    @property
    def leaf(self) -> bytes: ...


class SealedContent(Protocol):
    """A sealed item already opened: its data and recomputed commitment, or in `error` why there is none."""

    @property
    def owner_id(self) -> str: ...
    @property
    def table(self) -> str: ...
    @property
    def row(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def data(self) -> Any: ...
    @property
    def commitment(self) -> str | None: ...
    @property
    def error(self) -> str | None: ...


@dataclass
class Sources:
    """Iterables (`files` too), each read once and ordered by case (or owner); entries without a case come first.

    Entries are ordered by seq within a case. Items of the owner `system` are checked for being readable, and
    against the entries that commit to them.
    `astray` are ids that wait for the log or are in it though no such entry is stored; `longest_wait` is None
    where nobody keeps the log. `erased` are owners whose content was erased. `ends` is where the chain of a case stood
    before the first entry given here; with `only_trail` nothing is asked of sealed content, records and files.
    """

    entries: Iterable[StoredEntry]
    tips: Iterable[TipRow]
    cases: Iterable[CaseState]
    sealed: Iterable[SealedContent]
    records: Iterable[PlainCopy]
    now: datetime
    files: Iterable[FileState] = ()
    astray: Iterable[str] = ()
    logs: Sequence[LogSource] = ()
    erased: Collection[str] = frozenset()
    longest_wait: timedelta | None = None
    ends: Mapping[str, ChainEnd] = field(default_factory=dict)
    only_trail: bool = False


class ByCase(Generic[T]):
    """Reads an ordered iterable one case at a time; `key` is the case that comes next, None at the end."""

    def __init__(self, items: Iterable[T], key_of: Callable[[T], str]) -> None:
        self._items = iter(items)
        self._key_of = key_of
        self._next: T | None = None
        self.key: str | None = ""
        self._advance()

    def take(self, key: str) -> Iterator[T]:
        """What belongs to this case. ValueError where the source is not in order."""
        while self.key == key and self._next is not None:
            item = self._next
            self._advance()
            yield item

    def _advance(self) -> None:
        before, self._next = self.key or "", next(self._items, None)
        self.key = None if self._next is None else self._key_of(self._next)
        if self.key is not None and self.key < before:
            raise ValueError("The sources of a check must be ordered by case.")
