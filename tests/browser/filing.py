"""Real files as people send them by page, and what the pages make of them."""

from datetime import date
from email.message import EmailMessage
from typing import Any

from app.letters.pdf import Paper, printed
from app.letters.wording import PARAGRAPH, Block
from tests.browser.somebody import Somebody

WHERE_AND_WHO = (b"Exif", b"Taken at home", b"Ward member")
"""What a telephone hides in a picture."""


def chosen(name: str, content: bytes) -> dict[str, Any]:
    """A file as a browser takes it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def paper_saying(*lines: str) -> bytes:
    """A PDF as somebody saves it from a website."""
    parts = [Block(PARAGRAPH, (line,)) for line in lines]
    return printed(Paper("Saved page", "A site (example)", (), (), date(2026, 5, 11), parts)).content


def mail_saying(words: str, **attached: bytes) -> bytes:
    """A mail saved as a file, with pictures attached."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "friend@example.org", "member@example.net", "Your post"
    mail["Date"] = "Mon, 11 May 2026 19:40:00 +0100"
    mail.set_content(words)
    for name, content in attached.items():
        mail.add_attachment(content, maintype="image", subtype="jpeg", filename=f"{name}.jpg")
    return mail.as_bytes()


def saved(one: Somebody, title: str) -> bytes:
    """The file of an item as it came."""
    one.page.locator("main h2 a").filter(has_text=title).click()
    with one.page.expect_download() as download:
        one.follow("Save the file as it came")
    assert title not in download.value.suggested_filename
    return download.value.path().read_bytes()


def hides_nothing(one: Somebody, selector: str) -> None:
    """What the browser got for this picture can be shown, and tells neither where nor by whom it was taken."""
    source = one.page.locator(selector).first.get_attribute("src")
    answer = one.page.request.get(f"{source}")
    assert answer.ok
    assert answer.headers["content-type"].startswith("image/")
    assert [mark for mark in WHERE_AND_WHO if mark in answer.body()] == []
