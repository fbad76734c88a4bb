"""Answers in words: what a record says, how it is called in a list, and what stands in a form that corrects it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from app.cases import disclosure
from app.cases.access import FULL
from app.cases.actions import Desk
from app.cases.attachments import files_named
from app.cases.casefile import REPORT, Row, fields_of
from app.evidence.queries import FileFacts, facts_of
from app.people import queries as people
from app.web.wording import day, day_and_time, file_size
from app.workflow.definition import Field

EXCERPT, SHORT = 60, 30
DIRECTION_MARKS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
YES_NO = {"yes": "Yes", "no": "No", "unknown": "Not known"}
Values = Mapping[str, Any]
Pairs = list[tuple[str, str]]


def excerpt(text: str, length: int = EXCERPT) -> str:
    """The beginning of a text on one line, cut at a word if there is one; without marks of direction."""
    flat = " ".join(text.translate(DIRECTION_MARKS).split())
    if len(flat) <= length:
        return flat
    cut = flat[:length]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + " …"


def file_words(file: FileFacts) -> str:
    """A file as pages call it: what it is and how large."""
    return f"{file.label} ({file.ending.upper()}), {file_size(file.size)}"


def lower_first(words: str) -> str:
    """For the middle of a sentence; an abbreviation stays as it is."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


