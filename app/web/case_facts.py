"""What a case page tells at a glance: key facts, what is alleged, what is on file, in the procedure's words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.cases import disclosure
from app.cases.access import FULL
from app.cases.casefile import Row
from app.cases.queries import due_json, handler_json, kind_title
from app.cases.worklists import outcome_words
from app.web.answers import Pairs, Reader, Values, excerpt
from app.web.wording import REASON_GIVEN, day, in_words, weekday
from app.workflow.definition import Field, RecordKind

TITLES = 3
"""How many records of a kind are named where they point at something; the rest are counted."""
CONTACT_TYPES = frozenset({"email", "tel"})
NO_HANDLER = "Nobody: every officer is involved or no longer in office"


@dataclass(frozen=True)
class Due:
    """A due date that runs, with how it was reckoned, what pauses did to it, and whether lateness was explained."""

    label: str
    on: date
    reckoned: str
    pause: str = ""
    stands_still: bool = False
    reason: str = ""
    note: str = ""

    @property
    def lines(self) -> list[str]:
        """Day, reckoning, pauses and the reason, for the list of dates."""
        why = f"Late because: {self.reason}" if self.reason else self.note.capitalize()
        return [weekday(self.on), *filter(None, (self.reckoned, self.pause, why))]


@dataclass(frozen=True)
class Alleged:
    """One thing alleged: the clause, what is said, and what was recorded about it since."""

    code: str
    clause: str
    text: str
    about: tuple[str, ...]
    href: str


@dataclass(frozen=True)
class OnFile:
    """The records of one kind, for the list of what is on file."""

    label: str
    count: int
    newest: str
    href: str


def due_dates(reader: Reader) -> list[Due]:
    """The due dates that run; on a finished case without those that are over."""
    found_in = due_json(reader.desk)
    found = [
        Due(
            label=_whose(reader, one, found_in),
            on=date.fromisoformat(one["due_on"]),
            reckoned=one["how"],
            pause=one["pause"],
            stands_still=one["stands_still"],
            reason=excerpt(one["reason"] or ""),
            note=REASON_GIVEN if one["reason_given"] and one["overdue"] else "",
        )
        for one in found_in
    ]
    return [due for due in found if not reader.desk.case.final or due.on >= reader.desk.file.today]


def _whose(reader: Reader, one: Mapping[str, Any], everything: Sequence[Mapping[str, Any]]) -> str:
    """What a date is called: with the name of the member where there is more than one of its kind."""
    label, alike = str(one["label"]), [other for other in everything if other["clock"] == one["clock"]]
    row = reader.desk.file.latest(one["member"]) if one["member"] and len(alike) > 1 else None
    if row is None or reader.desk.position.view != FULL:
        return label
    return f"{label}: {row.values.get('name') or row.values.get('handle') or 'no name is known'}"


def key_facts(reader: Reader) -> list[tuple[str, list[str]]]:
    """Who and what, in pairs for the `facts` macro."""
    desk, file = reader.desk, reader.desk.file
    handler = handler_json(desk)
    facts = [
        (_word(reader, "handler"), [handler["name"] if handler else NO_HANDLER]),
        ("How it arrived", [f"{kind_title(file, desk.case.kind)}, {day(desk.case.received_on)}", *_channel(reader)]),
    ]
    facts += _people_facts(reader)
    facts += _short_answers(reader)
    if file.guidance is not None:
        facts.append(("Guidance that applies", [file.guidance.title]))
    if desk.case.outcome:
        facts.append(("Outcome", [outcome_words(file.workflow, desk.case.outcome)]))
    return facts


def alleged(reader: Reader) -> list[tuple[RecordKind, list[Alleged]]]:
    """The kinds of record that name a clause of the guidance, each with its rows."""
    found = []
    for kind in reader.desk.file.workflow.records.values():
        clause = next((q for q in kind.fields if q.choices_from == "clauses"), None)
        if clause is not None and (rows := reader.current(kind.name)):
            found.append((kind, [_alleged(reader, kind, clause, row, values) for row, values in rows]))
    return found


def on_file(reader: Reader) -> list[OnFile]:
    """One line for each kind of record there is on the case, in the order of the file."""
    base = f"/cases/{reader.desk.case.reference}/records"
    filled = ((kind, reader.current(kind.name)) for kind in reader.desk.file.workflow.records.values())
    return [
        OnFile(kind.label, len(rows), reader.title(rows[-1][0].id), f"{base}#{kind.name}")
        for kind, rows in filled
        if rows
    ]


def report_pairs(reader: Reader) -> Pairs:
    """What was sent, question by question."""
    return reader.pairs(reader.asked, reader.report)


def withheld(reader: Reader) -> list[str]:
    """The questions of the report whose answers are kept from a panel member; none for others."""
    desk = reader.desk
    if not desk.position.is_panel:
        return []
    questions = desk.file.workflow.opening.fields(desk.case.kind, account=False)
    return [question.label for question in questions if question.audience == "handler"]


def first_text(reader: Reader, length: int) -> tuple[str, str, bool]:
    """The first long answer of the report: its question, its beginning, and whether there is more."""
    for question in reader.asked:
        if question.type == "text" and (text := reader.report.get(question.name)):
            return question.label, text if len(text) <= length else excerpt(text, length), len(text) > length
    return "", "", False


def _people_facts(reader: Reader) -> list[tuple[str, list[str]]]:
    """People in the case: rows of a kind that keeps contacts, then the details in the report that none repeats."""
    facts: list[tuple[str, list[str]]] = []
    for kind in reader.desk.file.workflow.records.values():
        if any(question.type in CONTACT_TYPES for question in kind.fields):
            rows = reader.current(kind.name)
            facts += [
                (_part(reader, kind.fields, values) or kind.label, [_name(kind.fields, values)]) for _, values in rows
            ]
    known = {_bare(label) for label, _ in facts}
    for question in reader.asked:
        label, given = _word(reader, question.name, question.label), reader.report.get(question.name)
        if question.type == "group" and _named(question.fields) and given and _bare(label) not in known:
            facts.append((label, [_name(question.fields, given)]))
    return facts


def _bare(label: str) -> str:
    return label.casefold().removeprefix("the ")


def _named(questions: Iterable[Field]) -> bool:
    return any(question.name == "name" for question in questions)


def _part(reader: Reader, questions: Iterable[Field], values: Values) -> str:
    choice = next((q for q in questions if q.type == "choice" and values.get(q.name)), None)
    return reader.answer(choice, values[choice.name]) if choice else ""


def _name(questions: Iterable[Field], values: Values) -> str:
    lines = [values[q.name] for q in questions if q.type == "line" and values.get(q.name)]
    return excerpt(lines[0]) if lines else "Not known"


def _short_answers(reader: Reader) -> list[tuple[str, list[str]]]:
    """The newest row of each kind that asks nothing but yes or no (and a note), such as questions of safety."""
    facts = []
    for kind in reader.desk.file.workflow.records.values():
        asked = [question for question in kind.fields if question.required]
        plain = all(question.type in ("yes_no", "yes_no_unknown") for question in asked)
        if asked and plain and "invited" not in kind.roles and (rows := reader.current(kind.name)):
            facts.append((kind.label, [f"{label} {text}" for label, text in reader.pairs(asked, rows[-1][1])]))
    return facts


def _alleged(reader: Reader, kind: RecordKind, clause: Field, row: Row, values: Values) -> Alleged:
    code = str(values[clause.name])
    said = next((str(values[q.name]) for q in kind.fields if q.type == "text" and values.get(q.name)), "")
    pointed = [reader.title(str(values[q.name])) for q in kind.fields if q.type == "record" and values.get(q.name)]
    href = f"/cases/{reader.desk.case.reference}/records#r-{row.id}"
    words = next((option.label for option in clause.options if option.value == code), code)
    return Alleged(
        code, words.removeprefix(code).strip(), excerpt(said, 240), (*pointed, *_since(reader, kind, row)), href
    )


def _since(reader: Reader, kind: RecordKind, row: Row) -> Iterable[str]:
    """What other records say of this one: each that points at it, in a few words; of many of a kind the first."""
    file = reader.desk.file
    for other in file.workflow.records.values():
        asking = [q for q in other.fields if q.type in ("record", "records") and q.of == kind.name]
        pointing = []
        for found, values in reader.current(other.name) if asking else ():
            given = [one for q in asking for one in _several(values.get(q.name))]
            if file.root(row.id) in {file.root(one) for one in given}:
                pointing.append(found.id)
        yield from (f"{other.label}: {reader.title(one)}" for one in pointing[:TITLES])
        if more := len(pointing[TITLES:]):
            yield f"{other.label}: {in_words(more)} more"


def _several(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _word(reader: Reader, name: str, otherwise: str = "") -> str:
    words = reader.desk.file.workflow.words.get(name) or otherwise or name
    return words[:1].upper() + words[1:]


def _channel(reader: Reader) -> list[str]:
    case = reader.desk.case
    asked = next((question for question in reader.asked if question.name == "channel"), None)
    option = next((one.label for one in asked.options if one.value == case.channel), "") if asked else ""
    return [option] if option else []


def metadata(reader: Reader) -> list[tuple[str, list[str]]]:
    """What an auditor sees of a case beside its steps: no names of parties, no words of anybody."""
    desk = reader.desk
    handler = handler_json(desk)
    clauses = [f"{one['code']} {one['label']}" for one in disclosure.clauses(desk.file)]
    facts = [
        (_word(reader, "handler"), [handler["name"] if handler else NO_HANDLER]),
        (
            "How it arrived",
            [f"{kind_title(desk.file, desk.case.kind)}, {day(desk.case.received_on)}", *_channel(reader)],
        ),
        ("Parts of the guidance", clauses),
        ("Procedure", [f"{desk.file.workflow.title}, version {desk.case.workflow_version}"]),
        ("Outcome", [outcome_words(desk.file.workflow, desk.case.outcome)] if desk.case.outcome else []),
    ]
    return [(label, lines) for label, lines in facts if lines]
