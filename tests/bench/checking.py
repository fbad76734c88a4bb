"""Checks a filled record once in this process: prints seconds and the most memory it took, in MB."""

import resource
import sys
from pathlib import Path
from time import perf_counter

from sqlmodel import col, select

import app.tables  # noqa: F401 (makes every table known)
from app import clock
from app.audit.checkpoints import read_note
from app.audit.log_folder import LogFolder
from app.audit.models import AuditTip
from app.audit.sources import Fault, Sources
from app.audit.stored import astray, chain_ends, log_source, stored_entries, touched
from app.audit.verify import verify
from app.db import Database
from tests.bench.filling import states


def faults(db: Database, folder: LogFolder, kept: Path | None) -> list[Fault]:
    """The whole check, or that of what came after a kept checkpoint; of the trail alone, nothing is sealed here."""
    note = kept.read_text("utf-8") if kept is not None else None
    since = read_note(note, folder.verifiers()).checkpoint.size if note else 0
    with db.read() as session:
        tips = select(AuditTip).order_by(col(AuditTip.case_id))
        if since:
            tips = tips.where(col(AuditTip.case_id).in_(touched(since)))
        sources = Sources(
            entries=stored_entries(session, since),
            tips=iter(session.exec(tips.execution_options(yield_per=1000))),
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
    began = perf_counter()
    found = faults(db, LogFolder(Path(keys)), Path(kept) if kept else None)
    taken = perf_counter() - began
    if found:
        raise SystemExit(f"the record is not sound: {found[0]}")
    print(taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)  # noqa: T201 (its answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
