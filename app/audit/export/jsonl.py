"""The trail as JSON Lines: one entry a line, as the API shows it; the last line is the checkpoint."""

import json
from collections.abc import Iterator
from typing import Any

from app.audit.entries import entry_json
from app.audit.export.placed import Chosen, reference, told


def lines(chosen: Chosen) -> Iterator[str]:
    """A line with its newline for every entry, in the order given, then one with the key `checkpoint` alone."""
    for row, index, log in chosen.in_order():
        name = chosen.name_of(row.actor_id) if row.actor_id else None
        yield _line(entry_json(row, index=index, log=log, name=name) | reference(chosen, row))
    for number, signed in chosen.ended:
        yield _line({"log": number, "checkpoint": told(signed)})
    yield _line({"checkpoint": chosen.signed})


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
