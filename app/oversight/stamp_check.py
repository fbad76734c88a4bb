"""Checks the stamps that are kept: each against its token, its checkpoint and the entry that names it."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.audit import entries
from app.audit.events import Event
from app.audit.models import AuditEntry
from app.audit.sources import Fault
from app.audit.timestamps import Reason, StampWrong, digest_of, read_stamp
from app.installation import Installation
from app.oversight import comparing
from app.oversight.models import CheckpointStamp

OTHER_TIME, AT_ONCE = "other_time", 100
WORDS = {
    Reason.REFUSED: "the authority refused",
    Reason.NO_TOKEN: "the answer was no time stamp",
    Reason.OTHER_CONTENT: "the time stamp was for something else",
    Reason.OTHER_NONCE: "the time stamp was not for this request",
    Reason.NOT_SIGNED: "the signature of the time stamp is wrong",
    Reason.NOT_FOR_STAMPS: "the certificate in the time stamp is not one for time stamps",
    Reason.NOT_VALID_THEN: "the certificate of the time stamp was not valid at the time that it says",
    OTHER_TIME: "the time stamp and this computer are more than ten minutes apart: one clock is wrong",
    "timed_out": "the authority did not answer in time",
    "unreachable": "the authority could not be reached",
    "not_trusted": "the authority's address is not trusted: its certificate does not fit",
    "too_large": "the answer was no time stamp",
}


def stamp_columns(row: CheckpointStamp) -> dict[str, str | None]:
    """What its entry says of a stamp, for the check; of the token a digest."""
    return {
        "day": row.day.isoformat(),
        "size": str(row.size),
        "answer": hashlib.sha256(row.answer).hexdigest(),
        "stamped_at": entries.stamp(row.stamped_at),
        "made_at": entries.stamp(row.made_at),
    }


def faults(home: Installation, session: Session) -> Iterator[Fault]:
    """Stamps that are no tokens over their checkpoint, or none that an entry names, and entries without their stamp."""
    named = _Named.of(session)
    chosen = select(CheckpointStamp).order_by(col(CheckpointStamp.day)).execution_options(yield_per=AT_ONCE)
    for row in session.exec(chosen):
        where = f"the time stamp of {row.day:%Y-%m-%d}"
        yield from (Fault(None, where, said) for said in _of_token(row))
        yield from (Fault(entry_id, where, said) for entry_id, said in named.faults(row))
        compared = comparing.with_note(home, session, row.note)
        if not compared.same:
            yield Fault(None, where, compared.words)
    yield from named.left_over()


def _of_token(row: CheckpointStamp) -> Iterator[str]:
    try:
        if read_stamp(row.answer, digest_of(row.note)).at != row.stamped_at:
            yield "it says another time than its row: the row was edited"
    except StampWrong as wrong:
        yield f"it does not fit its checkpoint: {WORDS[wrong.reason]}"


@dataclass(frozen=True)
class _Entry:
    id: str
    digest: str | None
    columns: Mapping[str, Any] | None
    """None in entries from before they told."""
    recorded_at: Any


@dataclass
class _Named:
    """The stamps that entries name, until their rows are seen: by day, older entries by the checkpoint alone."""

    by_day: dict[str, list[_Entry]] = field(default_factory=dict)
    """One for each day, unless somebody put in another that fits what they exchanged."""
    older: list[_Entry] = field(default_factory=list)

    @classmethod
    def of(cls, session: Session) -> "_Named":
        named = cls()
        chosen = select(AuditEntry).where(AuditEntry.event == Event.CHECKPOINT_STAMPED)
        for row in session.exec(chosen):
            columns = entries.columns_of(entries.document_of(row.entry))
            one = _Entry(row.id, row.subject_id, columns, row.recorded_at)
            if columns is None:
                named.older.append(one)
            else:
                named.by_day.setdefault(str(columns.get("day")), []).append(one)
        return named

    def faults(self, row: CheckpointStamp) -> Iterator[tuple[str | None, str]]:
        digest = digest_of(row.note).hex()
        told = self.by_day.pop(row.day.isoformat(), [])
        for entry in told:
            if (entry.digest, entry.columns) != (digest, stamp_columns(row)):
                yield entry.id, "it is not the one that its entry names: it was edited or exchanged"
            if abs(row.stamped_at - entry.recorded_at) > clock.APART:
                yield entry.id, "it says a time far from that of its entry"
        if told:
            return
        old = next((one for one in self.older if one.digest == digest), None)
        if old is None:
            yield None, "no entry names it: it was put in or moved"
        else:
            self.older.remove(old)

    def left_over(self) -> Iterator[Fault]:
        for day, one in ((day, one) for day, told in self.by_day.items() for one in told):
            yield Fault(one.id, f"the time stamp of {day}", "it was taken out or moved: its entry still names it")
        for one in self.older:
            yield Fault(one.id, "a time stamp", "it was taken out: its entry still names it")
