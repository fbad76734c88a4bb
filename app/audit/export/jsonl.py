"""The trail as JSON Lines: one entry a line, as the API shows it."""

import json
from collections.abc import Callable, Iterable, Iterator

from app.audit.entries import EntryRow, entry_json

NameOf = Callable[[str], str | None]


def lines(rows: Iterable[EntryRow], name_of: NameOf | None = None) -> Iterator[str]:
    """A line with its newline for every entry, in the order given; `name_of` names an actor by id."""
    for row in rows:
        name = name_of(row.actor_id) if name_of and row.actor_id else None
        yield json.dumps(entry_json(row, name=name), ensure_ascii=False, separators=(",", ":")) + "\n"
