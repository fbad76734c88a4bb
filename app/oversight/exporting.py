"""A copy of the trail in one of the export formats, with the names of those who acted."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlmodel import col

from app.audit.events import Event
from app.audit.export import csv, jsonl
from app.audit.log import Actor, append
from app.audit.models import AuditEntry
from app.audit.stored import write_tiles
from app.cases.casefile import ref
from app.cases.queries import by_reference
from app.cases.references import tidy_reference
from app.cases.trails import placed
from app.errors import NotFound
from app.installation import Installation
from app.people import queries as people

BATCH = 500
FORMATS: Mapping[str, Callable[..., Iterator[str]]] = {"jsonl": jsonl.lines, "csv": csv.lines}


def export_lines(home: Installation, shape: str, *, case: str | None = None, actor: Actor, via: str) -> Iterator[str]:
    """Line by line, oldest entry first; `record_exported` is written before. NotFound for an unknown reference."""
    with home.db.write() as session:
        found = session.exec(by_reference(tidy_reference(case))).first() if case is not None else None
        if case is not None and found is None:
            raise NotFound("There is no case with this reference")
        append(session, Event.RECORD_EXPORTED, actor=actor, via=via, case=ref(found) if found else None)
    chosen: Any = placed().execution_options(yield_per=BATCH)
    order: tuple[Any, ...] = (col(AuditEntry.recorded_at), col(AuditEntry.id))
    if found is not None:
        chosen, order = chosen.where(AuditEntry.case_id == found.id), (col(AuditEntry.seq),)
    return _lines(home, shape, chosen.order_by(*order))


def export_tiles(home: Installation, out: Path, *, actor: Actor, via: str) -> int:
    """Saves the signed log as a new folder, and how many entries it has; `record_exported` is written before."""
    with home.db.write() as session:
        append(session, Event.RECORD_EXPORTED, actor=actor, via=via)
    home.log.catch_up()
    with home.db.read() as session:
        return write_tiles(session, home.log.folder, out)


def _lines(home: Installation, shape: str, chosen: Any) -> Iterator[str]:
    with home.db.read() as session:
        known: dict[str, str | None] = {}

        def name_of(person_id: str) -> str | None:
            if person_id not in known:
                known[person_id] = people.actors_by_id(session, home.vault, [person_id]).get(person_id)
            return known[person_id]

        yield from FORMATS[shape](session.exec(chosen), name_of)
