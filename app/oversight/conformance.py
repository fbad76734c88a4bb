"""Whether a case went the way its procedure allows: its entries replayed on the version it is pinned to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.audit.events import Event
from app.cases.actions import Desk
from app.cases.queries import refuse_trail
from app.cases.sentences import condition_words
from app.oversight.dossiers import Dossier, Line, one_dossier
from app.oversight.findings import Asked, Found
from app.workflow.definition import Transition, Workflow

PATH = (Event.CASE_OPENED, Event.STEP_TAKEN)
Pair = tuple[str, str]


@dataclass(frozen=True)
class Deviation:
    """One place where the path leaves the procedure: what in words, at which entry, and the arrow it took."""

    what: str
    entry: str | None = None
    seq: int | None = None
    on: date | None = None
    pair: Pair | None = None
    """The move (from, to) that the procedure does not know, to be drawn; None where no arrow is wrong."""

    def as_json(self) -> dict[str, Any]:
        """As programs read it."""
        return {
            "what": self.what,
            "entry": self.entry,
            "step": self.seq,
            "on": self.on.isoformat() if self.on else None,
            "from": self.pair[0] if self.pair else None,
            "to": self.pair[1] if self.pair else None,
        }


@dataclass(frozen=True)
class Conformance:
    """The moves a case made, in order, and every deviation from its procedure."""

    moves: Sequence[Pair]
    deviations: Sequence[Deviation]

    @property
    def wrong(self) -> frozenset[Pair]:
        """The moves that the procedure does not know."""
        return frozenset(one.pair for one in self.deviations if one.pair)


def replay(workflow: Workflow, lines: Iterable[Line], state: str) -> Conformance:
    """Replays `case_opened` and every step on a procedure; `state` is where the case's own row says it stands."""
    here: str | None = None
    moves: list[Pair] = []
    found: list[Deviation] = []
    for line in lines:
        if line.event == Event.CASE_OPENED:
            found += _begun(workflow, line, here)
            here = str(line.document.get("to", ""))
        elif _is_step(line):
            pair = (str(line.document.get("from", "")), str(line.document.get("to", "")))
            if here is None:
                found.append(_at(line, "A step was taken before the case was opened"))
            elif pair[0] != here:
                gap = f"It stood at “{_label(workflow, here)}”, but the step began at “{_label(workflow, pair[0])}”"
                found.append(_at(line, f"{gap}: a step between them is missing", (here, pair[0])))
            found += _checked(workflow, line, pair)
            moves.append(pair)
            here = pair[1]
    if here is None:
        found.append(Deviation("There is no entry that opened the case"))
    elif here != state:
        last = f"The steps lead to “{_label(workflow, here)}”, but the case is at “{_label(workflow, state)}”"
        found.append(Deviation(f"{last}: a step is missing at the end", pair=(here, state)))
    return Conformance(moves, found)


def deviations(dossier: Dossier, asked: Asked) -> Iterator[Found]:
    """Every deviation of one case, for the auditor's lists."""
    for one in replay(dossier.workflow, dossier.lines, dossier.case.state).deviations:
        yield Found(dossier.case.reference, one.what, one.on or asked.today, entry=one.entry or "")


def of_case(desk: Desk) -> Conformance:
    """The path of the case at this desk. Forbidden for whom its steps are not open to."""
    refuse_trail(desk)
    dossier = one_dossier(desk.session, desk.home, desk.case, events=PATH)
    return replay(desk.file.workflow, dossier.lines, desk.case.state)


def _is_step(line: Line) -> bool:
    """Steps alone: what is moved by no trigger (an erasure, say) is no part of the procedure's path."""
    return line.event == Event.STEP_TAKEN and "trigger" in line.document


def _begun(workflow: Workflow, line: Line, here: str | None) -> Iterable[Deviation]:
    to = str(line.document.get("to", ""))
    if here is not None:
        yield _at(line, "The case was opened twice")
    if to != workflow.initial:
        begins = f"Cases begin at “{_label(workflow, workflow.initial)}”, this one at “{_label(workflow, to)}”"
        yield _at(line, begins, (workflow.initial, to))
    yield from _pinned(workflow, line)


def _checked(workflow: Workflow, line: Line, pair: Pair) -> Iterable[Deviation]:
    """A step against the arrow it names: where it leads, and whether every condition is on record as held."""
    trigger = str(line.document.get("trigger", ""))
    arrows = [one for one in workflow.transitions if one.trigger == trigger]
    arrow = next((one for one in arrows if (one.source, one.dest) == pair), None)
    if not arrows:
        yield _at(line, f"The procedure knows no step called {trigger}", pair)
    elif arrow is None:
        ends = f"from “{_label(workflow, pair[0])}” to “{_label(workflow, pair[1])}”"
        yield _at(line, f"“{arrows[0].label}” does not lead {ends}", pair)
    else:
        yield from _unproved(workflow, line, arrow)
    yield from _pinned(workflow, line)


def _unproved(workflow: Workflow, line: Line, arrow: Transition) -> Iterable[Deviation]:
    held = set(line.document.get("held", ()))
    for name in arrow.conditions:
        if name not in held:
            words = condition_words(name, workflow)
            yield _at(line, f"“{arrow.label}” was taken without a word in the record that this held: {words}")


def _pinned(workflow: Workflow, line: Line) -> Iterable[Deviation]:
    if line.document.get("rules") != workflow.digest:
        yield _at(line, "It was taken under other rules than those the case began under")


def _at(line: Line, what: str, pair: Pair | None = None) -> Deviation:
    return Deviation(what, line.id, line.document.get("seq"), line.day, pair)


def _label(workflow: Workflow, name: str) -> str:
    return workflow.states[name].label if name in workflow.states else name
