"""The pages of whoever sent a report and comes by its code."""

from collections.abc import Iterator

from tests.browser.scene import Scene
from tests.browser.somebody import Somebody
from tests.browser.view import View, at
from tests.browser.walks import open_report
from tests.cases.by_code import ten_minutes_later


def reporters() -> Iterator[View]:
    """Wrong code, how far it is, each form, a message that arrived, one for another report, away too long, left."""
    yield View("my-report-wrong", "", _my_report_wrong)
    yield View("my-report", "", lambda one, scene: _my_report(one, scene, "wrote"))
    yield View("my-report-letter", "", lambda one, _scene: one.page.locator("#letters + details summary").click())
    yield View("my-report-write", "", at("/my-report/write"))
    yield View("my-report-write-errors", "", lambda one, _scene: one.press("Send it", 422))
    yield View("my-report-sent", "", _my_report_sent)
    yield View("my-report-other", "", _my_report_other)
    yield View("my-report-withdraw", "", at("/my-report/withdraw"))
    yield View("my-report-files", "", at("/my-report/evidence"))
    yield View("my-report-away", "", _my_report_away)
    yield View("my-report-finished", "", lambda one, scene: _my_report(one, scene, "closed"))
    yield View("my-report-left", "", lambda one, _scene: one.press("Leave my report"))


def _my_report(one: Somebody, scene: Scene, case: str) -> None:
    open_report(one, scene.cases[case], scene.code(case))


def _my_report_sent(one: Somebody, _scene: Scene) -> None:
    one.go("/my-report/write")
    one.fill(text="It is gone since noon.")
    one.press("Send it")


def _my_report_other(one: Somebody, scene: Scene) -> None:
    """What was typed for one report while another was opened in the same browser, which stays open."""
    one.go("/my-report/write")
    one.fill(text="This is for the first one.")
    tab = one.page.context.new_page()
    tab.goto(f"{scene.live.url}/my-report")
    leave = tab.get_by_role("button", name="Leave my report")
    leave.click()
    for name, value in (("reference", scene.cases["acknowledged"]), ("code", scene.code("acknowledged"))):
        tab.locator(f'[name="{name}"]').fill(value)
    tab.get_by_role("button", name="Show my report").click()
    leave.wait_for()
    tab.close()
    one.press("Send it", 409)


def _my_report_away(one: Somebody, scene: Scene) -> None:
    one.go("/my-report/write")
    one.fill(text="It happened again.")
    ten_minutes_later(scene.live.branch)
    one.press("Send it", 401)


def _my_report_wrong(one: Somebody, scene: Scene) -> None:
    one.go("/my-report")
    one.fill(reference="2026-22222", code="wrong")
    one.press("Show my report", 422)
