"""A workflow file into a Workflow. Every mistake is found before any is said, each with its line."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from app.workflow import checks, parts, rules
from app.workflow.catalogue import Guidance
from app.workflow.definition import Vocabulary, Workflow
from app.workflow.letters import letters
from app.workflow.questions import Known
from app.workflow.source import Block, read_source

TOP = "name version title initial states public_steps open transitions"
TOP_OPTIONAL = "guidance default words lists records clocks letters"


def load(path: Path, vocabulary: Vocabulary, guidance: Mapping[str, Guidance]) -> Workflow:
    """The procedure in this file, found sound; `guidance` holds the known catalogues by version.

    Raises WorkflowErrors with every mistake as 'file:line: message'.
    """
    top, complaints = read_source(path)
    if top is None:
        complaints.finish()
        raise AssertionError("unreachable: a file without a top has a complaint")
    workflow = _workflow(top.block(TOP, TOP_OPTIONAL), vocabulary, guidance)
    complaints.finish()
    text = rules.rules_text(workflow, guidance.get(workflow.guidance))
    return replace(workflow, rules=text, digest=rules.digest(text))


def _workflow(block: Block, vocabulary: Vocabulary, guidance: Mapping[str, Guidance]) -> Workflow:
    catalogue = guidance.get(block.text("guidance"))
    if "guidance" in block and catalogue is None:
        block.at("guidance").wrong(f'There is no guidance called "{block.text("guidance")}"')
    lists = parts.lists(block, catalogue, guidance)
    public_steps = parts.options(block.at("public_steps")) if "public_steps" in block else ()
    names = parts.Names(
        vocabulary=vocabulary,
        states=parts.names_in(block, "states"),
        records=parts.names_in(block, "records"),
        clocks=parts.names_in(block, "clocks"),
        public_steps=frozenset(step.value for step in public_steps),
        letters=parts.names_in(block, "letters"),
    )
    known = Known(lists=lists, records=names.records, offices=vocabulary.offices)
    opening = parts.opening(block.at("open"), names, known) if "open" in block else parts.NO_OPENING
    kinds = frozenset(kind.name for kind in opening.kinds)
    known = replace(known, all_kinds=kinds)
    workflow = Workflow(
        name=block.name("name"),
        version=block.number("version", 1),
        title=block.text("title"),
        initial=block.text("initial"),
        states={state.name: state for state in parts.states(block, names)},
        transitions=tuple(parts.transitions(block, names, known)),
        records={kind.name: kind for kind in parts.records(block, names, known)},
        clocks={clock.name: clock for clock in parts.clocks(block, names, kinds)},
        opening=opening,
        letters={one.name: one for one in letters(block, vocabulary, names.records, kinds, names.clocks)},
        lists=lists,
        words=parts.words(block),
        public_steps=public_steps,
        guidance=block.text("guidance"),
        default=block.flag("default"),
    )
    checks.check(workflow, block)
    return parts.with_record_answers(workflow)
