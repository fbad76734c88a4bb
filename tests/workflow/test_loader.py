"""Every mistake in a workflow file is found, with its line, and all at once."""

from pathlib import Path

import pytest

from app.workflow.source import WorkflowErrors, read_source
from tests.workflow.examples import SMALL, small, write

NEW = "  - {name: new, label: New, tone: arrived, public_step: waiting}"
OPEN = "  - {name: open, label: Open, tone: working, public_step: waiting}"
DONE = "  - {name: done, label: Done, tone: done, public_step: over, final: true}"
ALONE = "  - {name: alone, label: Alone, tone: done, public_step: over}"
BEGIN = "  - trigger: begin\n    source: new\n    dest: open\n    label: Begin\n    roles: [handler]\n    done: done\n"
ENDS = "required: true, options: ends"
WHY = "      - {name: why, type: text, label: Why, required_if: {outcome: [lost]}}"
COLOUR = "        - {name: colour, type: choice, label: Colour, options: colours, kinds: [little]}"
NAME = "            - {name: name, type: line, label: Name, max_length: 20}"
LOOK = "  - {name: look, label: Look at it, days: 3, start_field: seen_on, states: [new]}"

# what is replaced, by what, the line that is wrong (a piece of it), what is said
BREAKS = [
    ("title: A small one", "title:", "title:", "Something is missing here"),
    ("title: A small one", "titel: A small one", "titel:", '"titel" is not known here'),
    ("title: A small one", "titel: A small one", "name: small", '"title" is missing'),
    ("name: small", "name: Small One", "name: Small", '"Small One" is not a name'),
    ("version: 1", "version: one", "version: one", "Write a whole number here"),
    ("version: 1", "version: 0", "version: 0", "Write a number from 1"),
    ("initial: new", "initial: nowhere", "initial:", 'There is no state called "nowhere"'),
    ("version: 1", "version: 1\nguidance: stone-age", "guidance:", 'There is no guidance called "stone-age"'),
    ("version: 1", "version: 1\ndefault: maybe", "default:", "Write true or false here"),
    ('    "3.1": Green', "    3.1: Green", "3.1: Green", 'Put quotes around "3.1"'),
    ('    "3.1": Green', "    red: Green", "red: Green", '"red" is here twice'),
    ('    "3.1": Green', "    a b: Green", "a b: Green", '"a b" is not a code'),
    ("    red: Red", "    red: true", "red: true", 'Put quotes around "true"'),
    ("    red: Red", "    red: 2014-01-10", "red: 2014", 'Put quotes around "2014-01-10"'),
    (OPEN, f"{OPEN}\n{NEW}", NEW, '"new" is twice among the states'),
    (OPEN, OPEN.replace("label: Open, ", ""), "name: open", '"label" is missing'),
    (OPEN, OPEN.replace("label: Open", 'label: ""'), "name: open", "Something is missing here"),
    (OPEN, OPEN.replace("working", "shouting"), "shouting", '"shouting" is no tone'),
    (OPEN, OPEN.replace("step: waiting", "step: x"), "step: x", 'There is no public step called "x"'),
    (OPEN, OPEN.replace("}", ", visible_to: [mayor]}"), "mayor", 'There is no reader called "mayor"'),
    (OPEN, f"{OPEN}\n{ALONE}", ALONE, 'No case can ever reach the state "alone"'),
    (OPEN, f"{OPEN}\n{ALONE}", ALONE, 'From the state "alone" no way leads to a final state'),
    (DONE, DONE.replace(", final: true", ""), "name: new", "No state is final"),
    ("transitions:\n", f"transitions:\n{BEGIN}", "  - trigger: begin", '"begin" leaves "new" twice'),
    ("    source: new\n    dest: open", "    source: new\n    dest: new", "  - trigger: begin", "leads nowhere else"),
    ("    dest: open", "    dest: opne", "dest: opne", 'There is no state called "opne"'),
    ("    label: Begin\n", "", "  - trigger: begin", '"label" is missing'),
    ("    label: Begin", "    label: Begin\n    unless: [x]", "unless:", '"unless" is not known here'),
    ("conditions: [is_ready", "conditions: [os.mkdir", "os.mkdir", 'There is no condition called "os.mkdir"'),
    ("conditions: [is_ready", "conditions: [is_ready, is_ready", "is_ready, is_ready", "is here twice"),
    ("{record: notes}]", "{record: letters}]", "record: letters", 'There is no record called "letters"'),
    ("{record: notes}]", "{recrod: notes}]", "recrod: notes", '"recrod" is not known here'),
    ("{effect: ring_bell}", "{effect: os.system}", "os.system", 'There is no effect called "os.system"'),
    ("{letter: thanks}", "{letter: sorry}", "sorry", 'There is no letter called "sorry"'),
    ("then: [{clock: look}]", "then: [{clock: tick}]", "clock: tick", 'There is no clock called "tick"'),
    ("then: [{clock: look}]", "then: [{bell: look}]", "bell: look", '"bell" is not known here'),
    ('done: "{actor} began"', 'done: "{actor} began {why}"', "began {why}", '"{why}" cannot stand'),
    ('done: "{actor} began"', 'done: "{actor.x} began"', "{actor.x}", '"{actor.x}" cannot stand'),
    ('done: "{actor} began"', 'done: "{actor} began {"', "began {", "a single brace"),
    ("    roles: [handler]\n    inputs", "    roles: [king]\n    inputs", "king", 'There is no role called "king"'),
    ("    roles: [handler]\n    inputs", "    roles: []\n    inputs", "roles: []", "Name at least one role"),
    (WHY, WHY.replace("outcome: [lost]", "ending: [lost]"), "name: why", '"required_if" names "ending"'),
    (WHY, WHY.replace("[lost]", "[stolen]"), "name: why", 'names the answer "stolen"'),
    (WHY, WHY.replace("type: text", "type: essay"), "name: why", 'no type of question called "essay"'),
    (WHY, WHY.replace("label: Why, ", ""), "name: why", '"label" is missing'),
    (WHY, WHY.replace("name: why", "name: outcome"), "label: Why", 'The question "outcome" is here twice'),
    (WHY, WHY.replace("label: Why", "label: Why, kinds: [big]"), "name: why", '"kinds" is not known here'),
    (WHY, WHY.replace("label: Why", "label: Why, future: true"), "name: why", "means nothing for a question"),
    (WHY, WHY.replace("label: Why", "label: Why, max_length: 2, min_length: 9"), "name: why", "is more than"),
    ("not_before: from_day", "not_before: why", "name: to_day", 'names "why", which is no date'),
    (COLOUR, COLOUR.replace("options: colours", "options: shades"), "shades", 'There is no list called "shades"'),
    (COLOUR, COLOUR.replace("options: colours, ", ""), "name: colour", 'type choice needs "options"'),
    (COLOUR, COLOUR.replace("[little]", "[tiny]"), "tiny", 'There is no kind of report called "tiny"'),
    (COLOUR, COLOUR.replace("kinds:", "audience: press, kinds:"), "press", "everyone or handler"),
    (COLOUR, COLOUR.replace("name: colour", "name: what"), "options: colours", 'question "what" is here twice'),
    (NAME, NAME.replace("name: name", "name: name, audience: handler"), "name: name", '"audience" is not known'),
    (COLOUR, COLOUR.replace("kinds:", "holder_values: [blue], kinds:"), "blue", 'There is no option called "blue"'),
    (COLOUR, COLOUR.replace("kinds:", "account_values: [], kinds:"), "account_values", "Name at least one option"),
    (ENDS, f"{ENDS}, kind_values: {{sold: [big]}}", "sold", 'There is no option called "sold"'),
    (ENDS, f"{ENDS}, kind_values: {{lost: [tiny]}}", "tiny", 'There is no kind of report called "tiny"'),
    (ENDS, f"{ENDS}, kind_values: {{lost: []}}", "kind_values", "Name at least one kind of report"),
    (ENDS, f"{ENDS}, kind_values: {{}}", "kind_values", "Name at least one option"),
    (WHY, WHY.replace("label: Why", "label: Why, kind_values: {lost: [big]}"), "name: why", 'no option called "lost"'),
    (COLOUR, COLOUR.replace("kinds:", "kind_values: {red: [big]}, kinds:"), "name: colour", "is not known"),
    (NAME, NAME.replace("name: name", "name: name, account_only: true"), "name: name", '"account_only" is not known'),
    ("    states: [new, open]\n", "    states: [new, open]\n    audience: press\n", "press", "everyone or handler"),
    ("of: notes", "of: things", "of: things", 'There is no record called "things"'),
    (LOOK, LOOK.replace("days: 3", "days: 3, months: 1"), "name: look", "in exactly one way"),
    (LOOK, LOOK.replace("days: 3, ", ""), "name: look", "in exactly one way"),
    (LOOK, LOOK.replace("states: [new]", "states: [old]"), "old", 'There is no state called "old"'),
    (LOOK, LOOK.replace("states:", "until_record: x, states:"), "until_record: x", 'no record called "x"'),
    (LOOK, f"{LOOK}\n{LOOK}", LOOK, '"look" is twice among the clocks'),
    ("start_field: seen_on", "start_field: heard_on", '  done: "{actor} sent', 'clock "look" needs "heard_on"'),
    ("{kept: 3, lost: 6}", "{kept: 3}", "- name: keep", 'says nothing about the outcome "lost"'),
    ("{kept: 3, lost: 6}", "{kept: 3, lost: 6, sold: 1}", "- name: keep", '"sold", which is no outcome'),
    ("    - {name: big,", "    - {name: little,", "name: little, label: Little", "twice among the kinds of report"),
    ("  pages:", "  papers: 1\n  pages:", "papers:", '"papers" is not known here'),
    ("    - title: What\n", "    - lead: What\n", "- lead: What", '"title" is missing'),
    ("public_steps:\n  waiting: It waits\n", "public_steps:\n", "step: waiting", 'no public step called "waiting"'),
    ("version: 1\n", "version: 1\nversion: 1\n", "version: 1", '"version" is here twice'),
    ("version: 1\n", "version: [1\n", "title: A small", "This is not YAML"),
]  # fmt: skip


