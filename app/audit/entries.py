"""Entries as bytes and as JSON. Pure: no database."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Protocol

import rfc8785
from msgspec.json import Decoder

VERSION = 1
LARGEST_ENTRY = 65_535
UNREADABLE = "unreadable"
"""What stands for the event of an entry whose bytes are no entry any more."""
_TEXTS = ("event", "recorded_at", "case", "actor", "role", "via", "trigger", "from", "to", "occurred_on", "workflow")
_LISTS, _TOO_MANY = ("held", "unmet"), 2**62
_KINDS: Mapping[str, Any] = {
    **dict.fromkeys(_LISTS, list),
    **dict.fromkeys(("commits", "columns", "sizes"), dict),
    **dict.fromkeys(("seq", "count", "clock_back_us", "case_version"), int),
    "workflow_version": int | str,
}
"""Of what kind the rest of an entry is, where it is there."""
_READ = Decoder().decode


class EntryRow(Protocol):
    """A stored entry: what `audit_entry` holds, or a row of an export."""

    @property
    def id(self) -> str: ...
    @property
    def case_id(self) -> str | None: ...
    @property
    def seq(self) -> int | None: ...
    @property
    def entry(self) -> bytes: ...
    @property
    def leaf(self) -> bytes: ...
    @property
    def event(self) -> str: ...
    @property
    def actor_id(self) -> str | None: ...
    @property
    def actor_role(self) -> str: ...
    @property
    def to_state(self) -> str | None: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def subject_id(self) -> str | None: ...


class EntryTooLarge(ValueError):
    """An entry over 65,535 bytes, the most an entry bundle of C2SP `tlog-tiles` can carry."""


def encode(document: Mapping[str, Any]) -> bytes:
    """Canonical bytes (RFC 8785); keys without a value are left out. EntryTooLarge over 65,535 bytes."""
    entry = rfc8785.dumps({key: value for key, value in document.items() if value not in (None, "", [], {})})
    if len(entry) > LARGEST_ENTRY:
        raise EntryTooLarge(f"An entry has at most {LARGEST_ENTRY} bytes, this one {len(entry)}.")
    return entry


def leaf_hash(entry: bytes) -> bytes:
    """32 bytes: the leaf hash of RFC 6962, section 2.1."""
    return hashlib.sha256(b"\x00" + entry).digest()


def stamp(moment: datetime) -> str:
    """A UTC time as entries write it: ISO 8601, microseconds, Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def decode(entry: bytes) -> dict[str, Any]:
    """The document in an entry. ValueError where the bytes are not a JSON object."""
    try:
        document = _READ(entry)
    except RecursionError:
        raise ValueError("An entry is not so deep.") from None
    if isinstance(document, dict):
        return document
    raise ValueError("An entry is a JSON object.")


def document_of(entry: bytes) -> dict[str, Any]:
    """The document in an entry, {} where the bytes are none."""
    try:
        return decode(entry)
    except ValueError:
        return {}


def told_by(row: EntryRow) -> dict[str, Any]:
    """The document of an entry for whoever reads; of bytes that are none any more, what its row says.

    So a record that was edited can still be shown and copied; the check names the entry.
    """
    document = document_of(row.entry)
    if _is_shaped(document):
        return document
    own = {"id": row.id, "case": row.case_id, "seq": row.seq, "actor": row.actor_id, "role": row.actor_role}
    known = {name: value for name, value in own.items() if value is not None}
    return {**known, "event": UNREADABLE, "recorded_at": stamp(row.recorded_at)}


def _is_shaped(document: Mapping[str, Any]) -> bool:
    texts = all(isinstance(document.get(name, ""), str) for name in _TEXTS)
    kinds = all(isinstance(document[name], kind) for name, kind in _KINDS.items() if name in document)
    lists = kinds and all(isinstance(one, str) for name in _LISTS for one in document.get(name, ()))
    numbers = all(abs(one) < _TOO_MANY for one in document.values() if isinstance(one, int))
    named = [document[name] for name in ("record", "subject") if name in document]
    parts = all(isinstance(one, dict) and {str} == {type(one.get("kind")), type(one.get("id"))} for one in named)
    try:
        datetime.fromisoformat(document["recorded_at"])
        date.fromisoformat(document.get("occurred_on", "2026-01-01"))
    except (KeyError, TypeError, ValueError):
        return False
    return texts and lists and numbers and parts and {"event", "role"} <= document.keys()


def columns_of(document: Mapping[str, Any]) -> dict[str, str] | None:
    """What an entry says of plain columns of its row; None where it does not tell, as entries once did not."""
    columns = document.get("columns")
    if not isinstance(columns, dict) or not all(isinstance(one, str) for one in columns.values()):
        return None
    return columns


def sizes_of(document: Mapping[str, Any]) -> dict[str, int]:
    """The numbers that an entry tells by name; none of what an edited one says in their place."""
    sizes = document.get("sizes")
    if not isinstance(sizes, dict):
        return {}
    return {name: number for name, number in sizes.items() if type(number) is int}


def entry_json(
    row: EntryRow,
    *,
    index: int | None = None,
    log: int | None = None,
    name: str | None = None,
    details: Any = None,
) -> dict[str, Any]:
    """An entry for API and exports; `index` is its place in the log, `name` the actor's, `details` what is opened.

    `log` is the number of a log that ended, None for the present one.
    """
    document = told_by(row)
    return {
        "id": row.id,
        "log": log,
        "index": index,
        "case": document.get("case"),
        "seq": document.get("seq"),
        "event": document.get("event"),
        "trigger": document.get("trigger"),
        "from": document.get("from"),
        "to": document.get("to"),
        "record": document.get("record"),
        "subject": document.get("subject"),
        "actor": {"id": document.get("actor"), "name": name, "role": document.get("role")},
        "via": document.get("via"),
        "recorded_at": document.get("recorded_at"),
        "occurred_on": document.get("occurred_on"),
        "details": details,
        "entry": base64.b64encode(row.entry).decode("ascii"),
        "leaf": row.leaf.hex(),
    }
