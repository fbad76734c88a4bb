"""The honest way on after entries were lost: two officers declare it, a new log begins, the auditors are told."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, col, select

from app import clock, migrate
from app.audit import log_tables, old_logs
from app.audit.checkpoints import Checkpoint, read_note, read_own
from app.audit.endings import LAST_KNOWN, PRESENT, digest_of
from app.audit.entries import document_of
from app.audit.events import Event
from app.audit.log import append
from app.audit.log_folder import LogFolder
from app.audit.log_names import next_origin
from app.audit.log_state import REFUSAL_WORDS, Refusal
from app.audit.models import AuditEntry, AuditPending
from app.audit.notes import NoteWrong
from app.errors import FieldError, Invalid, WrongState, plain
from app.installation import Installation
from app.outbox.queue import enqueue
from app.oversight import comparing
from app.people import queries as people
from app.people.policy import Role
from app.people.queries import Viewer

OFFICERS = frozenset({Role.SECRETARY, Role.DEPUTY, Role.STAND_IN, Role.AUDITOR, Role.DATA_PROTECTION})
KIND = "loss_declared"
SUBJECT = "Casetrail: entries of the record are lost"
NOT_CONTINUED = "the record does not continue a checkpoint that somebody kept"
_ENTRY_ID = re.compile(r"entry_id\W{1,20}([0-9a-f]{32})")
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Loss:
    """What was declared: how many entries the old log is known to have had, how many there are, and the new log."""

    known: int
    present: int
    origin: str
    receipts_missing: Sequence[str]


@dataclass(frozen=True)
class _Found:
    """What there was before the old log was ended: checkpoints that do not fit, and all that somebody kept."""

    broken: Sequence[Checkpoint]
    kept: Sequence[Checkpoint]
    origin: str
    receipts_missing: Sequence[str]
    why: str


def declare(
    home: Installation, officers: Sequence[Viewer], saved: Sequence[str], receipts: Path | None, *, via: str
) -> Loss:
    """Ends the log and begins the next one. Invalid: not two officers. WrongState: nothing is lost. OSError."""
    refuse_unless_two([one.id for one in officers if one.offices & OFFICERS])
    folder = home.log.folder
    notes = [*_kept(folder), *saved]  # before the first query, as in `checking.check`
    reason, names = home.log.refusal(), _names(home)
    with home.db.read() as session:
        broken = list(_broken(home, session, notes))
        ended = [log.origin for log in old_logs.readings(session)]
        declared = _declared(session, officers, notes) if reason == Refusal.KEY_ENDED else None
    origin = next_origin([*names, *ended] or [home.settings.log_origin or "log"])  # no name is given twice
    missing = list(_missing(home, receipts)) if receipts is not None else []
    if declared is not None:
        named = names[-1] if names[-1] not in ended else origin  # the one that the declaration had in mind
        return _restarted(home, Loss(*declared, named, missing))
    kept = [one for one in (_read(folder, note) for note in notes) if one is not None]
    if reason is None and not broken:
        raise WrongState("Nothing is lost: the record continues all that was signed, so there is nothing to declare.")
    why = REFUSAL_WORDS[reason] if reason is not None else NOT_CONTINUED
    return _restarted(home, _begin(home, officers, _Found(broken, kept, origin, missing, why), via))


def _restarted(home: Installation, loss: Loss) -> Loss:
    home.log.folder.begin_anew(loss.origin)
    home.log.restart()
    return loss


def _declared(session: Session, officers: Sequence[Viewer], notes: Sequence[str]) -> tuple[int, int] | None:
    """Both sizes of their declaration after which the new log was not begun, because that broke off; None without one.

    `notes` are what somebody kept: where one of them is of the new log, that was begun. Others declare it anew: nobody
    is to end what they did not begin.
    """
    first = document_of(next(iter(log_tables.entries(session, 0, 1)), b""))
    begun = log_tables.newest_checkpoint(session) is not None or not all(old_logs.ended(session, one) for one in notes)
    if begun or first.get("event") != Event.LOSS_DECLARED:
        return None
    if {first["actor"], first["subject"]["id"]} != {one.id for one in officers}:
        return None
    return first["sizes"][LAST_KNOWN], first["sizes"][PRESENT]


def refuse_unless_two(named: Sequence[str]) -> None:
    """Invalid where those who were named, however, are not two people."""
    if len(named) != 2 or len(set(named)) != 2:
        words = (
            "Name two different people who each hold an office today: secretary, deputy, stand-in, auditor or data "
            "protection lead."
        )
        raise Invalid([FieldError("officer", words)])


def _present(session: Session) -> Checkpoint | None:
    """The last one that is here, whoever signed it: the check says what is wrong with that."""
    newest = log_tables.newest_checkpoint(session)
    with suppress(NoteWrong):
        return read_own(newest.note) if newest is not None else None
    return None


def _kept(folder: LogFolder) -> Sequence[str]:
    try:
        kept = folder.kept_text()
    except OSError:  # what is there cannot be read: the log is not signed, and that is what is declared
        return []
    return [kept] if kept is not None else []


def _size(checkpoint: Checkpoint | None) -> int:
    return checkpoint.size if checkpoint is not None else 0


def _largest(found: Iterable[Checkpoint]) -> Checkpoint | None:
    return max(found, key=lambda one: one.size, default=None)


def _broken(home: Installation, session: Session, notes: Sequence[str]) -> Iterator[Checkpoint]:
    """Those that the record does not continue, however large it is; not of a log whose loss was declared before."""
    for note in notes:
        given = _read(home.log.folder, note)
        if (
            given is not None
            and not old_logs.ended(session, given.text)
            and not comparing.with_note(home, session, note).same
        ):
            yield given


def _read(folder: LogFolder, note: str) -> Checkpoint | None:
    try:
        return read_note(f"{note.strip()}\n", folder.verifiers()).checkpoint
    except NoteWrong:
        return None


def _names(home: Installation) -> Sequence[str]:
    """What this branch's logs are called, as far as the key folder knows."""
    return [key.name for key in home.log.folder.verifiers()]


