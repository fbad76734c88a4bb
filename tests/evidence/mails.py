"""Mails as people send them, and hostile ones: all made here, of no real person."""

from email.message import EmailMessage

from tests.evidence import files

SENDER = "ward-member@example.org"


def mail(
    text: str = "It was on the ward page.", *, html: str = "", sent: str = "Mon, 11 May 2026 19:40:00 +0100"
) -> EmailMessage:
    """A mail to the secretary, with its text."""
    made = EmailMessage()
    made["From"], made["To"] = f"Ward member (example) <{SENDER}>", "secretary@example.org"
    made["Subject"], made["Date"] = "What I saw", sent
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def with_picture(text: str = "It was on the ward page.", **more: str) -> bytes:
    """The same with a picture and a page that runs scripts."""
    made = mail(text, **more)
    made.add_attachment(files.jpeg(), "image", "jpeg", filename="seen.jpg")
    made.add_attachment(files.HTML, "text", "html", filename="../../page.html")
    return bytes(made)


def raw(*headers: str, body: bytes = b"Words.") -> bytes:
    """A mail by its lines."""
    return "\r\n".join(headers).encode() + b"\r\n\r\n" + body
