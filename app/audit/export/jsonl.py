"""The trail as JSON Lines: one entry a line, as the API shows it."""

import json
from collections.abc import Callable, Iterable, Iterator

from app.audit.entries import EntryRow, entry_json

NameOf = Callable[[str], str | None]
Placed = tuple[EntryRow, int | None]
"""An entry and its place in the log, None until it has one."""


def lines(rows: Iterable[Placed], name_of: NameOf | None = None) -> Iterator[str]:
    """A line with its newline for every entry, in the order given; `name_of` names an actor by id."""
    for row, index in rows:
        name = name_of(row.actor_id) if name_of and row.actor_id else None
        yield json.dumps(entry_json(row, index=index, name=name), ensure_ascii=False, separators=(",", ":")) + "\n"
