"""The digest of the rules: the same after any rewording, another after any change of a rule."""

import re
from pathlib import Path

import pytest

from tests.workflow.examples import SMALL, small

REWORDINGS = [
    ("title: A small one", "title: Another name"),
    ("label: Begin\n", "label: Start # said otherwise\n"),
    ('done: "{actor} began"', 'done: "{actor} has begun"'),
    ("    label: Begin\n", "    label: Begin\n    help: Have a go\n"),
    ("    red: Red", "    red: Scarlet"),
    ("label: What is it?", "label: Tell us"),
    ("label: Open, tone: working", "label: Opened, tone: deciding, next: Wait"),
    ("  waiting: It waits", "  waiting: Please wait"),
    ("lead: A big one", "lead: An enormous one"),
    ("label: Look at it", "label: Look"),
    ("    label: Note\n", "    label: Notes\n"),
]
CHANGES = [
    ("name: small", "name: smaller"),
    ("version: 1", "version: 2"),
    ("tone: working, public_step: waiting}", "tone: working, public_step: waiting, final: true}"),
    ("tone: working, public_step: waiting}", "tone: working, public_step: over}"),
    ("roles: [handler]\n    done", "roles: [handler, officer]\n    done"),
    ("[is_ready, {record: notes}]", "[is_ready]"),
    ("[is_ready, {record: notes}]", "[is_ready, is_paid, {record: notes}]"),
    ("then: [{effect: ring_bell}, {letter: thanks}]", "then: [{letter: thanks}]"),
    ("required: true, options: ends", "options: ends"),
    ("{outcome: [lost]}", "{outcome: [kept, lost]}"),
    ("future: true, ", ""),
    (", not_before: from_day", ""),
    ("max_length: 20", "max_length: 21"),
    ("required_kinds: [big]", "required_kinds: [little]"),
    ("kinds: [little]}", "kinds: [big]}"),
    ("kinds: [little]}", "kinds: [little], account_only: true}"),
    ("kinds: [little]}", "kinds: [little], audience: handler}"),
    ("kinds: [little]}", "kinds: [little], account_values: [red]}"),
    ("kinds: [little]}", "kinds: [little], holder_values: [red]}"),
    ("required: true, options: ends", "required: true, options: ends, kind_values: {lost: [big]}"),
    ("    states: [new, open]\n", "    states: [new, open]\n    audience: handler\n"),
    ("    red: Red\n", "    red: Red\n    blue: Blue\n"),
    ("states: [new, open]", "states: [new]"),
    ("type: record, of: notes, label: About", "type: line, label: About"),
    ("days: 3", "days: 4"),
    ("days: 3", "working_days: 3"),
    ("{kept: 3, lost: 6}", "{kept: 3, lost: 7}"),
    ("    - {name: little, label: Little", "    - {name: tiny, label: Little"),
    ("{name: what, type: text", "{name: which, type: text"),
]


@pytest.mark.parametrize(("old", "new"), REWORDINGS)
def test_a_rewording_leaves_the_rules_alone(tmp_path: Path, old: str, new: str) -> None:
    assert old in SMALL
    assert small(tmp_path, SMALL.replace(old, new, 1)).digest == small(tmp_path).digest


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_a_changed_rule_changes_the_digest(tmp_path: Path, old: str, new: str) -> None:
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    if "tiny" in new:
        text = text.replace("kinds: [little]", "kinds: [tiny]")
    assert small(tmp_path, text).digest != small(tmp_path).digest


def test_comments_and_layout_are_no_rules(tmp_path: Path) -> None:
    spaced = "# a comment\n" + re.sub(r"\n(?=\w)", "\n\n# and another\n", SMALL)
    assert small(tmp_path, spaced).digest == small(tmp_path).digest


def test_the_rules_hold_no_words_for_people(tmp_path: Path) -> None:
    workflow = small(tmp_path)
    for words in ("What is it?", "It waits", "began", "Look at it", "Red"):
        assert words not in workflow.rules
    assert re.fullmatch("[0-9a-f]{64}", workflow.digest)
