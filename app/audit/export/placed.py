"""What an export is made of: entries with their places in the log, and the checkpoint it is bound to."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.audit.checkpoints import Checkpoint
from app.audit.entries import EntryRow
from app.audit.notes import encoded

NameOf = Callable[[str], str | None]
Placed = tuple[EntryRow, int | None, int | None]
"""An entry, its place in its log (None until it has one), and the number of a log that ended (None: the present)."""


@dataclass(frozen=True)
class Chosen:
    """The entries of an export; each call reads them anew, so that none are gathered.

    `in_order` gives all of them; `by_case` those of cases, one case after the other, each in the order of its steps.
    """

    in_order: Callable[[], Iterator[Placed]]
    by_case: Callable[[], Iterator[Placed]]
    checkpoint: Checkpoint
    """The newest signed one: every entry with a smaller index is under it."""
    name_of: NameOf = lambda _id: None
    ended: Sequence[tuple[int, Checkpoint]] = ()
    """The last checkpoint of each log that ended with a declared loss, by its number."""
    reference_of: NameOf = lambda _id: None

    @property
    def signed(self) -> dict[str, str | int]:
        """Origin, size and root of the present log, as each format carries them."""
        return told(self.checkpoint)


def told(checkpoint: Checkpoint) -> dict[str, str | int]:
    """Origin, size and root."""
    return {"origin": checkpoint.origin, "size": checkpoint.size, "root": encoded(checkpoint.root)}


def activity(document: dict[str, object]) -> str:
    """What happened, as process mining names it: `trigger>to` for a step of the procedure, else the event."""
    if document.get("event") == "step_taken" and "trigger" in document and "to" in document:
        return f"{document['trigger']}>{document['to']}"
    return str(document["event"])


def reference(chosen: Chosen, row: EntryRow) -> dict[str, str | None]:
    """What people call the case of an entry, beside its id."""
    return {"reference": chosen.reference_of(row.case_id) if row.case_id is not None else None}