def _begin(home: Installation, officers: Sequence[Viewer], found: _Found, via: str) -> Loss:
    """One transaction of whoever owns the tables: the old log aside, the declaration first in the new one, the mail."""
    engine = migrate.migration_engine(home.settings.migrate_database_url or home.settings.database_url)
    try:
        with engine.begin() as connection, Session(connection) as session:
            old_logs.hold(connection)
            present = _present(session)
            known = _largest(found.broken or [*found.kept, *([present] if present is not None else [])])
            loss = Loss(_size(known), _size(present), found.origin, found.receipts_missing)
            old_logs.end_log(connection)
            unplaced = old_logs.waiting(session)
            append(
                session,
                Event.LOSS_DECLARED,
                actor=officers[0].actor(),
                via=via,
                subject=("second_officer", officers[1].id),
                commits={
                    name: digest_of(one.text)
                    for name, one in ((LAST_KNOWN, known), (PRESENT, present))
                    if one is not None
                },
                sizes={LAST_KNOWN: loss.known, PRESENT: loss.present},
            )
            log_tables.move(session, 1)
            session.add_all(AuditPending(entry_id=entry_id) for entry_id in unplaced)
            _tell_auditors(home, session, loss, found.why)
            session.flush()
    finally:
        engine.dispose()
    return loss


def _tell_auditors(home: Installation, session: Session, loss: Loss, why: str) -> None:
    text = _letter(loss, why)
    for holding in people.serving(session, clock.today()):
        viewer = people.viewer_for(session, home.vault, holding.person_id, clock.today())
        if holding.role == Role.AUDITOR and viewer is not None:
            enqueue(session, home.vault, kind=KIND, to=viewer.email, subject=SUBJECT, text=text)


def _letter(loss: Loss, why: str) -> str:
    lines = [
        "Two officers declared that entries of the record are lost, and a new log began.",
        f"What was found: {why}.",
        f"Entries that were signed, as far as is known: {loss.known}",
        f"Entries under the last signature that is still here: {loss.present}",
        f"The new log is called {loss.origin}; its first entry holds the old log's last known checkpoint.",
        "If you kept a checkpoint of the old log, keep it: it shows what was there.",
    ]
    if loss.receipts_missing:
        lines.append("Receipts whose report is no longer in the record:")
        lines += [f"  {name}" for name in loss.receipts_missing]
    return "\n".join(lines) + "\n"


def _missing(home: Installation, folder: Path) -> Iterator[str]:
    """The receipts in a folder of which an entry is not in the record, by the names of their files."""
    for file in sorted(one for one in folder.iterdir() if one.is_file()):
        wanted = set(_ENTRY_ID.findall(file.read_text("utf-8", "replace")))
        if not wanted and _ID.fullmatch(file.stem):
            wanted = {file.stem}
        with home.db.read() as session:
            here = set(session.exec(select(AuditEntry.id).where(col(AuditEntry.id).in_(wanted))))
        if wanted - here:
            yield plain(file.name)
