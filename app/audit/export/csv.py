"""The trail as CSV for a spreadsheet (RFC 4180, UTF-8, CRLF); the last row is the checkpoint."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from app.audit.entries import entry_json
from app.audit.export.placed import Chosen

COLUMNS = [
    "index",
    "id",
    "case",
    "seq",
    "event",
    "trigger",
    "from",
    "to",
    "record_kind",
    "record_id",
    "subject_kind",
    "subject_id",
    "actor_id",
    "actor_name",
    "actor_role",
    "via",
    "recorded_at",
    "occurred_on",
    "entry",
    "leaf",
]
FORMULA_STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)  # and full width


def lines(chosen: Chosen) -> Iterator[str]:
    """The heading, a line for every entry, and one that says under which checkpoint they stand; each with its end.

    That last one has `checkpoint` as its event, the size as its index, the origin as its subject, the root as its leaf.
    """
    yield _line(COLUMNS)
    for row, index in chosen.in_order():
        name = chosen.name_of(row.actor_id) if row.actor_id else None
        yield _row(_flat(entry_json(row, index=index, name=name)))
    signed = chosen.checkpoint
    log = {"event": "checkpoint", "index": signed.size, "subject_kind": "log", "subject_id": signed.origin}
    yield _row({**log, "leaf": signed.root.hex()})


def _row(flat: Mapping[str, Any]) -> str:
    return _line([_inert(flat.get(column)) for column in COLUMNS])


def _flat(entry: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in entry.items():
        if isinstance(value, dict):
            flat |= {f"{key}_{inner}": content for inner, content in value.items()}
        else:
            flat[key] = value
    return flat


def _inert(value: Any) -> str:
    """Text a spreadsheet takes for a formula gets an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def _line(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
