"""The trail as CSV for a spreadsheet (RFC 4180, UTF-8, CRLF)."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from app.audit.entries import entry_json
from app.audit.export.jsonl import NameOf, Placed

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


def lines(rows: Iterable[Placed], name_of: NameOf | None = None) -> Iterator[str]:
    """The heading, then a line for every entry, each with its line end."""
    yield _line(COLUMNS)
    for row, index in rows:
        name = name_of(row.actor_id) if name_of and row.actor_id else None
        flat = _flat(entry_json(row, index=index, name=name))
        yield _line([_inert(flat.get(column)) for column in COLUMNS])


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
