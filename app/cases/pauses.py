"""Pauses: while one lasts the clocks stand still. It begins with a record and ends with another, by local days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

PAUSES, RESUMPTIONS = "pauses", "resumptions"


class Mark(Protocol):
    """As much of a record as clocks look at, opened or not."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def plain(self) -> dict[str, Any]: ...
    @property
    def replaces(self) -> str | None: ...
    @property
    def day(self) -> date:
        """The local day on which it was recorded."""

    @property
    def version(self) -> int: ...


@dataclass(frozen=True)
class Pause:
    """From one day to another, which is no longer part of it; `until` is None while it lasts."""

    id: str
    """The first row of its chain of corrections."""
    since: date
    until: date | None


def pauses_of(marks: Iterable[Mark]) -> list[Pause]:
    """Every pause of a case, oldest first; a correction changes neither when it began nor when it ended."""
    rows = [mark for mark in marks if mark.kind in (PAUSES, RESUMPTIONS)]
    roots: dict[str, str] = {}
    for row in rows:  # corrections come after what they replace
        roots[row.id] = roots.get(row.replaces or "", row.id)
    ended: dict[str, date] = {}
    for row in rows:
        if row.kind == RESUMPTIONS:
            ended.setdefault(roots.get(row.plain["pause"], ""), row.day)
    return [Pause(row.id, row.day, ended.get(row.id)) for row in rows if row.kind == PAUSES and roots[row.id] == row.id]


def lasting(pauses: Sequence[Pause]) -> Pause | None:
    """The pause that has not ended, if there is one."""
    return next((pause for pause in pauses if pause.until is None), None)


def days_paused(pauses: Iterable[Pause], start: date, today: date) -> int:
    """How many of the days since `start` the case stood still."""
    return sum(max(((pause.until or today) - max(pause.since, start)).days, 0) for pause in pauses)
