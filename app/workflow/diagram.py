"""A procedure drawn: Mermaid for documents, and the vertical SVG that pages show with the present state."""

import textwrap
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from app.workflow.definition import Transition, Workflow
from app.workflow.lanes import Arc, arcs

_ROW, _TOP, _LINE = 84, 28, 20
_LANE, _BEND = 18, 12
_LETTERS = {"": 8.4, "tb": 9.4, "t2": 7.8}
"""How wide a letter is in each kind of text, generously."""
_NARROWEST_VIEW = 340
_WIDEST = 28
_NARROW = 12
NOT_IN_IT = "Against the procedure"


def mermaid(workflow: Workflow) -> str:
    """The procedure as a Mermaid state diagram."""
    ids = {name: name.replace("-", "_") for name in workflow.states}
    lines = ["stateDiagram-v2", "    direction TB"]
    lines += [f'    state "{_plain(state.label)}" as {ids[state.name]}' for state in workflow.states.values()]
    lines.append(f"    [*] --> {ids[workflow.initial]}")
    lines += [f"    {ids[step.source]} --> {ids[step.dest]} : {_plain(step.label)}" for step in workflow.transitions]
    lines += [f"    {ids[state.name]} --> [*]" for state in workflow.states.values() if state.final]
    return "\n".join(lines) + "\n"


def _plain(words: str) -> str:
    codes = str.maketrans({"#": "#35;", '"': "#quot;", ";": "#59;", "<": "#lt;", ">": "#gt;"})
    return " ".join(words.translate(codes).split())


def svg(
    workflow: Workflow,
    *,
    present: str | None,
    visited: Mapping[str, str] | None,
    id_prefix: str,
    title: str = "",
    ahead: Mapping[str, str] | None = None,
    steps: Collection[tuple[str, str]] | None = None,
    wrong: Collection[tuple[str, str]] = (),
) -> str:
    """The flow drawing as an SVG element for a page, in the classes of the theme.

    `visited` and `ahead` give a caption for each state that was reached or is still to come. `steps` are the
    moves (source, dest) that were made; without it they are guessed from the visited states. `wrong` are moves
    against the procedure, or that are missing: drawn in a line of their own kind whether it has such an arrow or not.
    """
    drawing = _Drawing(workflow, present, visited or {}, ahead or {}, steps, wrong)
    name = escape(title or (f"Where the case is in “{workflow.title}”" if present else workflow.title))
    prefix = escape(id_prefix)
    body = "\n".join(drawing.body())
    return (
        f'<svg viewBox="0 0 {drawing.width} {drawing.height}" role="img" class="ct-flow"'
        f' aria-labelledby="{prefix}-t {prefix}-d"><title id="{prefix}-t">{name}</title>'
        f'<desc id="{prefix}-d">{escape(drawing.in_words())}</desc>\n{body}</svg>'
    )


def _wide(words: str, css: str) -> int:
    return round(len(words) * _LETTERS[css])


def _text(css: str, x: int, y: int, words: str) -> str:
    kind = f' class="{css}"' if css else ""
    return f'<text{kind} x="{x}" y="{y}">{escape(words)}</text>'


