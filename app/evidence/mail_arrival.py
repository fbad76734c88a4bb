"""A message that reached the branch, saved or pasted: taken, read, and each thing that came with it on its way in."""

from app.errors import FieldError, Invalid
from app.evidence.arrival import Arrival, Arrived
from app.evidence.looking import look_at
from app.evidence.mail import Attachment, Mail, read_mail
from app.evidence.scanner import scan_of
from app.settings import Settings

FILE, PASTED = "message", "pasted"
NOT_MAIL = "It is not a saved message. In the mail program choose “Save as” and the type .eml, or paste its text below"
NOTHING = "Choose a saved message, or paste its text below"
BOTH = "Choose a file or paste the text, not both: it would not be clear which one counts"
CUT = "\n\n[Cut here. The whole message is kept with the evidence.]"


def take_mail(settings: Settings, message: Arrived | None, pasted: str, *, text: bool = False) -> tuple[Arrived, Mail]:
    """A saved message, or one that was pasted, with what it says. Invalid, Twisted, and what looking at a file raises.

    It waits: whoever neither holds nor keeps it calls `discard`. What is refused no longer waits.
    `text`: a file of plain text is taken as well, as if it were pasted.
    """
    arrived = _chosen(settings, message, pasted, text=text)
    try:
        if arrived is not message:
            look_at(settings, arrived)
        return arrived, read_mail(b"".join(arrived.read()))
    except BaseException:
        arrived.discard()
        raise


def attachment_arrived(settings: Settings, attachment: Attachment) -> Arrived:
    """What came with a mail as a file that waits. Raises what looking at a file raises; then nothing of it is left."""
    arrived = whole(settings, attachment.name, attachment.content)
    look_at(settings, arrived)
    return arrived


def whole(settings: Settings, name: str, content: bytes) -> Arrived:
    """Bytes that are here already as a file that waits, sealed and scanned; nobody has looked at it yet."""
    arrival = Arrival(settings, name, scan=scan_of(settings))
    arrival.write(content)
    return arrival.finish()


def cut(text: str, most: int, more: str = CUT) -> str:
    """Its beginning, and a word that there is more, where it is longer."""
    return text if len(text) <= most else text[: most - len(more)].rstrip() + more


def _chosen(settings: Settings, message: Arrived | None, pasted: str, *, text: bool) -> Arrived:
    if message is not None and pasted.strip():
        raise Invalid([FieldError(FILE, BOTH)])
    if message is None and not pasted.strip():
        raise Invalid([FieldError(FILE, NOTHING)])
    if message is None:
        return whole(settings, "pasted message.txt", pasted.strip().encode("utf-8", "replace"))
    group = message.kind.group if message.kind is not None else ""
    if group != "mail" and not (text and group == "text"):
        raise Invalid([FieldError(FILE, NOT_MAIL)])
    return message
