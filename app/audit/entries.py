"""Entries as bytes and as JSON. Pure: no database."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

import rfc8785
from msgspec.json import Decoder

VERSION = 1
LARGEST_ENTRY = 65_535
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


def columns_of(document: Mapping[str, Any]) -> dict[str, Any] | None:
    """What an entry says of plain columns of its row; None where it does not tell, as entries once did not."""
    columns = document.get("columns")
    return columns if isinstance(columns, dict) else None


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
    document = decode(row.entry)
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