def mistakes(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(WorkflowErrors) as caught:
        small(folder, text)
    return caught.value.lines


def test_the_small_procedure_is_sound(tmp_path: Path) -> None:
    workflow = small(tmp_path)
    assert list(workflow.states) == ["new", "open", "done"]
    assert workflow.transitions[0].conditions == ("is_ready", "record:notes")
    assert workflow.records["notes"].answers == ("record:notes",)
    assert workflow.label("colours", "3.1") == "Green"


@pytest.mark.parametrize(("old", "new", "line", "said"), BREAKS, ids=range(len(BREAKS)))
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: str, said: str) -> None:
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    found = mistakes(tmp_path, text)
    numbers = [number for number, words in enumerate(text.splitlines(), start=1) if line in words]
    wanted = [f"{tmp_path / 'v1.yaml'}:{number}: " for number in numbers]
    assert any(one.startswith(tuple(wanted)) and said in one for one in found), found


def test_all_mistakes_of_a_file_are_said_at_once_in_its_order(tmp_path: Path) -> None:
    text = SMALL.replace("is_ready", "os.mkdir").replace("ring_bell", "ring").replace("days: 3, ", "")
    found = mistakes(tmp_path, text)
    assert len(found) == 3
    assert [one.rsplit(": ", 1)[0].split(":")[1] for one in found] == sorted(
        (one.split(":")[1] for one in found), key=int
    )


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "\x00", "a: &a [*a]", "%\n"])
def test_what_is_no_workflow_at_all_is_refused(tmp_path: Path, text: str) -> None:
    assert mistakes(tmp_path, text)


def test_questions_that_contain_themselves_are_refused(tmp_path: Path) -> None:
    text = SMALL.replace(
        "          fields:\n            - {name: name", "          fields: &x\n            - {name: name"
    )
    text = text.replace(
        "max_length: 20}", "max_length: 20}\n            - {name: more, type: group, label: More, fields: *x}"
    )
    assert any("this deep" in one for one in mistakes(tmp_path, text))


def test_a_file_that_is_no_text_is_said_in_one_line(tmp_path: Path) -> None:
    path = write(tmp_path, SMALL)
    path.write_bytes(b"\xff\xfe\x00")
    complaints = read_source(path)[1]
    with pytest.raises(WorkflowErrors, match=":1: This file cannot be read"):
        complaints.finish()
