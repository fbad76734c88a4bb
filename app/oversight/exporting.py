"""A copy of the trail in one of the export formats, bound to the newest checkpoint; that it was made is recorded."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from app.audit import log_tables, old_logs
from app.audit.checkpoints import Checkpoint, read_own
from app.audit.events import Event
from app.audit.export import csv, jsonl, ocel, xes
from app.audit.export.folder import write_tiles
from app.audit.export.placed import Chosen, Placed
from app.audit.log import Actor, append
from app.audit.models import AuditEntry
from app.audit.notes import NoteWrong
from app.audit.tree import EMPTY_ROOT
from app.cases import access, trails
from app.cases.casefile import ref
from app.cases.models import Case
from app.cases.queries import by_reference
from app.cases.references import tidy_reference
from app.cases.trails import TrailFilter, placed, with_log
from app.errors import NotFound, WrongState
from app.installation import Installation
from app.people import queries as people
from app.people.queries import Viewer

BATCH = 500
ALL, OF_CASE = "all", "case"
FORMATS: Mapping[str, Callable[[Chosen], Iterator[str]]] = {
    "jsonl": jsonl.lines,
    "csv": csv.lines,
    "xes": xes.lines,
    "ocel": ocel.lines,
}
MEDIA_TYPES: Mapping[str, str] = {
    "jsonl": "application/jsonl; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xes": "application/xml; charset=utf-8",
    "ocel": "application/json",
}
FORMAT_WORDS: Mapping[str, str] = {
    "jsonl": "JSON lines",
    "csv": "CSV",
    "xes": "XES",
    "ocel": "OCEL",
    "tiles": "the log in tiles",
}


def export_lines(home: Installation, shape: str, *, case: str | None = None, actor: Actor, via: str) -> Iterator[str]:
    """Line by line, oldest entry first; `record_exported` is written before. NotFound for an unknown reference."""
    with home.db.write() as session:
        found = session.exec(by_reference(tidy_reference(case))).first() if case is not None else None
        if case is not None and found is None:
            raise NotFound("There is no case with this reference")
        case_ref, scope = (ref(found), OF_CASE) if found else (None, ALL)
        append(session, Event.RECORD_EXPORTED, actor=actor, via=via, case=case_ref, subject=(shape, scope))
    return _lines(home, shape, found.id if found is not None else None)


def export_tiles(home: Installation, out: Path, *, actor: Actor, via: str) -> int:
    """Saves the signed log as a new folder, and how many entries it has; `record_exported` is written before."""
    with home.db.write() as session:
        append(session, Event.RECORD_EXPORTED, actor=actor, via=via, subject=("tiles", ALL))
    home.log.catch_up()
    with home.db.read() as session:
        return write_tiles(session, home.log.folder, out)


def export_of(
    home: Installation, shape: str, viewer: Viewer, wanted: TrailFilter, *, actor: Actor, via: str
) -> Iterator[str]:
    """The same of what this auditor may see, narrowed as asked, newest first, in short transactions. Invalid."""
    trails.refuse_unknown(wanted)
    with home.db.write() as session:
        seen = access.find(session, viewer, wanted.case) if wanted.case is not None else None
        case_ref = ref(seen[0]) if seen is not None else None
        append(session, Event.RECORD_EXPORTED, actor=actor, via=via, case=case_ref, subject=(shape, _scope(wanted)))
    with home.db.read() as session:
        references = dict(session.exec(select(Case.id, Case.reference)).all())
        names = {person.id: person.name for person in people.people_list(session, home.vault)}
        newest, ended = _checkpoint(session, home), _ended(session)
    in_order, by_case = (partial(one, home, viewer, wanted) for one in (trails.stream, trails.stream_by_case))
    return FORMATS[shape](Chosen(in_order, by_case, newest, names.get, ended, references.get))


def _lines(home: Installation, shape: str, case_id: str | None) -> Iterator[str]:
    with home.db.read() as session:
        known: dict[str, str | None] = {}

        def name_of(person_id: str) -> str | None:
            if person_id not in known:
                known[person_id] = people.actors_by_id(session, home.vault, [person_id]).get(person_id)
            return known[person_id]

        def rows(*order: Any, of_cases: bool) -> Iterator[Placed]:
            query: Any = with_log(placed()).execution_options(yield_per=BATCH)
            if case_id is not None:
                query = query.where(AuditEntry.case_id == case_id)
            elif of_cases:
                query = query.where(col(AuditEntry.case_id).is_not(None))
            return iter(session.exec(query.order_by(*order)))

        by_case = partial(rows, AuditEntry.case_id, AuditEntry.seq, of_cases=True)
        by_time = partial(rows, AuditEntry.recorded_at, AuditEntry.id, of_cases=False)
        in_order = by_case if case_id is not None else by_time
        references, ended = dict(session.exec(select(Case.id, Case.reference)).all()), _ended(session)
        chosen = Chosen(in_order, by_case, _checkpoint(session, home), name_of, ended, references.get)
        yield from FORMATS[shape](chosen)


def _scope(wanted: TrailFilter) -> str:
    """What a copy holds, in codes: `all`, `case`, or what narrowed it."""
    days = (("from", wanted.first_day), ("to", wanted.last_day))
    parts = [
        *([OF_CASE] if wanted.case is not None else []),
        *([f"event:{wanted.event}"] if wanted.event is not None else []),
        *(f"{name}:{day:%Y%m%d}" for name, day in days if day is not None),
        *(["actor"] if wanted.actor is not None else []),
    ]
    return "/".join(parts) or ALL


def _checkpoint(session: Session, home: Installation) -> Checkpoint:
    """The newest signed checkpoint; that of the empty log while nothing is signed."""
    newest = log_tables.newest_checkpoint(session)
    if newest is None:
        name = next((key.name for key in reversed(home.log.folder.verifiers())), "log")
        return Checkpoint(name, 0, EMPTY_ROOT)
    try:
        return read_own(newest.note)
    except NoteWrong:
        raise WrongState("The newest checkpoint of the log is damaged: check the record first.") from None


def _ended(session: Session) -> list[tuple[int, Checkpoint]]:
    """The last checkpoint of each log that ended with a declared loss; one edited by hand is left out."""
    found = []
    for number, last in old_logs.last_checkpoints(session):
        with suppress(NoteWrong):
            found.append((number, read_own(last.note)))
    return found
