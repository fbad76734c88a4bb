"""The questions of a step or record as JSON Schema, for OpenAPI and programs that ask what to send."""

from collections.abc import Callable, Sequence
from typing import Any

from app.workflow.definition import Field

_ID = {"type": "string", "pattern": "^[0-9a-f]{32}$"}


def as_schema(specs: Sequence[Field], *, kind: str = "") -> dict[str, Any]:
    """A JSON Schema (2020-12) object for these questions; `kind` decides what must be answered."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {spec.name: _described(spec, kind) for spec in specs},
        "additionalProperties": False,
    }
    if required := [spec.name for spec in specs if _required(spec, kind)]:
        schema["required"] = required
    rules = [_rule(spec, sibling, values) for spec in specs for sibling, values in spec.required_if.items()]
    if rules:
        schema["allOf"] = rules
    return schema


def _required(spec: Field, kind: str) -> bool:
    return (not spec.kinds or kind in spec.kinds) and (spec.required or kind in spec.required_kinds)


def _rule(spec: Field, sibling: str, values: Sequence[str]) -> dict[str, Any]:
    return {
        "if": {"properties": {sibling: {"enum": list(values)}}, "required": [sibling]},
        "then": {"required": [spec.name]},
    }


def _described(spec: Field, kind: str) -> dict[str, Any]:
    schema = {"title": spec.label, **_TYPES[spec.type](spec, kind)}
    if spec.help:
        schema["description"] = spec.help
    return schema


def _text(spec: Field, kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "maxLength": spec.max_length}
    if least := max(spec.min_length, int(_required(spec, kind))):
        schema["minLength"] = least
    return schema


def _choice(spec: Field, _kind: str) -> dict[str, Any]:
    return {"type": "string", "oneOf": [{"const": one.value, "title": one.label} for one in spec.options]}


def _several(one: Callable[[Field, str], dict[str, Any]]) -> Callable[[Field, str], dict[str, Any]]:
    def schema(spec: Field, kind: str) -> dict[str, Any]:
        least = {"minItems": 1} if _required(spec, kind) else {}
        return {"type": "array", "items": one(spec, kind), "uniqueItems": True, **least}

    return schema


def _items(spec: Field, kind: str) -> dict[str, Any]:
    least = {"minItems": 1} if _required(spec, kind) else {}
    return {"type": "array", "items": as_schema(spec.fields, kind=kind), "maxItems": spec.max_items, **least}


def _id(_spec: Field, _kind: str) -> dict[str, Any]:
    return dict(_ID)


def _person(spec: Field, kind: str) -> dict[str, Any]:
    return {"anyOf": [_id(spec, kind), {"type": "string", "format": "email"}]}


_TYPES: dict[str, Callable[[Field, str], dict[str, Any]]] = {
    "text": _text,
    "line": _text,
    "email": lambda spec, kind: {**_text(spec, kind), "format": "email"},
    "tel": _text,
    "url": _text,
    "date": lambda _spec, _kind: {"type": "string", "format": "date"},
    "moment": lambda _spec, _kind: {"type": "string"},
    "choice": _choice,
    "choices": _several(_choice),
    "yes_no": lambda _spec, _kind: {"enum": ["yes", "no", True, False]},
    "yes_no_unknown": lambda _spec, _kind: {"enum": ["yes", "no", "unknown", True, False]},
    "person": _person,
    "persons": _several(_person),
    "record": _id,
    "file": _id,
    "records": _several(_id),
    "group": lambda spec, kind: as_schema(spec.fields, kind=kind),
    "items": _items,
}
