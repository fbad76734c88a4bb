"""Files that somebody outside sends with a code: each is kept by itself, so that one refused file costs no other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from app.cases import reporter, sent_evidence
from app.errors import Problem
from app.evidence.arrival import Arrived
from app.installation import Installation
from app.uploads import Received

NOT_KEPT = "It could not be stored just now. Try again later."


@dataclass
class SentFiles:
    """What became of each file: the names of those kept, name and reason of those that were not."""

    kept: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def keep_files(home: Installation, code: str, received: Received, shows: str = "") -> SentFiles:
    """Keeps every file of a form for the report that this access code opens. Never raises for a file."""
    if not received.files and not received.refused:
        return SentFiles()
    holder = reporter.by_code(home, code, "page")
    return keep_each(received, partial(sent_evidence.from_code_holder, home, holder, via="page", shows=shows))


def keep_each(received: Received, keep: Callable[[Arrived], object]) -> SentFiles:
    """Keeps every file of a form by `keep`, each in a transaction of its own."""
    told = SentFiles(refused=[(one.name, one.problem.detail) for one in received.refused])
    for _, arrived in received.files:
        try:
            keep(arrived)
            told.kept.append(arrived.name)
        except Problem as problem:
            told.refused.append((arrived.name, problem.detail))
        except OSError:
            told.refused.append((arrived.name, NOT_KEPT))
    return told
