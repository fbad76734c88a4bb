"""The receipt of what somebody sent: proof that the branch received it, made of its entry (trail, receipt)."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlmodel import Session, select

from app.audit.entries import decode, told_by
from app.audit.events import Event
from app.audit.log import Actor, append
from app.audit.models import AuditEntry
from app.cases.casefile import PLAIN
from app.cases.involvement import KEPT_OUT
from app.cases.keeping import Kept
from app.cases.models import Case, CaseRecord
from app.errors import NotFound
from app.evidence import actions as files
from app.evidence.queries import ORIGINAL
from app.installation import Installation
from app.vault.vault import Unreadable

RECEIVED, TABLE = "received", "receipt"
"""The group, and the place in the vault, of what came by a code on a case that had begun."""
OF_FILE = (files.PLAIN, files.CONTENT)
"""What of a file its receipt opens: size and time, digest and name. The third fixes the key it lies under."""


def receipt_of(
    session: Session, home: Installation, kept: Kept, entry: AuditEntry, file_id: str | None = None
) -> dict[str, Any]:
    """The entry of a kept row, and of the file kept with it, and what opens its commitments; nothing of its words."""
    places = _places(kept.row.id, kept.commits)
    if file_id is not None:
        places |= {f"file-{ORIGINAL}-{name}": (files.TABLE, file_id, name) for name in OF_FILE}
    return _opened(session, home, kept.row.case_id, entry, places)


def of_report(session: Session, home: Installation, case_id: str) -> dict[str, Any]:
    """The receipt of a report once more, for whoever has its code and saved none; as it was given when it came.

    NotFound where its entry was edited.
    """
    chosen = select(AuditEntry).where(AuditEntry.case_id == case_id, AuditEntry.event == Event.CASE_OPENED)
    entry = session.exec(chosen).one()
    document = told_by(entry)
    if not {"record", "commits"} <= document.keys():
        raise NotFound("The receipt cannot be made again: what was recorded of this report was changed since")
    return _opened(session, home, case_id, entry, _places(document["record"]["id"], _own_groups(document["commits"])))


def _own_groups(commits: Iterable[str]) -> list[str]:
    """The groups that are of what was sent itself: a file is told apart, and who is kept out stays closed."""
    return [group for group in commits if not group.startswith("file-") and group != KEPT_OUT]


def _places(row_id: str, groups: Iterable[str]) -> dict[str, tuple[str, str, str]]:
    return {name: (str(CaseRecord.__tablename__), row_id, name) for name in groups}


def _opened(
    session: Session, home: Installation, case_id: str, entry: AuditEntry, places: Mapping[str, tuple[str, str, str]]
) -> dict[str, Any]:
    commits = decode(entry.entry)["commits"]
    salts = {group: home.vault.reveal(session, case_id, *place)["salt"] for group, place in places.items()}
    opened = [{"group": group, "salt": salt, "digest": commits[group]} for group, salt in sorted(salts.items())]
    return {**_told(home, entry), "commitments": opened}


def promise(session: Session, home: Installation, case_id: str, record_id: str, came: dict[str, Any]) -> dict[str, str]:
    """Seals what came with a record by itself: the commitment for the entry of the record, and for `of_arrival`."""
    return {RECEIVED: home.vault.seal(session, case_id, TABLE, record_id, RECEIVED, came)}


def of_words(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What came without a file: the digest of each answer, so that the words themselves are kept once."""
    said = {name: one if isinstance(one, str) else json.dumps(one) for name, one in values.items() if one is not None}
    return {"kind": kind, "sha256": {name: hashlib.sha256(one.encode()).hexdigest() for name, one in said.items()}}


def of_arrival(session: Session, home: Installation, kept: Kept, *, actor: Actor, via: str) -> dict[str, Any] | None:
    """A receipt of what came later, by an entry of its own in no case's chain; None where none was promised.

    The record's own entry counts the steps and records of its case; this one names neither and commits to the same.
    """
    commits = decode(kept.entry.entry).get("commits", {}) if kept.entry is not None else {}
    if RECEIVED not in commits:
        return None
    promised, subject = {RECEIVED: commits[RECEIVED]}, (RECEIVED, kept.row.id)
    entry = append(session, Event.RECEIPT_GIVEN, actor=actor, via=via, subject=subject, commits=promised)
    return _of_entry(session, home, kept.row.case_id, entry)


