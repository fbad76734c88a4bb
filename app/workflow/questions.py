"""The questions of a workflow file, checked against their siblings and the names of the procedure."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace

from app.workflow.definition import FIELD_TYPES, SEALED_TYPES, Field, Option
from app.workflow.source import Block, Place

PARENTS = frozenset({"group", "items"})
YES_NO = {"yes_no": ("yes", "no"), "yes_no_unknown": ("yes", "no", "unknown")}
_DEEPEST = 2
_OPENING_ONLY = "kinds required_kinds audience"
_BY_PERSON = "account_only correction_only account_values holder_values"
_LATER_ONLY = "kind_values"
_ONLY_FOR = {
    "options": frozenset({"choice", "choices"}),
    "min_length": SEALED_TYPES,
    "max_length": SEALED_TYPES,
    "future": frozenset({"date", "moment"}),
    "not_before": frozenset({"date"}),
    "of": frozenset({"record", "records", "person", "persons"}),
    "fields": PARENTS,
    "max_items": frozenset({"items", "records", "persons"}),
}
_NEEDED_BY = {
    "choice": "options",
    "choices": "options",
    "record": "of",
    "records": "of",
    "group": "fields",
    "items": "fields",
}


@dataclass(frozen=True)
class Known:
    """The names that questions may refer to."""

    lists: Mapping[str, tuple[Option, ...]]
    records: Set[str]
    offices: Set[str]
    kinds: Set[str] = frozenset()
    """The kinds of report, while the questions of the opening are read; else empty."""
    all_kinds: Set[str] = frozenset()
    """The kinds of report, while the questions of steps and records are read; else empty."""


def read_questions(places: list[Place], known: Known, *, depth: int = 0) -> tuple[Field, ...]:
    """The questions of one level, in the order of the file; mistakes are noted at their places."""
    read = [(_question(place, known, depth), place) for place in places]
    seen: set[str] = set()
    for question, place in read:
        if question.name and question.name in seen:
            place.wrong(f'The question "{question.name}" is here twice')
        seen.add(question.name)
    questions = tuple(question for question, _ in read)
    for question, place in read:
        _check_siblings(question, questions, place)
    return questions


def _question(place: Place, known: Known, depth: int) -> Field:
    opening = bool(known.kinds) and depth == 0
    more = f"{'' if depth else _BY_PERSON} {_OPENING_ONLY if opening else '' if depth else _LATER_ONLY}"
    block = place.block("name type label", f"help required required_if {' '.join(_ONLY_FOR)} {more}")
    kind = block.text("type")
    if kind and kind not in FIELD_TYPES:
        block.at("type").wrong(f'There is no type of question called "{kind}"')
    _check_keys(block, kind)
    question = Field(block.name("name"), kind, block.text("label"), block.text("help"), block.flag("required"))
    question = replace(question, required_if=_required_if(block), account_only=block.flag("account_only"))
    question = replace(question, correction_only=block.flag("correction_only"))
    question = _with_pointers(block, _with_limits(block, question), known)
    if depth < _DEEPEST:
        question = _by_person(block, question)
        question = replace(question, kind_values=_kind_values(block, question, known))
        question = replace(question, fields=read_questions(block.places("fields"), known, depth=depth + 1))
    elif "fields" in block:
        block.at("fields").wrong("Questions cannot lie this deep inside other questions")
    return _for_opening(block, question, known) if opening else question


def _check_keys(block: Block, kind: str) -> None:
    for key, types in _ONLY_FOR.items():
        if key in block and kind in FIELD_TYPES and kind not in types:
            block.at(key).wrong(f'"{key}" means nothing for a question of type {kind}')
    needed = _NEEDED_BY.get(kind)
    if needed and needed not in block:
        block.place.wrong(f'A question of type {kind} needs "{needed}"')
    if "fields" in block and not block.places("fields"):
        block.at("fields").wrong("Put at least one question inside")


def _with_limits(block: Block, question: Field) -> Field:
    least = block.number("min_length", 0, least=0)
    most = block.number("max_length", 4000)
    if least > most:
        block.at("min_length").wrong('"min_length" is more than "max_length"')
    return replace(question, min_length=least, max_length=most, max_items=block.number("max_items", 50))


def _with_pointers(block: Block, question: Field, known: Known) -> Field:
    listname, of = block.text("options"), block.text("of")
    if listname and listname not in known.lists:
        block.at("options").wrong(f'There is no list called "{listname}"')
    if of and question.type in {"record", "records"} and (known.kinds or of not in known.records):
        reason = "A report cannot point at a record" if known.kinds else f'There is no record called "{of}"'
        block.at("of").wrong(reason)
    if of and question.type in {"person", "persons"} and of not in known.offices:
        block.at("of").wrong(f'There is no role called "{of}"')
    return replace(
        question,
        options=known.lists.get(listname, ()),
        choices_from=listname,
        of=of,
        future=block.flag("future"),
        not_before=block.text("not_before"),
    )


def _required_if(block: Block) -> dict[str, tuple[str, ...]]:
    if "required_if" not in block:
        return {}
    return {
        sibling: tuple(place.text() for place in value.places())
        for sibling, (_, value) in block.at("required_if").entries().items()
    }


def _for_opening(block: Block, question: Field, known: Known) -> Field:
    return replace(
        question,
        kinds=block.texts("kinds", known.kinds, "kind of report", some=True),
        required_kinds=block.texts("required_kinds", known.kinds, "kind of report", some=True),
        audience=read_audience(block),
    )


def read_audience(block: Block) -> str:
    """Who on the case may read it: everyone, or the officers who look after it only."""
    audience = block.text("audience", "everyone")
    if audience not in {"everyone", "handler"}:
        block.at("audience").wrong('"audience" is everyone or handler')
    return audience


def _by_person(block: Block, question: Field) -> Field:
    """Options that only people with an account, or only those who come by a code, may choose."""
    values = frozenset(option.value for option in question.options)
    return replace(
        question,
        account_values=block.texts("account_values", values, "option", some=True),
        holder_values=block.texts("holder_values", values, "option", some=True),
    )


def _kind_values(block: Block, question: Field, known: Known) -> dict[str, tuple[str, ...]]:
    """Options that may be chosen only on some kinds of report."""
    if _LATER_ONLY not in block:
        return {}
    place = block.at(_LATER_ONLY)
    entries = place.entries()
    if not entries:
        place.wrong("Name at least one option")
    values = frozenset(option.value for option in question.options)
    for value, (key, _) in entries.items():
        if value not in values:
            key.wrong(f'There is no option called "{value}"')
    named = Block(place, {value: kinds for value, (_, kinds) in entries.items()})
    return {value: named.texts(value, known.all_kinds, "kind of report", some=True) for value in entries}


def _check_siblings(question: Field, level: tuple[Field, ...], place: Place) -> None:
    siblings = {other.name: other for other in level if other.name != question.name}
    for name, values in question.required_if.items():
        other = siblings.get(name)
        if other is None:
            place.wrong(f'"required_if" names "{name}", which is no question beside "{question.name}"')
            continue
        permitted = YES_NO.get(other.type, tuple(option.value for option in other.options))
        for value in values:
            if value not in permitted:
                place.wrong(f'"required_if" names the answer "{value}", which "{name}" cannot have')
    earlier = question.not_before
    if earlier and (earlier not in siblings or siblings[earlier].type != "date"):
        place.wrong(f'"not_before" names "{earlier}", which is no date beside "{question.name}"')
