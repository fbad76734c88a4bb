"""What shows only with the whole procedure in view: where steps lead, what sentences and clocks refer to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from string import Formatter

from app.workflow.definition import Clock, Effect, Field, Workflow
from app.workflow.source import Block, Place

_SPOKEN_TYPES = frozenset({"choice", "choices", "date", "yes_no", "yes_no_unknown"})


def check(workflow: Workflow, block: Block) -> None:
    """Notes at their places in the file all mistakes that concern more than one part."""
    for key in ("states", "records", "clocks", "letters"):
        _repeated(block.places(key), key)
    if "open" in block:
        opening = block.at("open").block("kinds pages done", "roles then advice")
        _repeated(opening.places("kinds"), "kinds of report")
        _repeated_questions(opening)
    _check_ways(workflow, block)
    _check_sentences(workflow, block)
    _check_clocks(workflow, block)


def _repeated(places: Iterable[Place], what: str) -> None:
    seen: set[str] = set()
    for place in places:
        name = _named(place)
        if name and name in seen:
            place.wrong(f'"{name}" is twice among the {what}')
        seen.add(name)


def _named(place: Place, key: str = "name") -> str:
    pair = place.entries().get(key)
    return pair[1].text() if pair else ""


def _repeated_questions(opening: Block) -> None:
    pages = [page.block("title fields", "lead advice").places("fields") for page in opening.places("pages")]
    seen: set[str] = set()
    for fields in pages:
        for name in {_named(place) for place in fields} & seen:
            place = next(place for place in fields if _named(place) == name)
            place.wrong(f'The question "{name}" is already on an earlier page')
        seen |= {_named(place) for place in fields}


def _check_ways(workflow: Workflow, block: Block) -> None:
    if workflow.initial not in workflow.states:
        block.at("initial").wrong(f'There is no state called "{workflow.initial}"')
    if not any(state.final for state in workflow.states.values()):
        block.at("states").wrong("No state is final")
    seen: set[tuple[str, str]] = set()
    for step, place in zip(workflow.transitions, block.places("transitions"), strict=True):
        if (step.trigger, step.source) in seen:
            place.wrong(f'"{step.trigger}" leaves "{step.source}" twice: the two cannot be told apart')
        if step.source == step.dest:
            place.wrong(f'"{step.trigger}" leads nowhere else: keep a record instead')
        seen.add((step.trigger, step.source))
    forward: dict[str, set[str]] = defaultdict(set)
    backward: dict[str, set[str]] = defaultdict(set)
    for step in workflow.transitions:
        forward[step.source].add(step.dest)
        backward[step.dest].add(step.source)
    reached = _closure({workflow.initial}, forward)
    ending = _closure({state.name for state in workflow.states.values() if state.final}, backward)
    for place in block.places("states"):
        name = _named(place)
        if name not in reached:
            place.wrong(f'No case can ever reach the state "{name}"')
        if name not in ending:
            place.wrong(f'From the state "{name}" no way leads to a final state')


def _closure(start: set[str], arrows: Mapping[str, set[str]]) -> set[str]:
    found, waiting = set(start), list(start)
    while waiting:
        fresh = arrows.get(waiting.pop(), set()) - found
        found |= fresh
        waiting.extend(fresh)
    return found


_Beginning = tuple[Place, tuple[Field, ...], str, tuple[Effect, ...], bool]


def _beginnings(workflow: Workflow, block: Block) -> Iterator[_Beginning]:
    """Of opening, steps, records: place, questions, sentence, what follows, whether it ends a case."""
    if "open" in block:
        questions = tuple(question for page in workflow.opening.pages for question in page.fields)
        yield block.at("open"), questions, workflow.opening.done, workflow.opening.then, False
    for step, place in zip(workflow.transitions, block.places("transitions"), strict=True):
        state = workflow.states.get(step.dest)
        yield place, step.inputs, step.done, step.then, bool(state and state.final)
    for place in block.places("records"):
        kind = workflow.records.get(_named(place))
        if kind:
            yield place, kind.fields, kind.done, kind.then, False


def _check_sentences(workflow: Workflow, block: Block) -> None:
    for place, questions, sentence, _, ends in _beginnings(workflow, block):
        pair = place.entries().get("done")
        permitted = {"actor", *(one.name for one in questions if one.type in _SPOKEN_TYPES)}
        if ends:
            permitted.add("outcome")
        for name in _blanks(sentence):
            if name not in permitted and pair:
                pair[1].wrong(f'"{{{name}}}" cannot stand in this sentence: only {", ".join(sorted(permitted))} can')


def _blanks(sentence: str) -> list[str]:
    try:
        parsed = list(Formatter().parse(sentence))
    except ValueError:
        return ["a single brace"]
    return [
        name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
        for _, name, spec, conversion in parsed
        if name is not None
    ]


def _check_clocks(workflow: Workflow, block: Block) -> None:
    for place, questions, _, then, _ in _beginnings(workflow, block):
        dates = {question.name for question in questions if question.type == "date"}
        for clock in (workflow.clocks[one.name] for one in then if one.name in workflow.clocks):
            for name in (clock.start_field, clock.due_field):
                if name and name not in dates:
                    place.wrong(f'The clock "{clock.name}" needs "{name}", and no date here has that name')
    outcomes = _outcomes(workflow)
    for place in block.places("clocks"):
        kept = workflow.clocks.get(_named(place))
        if kept is not None and kept.months_by_outcome:
            _check_outcomes(kept, outcomes, place)


def _outcomes(workflow: Workflow) -> set[str]:
    fields = [*(one for step in workflow.transitions for one in step.inputs)]
    fields += [one for kind in workflow.records.values() for one in kind.fields]
    return {option.value for one in fields if one.name == "outcome" for option in one.options}


def _check_outcomes(clock: Clock, outcomes: set[str], place: Place) -> None:
    for name in sorted(outcomes - set(clock.months_by_outcome)):
        place.wrong(f'The clock "{clock.name}" says nothing about the outcome "{name}"')
    for name in sorted(set(clock.months_by_outcome) - outcomes):
        place.wrong(f'The clock "{clock.name}" names "{name}", which is no outcome')
