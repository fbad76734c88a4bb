"""The report form as data: which pages are asked, what was typed so far, and where it goes. Nothing is stored here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from app import clock
from app.errors import BadRequest, FieldError, Invalid
from app.web.context import Pairs, flat
from app.web.wording import day, item_count
from app.workflow.definition import Field, Page, ReportKind, Workflow
from app.workflow.fields import from_form, read

CONTROLS = frozenset({"form_token", "_page", "_go", "_return", "more", "files", "mail"})
YES_NO = {"yes": "Yes", "no": "No", "unknown": "I am not sure"}
TICKS = frozenset({"yes_no", "yes_no_unknown"})
Row = tuple[str, str]


@dataclass(frozen=True)
class Step:
    """One page of the form as it is asked for this kind of report; `number` counts from 1."""

    number: int
    page: Page
    fields: tuple[Field, ...]

    @property
    def names(self) -> frozenset[str]:
        """The questions on it."""
        return frozenset(question.name for question in self.fields)


@dataclass(frozen=True)
class Draft:
    """A report on its way: everything typed so far travels in the form itself."""

    workflow: Workflow
    kind: ReportKind
    account: bool
    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, workflow: Workflow, kind: ReportKind, pairs: Pairs, *, account: bool) -> "Draft":
        """The draft in a submitted form. BadRequest where it answers a question that this kind does not ask."""
        typed = tuple((name, value) for name, value in pairs if name not in CONTROLS)
        asked = {question.name for question in workflow.opening.fields(kind.name, account=True)}
        if any(_root(name) not in asked for name, _ in typed):
            raise BadRequest("This form answers a question that is not asked here. Begin again from the first page.")
        return cls(workflow, kind, account, typed)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The pages with at least one question for this kind, in order."""
        asked = {question.name for question in self.workflow.opening.fields(self.kind.name, account=self.account)}
        found: list[Step] = []
        for page in self.workflow.opening.pages:
            questions = tuple(self._asked(question) for question in page.fields if question.name in asked)
            if questions:
                found.append(Step(len(found) + 1, page, questions))
        return tuple(found)

    def _asked(self, question: Field) -> Field:
        """The question as this kind is asked it: what only some kinds must answer is marked so."""
        return replace(question, required=question.required or self.kind.name in question.required_kinds)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every question that is asked."""
        return tuple(question for step in self.steps for question in step.fields)

    @property
    def signed_out(self) -> bool:
        """Whether answers for people with an account came without one: their session ended meanwhile."""
        asked = {question.name for question in self.fields}
        return any(value for name, value in self.pairs if _root(name) not in asked)

    def step(self, number: str) -> Step:
        """The page with this number; the first where there is none."""
        wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 1
        return next((step for step in self.steps if step.number == wanted), self.steps[0])

    def after(self, step: Step) -> Step | None:
        """The next page; None after the last."""
        return self.steps[step.number] if step.number < len(self.steps) else None

    def values(self, fields: Sequence[Field]) -> dict[str, str | list[str]]:
        """What was typed, flat by dotted name, for drawing the fields again."""
        return flat(fields, self.pairs)

    def carried(self, step: Step | None) -> list[tuple[str, str]]:
        """What travels hidden: everything that is not asked on this page."""
        shown = step.names if step else frozenset[str]()
        return [(name, value) for name, value in self.pairs if _root(name) not in shown]

    def raw(self, fields: Sequence[Field]) -> dict[str, Any]:
        """The answers to these questions in the shape that the API takes."""
        names = {question.name for question in fields}
        return from_form(fields, [pair for pair in self.pairs if _root(pair[0]) in names])

    def read(self, fields: Sequence[Field]) -> dict[str, Any]:
        """The validated answers. Raises Invalid."""
        return read(fields, self.raw(fields), kind=self.kind.name, today=clock.today())

    def faulty(self, errors: Sequence[FieldError]) -> Step:
        """The first page that one of these errors belongs to; the last page where none does."""
        roots = {_root(error.field) for error in errors}
        return next((step for step in self.steps if step.names & roots), self.steps[-1])

    def ticked(self) -> dict[str, str]:
        """The yes and no questions that were answered: what decides who may look after the report."""
        ticks = {question.name for question in self.fields if question.type in TICKS}
        return {name: value for name, value in self.pairs if name in ticks}

    def with_another(self, name: str) -> "Draft":
        """The same with one more empty set of answers under `name`, up to the most that is taken."""
        question = next((one for one in self.fields if one.name == name and one.type == "items"), None)
        count = item_count(dict(self.pairs), name)
        if question is None or count >= question.max_items:
            return self
        return replace(self, pairs=(*self.pairs, (f"{name}.{count}.{question.fields[0].name}", "")))

    def sections(self) -> list[tuple[Step, list[Row]]]:
        """Every page with its answers in words, to check before sending. Raises Invalid."""
        self.read(self.fields)
        return [(step, list(_rows(step.fields, self.read(step.fields)))) for step in self.steps]


def _root(name: str) -> str:
    return name.split(".", 1)[0]


def _rows(fields: Sequence[Field], values: Mapping[str, Any], before: str = "") -> Iterator[Row]:
    for question in fields:
        value = values.get(question.name)
        if value is None:
            continue
        if question.type == "group":
            yield from _rows(question.fields, value, before)
        elif question.type == "items":
            for number, item in enumerate(value, start=1):
                yield from _rows(question.fields, item, f"{question.label} {number}: ")
        else:
            yield before + question.label, _in_words(question, value)


def _in_words(question: Field, value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(_in_words(question, one) for one in value)
    labels = {option.value: option.label for option in question.options}
    if question.type in TICKS:
        labels = YES_NO
    if question.type == "date":
        return day(date.fromisoformat(value))
    return labels.get(value, str(value))


def found(workflows: Sequence[Workflow], workflow: str, kind: str) -> tuple[Workflow, ReportKind] | None:
    """A procedure (its newest version) and a kind of report by name; None where there is none."""
    versions = [one for one in workflows if one.name == workflow]
    newest = max(versions, key=lambda one: one.version, default=None)
    kinds = newest.opening.kinds if newest else ()
    chosen = next((one for one in kinds if one.name == kind), None)
    return (newest, chosen) if newest and chosen else None


def errors_of(problem: Invalid, step: Step) -> list[FieldError]:
    """Those errors that belong to one page; all of them where none does."""
    here = [error for error in problem.errors if _root(error.field) in step.names]
    return here or list(problem.errors)
