"""Every page keeps the rules of the house: axe finds nothing, nothing scrolls sideways, one heading, one next thing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.browser.live import DESK, HEIGHT, NARROW, Peopled, Theme, Web, staffed_and_served
from tests.browser.scene import Scene, staged
from tests.browser.somebody import Somebody
from tests.browser.view import View
from tests.browser.views import forms, offices, public
from tests.browser.views_of_auditors import auditors
from tests.browser.views_of_cases import cases, letters
from tests.databases import EVERYWHERE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RUN_AXE = """async () => {
  window.axe || window.bringAxe();
  const found = await axe.run(document, {resultTypes: ['violations'], preload: false});
  return found.violations.map(
    (one) => one.id + ': ' + one.nodes.map((node) => node.html.slice(0, 120)).join(' | '));
}"""
"""The stylesheets are not fetched once more (`preload`): no rule that is on reads them."""


class Layout(NamedTuple):
    """How a page is looked at."""

    width: int
    theme: Theme


LAYOUTS = (Layout(DESK, "light"), Layout(NARROW, "dark"))
IN_A_ROW = 10
MEASURES = """() => [
  document.documentElement.scrollWidth - document.documentElement.clientWidth,
  document.querySelectorAll('h1').length,
  [...document.querySelectorAll('main .govuk-button:not(.govuk-button--secondary)')].filter(
    (one) => one.checkVisibility({visibilityProperty: true})).length,
  document.title]"""
"""By how much it scrolls sideways, headings of the first level, filled buttons that are seen, the title."""
PRIVATE = ("example", "Ward", "script", "ward page", "organiser", "(test)", "banter", "choir")
"""Words that stand on these pages and have no place in a title, which stays in the browser's history."""


@cache
def axe() -> str:
    """The source of axe-core in a function: a page that nobody looks at only skims it."""
    return f"window.bringAxe = () => {{{AXE.read_text(encoding='utf-8')}\n}};"


@pytest.fixture(scope="module")
def scene(peopled_sqlite: Peopled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One scene for all tests here: they only look."""
    with staffed_and_served(peopled_sqlite, tmp_path_factory.mktemp("scene")) as live:
        yield staged(live)


@pytest.mark.parametrize("views", [public, cases, letters, forms, offices, auditors])
def test_every_page_keeps_the_rules(scene: Scene, browser: "Browser", views: Callable[[], Iterable[View]]) -> None:
    faults: list[str] = []
    with Web(scene.live, browser) as web:
        people: dict[str, Somebody] = {}
        for number, view in enumerate(views()):
            if view.who not in people:
                people[view.who] = web.officer(view.who) if view.who else web.visitor()
                people[view.who].page.context.add_init_script(axe())
            one = people[view.who]
            view.come(one, scene)
            for layout in _layouts(number, one):
                faults += [f"{view.name}, {layout.theme}: {fault}" for fault in look(one, layout)]
        assert web.complaints == []
    assert not faults, "\n".join(faults)


def _layouts(number: int, one: Somebody) -> Sequence[Layout]:
    """Both in CI; else one of them by turns, as most of a page's parts are those of others. To change it takes long."""
    here = _layout_of(one)
    if EVERYWHERE:
        return (here, *(other for other in LAYOUTS if other != here))
    return (LAYOUTS[number // IN_A_ROW % 2],)


def _layout_of(one: Somebody) -> Layout:
    size = one.page.viewport_size
    return LAYOUTS[bool(size and size["width"] == NARROW)]


def look(one: Somebody, layout: Layout) -> list[str]:
    """What is wrong with the page that is open in this layout."""
    if layout != _layout_of(one):
        one.page.emulate_media(color_scheme=layout.theme)
        one.page.set_viewport_size({"width": layout.width, "height": HEIGHT})
    faults = [f"axe {fault}" for fault in one.page.evaluate(RUN_AXE)]
    wider, headings, filled, title = one.page.evaluate(MEASURES)
    if wider:
        faults.append(f"scrolls sideways by {wider} px at {layout.width} px")
    if headings != 1:
        faults.append(f"{headings} headings of the first level")
    if filled > 1:
        faults.append(f"{filled} filled buttons")
    return faults + [f"title {title}" for word in PRIVATE if not title or word in title]


def look_in_both(one: Somebody) -> list[str]:
    """What is wrong with the page that is open; it is left in its light colours at the width of a desk."""
    one.page.evaluate(axe())
    return [fault for layout in reversed(LAYOUTS) for fault in look(one, layout)]
