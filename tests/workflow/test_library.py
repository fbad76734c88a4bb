"""The folder of procedures: the real one and the second one load; the mistakes of all files are said together."""

from datetime import date
from pathlib import Path

import pytest

from app.workflow.definition import Vocabulary
from app.workflow.guidance import family, load_guidance
from app.workflow.library import Library
from app.workflow.loader import load
from app.workflow.source import WorkflowErrors
from tests.workflow.examples import GUIDANCE, LOST, REAL, SMALL, SMALL_WORDS, write
from tests.workflow.test_real_procedure import REAL_WORDS


def test_the_real_folder_loads() -> None:
    library = Library.load(REAL.parents[1], REAL_WORDS)
    assert library.default().name == "social-media-conduct"
    assert library.latest("social-media-conduct").version == 1
    assert library.machine("social-media-conduct", 1).workflow is library.get("social-media-conduct", 1)
    assert [workflow.name for workflow in library.all()] == ["social-media-conduct"]


def test_the_second_procedure_needs_no_python() -> None:
    words = Vocabulary(
        frozenset({"handler_is_clear"}), frozenset(), frozenset({"anyone", "handler", "officer", "invited"})
    )
    workflow = Library.load(LOST.parents[1], words).default()
    assert workflow.transitions[0].conditions == ("handler_is_clear", "record:finder-notes")
    assert workflow.records["finder-notes"].answers == ("record:finder-notes",)
    assert "clauses" not in workflow.lists


def test_the_guidance_in_force_on_a_day() -> None:
    library = Library.load(REAL.parents[1], REAL_WORDS)
    adopted = date(2014, 6, 27)
    found = library.guidance_in_force(adopted)
    assert found is library.guidance("use-of-social-media-2014")
    assert library.guidance_in_force(adopted, "use-of-social-media") is found
    assert library.guidance_in_force(adopted, "other") is None
    assert library.guidance_in_force(date(2014, 6, 26)) is None


def test_mistakes_of_all_files_come_together(tmp_path: Path) -> None:
    write(tmp_path, SMALL.replace("is_ready", "os.mkdir"), "small/v1.yaml")
    write(tmp_path, SMALL.replace("version: 1", "version: 2").replace("ring_bell", "x"), "small/v2.yaml")
    write(tmp_path, "version: a-1\n", "guidance/a-1.yaml")
    write(tmp_path, SMALL, "other/v1.yaml")
    with pytest.raises(WorkflowErrors) as caught:
        Library.load(tmp_path, SMALL_WORDS)
    said = str(caught.value)
    for piece in ("small/v1.yaml:43:", "small/v2.yaml:44:", "a-1.yaml:1:", "belongs in small/v1.yaml"):
        assert piece in said, said


def test_exactly_one_procedure_is_the_default(tmp_path: Path) -> None:
    with pytest.raises(WorkflowErrors, match="no procedure in this folder"):
        Library.load(tmp_path, SMALL_WORDS)
    write(tmp_path, SMALL, "small/v1.yaml")
    write(tmp_path, SMALL.replace("version: 1", "version: 2"), "small/v2.yaml")
    assert Library.load(tmp_path, SMALL_WORDS).default().version == 2
    write(tmp_path, SMALL.replace("name: small", "name: second"), "second/v1.yaml")
    with pytest.raises(WorkflowErrors, match="in exactly one procedure"):
        Library.load(tmp_path, SMALL_WORDS)
    for name in ("small", "second"):
        text = SMALL.replace("name: small", f"name: {name}\ndefault: true").replace("version: 1", "version: 3")
        write(tmp_path, text, f"{name}/v3.yaml")
    with pytest.raises(WorkflowErrors, match="Only one procedure can be the default, not second, small"):
        Library.load(tmp_path, SMALL_WORDS)


def test_another_guidance_does_not_change_the_rules_of_open_cases() -> None:
    guidance = load_guidance(GUIDANCE)
    alone = load(REAL, REAL_WORDS, {guidance.version: guidance})
    both = load(REAL, REAL_WORDS, {guidance.version: guidance, "later": guidance})
    assert both.digest == alone.digest


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('agreed_on: "2014-01-10"', "agreed_on: 2014-01-10", "Put quotes"),
        ('agreed_on: "2014-01-10"', 'agreed_on: "10 January"', "is no date"),
        ('code: "2.1"', "code: 2.1", "Put quotes"),
        ('code: "2.2"', 'code: "2.1"', 'The clause "2.1" is here twice'),
        ("needs: explanation", "needs: luck", "can only be explanation"),
        ("force: awareness", "power: awareness", '"power" is not known here'),
    ],
)
def test_a_mistake_in_a_guidance_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = GUIDANCE.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(WorkflowErrors, match=said):
        load_guidance(write(tmp_path, text.replace(old, new, 1)))


def test_the_family_of_a_guidance() -> None:
    assert family(load_guidance(GUIDANCE)) == "use-of-social-media"
