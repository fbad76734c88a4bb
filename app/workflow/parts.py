"""The parts of a workflow file: lists, states, steps, records, clocks and the opening."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace

from app.workflow.catalogue import Guidance
from app.workflow.conditions import RECORD, record_of
from app.workflow.definition import (
    Clock,
    Effect,
    Opening,
    Option,
    Page,
    RecordKind,
    ReportKind,
    State,
    Transition,
    Vocabulary,
    Workflow,
)
from app.workflow.letters import proof_of
from app.workflow.questions import Known, read_audience, read_questions
from app.workflow.source import Block, Place

TONES = ("arrived", "answered", "working", "deciding", "done")
NO_OPENING = Opening(kinds=(), pages=(), done="")
_LENGTHS = ("days", "working_days", "months", "months_by_outcome", "due_field")


@dataclass(frozen=True)
class Names:
    """What the parts of this file may refer to."""

    vocabulary: Vocabulary
    states: Set[str]
    records: Set[str]
    clocks: Set[str]
    public_steps: Set[str]
    letters: Set[str] = frozenset()


def names_in(block: Block, key: str) -> frozenset[str]:
    """The names given in a list of blocks."""
    found = (place.entries().get("name") for place in block.places(key))
    return frozenset(pair[1].text() for pair in found if pair)


def options(place: Place) -> tuple[Option, ...]:
    """A list of values and their words, written as 'value: words'."""
    read = tuple(Option(key.code(), words.text()) for key, words in place.entries().values())
    if not read:
        place.wrong("Put at least one value here")
    return read


def lists(block: Block, catalogue: Guidance | None, known: Mapping[str, Guidance]) -> dict[str, tuple[Option, ...]]:
    """The named lists of the file, those that come with its guidance, and `own_clocks`: the dates the branch keeps."""
    read: dict[str, tuple[Option, ...]] = {}
    if "clocks" in block:
        read["own_clocks"] = _own_clocks(block)
    if catalogue:
        clauses = tuple(
            Option(clause.code, f"{clause.code} {clause.label}", clause.text) for clause in catalogue.clauses.values()
        )
        read["clauses"] = clauses
        read["reported_clauses"] = (*clauses, Option("not_sure", "I am not sure"))
        read["guidance_versions"] = tuple(Option(one.version, one.title) for one in known.values())
    if "lists" in block:
        for name, (key, values) in block.at("lists").entries().items():
            if name in read:
                key.wrong(f'The list "{name}" comes with the guidance or the clocks: take another name')
            read[key.name()] = options(values)
    return read


def _own_clocks(block: Block) -> tuple[Option, ...]:
    """Every clock by name and label but those whose date is named to somebody else."""
    found = [place.entries() for place in block.places("clocks")]
    own = [one for one in found if "name" in one and "label" in one and "due_field" not in one]
    return tuple(Option(one["name"][1].text(), one["label"][1].text()) for one in own)


def words(block: Block) -> dict[str, str]:
    """The labels for members."""
    if "words" not in block:
        return {}
    return {key.name(): label.text() for key, label in block.at("words").entries().values()}


def states(block: Block, names: Names) -> Iterator[State]:
    """Where a case can stand."""
    for place in block.places("states"):
        state = place.block("name label tone public_step", "help next final visible_to")
        tone, step = state.text("tone"), state.text("public_step")
        if tone and tone not in TONES:
            state.at("tone").wrong(f'"{tone}" is no tone: choose {", ".join(TONES[:-1])} or {TONES[-1]}')
        if step and step not in names.public_steps:
            state.at("public_step").wrong(f'There is no public step called "{step}"')
        visible = state.texts("visible_to", names.vocabulary.readers, "reader", some=True)
        yield State(
            name=state.name("name"),
            label=state.text("label"),
            tone=tone,
            public_step=step,
            help=state.text("help"),
            next=state.text("next"),
            final=state.flag("final"),
            visible_to=visible or ("handler",),
        )


def transitions(block: Block, names: Names, known: Known) -> Iterator[Transition]:
    """The steps, one for each block of the file."""
    for place in block.places("transitions"):
        step = place.block("trigger source dest label roles done", "help inputs conditions then")
        for end in ("source", "dest"):
            if end in step and step.text(end) not in names.states:
                step.at(end).wrong(f'There is no state called "{step.text(end)}"')
        yield Transition(
            trigger=step.name("trigger"),
            source=step.text("source"),
            dest=step.text("dest"),
            label=step.text("label"),
            done=step.text("done"),
            roles=step.texts("roles", names.vocabulary.roles, "role", some=True),
            help=step.text("help"),
            inputs=read_questions(step.places("inputs"), known),
            conditions=_conditions(step, names),
            then=effects(step, names),
        )


def _conditions(step: Block, names: Names) -> tuple[str, ...]:
    found: list[str] = []
    for place in step.places("conditions"):
        if place.is_block:
            kind = place.block("record").text("record")
            name = RECORD + kind
            if kind and kind not in names.records:
                place.wrong(f'There is no record called "{kind}"')
        else:
            name = place.text()
            if name and name not in names.vocabulary.conditions:
                place.wrong(f'There is no condition called "{name}"')
        if name in found:
            place.wrong(f'The condition "{name}" is here twice')
        found.append(name)
    return tuple(found)


def effects(block: Block, names: Names) -> tuple[Effect, ...]:
    """What follows a step, an opening or a record."""
    permitted = {
        "effect": names.vocabulary.effects,
        "clock": names.clocks,
        "letter": names.letters,
    }
    found: list[Effect] = []
    for place in block.places("then"):
        for kind, (key, value) in place.entries().items():
            if kind not in permitted:
                key.wrong(f'"{kind}" is not known here: write effect, clock or letter')
                continue
            effect = Effect(kind, value.text())
            if effect.name not in permitted[kind]:
                value.wrong(f'There is no {kind} called "{effect.name}"')
            if effect in found:
                value.wrong(f'The {kind} "{effect.name}" is here twice')
            found.append(effect)
    return tuple(found)


def records(block: Block, names: Names, known: Known) -> Iterator[RecordKind]:
    """The kinds of rows kept on a case."""
    for place in block.places("records"):
        kind = place.block("name label roles states done fields", "help answers then audience by_letter wait_days")
        fields = read_questions(kind.places("fields"), known)
        yield RecordKind(
            name=kind.name("name"),
            label=kind.text("label"),
            done=kind.text("done"),
            roles=kind.texts("roles", names.vocabulary.roles, "role", some=True),
            states=kind.texts("states", names.states, "state", some=True),
            fields=fields,
            help=kind.text("help"),
            then=effects(kind, names),
            audience=read_audience(kind),
            answers=kind.texts("answers", names.vocabulary.conditions, "condition"),
            by_letter=proof_of(kind, fields, names.letters),
            wait_days=kind.number("wait_days", 0),
        )


def with_record_answers(workflow: Workflow) -> Workflow:
    """The same, each record also answering the conditions 'record: ...' that ask for it."""
    asked = {record_of(name) for step in workflow.transitions for name in step.conditions}
    return replace(
        workflow,
        records={
            name: replace(kind, answers=(*kind.answers, RECORD + name)) if name in asked else kind
            for name, kind in workflow.records.items()
        },
    )


def clocks(block: Block, names: Names, kinds: Set[str]) -> Iterator[Clock]:
    """The due dates; `kinds` are those of reports."""
    for place in block.places("clocks"):
        clock = place.block("name label states", f"start_field until_record kinds runs_on {' '.join(_LENGTHS)}")
        if sum(length in clock for length in _LENGTHS) != 1:
            place.wrong(f"Say how long in exactly one way: {', '.join(_LENGTHS)}")
        record = clock.text("until_record")
        if record and record not in names.records:
            clock.at("until_record").wrong(f'There is no record called "{record}"')
        by_outcome = clock.at("months_by_outcome").entries() if "months_by_outcome" in clock else {}
        yield Clock(
            name=clock.name("name"),
            label=clock.text("label"),
            states=clock.texts("states", names.states, "state", some=True),
            days=clock.number("days", 0),
            working_days=clock.number("working_days", 0),
            months=clock.number("months", 0),
            months_by_outcome={key.code(): months.number() for key, months in by_outcome.values()},
            start_field=clock.text("start_field"),
            due_field=clock.text("due_field"),
            until_record=record,
            kinds=clock.texts("kinds", kinds, "kind of report", some=True),
            runs_on=clock.flag("runs_on"),
        )


def opening(place: Place, names: Names, known: Known) -> Opening:
    """How a case begins."""
    block = place.block("kinds pages done", "roles then advice")
    kinds = []
    for kind_place in block.places("kinds"):
        kind = kind_place.block("name label lead", "icon title advice ending ending_note")
        read = [kind.text(key) for key in ("label", "lead", "icon", "title", "advice")]
        told = {key: text for key in ("ending", "ending_note") if (text := kind.text(key))}
        kinds.append(ReportKind(kind.name("name"), *read, **told))
    known = replace(known, kinds=frozenset(kind.name for kind in kinds) or frozenset({""}))
    pages = []
    for page_place in block.places("pages"):
        page = page_place.block("title fields", "lead advice")
        questions = read_questions(page.places("fields"), known)
        pages.append(Page(page.text("title"), questions, page.text("lead"), page.text("advice")))
    return Opening(
        kinds=tuple(kinds),
        pages=tuple(pages),
        done=block.text("done"),
        roles=block.texts("roles", names.vocabulary.roles, "role", some=True) or ("anyone",),
        then=effects(block, names),
        advice=block.text("advice"),
    )
