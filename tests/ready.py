"""Cases at a state, kept: the second test of a worker that begins alike gets a copy of what the first one made."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import func, select

from app import clock
from app.audit.models import AuditEntry
from tests.databases import Postgresql, Snapshot, Sqlite

if TYPE_CHECKING:
    from tests.branch import Branch

Begin = Callable[[], str]
FRESH = 600.0
"""Seconds for which a copy stands for a case that was made now."""


@dataclass(frozen=True)
class Kept:
    """A case in all tables of its branch."""

    reference: str
    codes: Mapping[str, str]
    made: float
    rows: Snapshot


class Ready:
    """For branches of one source, which all begin with the same entries."""

    def __init__(self, source: Sqlite | Postgresql, first: "Branch") -> None:
        self._source = source
        self._entries = _entries(first)
        self._asked: Counter[str] = Counter()
        self._kept: dict[str, Kept] = {}

    def at(self, branch: "Branch", asked: Mapping[str, Any], begin: Begin) -> str:
        """A case as `begin` makes it, or a copy; only as a branch's first, at the real time, with common settings."""
        url = branch.home.db.url
        own = branch.home.settings.model_dump(exclude={"database_url", "data_dir", "keys_dir"})
        key = repr((sorted(asked.items()), sorted(own.items()), id(branch.home.workflows), clock.today()))
        if not _is_now(clock.now().timestamp()) or _entries(branch) != self._entries:
            return begin()
        kept = self._kept.get(key)
        if kept and _is_now(kept.made, FRESH):
            self._source.bring_back(url, kept.rows)
            branch.codes |= kept.codes
            return kept.reference
        reference = begin()
        self._asked[key] += 1
        if self._asked[key] > 1:
            made = time.clock_gettime(time.CLOCK_REALTIME)
            self._kept[key] = Kept(reference, dict(branch.codes), made, self._source.snapshot(url))
        return reference


def _is_now(moment: float, within: float = 2.0) -> bool:
    return abs(moment - time.clock_gettime(time.CLOCK_REALTIME)) < within  # no test can freeze this clock


def _entries(branch: "Branch") -> int:
    with branch.home.db.read() as session:
        return session.exec(select(func.count()).select_from(AuditEntry)).one()
