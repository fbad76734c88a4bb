"""A small sound procedure to break in one place at a time, and the real ones."""

from pathlib import Path

from app.workflow.definition import Vocabulary, Workflow
from app.workflow.loader import load

ROOT = Path(__file__).parents[2]
REAL = ROOT / "workflows" / "social-media-conduct" / "v1.yaml"
GUIDANCE = ROOT / "workflows" / "guidance" / "use-of-social-media-2014.yaml"
LOST = ROOT / "tests" / "workflows_examples" / "lost-property" / "v1.yaml"

SMALL_WORDS = Vocabulary(
    conditions=frozenset({"is_ready", "is_paid", "handler_is_clear"}),
    effects=frozenset({"ring_bell"}),
    roles=frozenset({"anyone", "handler", "officer", "invited"}),
    offices=frozenset({"panel"}),
    readers=frozenset({"handler"}),
    letters=frozenset({"thanks"}),
)

SMALL = """\
name: small
version: 1
title: A small one
initial: new
public_steps:
  waiting: It waits
  over: It is over
lists:
  colours:
    red: Red
    "3.1": Green
  ends:
    kept: Kept
    lost: Lost
states:
  - {name: new, label: New, tone: arrived, public_step: waiting}
  - {name: open, label: Open, tone: working, public_step: waiting}
  - {name: done, label: Done, tone: done, public_step: over, final: true}
open:
  done: "{actor} sent it on {seen_on}"
  then: [{clock: look}]
  kinds:
    - {name: big, label: Big, lead: A big one}
    - {name: little, label: Little, lead: A little one}
  pages:
    - title: What
      fields:
        - {name: what, type: text, label: What is it?, required: true}
        - {name: seen_on, type: date, label: Seen on, required_kinds: [big]}
        - {name: colour, type: choice, label: Colour, options: colours, kinds: [little]}
        - name: you
          type: group
          label: You
          fields:
            - {name: name, type: line, label: Name, max_length: 20}
transitions:
  - trigger: begin
    source: new
    dest: open
    label: Begin
    roles: [handler]
    done: "{actor} began"
    conditions: [is_ready, {record: notes}]
    then: [{effect: ring_bell}, {letter: thanks}]
  - trigger: finish
    source: open
    dest: done
    label: Finish
    roles: [handler]
    inputs:
      - {name: outcome, type: choice, label: End, required: true, options: ends}
      - {name: why, type: text, label: Why, required_if: {outcome: [lost]}}
      - {name: from_day, type: date, label: From}
      - {name: to_day, type: date, label: To, future: true, not_before: from_day}
    done: "{actor} finished: {outcome}"
    conditions: [is_paid]
    then: [{clock: keep}]
records:
  - name: notes
    label: Note
    roles: [handler]
    states: [new, open]
    done: "{actor} wrote a note"
    fields:
      - {name: text, type: text, label: Note, required: true}
      - {name: about, type: record, of: notes, label: About}
letters:
  - {name: thanks, label: Thanks, to: reporter}
clocks:
  - {name: look, label: Look at it, days: 3, start_field: seen_on, states: [new]}
  - name: keep
    label: Keep it
    states: [done]
    months_by_outcome: {kept: 3, lost: 6}
"""


def write(folder: Path, text: str, name: str = "v1.yaml") -> Path:
    """The text as a file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def small(folder: Path, text: str = SMALL) -> Workflow:
    """The small procedure, loaded."""
    return load(write(folder, text), SMALL_WORDS, {})
