"""The parts of a case that can be opened to an auditor: each sealed answer, by what it is called, not what it says."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.cases.casefile import REPORT, STEP, CaseFile, Row, fields_of
from app.workflow.definition import Field


@dataclass(frozen=True)
class Part:
    """One sealed field of one record: what it is called, without what it says."""

    record_id: str
    path: str
    kind: str
    label: str
    day: date

    @property
    def key(self) -> str:
        """How it is named when it is asked for."""
        return f"{self.record_id}:{self.path}"

    @property
    def words(self) -> str:
        """What it is called: the kind of record and the question, once where they are the same."""
        return self.kind if self.kind == self.label else f"{self.kind}: {self.label}"


def parts(file: CaseFile) -> list[Part]:
    """Everything sealed that a case holds, record by record, without a word of it; no two are called the same."""
    found, told = list[Part](), Counter[str]()
    for row in file.rows:
        kind = _kind(file, row)
        told[kind] += 1
        called = kind if told[kind] == 1 else f"{kind}, no. {told[kind]}"
        found += [
            Part(row.id, path, called, label, row.day) for path, label, _ in _sealed(_questions(file, row), row.values)
        ]
    return found


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
    if question.name == "role":
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
