"""Whether the letter with a notice or reminder went: what stands in its way, in words an officer can act on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.cases.casefile import CaseFile, Row
from app.letters.models import FINAL, NEEDS_YOU, QUEUED, STOPPED, Letter
from app.letters.needs import FAILED
from app.workflow.answers import in_words

OWN_PAGE = "own_page"
CALLED = {"notices": "notice", "reminders": "reminder"}
LEFT = {
    STOPPED: "was stopped: send it, or record a new {}",
    FAILED: "could not be sent: see to it, or note how it was handed over",
    NEEDS_YOU: "has not gone: send it, or note that it was posted or handed over",
    QUEUED: "waits to go out: until it has, the {} does not count",
}

REPLY = {
    FAILED: "The reply could not be sent: see to it, or record how you replied",
    NEEDS_YOU: "The reply is written and needs you: send it, or record how you replied",
    QUEUED: "The reply waits to go out: it counts once it has gone",
}
REPLIED = {FAILED: "A reply was recorded, but the letter with it could not be sent"}


@dataclass(frozen=True)
class Held:
    """A notice or reminder whose letter did not go: the letter, and what to do."""

    row: Row
    letter: Letter
    message: str


def letter_of(file: CaseFile, notice: Row) -> Letter | None:
    """The letter that this very row of a notice asked for; one that went before one that did not."""
    asked = [one for one in file.letters if one.cause_id == notice.id]
    return next((one for one in asked if one.state in FINAL), asked[-1] if asked else None)


def carried(file: CaseFile, notice: Row) -> bool:
    """Whether what this row says went to the member: no letter is left that would still have to carry it."""
    return held(file, notice) is None


def held(file: CaseFile, notice: Row) -> Held | None:
    """The letter of this row, if it did not go and the notice needs it.

    A notice recorded after it went, or on the member's own page, counts by its own words, unless its letter was stopped
    or could not be sent.
    """
    letter = letter_of(file, notice)
    if letter is None or letter.state in FINAL:
        return None
    failed = any(code.startswith(FAILED) for code in letter.needs)
    state = FAILED if letter.state == NEEDS_YOU and failed else letter.state
    if _by_its_own_words(notice) and state not in (STOPPED, FAILED):
        return None
    sent_on = in_words(date.fromisoformat(notice.plain["sent_on"]))
    called = CALLED[notice.kind]
    return Held(notice, letter, f"The letter with the {called} of {sent_on} {LEFT[state].format(called)}")


def all_held(file: CaseFile, kind: str) -> Iterator[Held]:
    """The notices or reminders that do not count because of their letter, oldest first."""
    found = (held(file, row) for row in file.current(kind))
    return (one for one in found if one is not None)


def reply_held(file: CaseFile, kind: str) -> tuple[str, Letter] | None:
    """Of a record that a sent letter writes: what to do with the newest such letter, as long as it did not go."""
    name = file.workflow.records[kind].by_letter
    written = [one for one in file.letters if name and one.name == name]
    if not written or written[-1].state in (*FINAL, STOPPED):
        return None
    newest = written[-1]
    failed = any(code.startswith(FAILED) for code in newest.needs)
    if file.current(kind):
        return (REPLIED[FAILED], newest) if failed else None
    if file.case.state not in file.workflow.records[kind].states:
        return None
    return REPLY[FAILED if failed else newest.state], newest


def gone(file: CaseFile, notice: Row) -> Letter | None:
    """The letter of this row that went, where the notice did not go before it by another way."""
    letter = letter_of(file, notice)
    went = letter is not None and letter.state in FINAL and letter.sent_on is not None
    return letter if went and not _by_its_own_words(notice) else None


def _by_its_own_words(notice: Row) -> bool:
    return bool(notice.plain["how"] == OWN_PAGE or notice.plain["sent_on"] < notice.day.isoformat())
