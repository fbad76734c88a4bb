"""A backup's file: a ZIP with every table in a form that no database owns, the sealed files, and no private key.

`tables/<name>.jsonl` has one row a line, a JSON list in the order of the columns that `manifest.json` names with their
kinds: bytes as base64, days and UTC times as ISO 8601. `files/<name>` are the sealed files as the store keeps them,
`checkpoint` is the log's newest, `public-keys` its keys.
"""

import base64
import errno
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import JSON, Boolean, Column, Date, Integer, LargeBinary, Text
from sqlalchemy.types import TypeEngine
from sqlmodel.sql.sqltypes import UTCDateTime

from app.errors import Problem

FORMAT = 1
PIECE = 256 * 1024
LARGEST_MANIFEST, LARGEST_CHECKPOINT, LONGEST_LINE = 2**24, 2**16, 2**26
"""So many bytes are read at most: what is longer is cut, and so cannot be read."""
DAMAGED = "The backup is damaged"
MANIFEST, CHECKPOINT, PUBLIC_KEYS = "manifest.json", "checkpoint", "public-keys"
TYPES: Mapping[str, TypeEngine[Any]] = {
    "bytes": LargeBinary(),
    "boolean": Boolean(),
    "day": Date(),
    "time": UTCDateTime(),
    "json": JSON(),
    "integer": Integer(),
    "text": Text(),
}
_WRITTEN: Mapping[str, Callable[[Any], Any]] = {
    "bytes": lambda value: base64.b64encode(value).decode("ascii"),
    "day": date.isoformat,
    "time": lambda value: value.astimezone(UTC).isoformat(),
}
_READ: Mapping[str, Callable[[Any], Any]] = {
    "bytes": lambda value: base64.b64decode(value, validate=True),
    "day": date.fromisoformat,
    "time": datetime.fromisoformat,
}


class NoBackup(Problem):
    """A file that is no backup, or not a whole one."""

    title = "This file is no whole backup of Casetrail"


@dataclass(frozen=True)
class TableFacts:
    """A table: its name, its columns with their kinds, and how many rows it had."""

    name: str
    columns: Sequence[Sequence[str]]
    rows: int


@dataclass(frozen=True)
class Manifest:
    """What a backup holds; tables in an order in which they can be filled."""

    made_at: str
    revision: str
    tables: Sequence[TableFacts]
    files: int
    missing: Sequence[str]
    """Files that the store could not give when the backup was made."""


def kind_of(column: "Column[Any]") -> str:
    """The kind of a column: the first of TYPES that it is."""
    implementation = getattr(column.type, "impl", column.type)
    if isinstance(column.type, UTCDateTime):
        return "time"
    return next((kind for kind, known in TYPES.items() if isinstance(implementation, type(known))), "text")


def written(values: Iterable[Any], kinds: Sequence[str]) -> bytes:
    """A row as a line."""
    row = [
        _WRITTEN[kind](value) if kind in _WRITTEN and value is not None else value
        for value, kind in zip(values, kinds, strict=True)
    ]
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class Written:
    """A backup while it is written."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed

    @contextmanager
    def member(self, name: str, *, small: bool = True) -> Iterator[IO[bytes]]:
        """A part to write to; sealed bytes do not get `small`er."""
        part = zipfile.ZipInfo(name)
        part.compress_type = zipfile.ZIP_DEFLATED if small else zipfile.ZIP_STORED
        with self._packed.open(part, "w", force_zip64=True) as opened:
            yield opened

    def close_with(self, manifest: Manifest) -> None:
        """Last of all: a file with a manifest is whole."""
        said = json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1)
        self._packed.writestr(MANIFEST, said, zipfile.ZIP_DEFLATED)


class Archive:
    """A backup that is read."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        with _or_damaged(NoBackup.title):
            self.manifest = _manifest(json.loads(self._part(MANIFEST, LARGEST_MANIFEST)))

    @property
    def checkpoint(self) -> str | None:
        """The newest checkpoint when it was made; None where nothing was signed yet."""
        if CHECKPOINT not in self._packed.namelist():
            return None
        with _or_damaged(f"{DAMAGED}: {CHECKPOINT}."):
            return self._part(CHECKPOINT, LARGEST_CHECKPOINT).decode("utf-8", "replace")

    def rows(self, table: TableFacts) -> Iterator[dict[str, Any]]:
        """The rows of a table. NoBackup where one cannot be read, or their number is another."""
        count = 0
        with (
            _or_damaged(f"{DAMAGED}: table {table.name}."),
            self._packed.open(f"tables/{table.name}.jsonl") as lines,
        ):
            while line := lines.readline(LONGEST_LINE):
                count += 1
                yield dict(_columns(table, json.loads(line)))
        if count != table.rows:
            raise NoBackup(f"{DAMAGED}: table {table.name} has {count} rows, not {table.rows}.")

    def files(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Each sealed file by its name in the store, with its bytes in pieces. NoBackup where one is damaged."""
        for name in self._packed.namelist():
            if name.startswith("files/"):
                yield name.removeprefix("files/"), self._pieces(name)

    def _pieces(self, name: str) -> Iterator[bytes]:
        with _or_damaged(f"{DAMAGED}: {name}."), self._packed.open(name) as opened:
            while piece := opened.read(PIECE):
                yield piece

    def _part(self, name: str, most: int) -> bytes:
        with self._packed.open(name) as opened:
            return opened.read(most)


@contextmanager
def opened(file: Path) -> Iterator[Archive]:
    """A backup to read. NoBackup; OSError."""
    with file.open("rb") as whole:
        with _or_damaged(NoBackup.title):
            packed = zipfile.ZipFile(whole)
        with packed:
            yield Archive(packed)


@contextmanager
def _or_damaged(otherwise: str) -> Iterator[None]:
    """What a file that is no ZIP, or a damaged one, makes the reader raise: one sentence for whoever restores it."""
    try:
        yield
    except (LookupError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error, EOFError, struct.error):
        raise NoBackup(otherwise) from None
    except RuntimeError:  # a way to pack or to lock that is not known, or brackets in brackets without end
        raise NoBackup(otherwise) from None
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise NoBackup(otherwise) from None  # a place before the beginning


def _manifest(said: Any) -> Manifest:
    """NoBackup where a newer version made it. LookupError, ValueError or TypeError where it is none."""
    if said.pop("format") != FORMAT:
        raise NoBackup("This backup was made by a newer Casetrail: install that one first.")
    manifest = Manifest(tables=[TableFacts(**table) for table in said.pop("tables")], **said)
    texts: list[Any] = [
        manifest.made_at,
        manifest.revision,
        *manifest.missing,
        *(table.name for table in manifest.tables),
    ]
    columns = [(name, kind) for table in manifest.tables for name, kind in table.columns]
    texts += [name for name, _ in columns]
    if not all(isinstance(one, str) and one for one in texts) or not all(kind in TYPES for _, kind in columns):
        raise ValueError("what should be text is not")
    return manifest


def _columns(table: TableFacts, values: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    for (name, kind), value in zip(table.columns, values, strict=True):
        yield name, _READ[kind](value) if kind in _READ and value is not None else value
