"""A letter as a file, on paper or as a whole mail: what may not go out is not handed over in another way either."""

from sqlmodel import Session

from app import clock
from app.cases import correspondence
from app.cases.actions import Desk
from app.cases.letter_door import Opened, writing_of
from app.errors import FieldError, Invalid
from app.letters import book, needs
from app.outbox.message import build


def as_pdf(_session: Session, desk: Desk, opened: Opened) -> bytes:
    """The PDF. Invalid where the letter is unfinished."""
    correspondence.refuse_unfinished(writing_of(desk), opened.letter)
    return book.on_paper(opened.wording).content


def as_eml(_session: Session, desk: Desk, opened: Opened) -> bytes:
    """The whole mail as a file, for whoever sends it with their own mail program. Invalid where it is unfinished."""
    correspondence.refuse_unfinished(writing_of(desk), opened.letter, as_mail=True)
    content = book.with_pdf(opened.wording, book.as_mail(opened.wording))
    if not content.to:
        raise Invalid([FieldError("email", needs.WORDS[needs.NO_EMAIL])])
    sender = desk.home.settings.mail_from or "branch@casetrail.invalid"
    message_id = opened.mail.message_id if opened.mail else f"<{opened.letter.id}@casetrail.invalid>"
    return build(content, sender=sender, message_id=message_id, at=clock.now()).as_bytes()


def can_print(desk: Desk, opened: Opened) -> bool:
    """Whether its words are finished, so that it can leave the house on paper."""
    return not correspondence.unfinished(writing_of(desk), opened.letter)
