"""The pages of a member who comes by the code of a notice."""

from collections.abc import Iterator

from tests.browser.filing import chosen, paper_saying
from tests.browser.scene import Scene
from tests.browser.somebody import Somebody
from tests.browser.view import View


def members() -> Iterator[View]:
    """Wrong code, what was put, each form, a reply with its receipt, and left."""
    yield View("my-reply-form", "", lambda one, _scene: one.go("/my-reply"))
    yield View("my-reply-wrong", "", _wrong)
    yield View("my-reply", "", _enter)
    yield View("my-reply-look", "", lambda one, _scene: _follow(one, "Look at it"))
    yield View("my-reply-needs", "", lambda one, _scene: one.go("/my-reply/needs"))
    yield View("my-reply-time", "", _ask_for_time)
    yield View("my-reply-files", "", lambda one, _scene: one.go("/my-reply/evidence"))
    yield View("my-reply-files-sent", "", _send_files)
    yield View("my-reply-write", "", lambda one, _scene: _follow(one, "Reply to this"))
    yield View("my-reply-errors", "", lambda one, _scene: one.press("Send my reply", 422))
    yield View("my-reply-sent", "", _send)
    yield View("my-reply-left", "", lambda one, _scene: one.press("Leave what was put to me"))


def _wrong(one: Somebody, scene: Scene) -> None:
    one.go("/my-reply")
    one.fill(reference=scene.cases["put"], code="wrong")
    one.press("Show it to me", 422)


def _enter(one: Somebody, scene: Scene) -> None:
    one.go("/my-reply")
    one.fill(reference=scene.cases["put"], code=scene.reply_code)
    one.press("Show it to me")


def _send_files(one: Somebody, _scene: Scene) -> None:
    one.fill(files=[chosen("log-in notice.pdf", paper_saying("A log-in at 03:12.")), chosen("a.exe", b"MZ\x90\x00")])
    one.press("Send", 422)


def _ask_for_time(one: Somebody, _scene: Scene) -> None:
    """Its address: while one request waits no link leads there."""
    one.go("/my-reply")
    reply = one.page.get_by_text("Reply to this").first.get_attribute("href")
    one.go(f"{reply}".removesuffix("/reply") + "/time")


def _follow(one: Somebody, link: str) -> None:
    one.go("/my-reply")
    one.follow(link)


def _send(one: Somebody, scene: Scene) -> None:
    for choice in one.page.locator('main input[value="not_posted"]').all():
        choice.check()
    one.fill(text="It was not me.\nSomebody logged in at 03:12.")
    one.press("Send my reply")
