"""Checks the rows of letters against the entries that tell of them: a letter that went stays, as it went (X5)."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import String, cast
from sqlmodel import Session, col, select

from app.audit.entries import columns_of, document_of
from app.audit.events import Event
from app.audit.models import CLOCK_BACK, OCCURRED_ON, AuditEntry
from app.audit.sources import ByCase, Fault
from app.audit.stored import streamed
from app.cases.models import Case
from app.cases.recall import LETTER
from app.clock import local
from app.installation import Installation
from app.letters.book import WORDING
from app.letters.models import FINAL, NEEDS_YOU, POSTED, QUEUED, SENT, STOPPED, Letter, LetterVersion, letter_columns

STATES: Mapping[str, str] = {
    Event.LETTER_PREPARED: "",
    Event.LETTER_EDITED: "",
    Event.LETTER_RELEASED: "",
    Event.LETTER_RECALLED: "",
    Event.LETTER_FAILED: "",
    Event.LETTER_STOPPED: STOPPED,
    Event.LETTER_SENT: SENT,
    Event.LETTER_POSTED: POSTED,
}
"""What each entry about a letter makes of it; empty where it still waits for the queue or for an officer."""
KNOWN = frozenset({NEEDS_YOU, QUEUED, STOPPED, *FINAL})
MIDNIGHT = timedelta(days=1)
"""So far the day of a row and the moment of its entry may be apart: midnight may lie between them."""


class _Entry(NamedTuple):
    id: str
    case_id: str
    where: str
    event: str
    document: Mapping[str, Any]

    def part(self, name: str, key: str) -> str | None:
        """What stands under a key of a part of the document; an edited one may hold anything there."""
        part = self.document.get(name)
        return str(part[key]) if isinstance(part, dict) and key in part else None

    @property
    def letter(self) -> str:
        return self.part("record", "id") or ""


def faults(home: Installation, session: Session, erased: Collection[str]) -> Iterator[Fault]:
    """Letters that were edited, put in or taken out past the trail. Nothing is asked of the words of erased cases."""
    entries = ByCase(_entries(session), lambda row: row.case_id)
    letters = ByCase(_rows(session), lambda row: row.case_id)
    versions = ByCase(_versions(session), lambda row: row.case_id)
    words = ByCase(home.vault.examine(session, str(LetterVersion.__tablename__)), lambda item: item.owner_id)
    while keys := [one.key for one in (entries, letters, versions) if one.key is not None]:
        case = min(keys)
        told, rows = entries.take(case), {row.id: row for row in letters.take(case)}
        written = {row.id: row.letter_id for row in versions.take(case)}
        said = {item.row: item.commitment for item in words.upto(case) if item.group == WORDING}
        newest = {one.letter: one for one in told}
        settled = {one.letter: one.event for one in told if one.event != Event.LETTER_EDITED}
        for letter_id in newest.keys() - rows.keys():
            yield _fault(newest[letter_id], "the letter that it tells of is missing: it was removed")
        for letter_id, row in rows.items():
            if letter_id not in newest:
                where = f"case {row.reference}, letter {letter_id}"
                yield Fault(None, where, "no entry tells of it: it was put in, or they were removed")
            else:
                yield from _edited(newest[letter_id], row, settled.get(letter_id, Event.LETTER_PREPARED))
                own = said.get(row.version_id, "") if written.get(row.version_id) == letter_id else ""
                if own is not None and case not in erased:  # None: they cannot be opened, which is told elsewhere
                    yield from _other_words(newest[letter_id], own)
        for version_id in sorted(written.keys() - said.keys()) if case not in erased else ():
            letter = rows.get(written[version_id])
            where = f"case {letter.reference}, letter {letter.id}" if letter else f"letter {written[version_id]}"
            yield Fault(None, where, f"its wording {version_id} has no words: it was put in, or they were removed")


def _edited(entry: _Entry, row: Any, settled: str) -> Iterator[Fault]:
    """Columns of a letter's row that say another thing than the newest entry about it.

    `settled` is the newest that says how far it is: one that was stopped can get other words and stays stopped.
    """
    state = row.state if row.state in (*FINAL, STOPPED) else ""
    if state != STATES[settled]:
        yield _fault(entry, f"the letter's row says {row.state}: it was edited")
    if entry.part("subject", "id") != row.name:
        yield _fault(entry, f"the letter's row says that it is {row.name}: it was edited")
    told = columns_of(entry.document)
    for name, stored in (letter_columns(row) if told is not None else {}).items():
        if stored != (told or {}).get(name):
            yield _fault(entry, f"the column {name} of the letter's row says {stored}: it was edited")
    if row.state not in KNOWN:
        yield _fault(entry, f"the letter's row says {row.state}, which is nothing a letter can be: it was edited")
    went = STATES[entry.event] in FINAL
    if not (went_on(entry.document, row.sent_on) if went else row.sent_on is None):
        yield _fault(entry, f"the letter's row says that it went on {row.sent_on}: it was edited")


def went_on(document: Mapping[str, Any], day: str | None) -> bool:
    """Whether an entry fits the day in a row: the day it names, else the one on which it was recorded."""
    if day is None or OCCURRED_ON in document:
        return day is not None and day == document.get(OCCURRED_ON)
    try:
        recorded = local(datetime.fromisoformat(str(document.get("recorded_at")))).date()
    except ValueError:  # edited: the check of the entry itself says so
        return True
    return CLOCK_BACK in document or day in {str(recorded), str(recorded - MIDNIGHT)}


def _other_words(entry: _Entry, words: str) -> Iterator[Fault]:
    promised = entry.part("commits", WORDING)
    if promised is not None and words != promised:
        yield _fault(entry, "the letter's row points to other words than those it tells of: it was edited")


def _entries(session: Session) -> Iterator[_Entry]:
    own = (AuditEntry.id, AuditEntry.case_id, AuditEntry.seq, AuditEntry.event, AuditEntry.entry)
    columns: list[Any] = [*own, Case.reference]
    chosen: Any = select(*columns).join(Case, col(Case.id) == AuditEntry.case_id)
    chosen = chosen.where(col(AuditEntry.event).in_(list(STATES)))
    for row in streamed(session, chosen.order_by(AuditEntry.case_id, AuditEntry.seq)):
        where = f"case {row.reference}, entry {row.seq}"
        found = _Entry(row.id, row.case_id, where, row.event, document_of(row.entry))
        if found.part("record", "kind") == LETTER:  # other mail of a case is no letter
            yield found


def _rows(session: Session) -> Iterator[Any]:
    """As text, so that a day that is none is a fault and does not stop the check."""
    day = cast(col(Letter.sent_on), String).label("sent_on")
    own = ("id", "case_id", "name", "state", "version_id", "recipient", "party_id", "cause_id", "prepared_by", "how")
    columns: list[Any] = [*(getattr(Letter, name) for name in own), Letter.sent_at, day, Case.reference]
    chosen: Any = select(*columns).join(Case, col(Case.id) == Letter.case_id)
    return streamed(session, chosen.order_by(col(Letter.case_id), col(Letter.id)))


def _versions(session: Session) -> Iterator[Any]:
    columns: list[Any] = [LetterVersion.id, LetterVersion.letter_id, LetterVersion.case_id]
    return streamed(session, select(*columns).order_by(col(LetterVersion.case_id), col(LetterVersion.id)))


def _fault(entry: _Entry, message: str) -> Fault:
    return Fault(entry.id, entry.where, message)
