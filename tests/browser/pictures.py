"""Makes pictures of pages: those of the README (docs/pictures), or of every page into a folder to look at.

python -m tests.browser.pictures            the two of the README, from demonstration data
python -m tests.browser.pictures FOLDER     every page of tests/browser/views.py, wide and narrow, light and dark
"""

import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from app import demo, setup
from app.audit.log import SYSTEM
from tests import postgres
from tests.browser.live import DESK, HEIGHT, PHONE, Live, Peopled, Web, new_and_served, staffed_and_served
from tests.browser.scene import staged
from tests.browser.views import everything
from tests.conftest import chromium
from tests.databases import Sqlite

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
LARGEST = 250_000
TALL = 1560
LAYOUTS = ((DESK, "light"), (PHONE, "dark"), (DESK, "dark"), (PHONE, "light"))


def main(folder: str = "") -> None:
    """Starts a browser and a new installation in a temporary folder, and takes the pictures."""
    with ExitStack() as stack:
        temporary = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        os.environ[postgres.RUN_VARIABLE] = str(temporary)
        playwright = stack.enter_context(sync_playwright())
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
        if folder:
            people = Peopled(Sqlite, temporary / "people")
            live = stack.enter_context(staffed_and_served(people, temporary / "live"))
            every_page(live, browser, Path(folder))
        else:
            readme_pictures(stack.enter_context(new_and_served(Sqlite(), temporary)), browser)
        browser.close()


def readme_pictures(live: Live, browser: "Browser") -> None:
    """The worklist and a case of the demonstration, as the secretary sees them on a desk."""
    demo.set_up(live.branch.home, via="cli")
    with live.branch.home.db.write() as session:
        setup.confirm_keys_copied(session, actor=SYSTEM, via="cli")
    with Web(live, browser) as web:
        one = web.visitor()
        one.go("/sign-in")
        one.fill(email=demo.SECRETARY, password=demo.PASSWORD)
        one.press("Sign in")
        _take(one.page.screenshot(), PICTURES / "worklist.png")
        one.page.locator("tr", has_text="Being looked into").locator("a").first.click()
        one.page.wait_for_selector(".ct-next")
        one.page.set_viewport_size({"width": DESK, "height": TALL})
        _take(one.page.screenshot(), PICTURES / "case.png")


def every_page(live: Live, browser: "Browser", folder: Path) -> None:
    """Four pictures of each page."""
    scene = staged(live)
    with Web(live, browser) as web:
        people = {"": web.visitor()}
        for view in everything():
            one = people.setdefault(view.who, people.get(view.who) or web.officer(view.who))
            view.come(one, scene)
            for width, theme in LAYOUTS:
                one.page.set_viewport_size({"width": width, "height": HEIGHT})
                one.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
                one.page.screenshot(path=folder / f"{view.name}-{width}-{theme}.png", full_page=True)


def _take(picture: bytes, path: Path) -> None:
    if len(picture) > LARGEST:
        raise SystemExit(f"{path.name} would have {len(picture):,} bytes, more than {LARGEST:,}")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
