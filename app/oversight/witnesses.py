"""The witnesses of the log: whose keys the branch named, and how fresh the last good signature of each is."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, func, select

from app import clock
from app.audit.checkpoints import read_note
from app.audit.cosignatures import (
    LONGEST_KEY,
    LONGEST_NAME,
    Cosignature,
    Standing,
    cosignature_faults,
    cosignatures,
    fingerprint,
    read_witness,
)
from app.audit.entries import document_of
from app.audit.events import Event
from app.audit.log import Actor, append, locked_row
from app.audit.models import AuditEntry
from app.audit.notes import NoteWrong, Verifier
from app.audit.sources import THE_LOG, Fault
from app.errors import FieldError, Invalid, NotFound
from app.installation import Installation, Setting
from app.oversight import comparing
from app.workflow.definition import Field

SETTING, FIELD, KIND = "witnesses", "key", "witness"
QUESTIONS = (
    Field(
        FIELD,
        "line",
        "Public key of the witness",
        "One line, as “casetrail audit witness” prints it on the other computer: name, plus sign, letters and figures.",
        required=True,
        max_length=400,
    ),
)
MOST = 10
NEWEST = 20
"""So many entries are looked at for the last signature of a witness."""


@dataclass(frozen=True)
class Witness:
    """One named witness: `signed_at` is when it last signed, by its own clock, a checkpoint that was brought here."""

    key: Verifier
    signed_at: datetime | None = None
    size: int = 0
    """How many entries that checkpoint was over."""

    @property
    def id(self) -> str:
        """How entries name it."""
        return fingerprint(self.key)

    @property
    def days(self) -> int | None:
        """How many days ago it last signed; None where it never did."""
        return (clock.today() - clock.local(self.signed_at).date()).days if self.signed_at else None


def named(session: Session) -> list[Verifier]:
    """The public keys of the witnesses, in the order in which they were named."""
    row = session.get(Setting, SETTING)
    return _keys(row.value if row is not None else "")


def witnesses(session: Session) -> list[Witness]:
    """Every named witness with its last good signature."""
    return [_seen(session, key) for key in named(session)]


def name_witness(home: Installation, text: str, *, actor: Actor, via: str) -> Verifier:
    """Names a witness by the public key that its computer prints, with an entry. Invalid."""
    try:
        key = read_witness(text.strip())
    except NoteWrong as wrong:
        raise Invalid([FieldError(FIELD, str(wrong))]) from None
    if len(str(key)) > LONGEST_KEY:
        raise Invalid([FieldError(FIELD, f"The name of a witness may be {LONGEST_NAME} characters long.")])
    if key.public in {own.public for own in home.log.folder.verifiers()}:
        raise Invalid([FieldError(FIELD, "This is the log's own key: nobody else would watch it with that.")])
    with home.db.write() as session:
        row = _locked(session)
        keys = _keys(row.value)
        if already := next((one.name for one in keys if key.name == one.name or key.public == one.public), None):
            said = f"There is a witness called {already}" + (" with this key" if already != key.name else "")
            raise Invalid([FieldError(FIELD, f"{said}. Remove that one first.")])
        if len(keys) >= MOST:
            raise Invalid([FieldError(FIELD, f"There are {MOST} witnesses already. Remove one first.")])
        _keep(session, row, [*keys, key])
        append(session, Event.WITNESS_NAMED, actor=actor, via=via, subject=(KIND, fingerprint(key)))
    return key


def remove_witness(home: Installation, name: str, *, actor: Actor, via: str) -> None:
    """Takes a witness off the list, with an entry; what it signed stays on the trail. NotFound."""
    with home.db.write() as session:
        row = _locked(session)
        keys = _keys(row.value)
        gone = next((key for key in keys if key.name == name), None)
        if gone is None:
            raise NotFound("There is no witness of this name.")
        _keep(session, row, [key for key in keys if key != gone])
        append(session, Event.WITNESS_REMOVED, actor=actor, via=via, subject=(KIND, fingerprint(gone)))


def judged(home: Installation, session: Session, note: str) -> list[Cosignature]:
    """What the signatures under a checkpoint are worth, the log's own apart; none where it is no checkpoint."""
    return cosignatures(note, home.log.folder.verifiers(), named(session))


