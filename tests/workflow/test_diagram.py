"""The drawing: for any procedure, inert, and with no two arrows on one line."""

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from app.workflow.diagram import mermaid, svg
from app.workflow.lanes import arcs
from tests.workflow.examples import SMALL, small

SVG = "{http://www.w3.org/2000/svg}"


def drawn(text: str) -> ET.Element:
    return ET.fromstring(text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def test_mermaid_names_every_state_and_step(tmp_path: Path) -> None:
    assert mermaid(small(tmp_path)).splitlines() == [
        "stateDiagram-v2",
        "    direction TB",
        '    state "New" as new',
        '    state "Open" as open',
        '    state "Done" as done',
        "    [*] --> new",
        "    new --> open : Begin",
        "    open --> done : Finish",
        "    done --> [*]",
    ]


def test_the_present_state_is_marked(tmp_path: Path) -> None:
    root = drawn(
        svg(small(tmp_path), present="open", visited={"new": "Monday", "open": "since Tuesday"}, id_prefix="f")
    )
    kinds = [circle.get("class") for circle in root.iter(f"{SVG}circle")]
    assert kinds == ["been", "here", "core", "node"]
    assert [text.text for text in root.iter(f"{SVG}text")] == [
        "New",
        "Monday",
        "Open",
        "since Tuesday",
        "Done",
        "not yet",
    ]
    assert [path.get("class") for path in root.iter(f"{SVG}path")] == ["way", "went", "tick"]


def test_it_says_in_words_what_it_shows(tmp_path: Path) -> None:
    root = drawn(
        svg(small(tmp_path), present="open", visited={"new": "Monday", "open": "since Tuesday"}, id_prefix="f")
    )
    words = root.find(f"{SVG}desc")
    assert words is not None
    assert words.text == "New: Monday. Now: Open, since Tuesday. From here, “Finish” leads to “Done”."
    assert root.get("aria-labelledby") == "f-t f-d"
    assert {element.get("id") for element in root if element.get("id")} == {"f-t", "f-d"}


def test_labels_are_inert_and_nothing_is_styled_inline(tmp_path: Path) -> None:
    workflow = small(tmp_path, SMALL.replace("label: Open,", 'label: "<script>&\\"",'))
    text = svg(workflow, present="new", visited={"new": "<b>"}, id_prefix='"x')
    assert "<script" not in text
    assert "<b>" not in text
    assert "style=" not in text
    assert drawn(text) is not None


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] != pair[1]), max_size=14))
def test_arrows_never_share_a_line(pairs: list[tuple[int, int]]) -> None:
    found = arcs(pairs)
    assert {(arc.source, arc.dest) for arc in found} == set(pairs)
    for one, two in combinations(found, 2):
        apart = max(one.source, one.dest) < min(two.source, two.dest) or max(two.source, two.dest) < min(
            one.source, one.dest
        )
        assert one.lane != two.lane or apart
        ends = {(one.source, one.leave), (one.dest, one.arrive)}
        assert ends.isdisjoint({(two.source, two.leave), (two.dest, two.arrive)})


def test_a_skip_and_ways_back_run_beside_the_words(tmp_path: Path) -> None:
    step = "  - trigger: {0}\n    source: {1}\n    dest: {2}\n    label: {0}\n    roles: [handler]\n    done: x\n"
    more = (
        step.format("skip", "new", "done") + step.format("back", "done", "open") + step.format("again", "done", "new")
    )
    text = svg(
        small(tmp_path, SMALL.replace("records:\n", f"{more}records:\n", 1)), present=None, visited=None, id_prefix="f"
    )
    root = drawn(text)
    width = float(str(root.get("viewBox")).split()[2])
    xs = [float(x) for path in root.iter(f"{SVG}path") for x in re.findall(r"[MHQ](-?[0-9.]+)", str(path.get("d")))]
    assert min(xs) > 0
    assert max(xs) < width
    assert len(list(root.iter(f"{SVG}path"))) == 2
