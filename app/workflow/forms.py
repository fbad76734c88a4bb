"""A submitted HTML form, flat and with dotted names, back into the shape that the API takes."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.workflow.definition import Field

LISTS = frozenset({"choices", "records", "persons"})


def from_form(specs: Sequence[Field], pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Nested raw answers from a form's pairs, for `fields.read`.

    `respondent.name` goes into a group, `items.0.url` into a list (gaps in the numbers close), repeated names
    of `choices`, `records` and `persons` become lists; CRLF becomes LF. Unknown names stay, so that reading
    refuses them.
    """
    nested: dict[str, Any] = {}
    for name, value in pairs:
        _place(specs, nested, name.split("."), value.replace("\r\n", "\n"))
    return _close_gaps(specs, nested)


def _place(specs: Sequence[Field], target: dict[str, Any], parts: list[str], value: str) -> None:
    spec = next((spec for spec in specs if spec.name == parts[0]), None)
    if spec is None:
        target[".".join(parts)] = value
    elif spec.type == "group" and len(parts) > 1:
        _place(spec.fields, _below(target, spec.name), parts[1:], value)
    elif spec.type == "items" and len(parts) > 2 and _is_number(parts[1]):
        item = _below(_below(target, spec.name), parts[1].lstrip("0") or "0")
        _place(spec.fields, item, parts[2:], value)
    elif len(parts) > 1 or spec.type in {"group", "items"}:
        target.setdefault(".".join(parts), value)
    elif spec.type in LISTS:
        target.setdefault(spec.name, []).append(value)
    else:
        target[spec.name] = value


def _below(target: dict[str, Any], name: str) -> dict[str, Any]:
    inside = target.get(name)
    if not isinstance(inside, dict):
        inside = target[name] = {}
    return inside


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= 6


def _close_gaps(specs: Sequence[Field], nested: dict[str, Any]) -> dict[str, Any]:
    for spec in specs:
        inside = nested.get(spec.name)
        if not isinstance(inside, dict):
            continue
        if spec.type == "group":
            _close_gaps(spec.fields, inside)
        else:
            nested[spec.name] = [_close_gaps(spec.fields, inside[key]) for key in sorted(inside, key=int)]
    return nested
