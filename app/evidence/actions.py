"""Keeping files, in the caller's transaction: what is not committed leaves no file either. Nobody here commits."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from app import clock
from app.audit import limits
from app.audit.entries import stamp
from app.audit.events import Event
from app.audit.log import Actor, CaseRef
from app.db import new_id
from app.errors import TooLarge
from app.evidence import queries
from app.evidence.arrival import MIB, Arrived, saying_what_failed
from app.evidence.models import EvidenceFile
from app.evidence.queries import ORIGINAL
from app.evidence.store import Store, StoreAway, store_of
from app.installation import Installation

PLAIN, CONTENT, KEY = "plain", "content", "key"
TABLE = str(EvidenceFile.__tablename__)


@dataclass
class TakenIn:
    """A file that is kept: its id, whether its bytes were there before, and commitments for the entry."""

    id: str
    known: bool
    commits: dict[str, str] = field(default_factory=dict)


def take_in(session: Session, home: Installation, case_id: str, arrived: Arrived) -> TakenIn:
    """Keeps an arrived file and its copies; the same bytes twice in a case are one file. TooLarge, OSError, StoreAway.

    The caller has locked the case, so that two that arrive together see each other.
    """
    name = home.vault.file_name(session, case_id, ORIGINAL, arrived.digest)
    before = queries.ids_by_digest(session, home, case_id, [arrived.digest])
    if before:
        arrived.discard()
        return TakenIn(before[arrived.digest], known=True)
    if arrived.size > queries.room_of(session, home.settings, case_id):
        most = home.settings.case_files_limit_mb
        raise TooLarge(
            f"The files of this case would be more than {most:,} MB together ({arrived.size // MIB:,} MB more)."
        )
    keeping = _Keeping(session, home, case_id, store_of(home.settings))
    taken = TakenIn(arrived.id, known=False)
    taken.commits |= keeping.keep(arrived.id, name, ORIGINAL, None, arrived)
    for purpose, copy in arrived.copies.items():
        copy.scan = arrived.scan
        copy_name = home.vault.file_name(session, case_id, purpose, arrived.id)
        taken.commits |= keeping.keep(new_id(), copy_name, purpose, arrived.id, copy)
    return taken


@dataclass
class _Keeping:
    session: Session
    home: Installation
    case_id: str
    store: Store

    def keep(self, id_: str, name: str, kind: str, parent: str | None, arrived: Arrived) -> dict[str, str]:
        """The row, the sealed details and the bytes of one file; commitments by group."""
        if arrived.kind is None:
            raise ValueError("Nobody looked at what this file is.")
        row = EvidenceFile(
            id=id_,
            case_id=self.case_id,
            name=name,
            kind=kind,
            parent_id=parent,
            media_type=arrived.kind.media_type,
            size=arrived.size,
            scan=arrived.scan,
            arrived_at=clock.now(),
        )
        self.session.add(row)
        groups: dict[str, Any] = {
            PLAIN: as_committed(row),
            CONTENT: {"sha256": arrived.digest, "name": arrived.name},
            KEY: {"key": arrived.key.hex()},
        }
        seal = self.home.vault.seal
        commits = {
            f"{kind}-{group}": seal(self.session, self.case_id, TABLE, id_, group, data)
            for group, data in groups.items()
        }
        # noted before the file moves: whatever fails from here on takes it away again
        event.listen(self.session, "after_rollback", _undoing(self.store, row.place), once=True)
        with saying_what_failed():
            self.store.keep(row.place, arrived.path)
        return commits


def _undoing(store: Store, place: str) -> Callable[[Session], None]:
    def undo(_session: Session) -> None:
        with suppress(StoreAway, OSError):  # what is left is sealed under a key that nobody has
            store.remove(place)

    return undo


def as_committed(row: EvidenceFile) -> dict[str, Any]:
    """What the `plain` group commits to, and what `verify` compares with the columns."""
    return {
        "name": row.name,
        "kind": row.kind,
        "parent": row.parent_id,
        "media_type": row.media_type,
        "size": row.size,
        "scan": row.scan,
        "arrived_at": stamp(row.arrived_at),
    }


def note_opening(
    session: Session, file: EvidenceFile, *, actor: Actor, session_id: str | None, case: CaseRef, via: str
) -> None:
    """Writes `evidence_opened`, one per person, file and sign-in every 15 minutes; a copy counts as its original."""
    original = file.parent_id or file.id
    limits.opened(session, actor, session_id, case, via, event=Event.EVIDENCE_OPENED, record=("file", original))


def note_fault(
    session: Session, file: EvidenceFile, *, actor: Actor, session_id: str | None, case: CaseRef, via: str
) -> None:
    """Writes `evidence_damaged`: the file is not what was stored. Limited as openings are."""
    limits.opened(session, actor, session_id, case, via, event=Event.EVIDENCE_DAMAGED, record=("file", file.id))
