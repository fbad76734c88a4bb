"""The form of a step or a record, drawn from the procedure's questions, and shown again as it was sent."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.audit.events import Event
from app.cases import trails
from app.cases.actions import Desk, may_correct
from app.cases.agenda import Missing, candidates, fillable, pointers, way_of
from app.cases.hearing import before_notice
from app.cases.hearing_effects import affected_is_told_first
from app.cases.permissions import allowed, may_keep
from app.errors import FieldError, Forbidden, NotFound, Unmet, WrongState
from app.web.answers import Reader, as_typed
from app.web.case_view import Link, address, more_of, record_link, sees_trail
from app.web.choices import with_options
from app.web.context import Pairs, first
from app.web.entries import Entry, drawn
from app.workflow.asking import asked_of
from app.workflow.definition import Field, RecordKind, Transition
from app.workflow.forms import LISTS, from_form

VERSION, TOKEN, MORE, REPLACES = "version", "form_token", "more", "replaces"
TOKEN_LENGTH = 100
NO_VERSION = -1
QUIET = (Event.CASE_VIEWED, Event.EVIDENCE_OPENED, Event.ACCESS_DENIED, Event.STEP_REFUSED)


@dataclass(frozen=True)
class Asked:
    """What a form is for: a step or a kind of record, by its name in the procedure."""

    step: str = ""
    record: str = ""

    def questions(self, desk: Desk) -> tuple[Field, ...]:
        """What it asks. NotFound where the procedure knows no such step or record."""
        return arrow_of(desk, self.step).inputs if self.step else kind_of(desk, self.record).fields

    def label(self, desk: Desk) -> str:
        """What the procedure calls it. NotFound."""
        return arrow_of(desk, self.step).label if self.step else kind_of(desk, self.record).label


@dataclass(frozen=True)
class Sent:
    """A form as it was sent: the case version it was drawn at, its key, and everything typed."""

    version: int
    token: str
    pairs: Pairs

    @classmethod
    def of(cls, pairs: Pairs) -> "Sent":
        """Takes the hidden fields out; a version that cannot be read counts as an old one."""
        version, token = first(pairs, VERSION), first(pairs, TOKEN)[:TOKEN_LENGTH]
        kept = [(name, value) for name, value in pairs if name not in (VERSION, TOKEN)]
        number = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else NO_VERSION
        return cls(number, token or secrets.token_hex(16), kept)

    @property
    def wants_another(self) -> str:
        """The repeated question of which one more set was asked for, if any."""
        return first(self.pairs, MORE)

    def raw(self, questions: Sequence[Field]) -> dict[str, Any]:
        """The answers in the shape that the door takes."""
        return from_form(questions, [(name, value) for name, value in self.pairs if name != MORE])

    def typed(self, questions: Sequence[Field]) -> dict[str, Any]:
        """Everything typed by full dotted name, to be shown again as it was."""
        several = {question.name for question in questions if question.type in LISTS}
        values: dict[str, Any] = {}
        for name, value in self.pairs:
            values[name] = [*values.get(name, []), value] if name in several else value
        return values


@dataclass(frozen=True)
class Form:
    """Everything the page of a form shows."""

    title: str
    help: str
    action: str
    button: str
    version: int
    token: str
    specs: Sequence[Field]
    values: dict[str, Any]
    replaces: str = ""
    leads_to: str = ""
    missing: Sequence[Missing | Unmet] = ()
    more: dict[str, dict[str, Any]] = field(default_factory=dict)
    met: Sequence[str] = ()
    first: Sequence[Link] = ()
    """What has to be on the case before this can be answered."""
    before: Sequence[tuple[str, Link | None]] = ()
    """What to see to before this goes out, and where."""
    earlier: Sequence[Link] = ()
    """Records of this kind that may be corrected instead."""
    changed: Sequence[Entry] = ()

    @property
    def ahead(self) -> Link | None:
        """The record to add first, of those that are missing, for the place beside the button."""
        known = (self.more.get(one.condition, {}) for one in self.missing)
        return next((Link(one["href"], one["first"]) for one in known if "href" in one), None)


def arrow_of(desk: Desk, trigger: str) -> Transition:
    """The arrow of a trigger, from the present state if there is one. NotFound."""
    known = [arrow for arrow in desk.file.workflow.transitions if arrow.trigger == trigger]
    if not known:
        raise NotFound("There is no such step")
    return next((arrow for arrow in known if arrow.source == desk.case.state), known[0])


def kind_of(desk: Desk, name: str) -> RecordKind:
    """A kind of record by name. NotFound."""
    kind = desk.file.workflow.records.get(name)
    if kind is None:
        raise NotFound("There is no such kind of record")
    return kind


def refuse_early(desk: Desk, asked: Asked) -> None:
    """Before a form is shown: Forbidden where it is not this person's, WrongState where not now."""
    rules = arrow_of(desk, asked.step) if asked.step else kind_of(desk, asked.record)
    step = isinstance(rules, Transition)
    if not (allowed if step else may_keep)(rules.roles, desk.position):
        raise Forbidden(f"“{rules.label}” is not yours to do on this case")
    states = (rules.source,) if isinstance(rules, Transition) else rules.states
    if desk.case.state not in states:
        label = desk.file.workflow.states[desk.case.state].label
        raise WrongState(f"“{rules.label}” is not possible while the case is at “{label}”")


