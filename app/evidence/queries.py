"""Reading files: what is known of them, their bytes after a check, and what a check of the record compares."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.errors import Problem
from app.evidence.arrival import MIB
from app.evidence.kinds import TAKEN
from app.evidence.models import EvidenceFile
from app.evidence.store import Store, store_of
from app.installation import Installation
from app.settings import Settings
from app.vault.stream import FileBroken, open_file

ORIGINAL = "original"
TABLE = str(EvidenceFile.__tablename__)


class Damaged(Problem):
    """A stored file that was changed, cut or lost."""

    status = 500
    title = "Alarm: this file is not what was stored"


DAMAGED = (
    "It was changed, cut or lost after it arrived. Do not use it. The alarm is on the record of steps: tell an auditor "
    "and whoever runs this computer, and keep the computer as it is."
)


@dataclass(frozen=True)
class FileFacts:
    """What a page may tell of a file. `name` is what its sender called it, made harmless: no path, no header."""

    id: str
    label: str
    ending: str
    media_type: str
    group: str
    size: int
    scan: str
    arrived_at: datetime
    name: str
    digest: str
    """SHA-256 on arrival, in hex."""
    copies: tuple[str, ...]
    """What copies there are for looking at."""

    def as_json(self, *, with_name: bool) -> dict[str, Any]:
        """The file in an answer of the API."""
        return {
            "id": self.id,
            "type": self.media_type,
            "label": self.label,
            "size": self.size,
            "scan": self.scan,
            "sha256": self.digest,
            "arrived_at": self.arrived_at.isoformat(),
            "name": self.name if with_name else None,
            "copies": list(self.copies),
        }


@dataclass(frozen=True)
class Opening:
    """Everything needed to give out one file, without a session."""

    file: EvidenceFile
    key: bytes
    digest: str
    store: Store

    @property
    def download_name(self) -> str:
        """A neutral name: nothing of the case or of whoever sent it."""
        return f"evidence-{self.file.id[:8]}.{TAKEN[self.file.media_type].ending}"

    def read(self) -> Iterator[bytes]:
        """The file in the clear, piece by piece. FileBroken, FileNotFoundError, StoreAway."""
        return open_file(self.key, self.store.read(self.file.place))

    def is_sound(self) -> bool:
        """Whether every byte is what arrived. StoreAway where that cannot be said."""
        return fault_of(self) is None


def room_of(session: Session, settings: Settings, case_id: str) -> int:
    """How many bytes of files a case can still take; copies made here do not count."""
    used = select(func.coalesce(func.sum(EvidenceFile.size), 0)).where(
        EvidenceFile.case_id == case_id, EvidenceFile.kind == ORIGINAL
    )
    return max(0, settings.case_files_limit_mb * MIB - int(session.exec(used).one()))


def share_of(settings: Settings) -> int:
    """How many bytes of files of a case may come by codes of one part."""
    return settings.case_files_limit_mb * MIB * settings.code_files_percent // 100


def size_of(session: Session, case_id: str, ids: Collection[str]) -> int:
    """How many bytes these originals of a case have together."""
    chosen = select(func.coalesce(func.sum(EvidenceFile.size), 0)).where(
        EvidenceFile.case_id == case_id, EvidenceFile.kind == ORIGINAL, col(EvidenceFile.id).in_(ids)
    )
    return int(session.exec(chosen).one()) if ids else 0


def find(session: Session, case_id: str, file_id: str) -> EvidenceFile | None:
    """The original with this id, in this case."""
    row = session.get(EvidenceFile, file_id)
    return row if row is not None and row.case_id == case_id and row.kind == ORIGINAL else None


def ids_by_digest(session: Session, home: Installation, case_id: str, digests: Collection[str]) -> dict[str, str]:
    """Those of these digests that an original of the case has, each with its id."""
    names = {home.vault.file_name(session, case_id, ORIGINAL, digest): digest for digest in digests}
    chosen = select(EvidenceFile.name, EvidenceFile.id).where(
        EvidenceFile.case_id == case_id, col(EvidenceFile.name).in_(names)
    )
    return {names[name]: id_ for name, id_ in session.exec(chosen)} if names else {}


def copy_of(session: Session, original: EvidenceFile, purpose: str) -> EvidenceFile | None:
    """The copy of an original for a purpose."""
    chosen = select(EvidenceFile).where(EvidenceFile.parent_id == original.id, EvidenceFile.kind == purpose)
    return session.exec(chosen).first()


def with_copy(session: Session, originals: Collection[str], purpose: str) -> set[str]:
    """Those of these originals of which there is a copy for a purpose."""
    chosen = select(EvidenceFile.parent_id).where(
        col(EvidenceFile.parent_id).in_(originals), EvidenceFile.kind == purpose
    )
    return {parent for parent in session.exec(chosen) if parent is not None} if originals else set()


def facts_of(session: Session, home: Installation, case_id: str, ids: Collection[str]) -> dict[str, FileFacts]:
    """What is known of these originals of a case, by id."""
    if not ids:
        return {}
    rows = session.exec(select(EvidenceFile).where(EvidenceFile.case_id == case_id)).all()
    copies: dict[str, list[str]] = {}
    for row in rows:
        if row.parent_id is not None:
            copies.setdefault(row.parent_id, []).append(row.kind)
    return {row.id: _facts(session, home, row, copies.get(row.id, [])) for row in rows if row.id in ids}


def _facts(session: Session, home: Installation, row: EvidenceFile, copies: list[str]) -> FileFacts:
    kind = TAKEN[row.media_type]
    sealed = home.vault.open(session, row.case_id, TABLE, row.id, "content")
    return FileFacts(
        id=row.id,
        label=kind.label,
        ending=kind.ending,
        media_type=row.media_type,
        group=kind.group,
        size=row.size,
        scan=row.scan,
        arrived_at=row.arrived_at,
        name=sealed["name"],
        digest=sealed["sha256"],
        copies=tuple(sorted(copies)),
    )


def opening(session: Session, home: Installation, file: EvidenceFile) -> Opening:
    """What gives out a file. Unreadable where its key was erased."""
    sealed = home.vault.open(session, file.case_id, TABLE, file.id, "content")
    key = home.vault.open(session, file.case_id, TABLE, file.id, "key")["key"]
    return Opening(file, bytes.fromhex(key), sealed["sha256"], store_of(home.settings))


def fault_of(opened: Opening) -> str | None:
    """What is wrong with the stored bytes of a file, in words for a check of the record; None where they are sound."""
    digest = hashlib.sha256()
    try:
        for piece in opened.read():
            digest.update(piece)
    except FileNotFoundError:
        return "its file is missing from the store"
    except FileBroken:
        return "its file was changed or cut: a part of it does not fit its key"
    return None if digest.hexdigest() == opened.digest else "its file has another digest than on arrival"


def every_file(session: Session) -> Iterator[EvidenceFile]:
    """All files, by case."""
    order = (col(EvidenceFile.case_id), col(EvidenceFile.id))
    return iter(session.exec(select(EvidenceFile).order_by(*order).execution_options(yield_per=200)))
