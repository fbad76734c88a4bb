"""Reading one of the auditor's lists, a page at a time: that it was read goes on the trail first."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlmodel import Session

from app import clock
from app.audit.models import holding
from app.cases.trails import cursor_of, read_cursor
from app.errors import FieldError, Invalid, NotFound
from app.installation import Installation
from app.oversight.dossiers import Line, Place, dossiers, lines, place_of
from app.oversight.exceptions import LOOKOUTS, Lookout
from app.oversight.findings import Asked, Found
from app.oversight.reading import note_reading
from app.people import queries as people
from app.people.policy import role_words
from app.people.queries import Viewer

PAGE, CASES, LINES, MOST_DAYS = 50, 50, 500, 3650
"""So many rows end a page, and so do so many cases or entries that were looked at."""


@dataclass(frozen=True)
class Finding:
    """One row as an auditor reads it; `who` is the name and office of whoever did it."""

    found: Found
    who: str

    def as_json(self) -> dict[str, Any]:
        """As programs read it."""
        return {
            "case": self.found.reference or None,
            "what": self.found.what,
            "on": self.found.on.isoformat(),
            "at": self.found.at.isoformat() if self.found.at is not None else None,
            "who": self.who or None,
            "entry": self.found.entry or None,
        }


class Looked(NamedTuple):
    """A page of a list: its rows, and where the next one begins; None where everything was looked at."""

    rows: list[Finding]
    next: str | None


class _Stopped(NamedTuple):
    found: list[Found]
    at: Place | None


def look_out(
    home: Installation, viewer: Viewer, name: str, *, via: str, days: int | None = None, after: str | None = None
) -> Looked:
    """A page of what a list holds for this auditor, the newest entries or cases first. NotFound; Invalid days, after.

    A page may be short, or empty, and yet not the last: it ends after so many cases or entries that were looked at.
    """
    lookout = LOOKOUTS.get(name)
    if lookout is None:
        raise NotFound("There is no such list")
    asked, place = Asked(clock.today(), _days(lookout, days)), read_cursor(after) if after else None
    note_reading(home, viewer, via=via)
    with home.db.read() as session:
        look = _by_case if lookout.of_case is not None else _by_line
        stopped = look(session, home, viewer, lookout, asked, place)
        names = people.actors_by_id(session, home.vault, {one.by for one in stopped.found if one.by})
    rows = [Finding(one, _who(one, names)) for one in stopped.found]
    return Looked(rows, cursor_of(*stopped.at) if stopped.at is not None else None)


def look_through(
    home: Installation, viewer: Viewer, name: str, *, via: str, days: int | None = None
) -> Iterator[Finding]:
    """Everything that a list holds, page after page."""
    after: str | None = ""
    while after is not None:
        rows, after = look_out(home, viewer, name, via=via, days=days, after=after)
        yield from rows


def _days(lookout: Lookout, days: int | None) -> int:
    if days is None:
        return lookout.days or 0
    if lookout.days is None:
        raise Invalid([FieldError("days", "This list does not ask for a number of days")])
    if not 1 <= days <= MOST_DAYS:
        raise Invalid([FieldError("days", f"Give a number of days from 1 to {MOST_DAYS:,}")])
    return days


def _by_case(
    session: Session, home: Installation, viewer: Viewer, lookout: Lookout, asked: Asked, after: Place | None
) -> _Stopped:
    where = lookout.among(home, asked) if lookout.among is not None else None
    wanted = {"events": lookout.events, "tables": lookout.tables}
    every = dossiers(session, home, viewer, **wanted, where=where, after=after, most=CASES + 1)
    found, last = list[Found](), after
    for number, dossier in enumerate(every):
        if len(found) >= PAGE or number == CASES:
            return _Stopped(found, last)
        found += lookout.of_case(dossier, asked) if lookout.of_case is not None else ()
        last = place_of(dossier.case)
    return _Stopped(found, None)


def _by_line(
    session: Session, _home: Installation, viewer: Viewer, lookout: Lookout, asked: Asked, after: Place | None
) -> _Stopped:
    found, last = list[Found](), after
    for number, line in enumerate(_lines(session, viewer, lookout, after)):
        if len(found) == PAGE or number == LINES:
            return _Stopped(found, last)
        one = lookout.of_line(line, asked) if lookout.of_line is not None else None
        found += [one] if one is not None else []
        last = (line.recorded_at, line.id)
    return _Stopped(found, None)


def _lines(session: Session, viewer: Viewer, lookout: Lookout, after: Place | None) -> Iterator[Line]:
    """Each event by its own index, put together: no database has to sort what nobody reads."""
    if lookout.key:
        where = holding(lookout.key, session.get_bind().dialect.name)
        return lines(session, viewer, where=where, after=after, most=LINES + 1)
    each = [list(lines(session, viewer, event=event, after=after, most=PAGE + 1)) for event in lookout.events]
    return heapq.merge(*each, key=lambda line: (line.recorded_at, line.id), reverse=True)


def _who(found: Found, names: Mapping[str, str]) -> str:
    if not found.role:
        return ""
    words = role_words(found.role)
    name = names.get(found.by or "")
    return f"{name}, {words}" if name else words[:1].upper() + words[1:]
