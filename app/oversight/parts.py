"""The parts of a case that can be opened to an auditor: each sealed answer, by what it is called, not what it says."""

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
    """Everything sealed that a case holds, record by record, without a word of it."""
    found = []
    for row in file.rows:
        found += [
            Part(row.id, path, _kind(file, row), label, row.day)
            for path, label, _ in _sealed(_questions(file, row), row.values)
        ]
    return found


def _kind(file: CaseFile, row: Row) -> str:
    if row.kind == REPORT:
        return "The report"
    if row.kind == STEP:
        return next((one.label for one in file.workflow.transitions if one.trigger == row.plain["trigger"]), "A step")
    rules = file.workflow.records.get(row.kind)
    return rules.label if rules else row.kind


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
                yield from _sealed(question.fields, item, f"{path}.{number}.")
        elif question.sealed:
            yield path, question.label, str(value)


def text_of(file: CaseFile, part: Part) -> str | None:
    """What a part says; None where it is not there any more."""
    row = file.row(part.record_id)
    found = _sealed(_questions(file, row), row.values) if row is not None else iter(())
    return next((text for path, _, text in found if path == part.path), None)
