"""Figures of the trail: what a large record costs to check, prove and add to."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import NamedTuple

from sqlmodel import select

from app.audit import log_tables, tree
from app.audit.events import Event
from app.audit.log import SYSTEM, CaseRef, append
from app.audit.models import AuditEntry
from app.audit.sequence import Log
from app.db import new_id
from tests.bench.figures import Figure, interleaved, medians, seconds, spread
from tests.bench.filling import fill
from tests.bench.places import Kind, empty_log

PROOFS, APPENDS = 50, 200


def large(kind: Kind, folder: Path, small: int, many: int) -> Iterator[Figure]:
    """A record of many entries: the whole check, the check of what is new, proofs, and adding one."""
    with empty_log(kind, folder / "few") as few, empty_log(kind, folder / "many") as all_of_them:
        fill(few, small)
        fill(all_of_them, many)
        name = few.db.dialect
        yield from _checks(few, all_of_them, small, many)
        rounds = interleaved(lambda: _appending(few), lambda: _appending(all_of_them))
        few_each, many_each = medians(rounds)
        detail = f"{few_each * 1e6:.0f} us at {small:,} entries, {many_each * 1e6:.0f} us at {many:,}"
        detail += f"; {spread(rounds, 1, 0)}"
        yield Figure(f"{name}: adding an entry, many / few", many_each / few_each, 1.2, 1.1, detail=detail)
        yield from _proofs(all_of_them, many)


def _proofs(log: Log, size: int) -> Iterator[Figure]:
    for what, prove in (("inclusion", tree.inclusion), ("consistency", tree.consistency)):
        with log.db.read() as session:
            places = [size * (number + 1) // (PROOFS + 2) for number in range(PROOFS)]
            times = [seconds(partial(prove, log_tables.tiles(session), at, size)) for at in places]
        yield Figure(f"{log.db.dialect}: {what} proof at {size:,}", median(times) * 1000, 5, 2, " ms")


def _checks(few: Log, many: Log, small: int, size: int) -> Iterator[Figure]:
    name = few.db.dialect
    with many.db.read() as session:
        newest = log_tables.newest_checkpoint(session)
    if newest is None:
        raise RuntimeError("the record was not filled")
    kept = many.folder.path / "kept"
    kept.write_text(newest.note, "utf-8")

    for log in (few, many):  # both, so that adding to either meets what such a day leaves in the queue
        for _ in range(20):
            _add_case(log, 50)
        log.catch_up()
    every, news, of_raw = list[Checked](), list[Checked](), list[float]()

    def checked(since: Path | None, into: list[Checked]) -> float:
        into.append(_checked(many, since))
        return into[-1].taken

    rounds = interleaved(_raw_chain(many, size, of_raw), lambda: checked(None, every), lambda: checked(kept, news))
    raw, whole, since = medians(rounds)
    each = median(one.own for one in every) / size * 1e6
    detail = f"{size / whole:,.0f} entries/s, raw chain {size / raw:,.0f}/s, {each:.1f} us of this process an entry"
    detail += f" ({median(of_raw) / size * 1e6 / each:.3f} of raw by that); {spread(rounds, 0, 1)}"
    yield Figure(f"{name}: whole check / raw chain", raw / whole, 0.06, 0.09, more=True, detail=detail)
    grown = max(one.memory for one in every) - _checked(few).memory
    yield Figure(f"{name}: memory of it, {small:,} to {size:,}", grown, 20, 10, " MB")
    own = median(one.own for one in news)
    detail = f"{since * 1000:.0f} ms, {own * 1000:.0f} of this process; {spread(rounds, 2, 1)}"
    yield Figure(f"{name}: check of 1,000 new / whole", since / whole, 0.01, 0.005, detail=detail)


class Checked(NamedTuple):
    """Seconds by the clock and of the checking process's own work, and the most memory it took, in MB."""

    taken: float
    own: float
    memory: float


def _checked(log: Log, since: Path | None = None) -> Checked:
    """One check in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.checking", log.db.engine.url.render_as_string(hide_password=False)]
    command += [str(log.folder.path.parent), *([str(since)] if since else [])]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return Checked(*map(float, said))


def _raw_chain(log: Log, size: int, own: list[float]) -> Callable[[], float]:
    """Hashes as many entries one after the other, each with the hash before it, and does nothing else.

    To `own` go the seconds of this process's own work.
    """
    with log.db.read() as session:
        entries = list(session.exec(select(AuditEntry.entry).limit(min(size, 100_000))).all())
    times = size / (size // len(entries) * len(entries))

    def chain() -> None:
        found = b""
        for _ in range(size // len(entries)):
            for entry in entries:
                found = hashlib.sha256(found + entry).digest()

    def measured() -> float:
        began = process_time()
        taken = seconds(chain)
        own.append((process_time() - began) * times)
        return taken * times

    return measured


def _appending(log: Log) -> float:
    case_id = new_id()

    def one(version: int) -> float:
        def write() -> None:
            with log.db.write() as session:
                ref = CaseRef(case_id, version, "social-media-conduct", 1, "d" * 64)
                append(session, Event.RECORD_ADDED, actor=SYSTEM, via="api", case=ref, record=("notes", new_id()))
            if log.db.dialect != "sqlite":
                log.sequence()

        return seconds(write)

    return median(one(version) for version in range(1, APPENDS + 1))


def _add_case(log: Log, entries: int) -> None:
    case_id = new_id()
    with log.db.write() as session:
        for version in range(1, entries + 1):
            event = Event.CASE_OPENED if version == 1 else Event.RECORD_ADDED
            ref = CaseRef(case_id, version, "social-media-conduct", 1, "d" * 64)
            dest = "received" if version == 1 else None
            append(session, event, actor=SYSTEM, via="api", case=ref, dest=dest, record=("notes", new_id()))
