"""What came by a code and was not read yet, in words, each with the page that shows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.cases.dialogue import DIALOGUE
from app.cases.disclosure import EVIDENCE
from app.web.answers import lower_first
from app.web.wording import in_words
from app.workflow.definition import RecordKind

TOLD_US = "new from the person who told us"
WORDS: Mapping[str, tuple[str, str]] = {
    EVIDENCE: ("new file", "new files"),
    "replies": ("new reply from the member", "new replies from the member"),
    "time-requests": ("new request for more time", "new requests for more time"),
    "member-needs": ("new word on what the member needs", "new words on what the member needs"),
}


@dataclass(frozen=True)
class News:
    """So many new things, for example "two new replies from the member", and where on a case they are read."""

    words: str
    section: str
    place: str = ""
    """Where on that page."""


def news(counted: Mapping[str, int], records: Mapping[str, RecordKind]) -> list[News]:
    """What waits on one case, what the reporter wrote first; `counted` by kind of record."""
    written = sum(number for kind, number in counted.items() if kind in DIALOGUE)
    found = [News(f"{in_words(written)} {TOLD_US}", "/messages")] if written else []
    for kind in (one for one in records.values() if one.name in counted and one.name not in DIALOGUE):
        one, more = WORDS.get(kind.name, (f"new: {lower_first(kind.label)}",) * 2)
        words = f"{in_words(counted[kind.name])} {one if counted[kind.name] == 1 else more}"
        place = ("/evidence", "") if kind.name == EVIDENCE else ("/records", f"#{kind.name}")
        found.append(News(words, *place))
    return found