@dataclass
class _Drawing:
    workflow: Workflow
    present: str | None
    visited: Mapping[str, str]
    ahead: Mapping[str, str]
    steps: Collection[tuple[str, str]] | None
    wrong: Collection[tuple[str, str]] = ()

    def __post_init__(self) -> None:
        self.rows = {name: row for row, name in enumerate(self.workflow.states)}
        pairs = [(self.rows[step.source], self.rows[step.dest]) for step in self.workflow.transitions]
        drawable = sorted((one, two) for one, two in self.wrong if one != two and {one, two} <= self.rows.keys())
        self.astray = [(self.rows[one], self.rows[two]) for one, two in drawable]
        pairs += self.astray
        self.straight = sorted({pair for pair in pairs if pair[1] == pair[0] + 1})
        self.right = arcs([pair for pair in pairs if pair[1] > pair[0] + 1])
        self.left = arcs([pair for pair in pairs if pair[1] < pair[0]])
        self.middle = 42 + _LANE * (1 + max((arc.lane for arc in self.left), default=-1))
        self.words = {name: self._wrapped(name) for name in self.workflow.states}
        tallest = max(len(lines) for lines in self.words.values())
        self.row_height = max(_ROW, _LINE * tallest + 28)
        self.text = self.middle + 26
        widest = max(_wide(*line) for lines in self.words.values() for line in lines)
        self.lanes_from = self.text + widest + 30
        self.beside = self._beside()
        lanes = self.lanes_from + _LANE * max((arc.lane for arc in self.right), default=0)
        label = max((_wide(line, "t2") for line in self.beside), default=0)
        self.width = max(_NARROWEST_VIEW, lanes + 14 + label if self.right else self.lanes_from - 20)
        self.height = 2 * _TOP + self.row_height * (len(self.rows) - 1) + _LINE * (tallest - 1)

    def _wrapped(self, name: str) -> list[tuple[str, str]]:
        kind = "tb" if name == self.present else ""
        lines = [(line, kind) for line in textwrap.wrap(self.workflow.states[name].label, _WIDEST)]
        caption = self.visited.get(name) or self.ahead.get(name) or ("not yet" if self._waits(name) else "")
        return lines + [(line, "t2") for line in textwrap.wrap(caption, _WIDEST)]

    def _waits(self, name: str) -> bool:
        return self.present is not None and name != self.present and name not in self.visited

    def _beside(self) -> list[str]:
        # one skip can say what it is; several would not fit beside each other
        if len(self.right) != 1:
            return []
        ends = self.right[0].source, self.right[0].dest
        label = next((step.label for step in self.workflow.transitions if self._ends(step) == ends), NOT_IN_IT)
        return textwrap.wrap(label, _NARROW)

    def _ends(self, step: Transition) -> tuple[int, int]:
        return self.rows[step.source], self.rows[step.dest]

    def y(self, row: int) -> int:
        return _TOP + row * self.row_height

    def body(self) -> Iterator[str]:
        for css in ("way", "went", "astray"):
            lines = [line for pair, line in self._lines() if self._kind(pair) == css]
            if lines:
                yield f'<path class="{css}" d="{"".join(lines)}"/>'
        if heads := "".join(self._heads()):
            yield f'<path class="head" d="{heads}"/>'
        for name, row in self.rows.items():
            yield self._node(name, self.y(row))
            for place, (line, css) in enumerate(self.words[name]):
                yield _text(css, self.text, self._baseline(row) + _LINE * place, line)
        for place, line in enumerate(self.beside):
            arc = self.right[0]
            middle = (self.y(arc.source) + self.y(arc.dest)) // 2 + 18 * place
            yield _text("t2", self._lane_x(arc, 1) + 10, middle, line)

    def _kind(self, pair: tuple[int, int]) -> str:
        return "astray" if pair in self.astray else "went" if self._made(pair) else "way"

    def _lines(self) -> Iterator[tuple[tuple[int, int], str]]:
        for one, two in self.straight:
            yield (one, two), f"M{self.middle} {self.y(one) + 16}V{self.y(two) - 16}"
        for arc in self.left:
            yield (arc.source, arc.dest), self._bent(arc, -1)
        for arc in self.right:
            yield (arc.source, arc.dest), self._bent(arc, 1)

    def _bent(self, arc: Arc, side: int) -> str:
        """A line out of a row, along its lane and into another row, with rounded corners; side -1 = left."""
        lane, down = self._lane_x(arc, side), 1 if arc.dest > arc.source else -1
        start, end = self._port_y(arc.source, arc.leave, side), self._port_y(arc.dest, arc.arrive, side)
        turn, bend = lane - side * _BEND, _BEND * down
        return (
            f"M{self._edge(arc.source, side)} {start:g}H{turn}Q{lane} {start:g} {lane} {start + bend:g}"
            f"V{end - bend:g}Q{lane} {end:g} {turn} {end:g}H{self._edge(arc.dest, side)}"
        )

    def _heads(self) -> Iterator[str]:
        for side, bent in ((-1, self.left), (1, self.right)):
            for arc in bent:
                x, y = self._edge(arc.dest, side), self._port_y(arc.dest, arc.arrive, side)
                yield f"M{x + side * 7} {y - 5:g}L{x} {y:g}L{x + side * 7} {y + 5:g}"

    def _lane_x(self, arc: Arc, side: int) -> int:
        return self.lanes_from + _LANE * arc.lane if side > 0 else self.middle - 32 - _LANE * arc.lane

    def _port_y(self, row: int, port: float, side: int) -> float:
        return port + (self._baseline(row) - 5 if side > 0 else self.y(row))

    def _edge(self, row: int, side: int) -> int:
        """Where an arrow meets a row: left of its circle, or right of the first line of its words."""
        if side < 0:
            return self.middle - 17
        first = self.words[list(self.rows)[row]][0]
        return self.text + _wide(*first) + 6

    def _baseline(self, row: int) -> int:
        alone = len(self.words[list(self.rows)[row]]) == 1
        return self.y(row) + (5 if alone else -2)

    def _made(self, pair: tuple[int, int]) -> bool:
        names = list(self.rows)
        source, dest = names[pair[0]], names[pair[1]]
        if self.steps is not None:
            return (source, dest) in self.steps
        reached = {*self.visited, *([self.present] if self.present else [])}
        between = names[pair[0] + 1 : pair[1]]
        return pair[0] < pair[1] and {source, dest} <= reached and reached.isdisjoint(between)

    def _node(self, name: str, y: int) -> str:
        x = self.middle
        if name == self.present:
            core = f'<circle class="core" cx="{x}" cy="{y}" r="6"/>'
            return f'<circle class="here" cx="{x}" cy="{y}" r="13"/>{core}'
        if name in self.visited:
            tick = f'<path class="tick" d="m{x - 5} {y} 4 4 7-8"/>'
            return f'<circle class="been" cx="{x}" cy="{y}" r="12"/>{tick}'
        return f'<circle class="node" cx="{x}" cy="{y}" r="11"/>'

    def in_words(self) -> str:
        """The drawing for people who do not see it."""
        states = self.workflow.states
        said = [
            f"{states[name].label}: {caption}." if caption else f"{states[name].label}."
            for name, caption in self.visited.items()
            if name in states and name != self.present
        ]
        if self.present:
            caption = self.visited.get(self.present, "")
            said.append(f"Now: {states[self.present].label}{f', {caption}' if caption else ''}.")
        names = list(self.rows)
        for one, two in self.astray:
            said.append(f"{NOT_IN_IT}: from “{states[names[one]].label}” to “{states[names[two]].label}”.")
        for step in self.workflow.transitions:
            if self.present in {None, step.source}:
                start = "From here" if self.present else f"From “{states[step.source].label}”"
                said.append(f"{start}, “{step.label}” leads to “{states[step.dest].label}”.")
        return " ".join(said)
