"""A saved mail with a picture and a PDF, dropped on a case at a desk: looked at, put right, kept in one press."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from app import clock
from tests.branch import SECRETARY
from tests.browser.filing import chosen, hides_nothing, paper_saying, saved
from tests.browser.live import Live, Web
from tests.browser.walks import declare, is_sound
from tests.evidence import files

pytestmark = pytest.mark.browser
WRITER = "writer@example.net"
CHAT = paper_saying("Fourteen messages, as exported.")


def written() -> bytes:
    """What a mail program saves: text and HTML, a picture of a telephone, a PDF, and a page."""
    mail, day = EmailMessage(), clock.now() - timedelta(days=2)
    mail["From"], mail["To"], mail["Subject"] = f"Zoë Writer <{WRITER}>", "secretary@example.org", "Re: more of it"
    mail["Date"] = f"{day:%a, %d %b %Y} 12:00:00 +0000"
    mail.set_content("Here is the rest.\n\nZoë")
    mail.add_alternative("<p>Here is <b>the rest</b>.</p>", subtype="html")
    mail.add_attachment(files.jpeg(), "image", "jpeg", filename="IMG_0007.jpg")
    mail.add_attachment(CHAT, "application", "pdf", filename="../../all of it.pdf")
    mail.add_attachment(files.HTML, "text", "html", filename="page.html")
    return mail.as_bytes()


def test_a_mail_with_a_picture_and_a_pdf(live: Live, web: Web) -> None:
    branch, secretary, sent = live.branch, web.officer(SECRETARY), written()
    reference = branch.report(reporter={"name": "Zoë Writer", "email": WRITER}, share_identity="no")
    declare(secretary, reference)
    secretary.go(f"/cases/{reference}")
    secretary.follow("A mail that belongs to this case")
    secretary.press("Read it", 422)
    assert "Choose a saved message" in secretary.words
    secretary.fill(message=chosen("Re_ more of it.eml", sent))
    secretary.press("Read it")
    assert secretary.heading == "Look at what was read"
    assert secretary.value("came_from") == f"Zoë Writer <{WRITER}>"
    assert (secretary.value("subject"), secretary.value("text")) == ("Re: more of it", "Here is the rest.\n\nZoë")
    assert "page.html: of a type that is not taken; it stays in the mail" in secretary.words
    assert secretary.page.locator("[name=becomes]:checked").input_value() == "message"
    assert secretary.page.locator("[name=attachments]:checked").count() == 2
    secretary.fill(received_on=clock.today() + timedelta(days=1), text="Here is the rest.")
    secretary.press("Keep all of it", 422)
    assert "has not come yet" in secretary.words
    assert secretary.value("text") == "Here is the rest."
    secretary.fill(received_on=clock.today() - timedelta(days=1))
    secretary.press("Keep all of it")
    assert secretary.path == f"/cases/{reference}/messages"
    assert "It is on the case now." in secretary.page.content()
    assert "Subject: Re: more of it Here is the rest." in secretary.words
    secretary.go(f"/cases/{reference}/evidence")
    assert [secretary.words.count(words) for words in ("Mail message (", "Picture (", "PDF (")] == [1, 1, 1]
    hides_nothing(secretary, ".ct-thumb img")
    assert saved(secretary, "A mail that came later") == sent
    assert f"Zoë Writer <{WRITER}>" in secretary.words
    secretary.go(f"/cases/{reference}/mail")
    secretary.fill(message=chosen("again.eml", sent))
    secretary.press("Read it")
    assert "This mail is on this case already: 1. A mail that came later" in secretary.words
    assert len(branch.rows(reference, "messages")) == 1
    is_sound(branch)
