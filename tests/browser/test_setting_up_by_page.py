"""A new database by page: the one-time link, one's own branch or the demonstration, and the first report."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from app import demo, setup
from tests.branch import PASSWORD
from tests.browser.live import Live, Web, new_and_served
from tests.browser.test_page_rules import look_in_both
from tests.browser.walks import is_sound

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture
def new(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """An application nobody set up yet."""
    source = request.getfixturevalue("sqlite_databases")
    with new_and_served(source, tmp_path_factory.mktemp("new")) as live:
        yield live


def test_ones_own_branch(new: Live, browser: "Browser") -> None:
    link = setup.new_setup_link(new.branch.home)
    assert link is not None
    with Web(new, browser) as web:
        one = web.visitor()
        one.go("/")
        assert "is not set up yet" in one.words
        one.go(link)
        assert look_in_both(one) == []
        one.press("Set up our branch", 422)
        assert look_in_both(one) == []
        one.fill(organisation="Test branch", contact="01632 960010", contact_about_secretary="01632 960011")
        one.fill(controller_contact="The branch", own__name="Own name", own__email="own@example.org")
        one.fill(own__role="secretary", deputy__name="Deputy name", deputy__email="deputy@example.org")
        one.fill(password=PASSWORD, again=PASSWORD)
        one.press("Set up our branch")
        assert one.heading == "Your branch is set up"
        assert look_in_both(one) == []
        handed = one.texts(".ct-facts dd")
        assert len(handed) == 1
        one.follow("Then say that you have the copy")
        one.press("A copy is kept elsewhere")
        assert "No copy of the key folder" not in one.page.content()
        deputy = web.visitor()
        deputy.go(handed[0].removeprefix(new.url))
        deputy.press("Sign in")
        deputy.fill(password=PASSWORD, again=PASSWORD)
        deputy.press("Keep this password")
        one.go(link, 404)
        assert web.complaints == []
    is_sound(new.branch)


def test_the_demonstration(new: Live, browser: "Browser") -> None:
    link = setup.new_setup_link(new.branch.home)
    assert link is not None
    with Web(new, browser) as web:
        one = web.visitor()
        one.go(link)
        one.press("Look around with demonstration data")
        assert one.path == "/sign-in"
        assert look_in_both(one) == []
        one.fill(email=demo.SECRETARY, password=demo.PASSWORD)
        one.press("Sign in")
        assert one.path == "/cases"
        assert look_in_both(one) == []
        assert web.complaints == []
    is_sound(new.branch)