def form_at(desk: Desk, asked: Asked, query: Pairs) -> Form:
    """A fresh form; answers in the address (`?allegation=...`) are filled in, `?replaces=` those of that record."""
    reader = Reader.at(desk)
    questions = asked.questions(desk)
    names = {question.name for question in questions}
    values = Sent(0, "", [pair for pair in query if pair[0] in names]).typed(questions)
    corrected = first(query, REPLACES)
    if corrected and asked.record:
        values = _values_of(reader, asked.record, corrected) | values
    form = _form(reader, asked, values, secrets.token_hex(16), corrected)
    # a record that may point at one of its own kind need not
    open_ = [spec for spec in form.specs if spec.name not in values and spec.of != (asked.record or None)]
    only = {spec.name: _only(spec) for spec in open_ if not _one_of_several(spec, form.specs)}
    return replace(form, values={name: value for name, value in only.items() if value} | values)


def form_again(
    desk: Desk, asked: Asked, sent: Sent, unmet: Sequence[Unmet] | None = None, *, stale: bool = False
) -> Form:
    """The form as it was sent; `unmet` is what the step was refused for, `stale` adds what changed meanwhile."""
    reader = Reader.at(desk)
    values = sent.typed(asked.questions(desk))
    if sent.wants_another:
        values |= _another(asked.questions(desk), values, sent.wants_another)
    form = _form(reader, asked, values, sent.token, first(sent.pairs, REPLACES))
    if stale:
        return replace(form, changed=_changed_since(desk, sent.version))
    known = {one.condition: one for one in form.missing}
    missing = form.missing if unmet is None else [known.get(one.condition, one) for one in unmet]
    return replace(form, version=sent.version, missing=missing)


def _form(reader: Reader, asked: Asked, values: dict[str, Any], token: str, replaces: str) -> Form:
    desk = reader.desk
    if asked.step:
        return _step_form(reader, arrow_of(desk, asked.step), values, token)
    kind = kind_of(desk, asked.record)
    specs = with_options(reader, kind.fields, kind, correcting=bool(replaces))
    return Form(
        title=f"Correct: {kind.label}" if replaces else kind.label,
        help=kind.help,
        action=record_link(desk, kind).href,
        button="Keep the correction" if replaces else "Keep this",
        version=desk.case.version,
        token=token,
        specs=specs,
        values=values,
        replaces=replaces,
        first=_needed_first(desk, kind),
        before=[] if replaces else _before(desk, kind),
        earlier=() if replaces else corrections(reader, kind),
    )


