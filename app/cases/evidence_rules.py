"""Conditions and effects about evidence: what was served on the member (X21), and what an allegation rests on (X22)."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from app.cases import persons, served_words
from app.cases.casefile import CaseFile, Row
from app.cases.code_holders import PARTS, REPORTER, RESPONDENT
from app.cases.disclosure import (
    CAME_FROM,
    CAME_ON,
    EVIDENCE,
    GIVES_AWAY,
    METHODS,
    SERVICES,
    WORDS_IN,
    copies_of,
    file_served,
    name_withheld,
    sent_by_member,
)
from app.cases.effects import Following, effect
from app.cases.guards import Attempt, guard
from app.cases.recipients import came_forward
from app.errors import FieldError, Invalid
from app.workflow.answers import in_words

SERVED_BEFORE = timedelta(days=14)
"""Procedure, section 3: served at least 14 days before the case goes to the panel."""
ITEMS, ASSESSMENTS = EVIDENCE, "authenticity-assessments"
LOOK = (
    "The member sees it as soon as this is recorded, and may not learn who reported it. Look whether anything on it "
    "gives them away and answer here; if so, add a redacted copy of it and serve that"
)
SOUND = frozenset({"accepted", "corroborated", "seen_live"})


def items(file: CaseFile) -> list[Row]:
    """The items of evidence as they stand now, without the redacted copies of others.

    Nor a mail as it came whose words stand in a message or a reply: like that it is nothing that is held against
    anybody, and no panel reads it unserved. Once somebody completes its card, serves it or adds a redacted copy, it is
    an item like any other.
    """
    return [row for row in file.current(ITEMS) if not row.plain.get("copy_of") and not _only_kept(file, row)]


def _only_kept(file: CaseFile, item: Row) -> bool:
    """Whether an item is such a mail and nothing of it was served or copied: what is given, the panel reads."""
    if not item.plain.get(WORDS_IN) or copies_of(file, item):
        return False
    return not any(row.plain.get("served_on") for row in services(file, item))


def services(file: CaseFile, item: Row) -> list[Row]:
    """What was recorded about serving an item or a redacted copy of it, oldest first."""
    same = {file.root(card.id) for card in (item, *copies_of(file, item))}
    known = [row for row in file.current(SERVICES) if file.root(row.plain["item"]) in same]
    return [row for row in known if _still_stands(file, row)]


def _still_stands(file: CaseFile, service: Row) -> bool:
    """Whether the item has the file yet that it had when this was recorded."""
    now = file.latest(service.plain["item"])
    return now is not None and now.plain.get("file") == file_served(file, service)


def served_on(file: CaseFile, item: Row) -> date | None:
    """The first day on which an item, or a redacted copy of it, was served on who is the member now."""
    since = persons.part_since(file, "respondent")
    known = (row for row in services(file, item) if row.version > since)
    return min((_given_on(file, row, since) for row in known if row.plain.get("served_on")), default=None)


def _given_on(file: CaseFile, service: Row, since: int) -> date:
    """The day it counts as served: as was said, but never before that was first entered (decision 16)."""
    root, said = file.root(service.id), _said_of(file, service)
    rows = (row for row in file.rows if row.version > since and row.kind == SERVICES and file.root(row.id) == root)
    first = next(row for row in rows if _said_of(file, row) == said)
    return max(date.fromisoformat(service.plain["served_on"]), first.day)


def _said_of(file: CaseFile, service: Row) -> tuple[str | None, str | None]:
    """The day, and the file that was given."""
    return service.plain.get("served_on"), file_served(file, service)


def is_withheld(file: CaseFile, item: Row) -> bool:
    """Whether it was never served, and why not is on record."""
    known = services(file, item)
    return bool(known) and not any(row.plain.get("served_on") for row in known)


def authenticity(file: CaseFile, item: Row) -> str | None:
    """The newest answer on whether an item is what it seems; None while nobody assessed it."""
    known = [row for row in file.current(ASSESSMENTS) if file.root(row.plain["item"]) == file.root(item.id)]
    return str(known[-1].plain["authenticity"]) if known else None


@guard("Every item of evidence was served 14 days ago or more, or there is a reason why not")
def evidence_was_served(attempt: Attempt) -> str | None:
    file = attempt.file
    of_others = [item for item in items(file) if not sent_by_member(file, item)]
    days = {item.id: served_on(file, item) for item in of_others}
    missing = sum(
        day is None and not is_withheld(file, item) for item, day in zip(of_others, days.values(), strict=True)
    )
    if missing:
        return f"Serve every item of evidence on the member, or say why it is withheld; still open: {missing}"
    last = max((day for day in days.values() if day is not None), default=None)
    if last is not None and last + SERVED_BEFORE > file.today:
        until = in_words(last + SERVED_BEFORE)
        return f"Wait until 14 days after it was recorded that the evidence was served: {until}"
    return None


@guard("Every item that supports an allegation was looked at, and none rests only on what cannot be relied on")
def evidence_is_sound(attempt: Attempt) -> str | None:
    file = attempt.file
    loose = _unplaced(file)
    weak = [
        allegation
        for allegation in file.current("allegations")
        if (loose or any(_supporting(file, allegation))) and not _sound(file, allegation)
    ]
    if not weak:
        return _not_looked_at(file)
    codes = _clauses(weak)
    said = f"Record why at least one item under each allegation can be relied on; still open: {codes}"
    if not loose:
        return said
    return (
        f"{said}. An item whose card names no allegation may be all there is for any: name what it supports ({loose})"
    )


def _sound(file: CaseFile, allegation: Row) -> list[Row]:
    """The items under an allegation that can be relied on."""
    return [item for item in _supporting(file, allegation) if authenticity(file, item) in SOUND]


def _clauses(allegations: Iterable[Row]) -> str:
    return ", ".join(sorted({one.plain["clause"] for one in allegations}))


def _not_looked_at(file: CaseFile) -> str | None:
    """Asks nothing where no item supports anything: then the review note says what it rests on (decision 17)."""
    supporting = {item.id: item for one in file.current("allegations") for item in _supporting(file, one)}
    left = sum(authenticity(file, item) is None for item in supporting.values())
    asked = "Say of every item that supports what is alleged whether it can be relied on"
    return f"{asked}; still open: {left}" if left else None


def _unplaced(file: CaseFile) -> int:
    """How many items say of no allegation that they support it, and cannot be relied on: any might rest on them.

    One that can be relied on asks nothing, and speaks for no allegation that its card does not name. What the member
    sent is not what is held against them.
    """
    return sum(
        not _supports(file, item) and authenticity(file, item) not in SOUND
        for item in items(file)
        if not sent_by_member(file, item)
    )


def _supporting(file: CaseFile, allegation: Row) -> Iterator[Row]:
    return (item for item in items(file) if file.root(allegation.id) in _supports(file, item))


def _supports(file: CaseFile, item: Row) -> set[str]:
    """What an item, or a redacted copy of it, is said to support."""
    return {file.root(one) for card in (item, *copies_of(file, item)) for one in card.plain.get("supports", ())}


@effect
def evidence_is_whole(f: Following) -> None:
    """A redacted copy is a file that names its original and why; an original is no copy itself.

    A card that came by a code keeps its file, and how it came, whoever completes it.
    """
    original, reason = f.values.get("copy_of"), f.values.get("redaction_reason")
    errors = []
    if original and not reason:
        errors.append(FieldError("redaction_reason", "Say why something was taken out of this copy"))
    if reason and not original:
        errors.append(FieldError("copy_of", "Choose the original that this is a redacted copy of"))
    if original:
        row = f.file.latest(original)
        if row is None or row.plain.get("copy_of") or f.file.root(original) == f.file.root(f.row.replaces or ""):
            errors.append(FieldError("copy_of", "Choose an original, not another copy and not this item itself"))
        elif f.values.get("file") is None or f.values["file"] == row.plain.get("file"):
            errors.append(FieldError("file", "A redacted copy is a file of its own: choose it"))
    sent = f.file.row(f.file.root(f.row.replaces)) if f.row.replaces else None
    if sent is not None and sent.by_role in PARTS:
        kept = (("file", "What was sent stays as it is"), ("method", "How it came stays as it is"))
        errors += [FieldError(name, words) for name, words in kept if f.values.get(name) != sent.plain.get(name)]
    if f.row.replaces and _was_served(f.file, f.row.replaces):
        errors += served_words.on_card(f.file, f.values, f.row.plain)
    if errors:
        raise Invalid(errors)


def _was_served(file: CaseFile, item: str) -> bool:
    same = (row for row in file.current(SERVICES) if file.root(row.plain["item"]) == file.root(item))
    return any(row.plain.get("served_on") for row in same)


def _may_give_away(file: CaseFile, item: Row) -> bool:
    """Whether it came from the person who told us, nothing was taken out of it, and the member may not know of them.

    Or by mail or letter from anybody: that names who else it went to, and often answers them.
    """
    first = file.row(file.root(item.id)) or item
    theirs = first.by_role == REPORTER or item.plain.get("method") == METHODS[REPORTER]
    theirs = theirs or any(row.values.get(CAME_FROM) or row.values.get(CAME_ON) for row in (first, item))
    members = (row.id for row in file.current("parties") if row.plain["role"] == RESPONDENT)
    others = (member for member in members if not came_forward(file, member))
    whole = not item.plain.get("copy_of") and not copies_of(file, item)
    return theirs and whole and name_withheld(file) and any(others)


@effect
def service_is_clear(f: Following) -> None:
    """An item was either served on a day, or withheld for a reason.

    The member sees it at once: what came from a reporter whose name is withheld was looked at for that first (X17).
    """
    given, reason = f.values.get("served_on"), f.values.get("withheld_reason")
    if given and reason:
        raise Invalid(
            [FieldError("withheld_reason", "An item was either served or withheld: leave one of the two out")]
        )
    if not given and not reason:
        raise Invalid(
            [FieldError("served_on", "Give the day on which it was served, or the reason why it is withheld")]
        )
    item = f.file.latest(f.values["item"])
    if (
        given
        and item is not None
        and f.values.get(GIVES_AWAY) != "no"
        and (f.values.get(GIVES_AWAY) or _may_give_away(f.file, item))
    ):
        raise Invalid([FieldError(GIVES_AWAY, LOOK)])
    if given and item is not None and (errors := served_words.refused(f.session, f.home, f.file, item)):
        raise Invalid(errors)
