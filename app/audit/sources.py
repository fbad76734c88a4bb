"""What a check of the record reads, as plain values, and the faults it names. No database here."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

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


class StoredEntry(NamedTuple):
    """An entry as the database holds it: its plain copies (the time as entries write it), its bytes and its leaf.

    Then its place in the log, whether the tree holds its leaf there, and whether it waits for a place.
    """

    id: str
    case_id: str | None
    seq: int | None
    event: str
    actor_id: str | None
    actor_role: str
    to_state: str | None
    recorded_at: str
    subject_id: str | None
    entry: bytes
    leaf: bytes
    log_index: int | None
    in_tree: bool
    waits: bool
    in_old_log: bool


class ChainEnd(NamedTuple):
    """Where a case's chain stands before the entries at hand: nowhere, unless those before were checked already."""

    seq: int = 0
    leaf: bytes = b""
    at: str = ""
    state: str | None = None
    version: int = 0


BEGINNING = ChainEnd()


Leaf = tuple[int, bytes | None]
"""A place in the log and the hash that the tree holds there, None where it holds none."""


class Held(NamedTuple):
    """The entry at a place, and its leaf: None where there is no such entry."""

    entry_id: str | None
    leaf: bytes | None


@dataclass
class LogSource:
    """The log: its leaves by place, stored hashes of a level above them by number, checkpoints by size, all once.

    `keys` are the log's public keys, oldest first; `saved` are checkpoints kept elsewhere, each with what to call it.
    `named` are the notes by which one key names the next; None where nobody asks for them.
    `ended`: nothing may stand in it after its last checkpoint.
    `frontier` is the tree before the first leaf: leaves, hashes and checkpoints are what came after.
    `other` is what stands at a place where the tree does not hold the leaf of its entry; whoever reads the entries
    fills it, at the latest as the leaf is read. `agreed` has a mark for each place after the frontier's, set where the
    tree holds the leaf of its entry; an entry met twice marks but one.
    """

    leaves: Iterable[Leaf]
    above: Callable[[int], Iterable[tuple[int, bytes]]]
    checkpoints: Iterable[tuple[int, str]]
    keys: Sequence[Verifier]
    saved: Sequence[tuple[str, str]] = ()
    frontier: Frontier = field(default_factory=Frontier)
    name: str = THE_LOG
    ended: bool = False
    named: Sequence[str] | None = None
    other: dict[int, Held] = field(default_factory=dict)
    agreed: bytearray = field(default_factory=bytearray)

    def meet(self, row: "StoredEntry", index: int) -> None:
        """Notes whether the tree holds an entry's leaf at its place."""
        if not row.in_tree:
            self.other[index] = Held(row.id, row.leaf)
        elif 0 <= index - self.frontier.size < len(self.agreed):
            self.agreed[index - self.frontier.size] = 1


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
    before the first entry given here; with `only_trail` nothing is asked of sealed content, records and files. The last
    of `logs` is the present one, in which the entries have their places.
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
        self._groups: Iterator[tuple[str, Iterator[T]]] = groupby(items, key_of)
        self._group: Iterator[T] = iter(())
        self.key: str | None = ""
        self._advance()

    def take(self, key: str) -> list[T]:
        """What belongs to this case. ValueError where the source is not in order."""
        return list(self.each(key)) if self.key == key else []

    def upto(self, key: str) -> list[T]:
        """What belongs to this case; cases before it, which nobody asked for, are passed over."""
        while self.key is not None and self.key < key:
            self.take(self.key)
        return self.take(key)

    def each(self, key: str) -> Iterator[T]:
        """The same one by one, for what may be much."""
        if self.key == key:
            yield from self._group
            self._advance()

    def _advance(self) -> None:
        before = self.key or ""
        self.key, self._group = next(self._groups, (None, iter(())))
        if self.key is not None and self.key < before:
            raise ValueError("The sources of a check must be ordered by case.")
