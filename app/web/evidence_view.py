"""Evidence as pages show it: each item with its file, what was found out about it since, and where to go from there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from app.cases.agenda import fillable
from app.cases.casefile import Row
from app.cases.disclosure import ABOUT_EVIDENCE, EVIDENCE
from app.evidence.pictures import THUMBNAIL, VIEW
from app.evidence.queries import FileFacts
from app.people.policy import role_words
from app.web.answers import Pairs, Reader, Values, excerpt, file_words
from app.web.case_view import Link, address
from app.workflow.definition import RecordKind

SCANNED = {"clean": "Scanned for viruses, nothing found", "not_scanned": "Not scanned for viruses"}
LINE = 160
OWN_ROWS = frozenset({"file", "link", "copy_of"})
"""Questions that have a place of their own on the card."""


@dataclass(frozen=True)
class ShownFile:
    """The file of an item, and where it opens. `thumbnail` and `picture` are empty where it cannot be shown."""

    words: str
    name: str
    digest: str
    scanned: str
    arrived_at: datetime
    thumbnail: str
    picture: str
    view: str
    original: str
    """Empty where this person sees copies only."""


@dataclass(frozen=True)
class Version:
    """A card as somebody once wrote it."""

    by: str
    recorded_at: datetime
    pairs: Pairs


@dataclass(frozen=True)
class Item:
    """One item of evidence."""

    id: str
    title: str
    href: str
    pairs: Pairs
    file: ShownFile | None
    link: str
    opens: bool
    """Whether the link may be offered to follow, behind a warning: only http and https."""
    original: Link | None
    copies: Sequence[Link]
    since: Sequence[tuple[RecordKind, Sequence[tuple[str, Pairs, str]]]]
    """What was recorded about it, by kind: title, answers, by whom."""
    adding: Sequence[Link]
    by: str
    recorded_at: datetime
    before: Sequence[Version]
    """The card as it was before each correction, the newest first: who wrote it, when, and what it said."""
    state: Pairs
    """The newest of each kind recorded about it, in a line."""


def item_of(reader: Reader, row: Row, values: Values) -> Item:
    """One item, with what this person may read of it."""
    desk, kind = reader.desk, reader.desk.file.workflow.records[EVIDENCE]
    base, link = address(desk), str(values.get("link", ""))
    since = [(about, _about(reader, about, row)) for about in _kinds(reader)]
    parent = values.get("copy_of")
    facts = reader.files.get(str(values.get("file", "")))
    return Item(
        id=row.id,
        title=reader.title(row.id),
        href=f"{base}/evidence/{row.id}",
        pairs=reader.pairs((q for q in kind.fields if q.name not in OWN_ROWS), values),
        file=_shown(reader, facts, f"{base}/evidence/{row.id}/picture") if facts else None,
        link=link,
        opens=_is_web(link),
        original=Link(f"{base}/evidence/{_newest(reader, parent)}", reader.title(parent)) if parent else None,
        copies=[Link(f"{base}/evidence/{one.id}", reader.title(one.id)) for one in _copies(reader, row)],
        since=[(about, rows) for about, rows in since if rows],
        adding=_adding(reader, row, facts),
        by=_by(reader, row),
        recorded_at=row.recorded_at,
        before=_before(reader, kind, row),
        state=[(about.label, _in_a_line(rows[0][1])) for about, rows in since if rows],
    )


def items_of(reader: Reader, start: int, size: int) -> list[Item]:
    """A page of the items as they stand now, newest first."""
    newest = list(reversed(reader.current(EVIDENCE)))
    return [item_of(reader, row, values) for row, values in newest[start : start + size]]


def _by(reader: Reader, row: Row) -> str:
    return ", ".join(filter(None, (reader.names.get(row.by_person or ""), role_words(row.by_role))))


def _before(reader: Reader, kind: RecordKind, row: Row) -> list[Version]:
    root = reader.desk.file.root
    chain = [found for found in reader.rows.values() if root(found[0].id) == root(row.id) and found[0].id != row.id]
    return [
        Version(_by(reader, one), one.recorded_at, reader.pairs(kind.fields, values)) for one, values in reversed(chain)
    ]


def _shown(reader: Reader, facts: FileFacts, picture: str) -> ShownFile:
    base, panel = f"{address(reader.desk)}/files/{facts.id}", reader.desk.position.is_panel
    whole = shown_file(facts, base, picture)
    if not panel:
        return replace(whole, name=facts.name)
    return replace(whole, original="") if facts.group == "image" else whole


def shown_file(facts: FileFacts, base: str, picture: str) -> ShownFile:
    """A file whose bytes stand at `base` and whose copies stand below it, without what its sender called it."""
    seen = VIEW in facts.copies
    return ShownFile(
        words=file_words(facts),
        name="",
        digest=facts.digest,
        scanned=SCANNED.get(facts.scan, facts.scan),
        arrived_at=facts.arrived_at,
        thumbnail=f"{base}/{THUMBNAIL}" if THUMBNAIL in facts.copies else "",
        picture=picture if seen else "",
        view=f"{base}/{VIEW}" if seen else "",
        original=base,
    )


def _kinds(reader: Reader) -> list[RecordKind]:
    return [kind for kind in reader.desk.file.workflow.records.values() if kind.name in ABOUT_EVIDENCE]


def _about(reader: Reader, kind: RecordKind, item: Row) -> list[tuple[str, Pairs, str]]:
    """The rows of a kind that point at an item, newest first."""
    file = reader.desk.file
    questions = [question for question in kind.fields if question.name != "item"]
    return [
        (reader.title(row.id), reader.pairs(questions, values), reader.names.get(row.by_person or "", ""))
        for row, values in reversed(reader.current(kind.name))
        if file.root(str(values.get("item", ""))) == file.root(item.id)
    ]


def _copies(reader: Reader, item: Row) -> list[Row]:
    root = reader.desk.file.root
    rows = reader.current(EVIDENCE)
    return [row for row, values in rows if values.get("copy_of") and root(values["copy_of"]) == root(item.id)]


def _in_a_line(pairs: Pairs) -> str:
    return excerpt(" · ".join(f"{question} {answer}" for question, answer in pairs), LINE)


def _newest(reader: Reader, row_id: Any) -> str:
    latest = reader.desk.file.latest(str(row_id))
    return latest.id if latest is not None else str(row_id)


def _adding(reader: Reader, item: Row, facts: FileFacts | None) -> list[Link]:
    """What can be recorded about this item now."""
    base, can = f"{address(reader.desk)}/records", {kind.name for kind in fillable(reader.desk)}
    links = [Link(f"{base}/{kind.name}/new?item={item.id}", kind.label) for kind in _kinds(reader) if kind.name in can]
    if EVIDENCE in can:
        links.append(Link(f"{base}/{EVIDENCE}/new?replaces={item.id}", "Complete or correct the card"))
        if facts is not None and not item.plain.get("copy_of"):
            method = item.plain["method"]
            links.append(Link(f"{base}/{EVIDENCE}/new?copy_of={item.id}&method={method}", "Add a redacted copy"))
    return links


def _is_web(link: str) -> bool:
    try:
        parts = urlsplit(link)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
