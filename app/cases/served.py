"""Which evidence was served on one member: for their own page, in words only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.cases import persons
from app.cases.casefile import CaseFile, Row
from app.cases.code_holders import REPORTER, RESPONDENT
from app.cases.disclosure import LATER_MAIL, SERVICES, THE_MESSAGE, WITH_IT, copies_of, file_served
from app.cases.giveaways import kept_from

TOLD = ("platform", "handle", "posted_shown", "shows")
"""What of an item a member reads: never who saved it, nor how it was obtained (X17)."""


@dataclass(frozen=True)
class Served:
    """One item that the member was given."""

    id: str
    served_on: date
    words: tuple[str, ...]
    file: str = ""
    """The file of which a picture may be shown: never the one as it came; empty where none may."""
    can_look: bool = False
    """Whether there is such a picture."""

    def as_json(self) -> dict[str, object]:
        """One of `evidence`."""
        return {
            "id": self.id,
            "served_on": self.served_on.isoformat(),
            "words": list(self.words),
            "can_look": self.can_look,
        }


def served_on_member(file: CaseFile, put: frozenset[str], member: str) -> list[Served]:
    """The items served that support something put to this member, oldest first; each once.

    `put` holds the first rows of what was put to them. An item that supports nothing named is theirs only where
    the case is about nobody else.
    """
    alone = all(file.root(row.id) == member for row in file.current("parties") if row.plain["role"] == RESPONDENT)
    found: dict[str, Served] = {}
    since = persons.since(file, member)
    for service, item in (one for one in _services(file) if one[0].version > since):
        supports = {file.root(one) for one in _supports(file, item)}
        if file.root(item.id) not in found and (supports & put or (alone and not supports)):
            day = date.fromisoformat(service.plain["served_on"])
            words = tuple(said for _, said in told(file, item) if not kept_from(file, member, said))
            found[file.root(item.id)] = Served(file.root(item.id), day, words, _file_shown(file, item))
    return list(found.values())


def told(file: CaseFile, item: Row) -> list[tuple[str, str]]:
    """What the card of an item would tell a member, each with its question: nothing that the reporter said."""
    names = (name for name in TOLD if name != "shows" or not _in_words_of_reporter(file, item))
    return [(name, str(item.values[name])) for name in names if item.values.get(name)]


def _file_shown(file: CaseFile, item: Row) -> str:
    """The file of the newest redacted copy where there is one, else of the item: what was given and not taken back."""
    cards = copies_of(file, item) or [item]
    shown = (str(card.plain.get("file") or "") for card in reversed(cards) if _stands(file, card))
    return next(shown, "") if _stands(file, item) else ""


def _stands(file: CaseFile, card: Row) -> bool:
    """Whether the last word on serving it is not that it is withheld, or was about a file that another replaced."""
    services = [row for row in file.current(SERVICES) if file.root(row.plain["item"]) == file.root(card.id)]
    if not services:
        return True
    return bool(services[-1].plain.get("served_on")) and file_served(file, services[-1]) == card.plain.get("file")


def _in_words_of_reporter(file: CaseFile, item: Row) -> bool:
    """Whether what it shows is said as whoever told us said it, or only how their report came.

    Either may give them away: an officer says it anew.
    """
    if item.values.get("shows") in (THE_MESSAGE, WITH_IT, LATER_MAIL):
        return True
    root = file.root(item.id)
    rows = (row for row in file.rows if row.by_role == REPORTER and file.root(row.id) == root)
    return any(row.values.get("shows") == item.values.get("shows") for row in rows)


def _services(file: CaseFile) -> Iterator[tuple[Row, Row]]:
    for service in file.current(SERVICES):
        item = file.latest(service.plain["item"]) if service.plain.get("served_on") else None
        if item is not None:
            yield service, item


def _supports(file: CaseFile, item: Row) -> list[str]:
    """What an item supports; a redacted copy supports what its original does."""
    original = file.latest(item.plain["copy_of"]) if item.plain.get("copy_of") else None
    named = item.plain.get("supports") or (original.plain.get("supports") if original is not None else None)
    return list(named or ())
