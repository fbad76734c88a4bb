"""The parts of a case that can be opened to an auditor: each sealed answer, each file, each letter that went.

By what they are called, not what they say.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.cases.attachments import FILE
from app.cases.casefile import REPORT, STEP, CaseFile, Row, fields_of
from app.letters.models import FINAL
from app.workflow.definition import Field

WORDS, LETTER = "words", "letter"
"""What a part holds, beside a file: the words of one answer, or of a letter as it went."""


@dataclass(frozen=True)
class Part:
    """One sealed field of one record, one file of it, or one letter: what it is called, without what it says."""

    record_id: str
    path: str
    kind: str
    label: str
    day: date
    holds: str = WORDS

    @property
    def key(self) -> str:
        """How it is named when it is asked for."""
        return f"{self.record_id}:{self.path}"

    def as_json(self) -> dict[str, str]:
        """As programs read it."""
        named = {"part": self.key, "kind": self.kind, "label": self.label, "holds": self.holds}
        return named | {"day": self.day.isoformat()}

    @property
    def words(self) -> str:
        """What it is called: the kind of record and the question, once where they are the same."""
        return self.kind if self.kind == self.label else f"{self.kind}: {self.label}"


def parts(file: CaseFile) -> list[Part]:
    """Everything sealed that a case holds, record by record, without a word of it; no two are called the same."""
    found, told = list[Part](), Counter[str]()
    for row in file.rows:
        kind, questions = _kind(file, row), tuple(_questions(file, row))
        told[kind] += 1
        called = kind if told[kind] == 1 else f"{kind}, no. {told[kind]}"
        found += [Part(row.id, path, called, label, row.day) for path, label, _ in _sealed(questions, row.values)]
        found += [
            Part(row.id, question.name, called, question.label, row.day, FILE)
            for question in questions
            if question.type == FILE and row.plain.get(question.name)
        ]
    return [*found, *_letters(file)]


def _letters(file: CaseFile) -> Iterator[Part]:
    """Every letter that went, numbered in the order in which they did: what did not go is nobody's letter yet."""
    gone = sorted((one for one in file.letters if one.state in FINAL), key=lambda one: (one.sent_at, one.id))
    for number, one in enumerate(gone, 1):
        label = file.workflow.letters[one.name].label
        yield Part(one.id, LETTER, f"Letter {number}", label, one.sent_on or one.prepared_at.date(), LETTER)


def _kind(file: CaseFile, row: Row) -> str:
    """What a record is called, with its rule or the part that somebody has in the case: codes, no content."""
    if row.kind == REPORT:
        return "The report"
    if row.kind == STEP:
        return next((one.label for one in file.workflow.transitions if one.trigger == row.plain["trigger"]), "A step")
    rules = file.workflow.records.get(row.kind)
    if rules is None:
        return row.kind
    details = [words for question in rules.fields if (words := _code_of(question, row.plain))]
    return ", ".join([rules.label, *details])


def _code_of(question: Field, plain: Mapping[str, Any]) -> str:
    """The answer that tells records of one kind apart."""
    given = plain.get(question.name)
    if question.name == "clause" and isinstance(given, str):
        return f"rule {given}"
    if question.name == "copy_of":
        return "redacted copy" if given else ""
    if question.name in ("role", "method"):
        return next((one.label for one in question.options if one.value == given), "")
    return ""


def _questions(file: CaseFile, row: Row) -> Iterable[Field]:
    if row.kind == STEP:
        return next((one.inputs for one in file.workflow.transitions if one.trigger == row.plain["trigger"]), ())
    return fields_of(file, row.kind)


def _sealed(questions: Iterable[Field], values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str, str]]:
    """Dotted name, label and text of every sealed answer."""
    for question in questions:
        value = values.get(question.name)
        if not value:
            continue
        path = f"{before}{question.name}"
        if question.type == "group":
            yield from _sealed(question.fields, value, f"{path}.")
        elif question.type == "items":
            for number, item in enumerate(value):
                inner = _sealed(question.fields, item, f"{path}.{number}.")
                yield from ((place, f"{label} ({number + 1})", text) for place, label, text in inner)
        elif question.sealed:
            yield path, question.label, str(value)


def text_of(file: CaseFile, part: Part) -> str | None:
    """What a part says; None where it is not there any more."""
    row = file.row(part.record_id)
    found = _sealed(_questions(file, row), row.values) if row is not None else iter(())
    return next((text for path, _, text in found if path == part.path), None)
