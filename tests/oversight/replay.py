"""Token replay of an event log on the net of a procedure: a place for each state, a transition for each arrow."""

from collections.abc import Iterable, Iterator, Sequence
from typing import IO
from xml.etree import ElementTree as ET

from app.workflow.definition import Workflow

XES = "{http://www.xes-standard.org/}"
Trace = list[dict[str, str]]


def traces(file: IO[bytes]) -> Iterator[Trace]:
    """The attributes of each event of each trace."""
    for trace in ET.parse(file).getroot().iter(f"{XES}trace"):
        yield [{one.attrib["key"]: one.attrib["value"] for one in event} for event in trace.iter(f"{XES}event")]


def moves(trace: Trace) -> list[str]:
    """The steps of a trace; entries without a trigger are no transition."""
    return [event["concept:name"] for event in trace if ">" in event["concept:name"]]


def fitness(workflow: Workflow, logs: Iterable[Sequence[str]]) -> float:
    """Produced, consumed, missing and remaining tokens over all traces, put together as token replay does."""
    arrows: dict[str, list[tuple[str, str]]] = {}
    for arrow in workflow.transitions:
        arrows.setdefault(f"{arrow.trigger}>{arrow.dest}", []).append((arrow.source, arrow.dest))
    produced = consumed = missing = remaining = 0
    for steps in logs:
        tokens = [workflow.initial]
        produced += 1
        for step in steps:
            ways = arrows[step]
            source, dest = next((way for way in ways if way[0] in tokens), ways[0])
            consumed, produced = consumed + 1, produced + 1
            if source in tokens:
                tokens.remove(source)
            else:
                missing += 1
            tokens.append(dest)
        consumed += 1  # the end takes one token out of any state
        remaining += len(tokens) - 1
    return 0.5 * (1 - missing / consumed) + 0.5 * (1 - remaining / produced)
