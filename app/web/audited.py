"""What auditors left on a case, counted for the page of its steps."""

from dataclasses import dataclass

from app.cases.actions import Desk
from app.oversight import opened, remarks


@dataclass(frozen=True)
class Audited:
    """How many remarks and openings there are, and how many of them wait or last."""

    remarks: int
    open: int
    openings: int
    lasting: int


def audited(desk: Desk) -> Audited:
    """The counts for whoever may read the steps of the case."""
    threads, openings = remarks.threads(desk), opened.openings(desk)
    return Audited(len(threads), sum(one.open for one in threads), len(openings), sum(one.lasts for one in openings))