def given_before(session: Session, home: Installation, case_id: str, record_id: str) -> dict[str, Any] | None:
    """The receipt of `of_arrival` once more, for whoever did not get the answer; None where there was none."""
    chosen = select(AuditEntry).where(AuditEntry.subject_id == record_id, AuditEntry.event == Event.RECEIPT_GIVEN)
    entry = session.exec(chosen).first()
    return _of_entry(session, home, case_id, entry) if entry is not None else None


def _of_entry(session: Session, home: Installation, case_id: str, entry: AuditEntry) -> dict[str, Any]:
    document = decode(entry.entry)
    salt = home.vault.reveal(session, case_id, TABLE, document["subject"]["id"], RECEIVED)["salt"]
    opened = {"group": RECEIVED, "salt": salt, "digest": document["commits"][RECEIVED]}
    return {**_told(home, entry), "commitments": [opened]}


def as_recorded(
    session: Session, home: Installation, reference: str, given: Mapping[str, Any], entry: AuditEntry
) -> dict[str, Any] | None:
    """A receipt that somebody brings back, if all of it is as it was recorded here; None where it is not.

    A salt is compared as long as it is stored: it went with what it opens when a case was erased.
    """
    case = _case_of(session, entry)
    told = _told(home, entry)
    parts = (name for name in told if name != "proof_url")  # the address may have changed meanwhile
    if case is None or case.reference != reference or any(given[name] != told[name] for name in parts):
        return None
    commits = decode(entry.entry).get("commits", {})
    opened = {one["group"]: one for one in given["commitments"]}
    own = {*_own_groups(commits)}
    of_file = {f"file-{ORIGINAL}-{name}" for name in OF_FILE}
    if not own <= opened.keys() <= own | (of_file & commits.keys()) or len(opened) != len(given["commitments"]):
        return None
    stored = _salts(session, home, case.id, entry, list(opened))
    if any(one["digest"] != commits[group] for group, one in opened.items()):
        return None
    if any(stored.get(group, one["salt"]) != one["salt"] for group, one in opened.items()):
        return None
    return {**given, **told}


def _told(home: Installation, entry: AuditEntry) -> dict[str, Any]:
    """What a receipt says of its entry itself."""
    return {
        "entry_id": entry.id,
        "entry": base64.b64encode(entry.entry).decode(),
        "leaf": entry.leaf.hex(),
        "recorded_at": decode(entry.entry)["recorded_at"],
        "proof_url": f"{home.settings.base_url}/log/proof/{entry.id}",
    }


def _case_of(session: Session, entry: AuditEntry) -> Case | None:
    if entry.event != Event.RECEIPT_GIVEN:
        return session.get(Case, entry.case_id) if entry.case_id is not None else None
    record = session.get(CaseRecord, entry.subject_id)
    return session.get(Case, record.case_id) if record is not None else None


def _salts(
    session: Session, home: Installation, case_id: str, entry: AuditEntry, groups: Sequence[str]
) -> dict[str, str]:
    """The salts of an entry's groups that are still stored."""
    document = decode(entry.entry)
    row_id = (document.get("record") or document["subject"])["id"]
    found = {}
    for group in groups:
        with suppress(Unreadable):
            place = (str(CaseRecord.__tablename__), row_id, group)
            if group == RECEIVED:
                place = (TABLE, row_id, RECEIVED)
            if group.startswith("file-"):
                file_id = home.vault.open(session, case_id, *place[:2], PLAIN)["codes"]["file"]
                place = (files.TABLE, file_id, group.removeprefix(f"file-{ORIGINAL}-"))
            found[group] = home.vault.reveal(session, case_id, *place)["salt"]
    return found
