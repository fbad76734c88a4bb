"""The pages where a message that came by mail becomes a report, is put on a case, or is marked as no report."""

from collections.abc import Iterator

from tests.branch import SECRETARY
from tests.browser.scene import HOSTILE, Scene
from tests.browser.somebody import Somebody
from tests.browser.view import View, at, case
from tests.evidence.mails import mail, with_picture


def mails() -> Iterator[View]:
    """Empty, with answers to look at, filled in from a message, before it is sent, and what was no report."""
    yield View("mail-in", SECRETARY, at("/report/mail"))
    yield View("mail-in-errors", SECRETARY, lambda one, _scene: one.press("Fill in the report", 422))
    yield View("mail-in-filled", SECRETARY, _filled)
    yield View("mail-in-check", SECRETARY, _checked)
    yield View("set-aside", SECRETARY, _set_aside)
    yield View("case-mail", SECRETARY, case("under_review", "/mail"))
    yield View("case-mail-late", SECRETARY, case("closed", "/mail"))
    yield View("case-mail-read", SECRETARY, _read)
    yield View("case-mail-errors", SECRETARY, _errors)
    yield View("case-mail-empty", SECRETARY, _pasted)
    yield View("case-mail-again", SECRETARY, _again)


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


def _read(one: Somebody, scene: Scene) -> None:
    made = mail(HOSTILE)
    made.replace_header("Subject", HOSTILE.replace("\n", " "))
    for name in ("verylongname" * 9 + ".pdf", "second.pdf"):
        made.add_attachment(b"%PDF-1.7\n" + name.encode(), "application", "pdf", filename=name)
    made.add_attachment(b"<script>", "text", "html", filename="page.html")
    _drop(one, scene, bytes(made))


def _drop(one: Somebody, scene: Scene, content: bytes) -> None:
    one.go(scene.path("heard", "/mail"))
    one.fill(message={"name": "saved.eml", "mimeType": "message/rfc822", "buffer": content})
    one.press("Read it")


def _errors(one: Somebody, scene: Scene) -> None:
    one.fill(received_on="31 February 2026", becomes="reply")
    one.press("Keep all of it", 422)


def _pasted(one: Somebody, scene: Scene) -> None:
    one.go(scene.path("under_review", "/mail"))
    one.fill(pasted="Thank you.")
    one.press("Read it")


def _again(one: Somebody, scene: Scene) -> None:
    sent = with_picture("He wrote again.")
    _drop(one, scene, sent)
    one.fill(becomes="message")
    one.press("Keep all of it")
    _drop(one, scene, sent)
