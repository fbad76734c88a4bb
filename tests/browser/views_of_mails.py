"""The pages where a message that came by mail becomes a report, or is marked as none."""

from collections.abc import Iterator

from tests.branch import SECRETARY
from tests.browser.scene import HOSTILE, Scene
from tests.browser.somebody import Somebody
from tests.browser.view import View, at
from tests.evidence.mails import with_picture


def mails() -> Iterator[View]:
    """Empty, with answers to look at, filled in from a message, before it is sent, and what was no report."""
    yield View("mail-in", SECRETARY, at("/report/mail"))
    yield View("mail-in-errors", SECRETARY, lambda one, _scene: one.press("Fill in the report", 422))
    yield View("mail-in-filled", SECRETARY, _filled)
    yield View("mail-in-check", SECRETARY, _checked)
    yield View("set-aside", SECRETARY, _set_aside)


def _filled(one: Somebody, scene: Scene) -> None:
    one.go("/report/mail")
    saved = {"name": "saved.eml", "mimeType": "message/rfc822", "buffer": with_picture(HOSTILE)}
    one.fill(kind="social-media-conduct/self", message=saved)
    one.press("Fill in the report")


def _checked(one: Somebody, scene: Scene) -> None:
    one.press("Continue")
    one.fill(put_right__what="Taken down the same day.")
    one.press("Continue")
    one.press("Continue")


def _set_aside(one: Somebody, scene: Scene) -> None:
    one.go("/report/mail")
    one.fill(reason="enquiry", note=HOSTILE[:400])
    one.press("This is not a report")