def bring_in(home: Installation, note: str, *, actor: Actor, via: str) -> list[Cosignature]:
    """Judges the signatures under a checkpoint; of a good and newer one an entry is made where the record fits it."""
    with home.db.read() as session:
        found = judged(home, session, note)
        good = _news(session, found)
        fits = bool(good) and comparing.with_note(home, session, note).same
    if fits:
        size = read_note(note, home.log.folder.verifiers()).checkpoint.size
        with home.db.write() as session:
            _locked(session)  # somebody else may bring in the same at this moment
            for one in _news(session, good):
                _write_down(session, one, size, actor, via)
    return found


def faults(session: Session, home: Installation, saved: Sequence[tuple[str, str]] = ()) -> list[Fault]:
    """Witnesses that were put in or taken out past the trail, and wrong signatures under checkpoints that are kept."""
    listed, entered = {fingerprint(key): key.name for key in named(session)}, _on_trail(session)
    put_in = [
        f"the key of the witness {name} was put in: no entry names it"
        for one, name in listed.items()
        if one not in entered
    ]
    taken = [
        f"the key of the witness {one[:8]} was taken out: its entry still names it" for one in entered - set(listed)
    ]
    wrong = [fault for name, note in saved for fault in cosignature_faults(name, judged(home, session, note))]
    return [Fault(None, THE_LOG, said) for said in (*put_in, *taken)] + wrong


def _news(session: Session, found: Sequence[Cosignature]) -> list[Cosignature]:
    """Of each witness its newest signature, where that is good, later than the last, and not from the future."""
    newest: dict[Verifier, tuple[datetime, Cosignature]] = {}
    for one in found:
        if one.standing != Standing.GOOD or one.witness is None or one.at is None or one.early:
            continue
        if one.witness not in newest or one.at > newest[one.witness][0]:
            newest[one.witness] = (one.at, one)
    known = {key: _seen(session, key).signed_at for key in newest}
    return [one for key, (at, one) in newest.items() if (last := known[key]) is None or at > last]


def _write_down(session: Session, one: Cosignature, size: int, actor: Actor, via: str) -> None:
    if one.witness is not None and one.at is not None:
        sizes = {"size": size, "signed_at": int(one.at.timestamp())}
        subject = (KIND, fingerprint(one.witness))
        append(session, Event.WITNESS_SIGNED, actor=actor, via=via, subject=subject, sizes=sizes)


def _seen(session: Session, key: Verifier) -> Witness:
    """The latest of what it signed. A clock may have been ahead here, so the newest entry need not be the last."""
    chosen = select(AuditEntry.entry).where(
        AuditEntry.subject_id == fingerprint(key), AuditEntry.event == Event.WITNESS_SIGNED
    )
    now, recorded = clock.now(), col(AuditEntry.recorded_at)
    entries = session.exec(chosen.where(recorded <= now).order_by(recorded.desc()).limit(NEWEST)).all()
    entries = [*entries, *session.exec(chosen.where(recorded > now))]
    signed = [told for entry in entries for told in _told(entry)]
    return Witness(key, *max((one for one in signed if one[0] <= now + clock.APART), default=(None, 0)))


def _told(entry: bytes) -> Iterator[tuple[datetime, int]]:
    """When, and how many entries; nothing of an entry that was edited, which the check tells."""
    with suppress(ValueError, TypeError, KeyError, OverflowError, OSError):
        sizes = document_of(entry)["sizes"]
        yield datetime.fromtimestamp(sizes["signed_at"], UTC), int(sizes["size"])


def _on_trail(session: Session) -> set[str]:
    """Who is a witness by the entries alone: counted, not ordered, since a clock may have been set back."""
    balance = Counter[str]()
    for event, sign in ((Event.WITNESS_NAMED, 1), (Event.WITNESS_REMOVED, -1)):
        chosen = select(AuditEntry.subject_id, func.count()).where(AuditEntry.event == event)
        for subject, count in session.exec(chosen.group_by(col(AuditEntry.subject_id))):
            balance[str(subject)] += sign * count
    return {subject for subject, count in balance.items() if count > 0}


def _locked(session: Session) -> Setting:
    return locked_row(session, Setting, SETTING, Setting(name=SETTING, value="", changed_at=clock.now()))


def _keep(session: Session, row: Setting, keys: Sequence[Verifier]) -> None:
    row.value, row.changed_at = "\n".join(map(str, keys)), clock.now()
    session.add(row)


def _keys(value: str) -> list[Verifier]:
    found = []
    for line in filter(None, value.split("\n")):
        with suppress(NoteWrong):  # edited past the trail: the check says that its entry still names it
            found.append(read_witness(line))
    return found
