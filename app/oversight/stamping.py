"""The day's checkpoint with an outside authority's time on it (RFC 3161), where the branch named an authority."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, select

from app import clock
from app.audit import log_tables
from app.audit.entries import told_by
from app.audit.events import Event
from app.audit.log import SYSTEM, append
from app.audit.models import AuditEntry
from app.audit.timestamps import Stamp, StampWrong, digest_of, read_stamp, request_for
from app.db import insert_once
from app.errors import NotFound
from app.installation import Installation
from app.outbox.timestamp_server import Authority, TimestampServer
from app.outgoing import Unanswered
from app.oversight.models import CheckpointStamp
from app.oversight.stamp_check import OTHER_TIME, WORDS, stamp_columns

NOT_BEFORE = time(7)
"""In Europe/London, as the mail of the day's checkpoint."""
AGAIN = timedelta(hours=3)
"""So long after a failure the authority is left alone."""
MOST = 366


@dataclass(frozen=True)
class Stamped:
    """One day's stamp: over how many entries, and what the token says."""

    day: date
    size: int
    stamp: Stamp

    @property
    def words(self) -> str:
        """Over how much it is and by whom, or that it does not fit."""
        by = f"({self.stamp.authority})" if self.stamp.authority else "(it does NOT fit: check the whole record)"
        return f"over {self.size:,} entries {by}"

    @property
    def command(self) -> str:
        """How OpenSSL checks it, also when the authority's certificate has ended since."""
        files = f"-data checkpoint-{self.day}.txt -in checkpoint-{self.day}.tsr -CAfile root.pem"
        return f"openssl ts -verify {files} -attime {int(self.stamp.at.timestamp())}"


@dataclass(frozen=True)
class Failure:
    """The last try that brought no stamp, where no stamp came since."""

    at: datetime
    why: str


def stamp_due(home: Installation, now: datetime, authority: Authority | None = None) -> bool:
    """Has the newest checkpoint stamped, once a day; whether a stamp came. Without the setting nothing goes out."""
    if not home.settings.timestamp_url:
        return False
    local = clock.local(now)
    with home.db.read() as session:
        newest = log_tables.newest_checkpoint(session)
        failed = last_failure(session)
        done = session.get(CheckpointStamp, local.date()) is not None
    left_alone = failed is not None and now - failed.at < AGAIN
    if newest is None or done or left_alone or local.time() < NOT_BEFORE:
        return False
    digest, nonce = digest_of(newest.note), secrets.randbits(63)
    try:  # no transaction is open while another computer thinks
        answer = (authority or TimestampServer(home.settings.timestamp_url)).ask(request_for(digest, nonce))
        stamp = read_stamp(answer, digest, nonce)
    except (Unanswered, StampWrong) as wrong:
        _tell(home, wrong.why if isinstance(wrong, Unanswered) else wrong.reason)
        return False
    if abs(stamp.at - clock.now()) > clock.APART:
        _tell(home, OTHER_TIME)
        return False
    row = CheckpointStamp(
        day=local.date(),
        size=newest.size,
        note=newest.note,
        answer=answer,
        stamped_at=stamp.at,
        made_at=clock.now(),
    )
    _keep(home, row)
    return True


def _keep(home: Installation, row: CheckpointStamp) -> None:
    subject, sizes = ("checkpoint", digest_of(row.note).hex()), {"size": row.size}
    told = stamp_columns(row)
    with home.db.write() as session:
        if insert_once(session, CheckpointStamp, row.model_dump()):
            event = Event.CHECKPOINT_STAMPED
            append(session, event, actor=SYSTEM, via="system", subject=subject, sizes=sizes, columns=told)


def stamps(session: Session, most: int = MOST) -> Sequence[Stamped]:
    """The newest stamps, newest first."""
    chosen = select(CheckpointStamp).order_by(col(CheckpointStamp.day).desc()).limit(most)
    return [said_by(row) for row in session.exec(chosen)]


def said_by(row: CheckpointStamp) -> Stamped:
    """What a stored stamp says."""
    return Stamped(row.day, row.size, _said(row))


def stamped(session: Session, day: date) -> CheckpointStamp:
    """The stamp of a day: `note` and `answer` are what `openssl ts -verify` asks for. NotFound."""
    row = session.get(CheckpointStamp, day)
    if row is None:
        raise NotFound("No checkpoint of this day was stamped.")
    return row


def last_failure(session: Session) -> Failure | None:
    """Why no stamp came the last time, None where one came since or none was asked for.

    What a clock that was ahead put in the future does not count: it would hide what comes until then.
    """
    tried = (Event.CHECKPOINT_STAMPED, Event.STAMP_FAILED)
    chosen = select(AuditEntry).where(col(AuditEntry.event).in_(tried), col(AuditEntry.recorded_at) <= clock.now())
    row = session.exec(chosen.order_by(col(AuditEntry.recorded_at).desc()).limit(1)).first()
    if row is None or row.event == Event.CHECKPOINT_STAMPED:
        return None
    why = str(next(iter(told_by(row).get("unmet") or ()), ""))
    return Failure(row.recorded_at, WORDS.get(why, f"the authority answered with {why.removeprefix('answered_')}"))


def _said(row: CheckpointStamp) -> Stamp:
    try:
        return read_stamp(row.answer, digest_of(row.note))
    except StampWrong:  # the check names it
        return Stamp(row.stamped_at, "")


def _tell(home: Installation, why: str) -> None:
    with home.db.write() as session:
        append(session, Event.STAMP_FAILED, actor=SYSTEM, via="system", unmet=[str(why)])
