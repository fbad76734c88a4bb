"""What is due by itself: letters, tidying up, and whatever else is added to JOBS. After sleep it catches up once."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from sqlmodel import Session

from app import clock
from app.cases import digest
from app.cases.postbag import CaseLedger
from app.cases.tidying import tidy_up
from app.installation import Installation
from app.outbox.queue import enqueue
from app.outbox.sender import Post, send_due
from app.outbox.smtp import SmtpServer
from app.oversight import checkpoint_mail
from app.oversight.stamping import stamp_due

TICK_EVERY = 30.0
"""Seconds between two ticks."""
LOG_EVERY, GATHER = 1.0, 0.05
"""Seconds between two looks at the log, and after a nudge, so that one look serves many entries."""
_Run = Callable[[Installation, datetime, Callable[[], bool]], object]


_Wait = Callable[[Session, datetime], bool]


class _Mail(Protocol):
    @property
    def to(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...


_Due = Callable[[Session, Installation, datetime], Iterable[_Mail]]


@dataclass(frozen=True)
class Job:
    """Something done at every tick, by name; `run` does what is due at a moment, and may ask whether to go on."""

    name: str
    run: _Run


def tick(home: Installation, now: datetime, *, go_on: Callable[[], bool] = lambda: True) -> None:
    """Does everything that is due once. A job that fails is logged by its kind alone, and the others still run."""
    for job in JOBS:
        try:
            job.run(home, now, go_on)
        except Exception as fault:  # noqa: BLE001 (a database or mail server that is away must not stop the others)
            structlog.get_logger().error("fault", kind=type(fault).__name__, where=job.name)


def keep_ticking(home: Installation, stop: threading.Event, every: float = TICK_EVERY) -> None:
    """Ticks until `stop` is set; between two mails it looks whether it was."""
    while not stop.wait(every):
        tick(home, clock.now(), go_on=lambda: not stop.is_set())


def keep_log(home: Installation, stop: threading.Event) -> None:
    """Gives entries their places and signs the log until `stop` is set: within a second, on a nudge at once."""
    while not stop.is_set():
        home.log.nudged.clear()
        try:
            home.log.catch_up()
        except Exception as fault:  # noqa: BLE001 (a database that is away comes back)
            structlog.get_logger().error("fault", kind=type(fault).__name__, where="log")
        if home.log.nudged.wait(LOG_EVERY):
            stop.wait(GATHER)


def start_working(home: Installation, every: float) -> Callable[[], None]:
    """Ticks and keeps the log, each in a thread of its own; what it answers with stops both and waits for them."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=keep_ticking, args=(home, stop, every), name="ticker"),
        threading.Thread(target=keep_log, args=(home, stop), name="log"),
    ]
    for thread in threads:
        thread.start()

    def end() -> None:
        stop.set()
        home.log.nudged.set()
        for thread in threads:
            thread.join()

    return end


def send_letters(home: Installation, now: datetime, go_on: Callable[[], bool]) -> int:
    """Sends the mail that is due; how many. Without a mail server nothing is sent and everything waits."""
    settings = home.settings
    if settings.smtp_url is None or settings.mail_from is None:
        return 0
    carrier = SmtpServer(settings.smtp_url.get_secret_value())
    return send_due(Post(home.db, home.vault, carrier, settings.mail_from, CaseLedger(home)), now, go_on=go_on)


def write_digests(home: Installation, now: datetime, _go_on: Callable[[], bool]) -> None:
    """Queues the day's mail about what is due, once for each person."""
    _queue(home, now, digest.KIND, digest.wait_to_be_made, digest.digests_due)


def mail_checkpoints(home: Installation, now: datetime, _go_on: Callable[[], bool]) -> None:
    """Queues the day's checkpoint, once for each auditor."""
    _queue(home, now, checkpoint_mail.KIND, checkpoint_mail.wait_to_be_made, checkpoint_mail.mails_due)


def _queue(home: Installation, now: datetime, kind: str, wait_to_be_made: _Wait, due: _Due) -> None:
    """Queues the mails of a day; without a mail server none, so none pile up."""
    settings = home.settings
    if settings.smtp_url is None or settings.mail_from is None:
        return
    with home.db.read() as session:
        if not wait_to_be_made(session, now):
            return
    host = settings.mail_from.rpartition("@")[2]
    with home.db.write() as session:
        for one in due(session, home, now):
            enqueue(session, home.vault, kind=kind, to=one.to, subject=one.subject, text=one.text, host=host)


def stamp_checkpoints(home: Installation, now: datetime, _go_on: Callable[[], bool]) -> bool:
    """Has the day's checkpoint stamped by an outside authority, where one is named."""
    return stamp_due(home, now)


def _tidy(home: Installation, _now: datetime, _go_on: Callable[[], bool]) -> None:
    tidy_up(home)


JOBS: Sequence[Job] = (
    Job("digests", write_digests),
    Job("stamps", stamp_checkpoints),
    Job("checkpoints", mail_checkpoints),
    Job("letters", send_letters),
    Job("tidy_up", _tidy),
)
"""In this order at each tick; every job finds out by itself what is due and does it once, whoever else ticks."""
