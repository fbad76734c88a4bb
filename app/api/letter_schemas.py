"""The shapes of answers about letters, for the OpenAPI description; tests hold answers against them."""

from typing import Literal

from app.api.schemas import Shape


class Need(Shape):
    """What keeps a letter from going out, and where to put it right."""

    code: str
    message: str


class LetterLine(Shape):
    """A letter in a list: where it is, no word of it."""

    id: str
    case: str
    letter: str
    label: str
    recipient: str
    state: Literal["needs_you", "queued", "sending", "stopped", "sent", "posted"]
    state_label: str
    needs: list[Need]
    prepared_at: str
    goes_at: str | None
    attempts: int
    last_failure: str | None
    sent_on: str | None
    how: str | None
    message_id: str | None
    can_edit: bool


class LetterLines(Shape):
    """A page of an outbox; `next` is null at the end."""

    items: list[LetterLine]
    next: str | None


class Offered(Shape):
    """A letter that can be written by hand."""

    name: str
    label: str
    help: str


class Letters(Shape):
    """The letters of a case."""

    items: list[LetterLine]
    offered: list[Offered]


class Addressee(Shape):
    """To whom a letter goes."""

    name: str
    email: str
    address: str


class LinkMail(Shape):
    """The mail that only says that there is a letter."""

    subject: str
    text: str


class LetterData(LetterLine):
    """A letter with its words."""

    to: Addressee
    subject: str
    text: str
    html: str
    wording: str
    typed: bool
    only_link: bool
    link: LinkMail | None
    version: int


class Prepared(Shape):
    """Letters made by hand: one for each person; `id` is the first."""

    id: str
    ids: list[str]
    version: int