@dataclass(frozen=True)
class Reader:
    """Puts the records of one case into words for one person: only what that person may read of each."""

    desk: Desk
    rows: Mapping[str, tuple[Row, Values]]
    names: Mapping[str, str]
    files: Mapping[str, FileFacts]

    @classmethod
    def at(cls, desk: Desk) -> "Reader":
        """A reader of everything the person at this desk may read."""
        rows = {row.id: (row, values) for row, values in disclosure.rows(desk.file, desk.position)}
        files: set[str] = set()
        ids = {row.by_person for row, _ in rows.values() if row.by_person}
        for row, values in rows.values():
            questions = tuple(fields_of(desk.file, row.kind))
            files |= files_named(questions, values)
            for question in questions:
                if question.type in ("person", "persons"):
                    ids |= set(_listed(values.get(question.name)))
        known = facts_of(desk.session, desk.home, desk.case.id, files if desk.position.view == FULL else ())
        return cls(desk, rows, people.actors_by_id(desk.session, desk.home.vault, ids), known)

    @property
    def asked(self) -> tuple[Field, ...]:
        """Every question the report could answer."""
        return tuple(fields_of(self.desk.file, REPORT))

    @property
    def report(self) -> Values:
        """What was sent, as far as this person may read it; nothing on a card."""
        return next((values for row, values in self.rows.values() if row.kind == REPORT), {})

    def current(self, kind: str) -> list[tuple[Row, Values]]:
        """The newest row of each chain of a kind that this person may read, oldest first."""
        return [self.rows[row.id] for row in self.desk.file.current(kind) if row.id in self.rows]

    def pairs(self, questions: Iterable[Field], values: Values) -> Pairs:
        """Question and answer in the order of the form, without what was left out."""
        return [
            (q.label, self.answer(q, values[q.name])) for q in questions if values.get(q.name) not in (None, "", [])
        ]

    def answer(self, question: Field, value: Any) -> str:
        """One answer as text; several stand on lines of their own."""
        if question.type == "group":
            return self._lines(question.fields, value)
        if question.type == "items":
            return "\n\n".join(self._lines(question.fields, item) for item in value)
        return "\n".join(self._one(question, str(one)) for one in _listed(value))

    def _lines(self, questions: Sequence[Field], values: Values) -> str:
        return "\n".join(f"{label}: {text}" for label, text in self.pairs(questions, values))

    def _one(self, question: Field, value: str) -> str:
        if question.type in ("choice", "choices"):
            return next((option.label for option in question.options if option.value == value), value)
        if question.type in ("yes_no", "yes_no_unknown"):
            return YES_NO.get(value, value)
        if question.type == "date":
            return day(date.fromisoformat(value))
        if question.type == "moment":
            return day_and_time(datetime.fromisoformat(value))
        if question.type == "file":
            return file_words(self.files[value]) if value in self.files else "A file"
        if question.type in ("person", "persons"):
            return self.names.get(value, "somebody whose account is gone")
        if question.type in ("record", "records"):
            return self.title(value)
        return value

    def title(self, row_id: str) -> str:
        """How a record is called where another one points at it: the newest of its chain, in a few words."""
        latest = self.desk.file.latest(row_id)
        if latest is None or latest.id not in self.rows:
            return "something you may not read"
        row, values = self.rows[latest.id]
        questions = list(fields_of(self.desk.file, row.kind))
        if any(question.type == "file" for question in questions):
            return self._numbered(row, questions, values)
        name = self._first(questions, values, "person") or self._first(questions, values, "line")
        choice = self._first(questions, values, "choice")
        if name and not any(question.choices_from == "clauses" for question in questions):
            return f"{excerpt(name)} ({lower_first(choice)})" if choice else excerpt(name)
        said = self._first(questions, values, "text")
        when = self._first(questions, values, "date") or day(row.recorded_at)
        what = f"{choice or day(row.recorded_at)}: {excerpt(said)}" if said else ", ".join(filter(None, (choice, when)))
        rules = self.desk.file.workflow.records.get(row.kind)
        if rules is not None and "invited" in rules.roles and row.by_person:
            return f"{self.names.get(row.by_person, '')}: {lower_first(what)}"
        return what

    def _numbered(self, row: Row, questions: Sequence[Field], values: Values) -> str:
        """An item that may have a file: its number, what it shows and how it came, for a copy also of what it is one.

        Two items can be alike in all but the number.
        """
        root, choice = self.desk.file.root, self._first(questions, values, "choice")
        questions = [question for question in questions if not question.account_only]  # never by who sent it
        of = next((values[q.name] for q in questions if q.of == row.kind and values.get(q.name)), None)
        copy = f"Redacted copy of {self._numbers.get(root(of), 'another')}" if of else ""
        name, said = self._first(questions, values, "line"), self._first(questions, values, "text")
        what = ": ".join(filter(None, (copy, excerpt(name, SHORT), excerpt(said))))
        return f"{self._numbers[root(row.id)]}. {f'{what} ({lower_first(choice)})' if what else choice}"

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        """Each chain of records by its first row, counted within its kind: only what this person may read (X7)."""
        chains = dict.fromkeys((row.kind, self.desk.file.root(row.id)) for row, _ in self.rows.values())
        counted: Counter[str] = Counter()
        numbers = {}
        for kind, root in chains:
            counted[kind] += 1
            numbers[root] = counted[kind]
        return numbers

    def _first(self, questions: Sequence[Field], values: Values, kind: str) -> str:
        found = (q for q in questions if q.type == kind and values.get(q.name))
        return next((self.answer(q, values[q.name]) for q in found), "")


def as_typed(questions: Sequence[Field], values: Values, path: str = "") -> dict[str, Any]:
    """Stored answers as a form holds them: full dotted names, dates in words, lists for several ticks."""
    typed: dict[str, Any] = {}
    for question in questions:
        value, name = values.get(question.name), path + question.name
        if value in (None, "", []):
            continue
        if question.type == "group":
            typed |= as_typed(question.fields, value, f"{name}.")
        elif question.type == "items":
            for number, item in enumerate(value):
                typed |= as_typed(question.fields, item, f"{name}.{number}.")
        else:
            typed[name] = _as_written(question, value)
    return typed


def _as_written(question: Field, value: Any) -> Any:
    if question.type == "date":
        return day(date.fromisoformat(value))
    return day_and_time(datetime.fromisoformat(value)) if question.type == "moment" else value


def _listed(value: Any) -> list[Any]:
    if value in (None, ""):
        return []
    return list(value) if isinstance(value, list) else [value]
