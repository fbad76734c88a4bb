"""What comes next on a case, worked out from its procedure: the ways on, what each misses, whose turn it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app import clock
from app.cases import deadlines, disclosure
from app.cases.access import CARD
from app.cases.actions import Desk, judge
from app.cases.casefile import Row
from app.cases.guards import find
from app.cases.queries import arrows, offered
from app.workflow.definition import Field, RecordKind, Transition

ON_CARD = frozenset({"invited", "clearing_officer"})
"""Roles that act on a case of which they see only the card."""


@dataclass(frozen=True)
class Missing:
    """A condition that does not hold: the records this person may add for it, or whose turn it is until when."""

    condition: str
    message: str
    kinds: tuple[RecordKind, ...] = ()
    waiting: bool = False
    waits_for: str = ""
    """The label of the clock that is waited for, if there is one."""
    waits_until: date | None = None


@dataclass(frozen=True)
class Way:
    """A step that this person may take from the present state, and how far it is."""

    arrow: Transition
    missing: tuple[Missing, ...]
    met: tuple[str, ...]
    onward: bool
    """Whether it leads to a later state of the file: the others lead back."""
    ruled_out: bool
    """Whether what was recorded here speaks against it, rather than that something is missing."""

    @property
    def first(self) -> Missing | None:
        """What to see to first: something this person can record, else whatever is not somebody else's turn."""
        own = [one for one in self.missing if not one.waiting]
        return next((one for one in own if one.kinds), own[0] if own else None)


@dataclass(frozen=True)
class Agenda:
    """All ways on, and the one to work towards; `main` is None where nothing is for this person to do."""

    ways: tuple[Way, ...]
    main: Way | None
    kinds: tuple[RecordKind, ...]
    """The records that this person can add now."""

    @property
    def others(self) -> tuple[Way, ...]:
        """The ways beside the main one."""
        return tuple(way for way in self.ways if way is not self.main)


@dataclass(frozen=True)
class _Reach:
    """Worked out once for all conditions: records offered, those that fit now, dates waited for."""

    offered: Sequence[RecordKind]
    kinds: Sequence[RecordKind]
    waits: Mapping[str, tuple[str, date]]
    """Label and date of a clock that names somebody a day, by the kind of record that ends it."""

    @classmethod
    def of(cls, desk: Desk) -> "_Reach":
        waits: dict[str, tuple[str, date]] = {}
        today = clock.today()
        for deadline in deadlines.of_file(desk.file):
            rules = deadline.rules
            if rules.due_field and rules.until_record and deadline.due_on >= today:
                waits.setdefault(rules.until_record, (rules.label, deadline.due_on))
        return cls(offered_here(desk), fillable(desk), waits)


def agenda(desk: Desk) -> Agenda:
    """The ways on from here. The main one is the first of the file that leads on and was not ruled out."""
    reach = _Reach.of(desk)
    ways = tuple(_way(desk, arrow, reach) for arrow in arrows(desk))
    onward = [way for way in ways if way.onward]
    if not onward and not desk.case.final:
        onward = list(ways)
    open_ways = [way for way in onward if not way.ruled_out]
    return Agenda(ways, next(iter(open_ways or onward), None), tuple(reach.kinds))


def way_of(desk: Desk, arrow: Transition) -> Way:
    """One step by itself."""
    return _way(desk, arrow, _Reach.of(desk))


def offered_here(desk: Desk) -> list[RecordKind]:
    """The kinds of record this person is shown a form for: on a card, only those made for who sees no more."""
    kinds = offered(desk)
    return [kind for kind in kinds if ON_CARD & set(kind.roles)] if desk.position.view == CARD else kinds


def fillable(desk: Desk) -> list[RecordKind]:
    """Those of `offered_here` that have a point and whose questions can be answered: what they point at is there."""
    return [
        kind
        for kind in offered_here(desk)
        if not deadlines.pointless(desk.file, kind.name)
        and all(candidates(desk, kind, question) for question in pointers(kind.fields))
    ]


def candidates(desk: Desk, kind: RecordKind | None, question: Field) -> list[Row]:
    """The records a question can point at: the newest of each chain that this person may read.

    Whoever decides on declarations chooses from those that wait, never from their own.
    """
    readable = {row.id for row, _ in disclosure.rows(desk.file, desk.position)}
    rows = [row for row in desk.file.current(question.of) if row.id in readable]
    if kind is None or "clearing_officer" not in kind.roles:
        return rows
    waiting = {person_id for person_id, row in desk.file.standings.items() if row.answer == "possible"}
    return [row for row in rows if row.by_person in waiting - {desk.position.viewer.id}]


def pointers(questions: Sequence[Field]) -> list[Field]:
    """The questions that must point at another record of the case."""
    return [question for question in questions if question.required and question.type in ("record", "records")]


def _way(desk: Desk, arrow: Transition, reach: _Reach) -> Way:
    judged = judge(desk, arrow, None)
    missing = tuple(_missing(desk, name, message, reach) for name, message in judged.items() if message)
    met = tuple(find(name, desk.file).met for name, message in judged.items() if not message)
    order = list(desk.file.workflow.states)
    onward = order.index(arrow.dest) > order.index(arrow.source)
    return Way(arrow, missing, met, onward, any(_speaks_against(desk, one.condition) for one in missing))


def _missing(desk: Desk, name: str, message: str, reach: _Reach) -> Missing:
    answering = _answering(desk, name, reach)
    ending = [kind for kind in answering if kind.name in reach.waits]
    if ending:
        ordered = (*ending, *(kind for kind in answering if kind not in ending))
        return Missing(name, message, ordered, True, *reach.waits[ending[0].name])
    return Missing(name, message, answering, find(name, desk.file).others_turn)


def _answering(desk: Desk, condition: str, reach: _Reach) -> tuple[RecordKind, ...]:
    """The records to add for a condition, those not on the case yet first; for one that must point at another, that."""
    found: list[RecordKind] = []
    for kind in reach.offered:
        if condition not in kind.answers:
            continue
        fits = kind in reach.kinds
        needed = kind if fits else next((one for one in reach.kinds if one.name in _lacking(desk, kind)), None)
        if needed is not None and needed not in found:
            found.append(needed)
    return tuple(sorted(found, key=lambda kind: bool(desk.file.current(kind.name))))


def _lacking(desk: Desk, kind: RecordKind) -> set[str]:
    return {question.of for question in pointers(kind.fields) if not desk.file.current(question.of)}


def _speaks_against(desk: Desk, condition: str) -> bool:
    """Whether every record that answers it stands alone (points at nothing) and was made here, and still it fails."""
    if find(condition, desk.file).bit_by_bit:
        return False
    kinds = [kind for kind in desk.file.workflow.records.values() if condition in kind.answers]
    alone = all(not _points(kind) and "invited" not in kind.roles for kind in kinds)
    since = desk.file.version_after()
    return bool(kinds) and alone and all(desk.file.current(kind.name, since) for kind in kinds)


def _points(kind: RecordKind) -> bool:
    return any(question.type in ("record", "records", "person", "persons") for question in kind.fields)
