"""The trail as CSV for a spreadsheet (RFC 4180, UTF-8, CRLF); the last row is the checkpoint."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from app.audit.entries import entry_json
from app.audit.export.placed import Chosen, reference

COLUMNS = [
    "log",
    "index",
    "id",
    "case",
    "reference",
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
    """The heading, a line for every entry, and one for each log that says under which checkpoint they stand.

    These have `checkpoint` as their event, the size as index, the origin as subject, the root as leaf; that of the
    present log comes last.
    """
    yield _line(COLUMNS)
    for row, index, log in chosen.in_order():
        name = chosen.name_of(row.actor_id) if row.actor_id else None
        yield _row(_flat(entry_json(row, index=index, log=log, name=name) | reference(chosen, row)))
    for number, signed in (*chosen.ended, (None, chosen.checkpoint)):
        named = {"log": number, "event": "checkpoint", "subject_kind": "log", "subject_id": signed.origin}
        yield _row({**named, "index": signed.size, "leaf": signed.root.hex()})


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
