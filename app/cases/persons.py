"""From when on a person in the case is who they are now: a correction may say that it is somebody else."""

from collections.abc import Sequence
from typing import TypeVar

from app.cases.casefile import CaseFile, Row
from app.cases.involvement import same_name
from app.cases.models import CaseRecord

R = TypeVar("R", Row, CaseRecord)
SAME, NO = "same_person", "no"
PARTIES = "parties"


def since(file: CaseFile, member: str) -> int:
    """The case version from which a chain is about the person it names now; 0 = from its first row."""
    root = file.root(member)
    chain = (row for row in file.rows if row.kind == PARTIES and file.root(row.id) == root)
    return max((row.version for row in chain if row.plain.get(SAME) == NO), default=0)


def part_since(file: CaseFile, role: str) -> int:
    """The case version from which this part is played by whoever plays it now; 0 = from the beginning."""
    return max((row.version for row in changes([row for row in file.rows if row.kind == PARTIES], role)), default=0)


def changes(parties: Sequence[R], role: str) -> list[R]:
    """Of all rows of people in a case those by which this part went to somebody else."""
    known = {row.id: row for row in parties}

    def left(row: R) -> bool:
        before = known.get(row.replaces or "")
        return before is not None and before.plain["role"] == role and row.plain["role"] != role

    return [row for row in parties if left(row) or (row.plain["role"] == role and row.plain.get(SAME) == NO)]


def agree(before: Row, now: dict[str, str]) -> bool:
    """Whether name or account alone show that a correction is about the same person."""
    name, handle = before.values.get("name", ""), _account(before.values.get("handle", ""))
    if name and now.get("name"):
        return same_name(name, now["name"])
    return bool(handle) and handle == _account(now.get("handle", ""))


def _account(text: str) -> str:
    return text.strip().lstrip("@").casefold()