def _step_form(reader: Reader, arrow: Transition, values: dict[str, Any], token: str) -> Form:
    desk = reader.desk
    here = arrow.source == desk.case.state
    way = way_of(desk, arrow) if here else None
    states = desk.file.workflow.states
    return Form(
        title=arrow.label,
        help=arrow.help,
        action=f"{address(desk)}/steps/{arrow.trigger}",
        button=arrow.label,
        version=desk.case.version,
        token=token,
        specs=with_options(reader, arrow.inputs),
        values=values,
        leads_to=states[arrow.dest].label,
        missing=way.missing if way else (),
        more=more_of(desk, way.missing) if way else {},
        met=way.met if way else (),
    )


def corrections(reader: Reader, kind: RecordKind) -> list[Link]:
    """Links to correct what this person may correct among the newest rows of a kind."""
    link, viewer = record_link(reader.desk, kind).href, reader.desk.position.viewer
    own_only = "handler" not in kind.roles
    return [
        Link(f"{link}?{REPLACES}={row.id}", reader.title(row.id))
        for row, _ in reader.current(kind.name)
        if may_correct(reader.desk, kind, row) and (not own_only or row.by_person == viewer.id)
    ]


def _needed_first(desk: Desk, kind: RecordKind) -> list[Link]:
    can, workflow = fillable(desk), desk.file.workflow
    lacking = [question.of for question in pointers(kind.fields) if not candidates(desk, kind, question)]
    return [
        record_link(desk, workflow.records[name]) for name in dict.fromkeys(lacking) if workflow.records[name] in can
    ]


def _before(desk: Desk, kind: RecordKind) -> list[tuple[str, Link | None]]:
    """What to see to before a notice goes out: told by the procedure's own effect, whatever the record is called."""
    if not any(one.name == affected_is_told_first.__name__ for one in kind.then):
        return []
    records = desk.file.workflow.records
    return [
        (words, record_link(desk, records[name], "Record") if name in records else None)
        for words, name in before_notice(desk.file)
    ]


def _values_of(reader: Reader, kind: str, row_id: str) -> dict[str, Any]:
    found = reader.rows.get(row_id)
    if found is None or found[0].kind != kind:
        raise NotFound("There is no such record to correct")
    questions = asked_of(kind_of(reader.desk, kind).fields, holder=False)  # what a correction asks is asked each time
    return as_typed(questions, found[1])


def _only(spec: Field) -> Any:
    """The answer to a question that points at the one thing there is."""
    if spec.type not in ("record", "records") or len(spec.options) != 1:
        return None
    value = spec.options[0].value
    return [value] if spec.type in LISTS else value


def _one_of_several(spec: Field, specs: Sequence[Field]) -> bool:
    """Whether other questions offer the same things, as accepted or disputed do: then none is answered by itself."""
    return any(other.name != spec.name and other.of == spec.of for other in specs)


def _another(questions: Sequence[Field], values: dict[str, Any], name: str) -> dict[str, Any]:
    asked = next((question for question in questions if question.name == name and question.type == "items"), None)
    if asked is None:
        return {}
    used = [int(key.split(".")[1]) for key in values if key.startswith(f"{name}.") and key.split(".")[1].isdigit()]
    return {f"{name}.{max(used, default=0) + 1}.{asked.fields[0].name}": ""}


def _changed_since(desk: Desk, version: int) -> list[Entry]:
    """What was done since the form was drawn, for whoever may read the steps of this case."""
    if not sees_trail(desk) or version == NO_VERSION:
        return []
    newer = {row.id for row in desk.file.rows if row.version > version}
    items = trails.of_case(desk.session, desk.home, desk.case, newest_first=True, without=QUIET, limit=len(newer) + 10)
    return drawn(desk.home, [item for item in items if (item["record"] or {}).get("id") in newer])


def summary(errors: Sequence[FieldError], form: Form) -> list[FieldError]:
    """The errors for the summary on top: those about a hidden field have nowhere to link to."""
    known = {spec.name for spec in form.specs}
    return [error if error.field.split(".")[0] in known else FieldError("", error.message) for error in errors]
