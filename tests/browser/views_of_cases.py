"""The pages of a case: for each who may see some of it, its evidence and its letters."""

from collections.abc import Iterator

from tests.branch import AUDITOR, DEPUTY, PANEL, SECRETARY, STAND_IN
from tests.browser.scene import HOSTILE, KINDS, Scene
from tests.browser.somebody import Somebody
from tests.browser.view import Come, View, at, case


def cases() -> Iterator[View]:
    """The pages of a case, for each who may see some of it."""
    for state in KINDS:
        yield View(f"case-{state}", SECRETARY, case(state))
    yield View("case-heard", SECRETARY, case("heard"))
    yield View("case-decided", SECRETARY, case("decided"))
    yield View("case-again", DEPUTY, case("again"))
    yield View("evidence", SECRETARY, case("referred", "/evidence"))
    yield View("evidence-none", SECRETARY, case("acknowledged", "/evidence"))
    yield View("evidence-panel", PANEL[0], case("referred", "/evidence"))
    yield View("evidence-item", SECRETARY, _item("reporter_screenshot"))
    yield View("evidence-completed", SECRETARY, _completed)
    yield View("evidence-link", SECRETARY, _item("link_only"))
    yield View("evidence-picture", SECRETARY, _item("reporter_screenshot", "/picture"))
    yield View("evidence-refused", SECRETARY, _refused_file)
    for tail in ("report", "records", "trail"):
        yield View(f"case-{tail}", SECRETARY, case("received" if tail == "report" else "decided", f"/{tail}"))
    for tail in ("reporter", "panel", "auditor"):
        yield View(f"case-as-{tail}", SECRETARY, case("referred" if tail == "panel" else "put", f"/as/{tail}"))
    yield View("case-as-member", SECRETARY, _as_member)
    yield View("case-unread", SECRETARY, case("wrote"))
    yield View("case-messages", SECRETARY, case("wrote", "/messages"))
    yield View("card", SECRETARY, case("card"))
    yield View("card-waiting", SECRETARY, case("possible"))
    yield View("card-to-decide", DEPUTY, case("possible"))
    yield View("card-finished", DEPUTY, case("closed"))
    yield View("card-panel", PANEL[2], case("heard"))
    yield View("card-panel-declared", PANEL[0], case("heard"))
    yield View("case-panel", PANEL[0], case("referred"))
    yield View("case-auditor", AUDITOR, case("closed"))
    yield View("case-hidden", STAND_IN, case("referred", status=404))
    yield View("case-forbidden", PANEL[0], case("referred", "/trail", status=403))


def letters() -> Iterator[View]:
    """The outbox, the letters of a case, and letters that need somebody."""
    yield View("letters", SECRETARY, at("/letters"))
    yield View("case-letters", SECRETARY, case("heard", "/letters"))
    yield View("letter", SECRETARY, lambda one, scene: one.go(scene.letter("heard"), 200))
    yield View("letter-last", SECRETARY, lambda one, scene: one.go(scene.letter("closed"), 200))


def _as_member(one: Somebody, scene: Scene) -> None:
    one.go(scene.path("put"))
    one.page.locator('main a[href*="/as/respondent/"]').first.click()


def _item(method: str, tail: str = "") -> Come:
    def come(one: Somebody, scene: Scene) -> None:
        rows = scene.live.branch.rows(scene.cases["referred"], "evidence")
        row = next(row for row in rows if row.plain["method"] == method)
        one.go(scene.path("referred", f"/evidence/{row.id}{tail}"))

    return come


def _completed(one: Somebody, scene: Scene) -> None:
    row = scene.live.branch.rows(scene.cases["put"], "evidence")[0]
    one.go(scene.path("put", f"/evidence/{row.id}"))


def _refused_file(one: Somebody, scene: Scene) -> None:
    one.go(scene.path("under_review", "/records/evidence/new"))
    page = {"name": "holiday.jpg", "mimeType": "image/jpeg", "buffer": b"<html><script>alert(1)</script></html>"}
    one.fill(file=page, method="handler_screenshot", shows=HOSTILE)
    one.press("Keep this", 422)
