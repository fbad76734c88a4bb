"""The trail as an object-centric event log (OCEL 2.0, JSON): cases and people are objects, every entry is an event.

Nobody is named: people are random ids. Each object of type `log` carries origin, size and root.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from app.audit.entries import told_by
from app.audit.export.placed import Chosen, Placed, activity, told

CASE, PERSON, LOG = "case", "person", "log"
ALWAYS = "1970-01-01T00:00:00Z"
"""The time of a value that does not change, as the format wants it."""
_ATTRIBUTES = {"role": "string", "from": "string", "to": "string", "index": "integer", "log": "integer"}
_OF_LOG = {"origin": "string", "size": "integer", "root": "string"}


def lines(chosen: Chosen) -> Iterator[str]:
    """The document piece by piece. Kept meanwhile are only the kinds of event and the people, never the entries."""
    kinds, people = set[str](), set[str]()
    yield '{"events":[\n'
    yield from _listed(_event(placed, kinds, people) for placed in chosen.in_order())
    yield '],"objects":[\n'
    yield from _listed(_objects(chosen, people))
    yield f'],"objectTypes":{_written([_type(CASE, {}), _type(PERSON, {}), _type(LOG, _OF_LOG)])},\n'
    yield f'"eventTypes":{_written([_type(kind, _ATTRIBUTES) for kind in sorted(kinds)])}}}\n'


def _event(placed: Placed, kinds: set[str], people: set[str]) -> dict[str, Any]:
    row, index, log = placed
    document = told_by(row)
    kind = activity(document)
    kinds.add(kind)
    values = {**document, "index": index, "log": log}
    related = [(document.get("case"), CASE), (document.get("actor"), "actor")]
    if document.get("actor"):
        people.add(document["actor"])
    return {
        "id": row.id,
        "type": kind,
        "time": document["recorded_at"],
        "attributes": [{"name": name, "value": values[name]} for name in _ATTRIBUTES if values.get(name) is not None],
        "relationships": [{"objectId": id_, "qualifier": what} for id_, what in related if id_],
    }


def _objects(chosen: Chosen, people: Iterable[str]) -> Iterator[dict[str, Any]]:
    for checkpoint in (*(one for _, one in chosen.ended), chosen.checkpoint):
        signed = [{"name": name, "time": ALWAYS, "value": value} for name, value in told(checkpoint).items()]
        yield {"id": checkpoint.origin, "type": LOG, "attributes": signed, "relationships": []}
    for person in sorted(people):
        yield {"id": person, "type": PERSON, "attributes": [], "relationships": []}
    for case, _ in groupby(chosen.by_case(), lambda placed: placed[0].case_id):
        yield {"id": case, "type": CASE, "attributes": [], "relationships": []}


def _type(name: str, attributes: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": one, "type": kind} for one, kind in attributes.items()]}


def _listed(items: Iterable[dict[str, Any]]) -> Iterator[str]:
    before = ""
    for item in items:
        yield f"{before}{_written(item)}"
        before = ",\n"
    yield "\n"


def _written(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
