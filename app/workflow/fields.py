"""A set of answers to a set of questions, read once and alike for the page, the API and the command line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.errors import FieldError, Invalid
from app.workflow import answers
from app.workflow.definition import Field
from app.workflow.forms import from_form
from app.workflow.schema import as_schema

__all__ = ["as_schema", "from_form", "join", "read", "split"]

_ECHOED = 60
_UNKNOWN_SAID = 20
_BLANKS_BORNE = 4


def read(specs: Sequence[Field], raw: Mapping[str, Any], *, kind: str = "", today: date) -> dict[str, Any]:
    """The validated, JSON-able answers by name; what was left out is absent.

    Dates become ISO strings, `group` a dict, `items` a list of dicts without the empty ones, `choices`,
    `records` and `persons` lists without repeats. `kind` is the kind of report, for questions only
    some of them must answer. A person may come back as the mail address given: turn it into an id.
    Raises Invalid with every error at once; names are dotted (`respondent.name`, `items.0.url`).
    """
    reading = _Reading(kind, today)
    values = reading.level(specs, raw, "", enforce=True)
    if reading.errors:
        raise Invalid(reading.errors)
    return values


@dataclass
class _Reading:
    kind: str
    today: date
    errors: list[FieldError] = field(default_factory=list)

    def level(self, specs: Sequence[Field], raw: Any, prefix: str, *, enforce: bool) -> dict[str, Any]:
        if not isinstance(raw, Mapping):
            self.wrong(prefix.rstrip("."), "Send the answers by name, as an object")
            return {}
        before = len(self.errors)
        values: dict[str, Any] = {}
        value: Any
        for spec in specs:
            given = raw.get(spec.name)
            if spec.type == "group":
                value = self.group(spec, given, prefix, enforce=enforce)
            elif spec.type == "items":
                value = self.items(spec, given, prefix)
            else:
                value = self.simple(spec, given, prefix)
            if value is not None:
                values[spec.name] = value
        self.unknown_keys(specs, raw, prefix)
        if enforce:
            self.must_have(specs, values, prefix)
        self.in_order(specs, values, prefix)
        self.errors[before:] = _as_asked(specs, self.errors[before:], len(prefix))
        return values

    def simple(self, spec: Field, given: Any, prefix: str) -> Any:
        if answers.empty(given):
            return None
        try:
            return answers.answer(spec, given, self.today)
        except answers.Wrong as wrong:
            self.wrong(prefix + spec.name, str(wrong))
            return None

    def group(self, spec: Field, given: Any, prefix: str, *, enforce: bool) -> dict[str, Any] | None:
        wanted = enforce and self.always_required(spec)
        if given is None or given == "":
            given = {}
        inside = self.level(spec.fields, given, f"{prefix}{spec.name}.", enforce=wanted or not answers.empty(given))
        return inside or None

    def items(self, spec: Field, given: Any, prefix: str) -> list[dict[str, Any]] | None:
        if given is None or given == "":
            return None
        if not isinstance(given, list | tuple):
            self.wrong(prefix + spec.name, f"Send “{spec.label}” as a list")
            return None
        kept = [(place, item) for place, item in enumerate(given) if item not in (None, "", {})]
        answered = sum(not answers.empty(item) for _, item in kept)
        if answered > spec.max_items or len(kept) > _BLANKS_BORNE * spec.max_items:
            self.wrong(prefix + spec.name, f"Give at most {spec.max_items} under “{spec.label}”")
            return None
        read_items = (
            self.level(spec.fields, item, f"{prefix}{spec.name}.{place}.", enforce=not answers.empty(item))
            for place, item in kept
        )
        return [item for item in read_items if item] or None

    def unknown_keys(self, specs: Sequence[Field], raw: Mapping[Any, Any], prefix: str) -> None:
        known = {spec.name for spec in specs}
        unknown = [key for key in raw if key not in known]
        for key in unknown[:_UNKNOWN_SAID]:
            shown = "".join(letter if letter.isprintable() else "?" for letter in str(key)[:_ECHOED])
            self.wrong(prefix + shown, "There is no question with this name")

    def must_have(self, specs: Sequence[Field], values: Mapping[str, Any], prefix: str) -> None:
        for spec in specs:
            name = prefix + spec.name
            if spec.name in values or self.said(name):
                continue
            if self.always_required(spec) or (self.applies(spec) and _asked_for(spec, values)):
                self.wrong(name, answers.missing(spec))

    def always_required(self, spec: Field) -> bool:
        return self.applies(spec) and (spec.required or self.kind in spec.required_kinds)

    def applies(self, spec: Field) -> bool:
        return not spec.kinds or self.kind in spec.kinds

    def in_order(self, specs: Sequence[Field], values: Mapping[str, Any], prefix: str) -> None:
        for spec in specs:
            later, earlier = values.get(spec.name), values.get(spec.not_before)
            if isinstance(later, str) and isinstance(earlier, str) and later < earlier:
                day = answers.in_words(date.fromisoformat(earlier))
                self.wrong(prefix + spec.name, f"Check the date: it cannot be before {day}")

    def said(self, name: str) -> bool:
        return any(error.field == name or error.field.startswith(f"{name}.") for error in self.errors)

    def wrong(self, name: str, message: str) -> None:
        self.errors.append(FieldError(name, message))


def _asked_for(spec: Field, values: Mapping[str, Any]) -> bool:
    """Whether an answer to a sibling makes this one necessary."""
    for sibling, wanted in spec.required_if.items():
        given = values.get(sibling)
        if isinstance(given, list) and not set(wanted).isdisjoint(map(str, given)):
            return True
        if isinstance(given, str) and given in wanted:
            return True
    return False


def _as_asked(specs: Sequence[Field], errors: list[FieldError], start: int) -> list[FieldError]:
    """The errors of one level in the order of its questions, so that a summary reads down the page."""
    places = {spec.name: place for place, spec in enumerate(specs)}
    return sorted(errors, key=lambda error: places.get(error.field[start:].split(".")[0], len(places)))


def split(specs: Sequence[Field], values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Validated answers in two: codes, dates and ids for plain columns; free text and contacts for the vault.

    Groups are split inside; `items` are lists of dicts aligned by position in both halves.
    """
    plain: dict[str, Any] = {}
    sealed: dict[str, Any] = {}
    for spec in specs:
        if spec.name not in values:
            continue
        value = values[spec.name]
        if spec.type == "group":
            halves: tuple[Any, Any] = split(spec.fields, value)
        elif spec.type == "items":
            pairs = [split(spec.fields, item) for item in value]
            halves = [half for half, _ in pairs], [half for _, half in pairs]
        else:
            halves = (None, value) if spec.sealed else (value, None)
        for target, half in zip((plain, sealed), halves, strict=True):
            if not answers.empty(half):
                target[spec.name] = half
    return plain, sealed


def join(plain: Mapping[str, Any], sealed: Mapping[str, Any]) -> dict[str, Any]:
    """The whole answers again from both halves of `split`."""
    return {name: _together(plain.get(name), sealed.get(name)) for name in _names(plain, sealed)}


def _names(plain: Mapping[str, Any], sealed: Mapping[str, Any]) -> Iterator[str]:
    yield from plain
    yield from (name for name in sealed if name not in plain)


def _together(left: Any, right: Any) -> Any:
    if left is None or right is None:
        return right if left is None else left
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return join(left, right)
    return [join(*pair) for pair in zip(left, right, strict=True)]
