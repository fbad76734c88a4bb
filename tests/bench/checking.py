"""Checks a filled record once in this process: prints seconds, those of its own work, and the most memory, in MB."""

import re
import sys
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy.orm import configure_mappers

import app.oversight.tables  # noqa: F401 (makes every table known)
from app import clock
from app.audit import log_tables
from app.audit.checkpoints import read_note
from app.audit.log_folder import LogFolder
from app.audit.sources import Fault, Sources
from app.audit.stored import astray, chain_ends, chain_tips, log_source, stored_entries
from app.audit.verify import verify
from app.db import Database
from tests.bench.filling import states


def faults(db: Database, folder: LogFolder, kept: Path | None) -> list[Fault]:
    """The whole check, or that of what came after a kept checkpoint; of the trail alone, nothing is sealed here."""
    note = kept.read_text("utf-8") if kept is not None else None
    since = read_note(note, folder.verifiers()).checkpoint.size if note else 0
    with db.read() as session:
        sources = Sources(
            entries=stored_entries(session, since),
            tips=chain_tips(session, since),
            cases=states(session, since),
            sealed=(),
            records=(),
            now=clock.now(),
            astray=astray(session),
            logs=[log_source(session, folder, [("kept", note)] if note else [], since)],
            ends=chain_ends(session, since) if since else {},
            only_trail=True,
        )
        return list(verify(sources))


def main(url: str, keys: str, kept: str = "") -> None:
    """`url` of the database, `keys` its key folder, `kept` a file with a checkpoint."""
    db = Database(url)
    configure_mappers()
    with db.read() as session:
        log_tables.size_of(session)  # a server is connected long before
    began, own = perf_counter(), process_time()
    found = faults(db, LogFolder(Path(keys)), Path(kept) if kept else None)
    taken, own = perf_counter() - began, process_time() - own
    if found:
        raise SystemExit(f"the record is not sound: {found[0]}")
    print(taken, own, _most_memory())  # noqa: T201 (its answer)


def _most_memory() -> float:
    """As the kernel counts it for this program alone: `getrusage` would begin with the parent's."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    main(*sys.argv[1:])
