"""A mail as it goes over the wire, and as the `.eml` file for whoever sends by hand."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from app.outbox.queue import Content


def build(content: Content, *, sender: str, message_id: str, at: datetime) -> EmailMessage:
    """The whole mail: text, HTML beside it, files after it. No fact of a case stands in a header (X18)."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = content.to
    mail["Subject"] = content.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    mail.set_content(content.text, cte="quoted-printable")
    if content.html is not None:
        mail.add_alternative(content.html, subtype="html", cte="quoted-printable")
    for file in content.attachments:
        main, _, sub = file.content_type.partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return mail
