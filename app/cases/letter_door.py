"""Where page, API and command line come in for letters: the same walls and the same trail as for every other change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import Session

from app import clock
from app.cases import correspondence, door
from app.cases.access import FULL
from app.cases.actions import Desk
from app.cases.letter_drafts import Writing
from app.cases.models import Case
from app.cases.outbox_list import line
from app.cases.own_letters import OWN_PAGE, stands_on_their_page
from app.cases.permissions import allowed, role_of
from app.cases.recipients import recipients
from app.errors import FieldError, Forbidden, Invalid, NotFound, WrongState
from app.installation import Installation
from app.letters import book
from app.letters.book import Wording
from app.letters.models import Letter
from app.outbox.models import Mail
from app.people.queries import Viewer
from app.workflow.definition import Field, Option
from app.workflow.fields import read as read_answers

WRITERS = ("handler",)
WAYS = {
    "post": "By post",
    "in_person": "By hand",
    "telephone": "Read out by telephone",
    OWN_PAGE: "On their own page only",
}
"""How a letter can leave the house without us."""
LONGEST, WORDING = 40_000, "wording"
CHANGED = "Somebody changed this letter since you opened it. Read it as it stands now, then do it again."
MARKS = "A line with # begins the heading, ## a smaller one, - an item of a list."
EDIT = (
    Field("text", "text", "The letter", MARKS, max_length=LONGEST),
    Field("email", "email", "Their mail address", max_length=254),
    Field("address", "text", "Their postal address", max_length=1000),
)
BY_HAND = (
    Field("how", "choice", "How did it leave?", required=True, options=tuple(Option(*way) for way in WAYS.items())),
    Field("sent_on", "date", "On which day?", required=True),
)


@dataclass(frozen=True)
class Opened:
    """A letter opened to read: its row, its words, its mail if it was ever queued."""

    letter: Letter
    wording: Wording
    mail: Mail | None
    label: str


def list_letters(home: Installation, viewer: Viewer, reference: str, via: str) -> dict[str, Any]:
    """`{items, offered}`: the letters of a case, oldest first, and those that can be written by hand."""

    return door.read_case(home, viewer, reference, via, listed)


def listed(session: Session, desk: Desk) -> dict[str, Any]:
    """The same for a case that is open already. Forbidden for whoever may not read its letters."""
    _refuse_readers(desk)
    items = [summary(session, desk, letter) for letter in book.letters_of(session, desk.case.id)]
    return {"items": items, "offered": offered(desk)}


def open_letter(home: Installation, viewer: Viewer, reference: str, letter_id: str, via: str) -> dict[str, Any]:
    """One letter with its words, as it will be sent or was."""
    return read_letter(home, viewer, reference, letter_id, via, full)


def read_letter(
    home: Installation,
    viewer: Viewer,
    reference: str,
    letter_id: str,
    via: str,
    draw: Callable[[Session, Desk, Opened], door.Answer],
) -> door.Answer:
    """Opens a letter, noted on the trail as a view of its case, for whatever is made of it. NotFound."""

    def read(session: Session, desk: Desk) -> door.Answer:
        _refuse_readers(desk)
        letter = _find(session, desk.case, letter_id)
        mail = session.get(Mail, letter.mail_id) if letter.mail_id else None
        wording = book.read(session, home.vault, letter)
        return draw(session, desk, Opened(letter, wording, mail, label_of(desk, letter)))

    return door.read_case(home, viewer, reference, via, read)


def write_letter(home: Installation, viewer: Viewer, reference: str, name: object, via: str) -> dict[str, Any]:
    """Prepares a letter by hand; `{ids, version}`. Invalid, Forbidden."""
    if not isinstance(name, str):
        raise Invalid([FieldError("letter", "Name one of the letters of this procedure")])

    def work(_session: Session, desk: Desk) -> dict[str, Any]:
        ids = correspondence.write_by_hand(_writing(desk), name)
        return {"ids": ids, "id": ids[0], "version": desk.case.version}

    return door.with_desk(home, viewer, reference, via, work)


def change_letter(
    home: Installation,
    viewer: Viewer,
    reference: str,
    letter_id: str,
    act: str,
    given: Mapping[str, Any],
    via: str,
) -> dict[str, Any]:
    """Does one act (a key of ACTS) with a letter and answers with it. Invalid, WrongState, Forbidden, NotFound.

    `given` may name the `wording` that they saw: WrongState where it was changed since.
    """

    def work(session: Session, desk: Desk) -> dict[str, Any]:
        writing = _writing(desk)
        letter = _find(session, desk.case, letter_id)
        ACTS[act](writing, letter, _of_these_words(letter, given))
        mail = session.get(Mail, letter.mail_id) if letter.mail_id else None
        wording = book.read(session, home.vault, letter)
        return full(session, desk, Opened(letter, wording, mail, label_of(desk, letter)))

    return door.with_desk(home, viewer, reference, via, work)


def by_hand(home: Installation, case: Case, letter: Letter) -> tuple[Field, ...]:
    """What is asked of a letter that left without us; a page of their own is a way only for the person who told us."""
    how, when = BY_HAND
    if stands_on_their_page(home, case, letter):
        return BY_HAND
    return replace(how, options=tuple(one for one in how.options if one.value != OWN_PAGE)), when


def refuse_unknown(given: Mapping[str, Any]) -> None:
    """Invalid where something is left that nobody asked for."""
    if given:
        raise Invalid([FieldError(name[:60], "There is no question with this name") for name in given])


def attached(name: str) -> dict[str, str]:
    """The headers of a file to save; its name says nothing of a case."""
    return {"content-disposition": f'attachment; filename="{name}"', "content-security-policy": "sandbox"}


def summary(session: Session, desk: Desk, letter: Letter) -> dict[str, Any]:
    """A letter in a list: no word of it."""
    return line(session, desk.home, letter, desk.case)


def full(session: Session, desk: Desk, opened: Opened) -> dict[str, Any]:
    """A letter with its words, for API, page and command line."""
    wording = opened.wording
    return summary(session, desk, opened.letter) | {
        "to": {"name": wording.name, "email": wording.email, "address": wording.address},
        "subject": wording.subject,
        "text": wording.text,
        "html": wording.html,
        "wording": opened.letter.version_id,
        "typed": wording.typed,
        "only_link": wording.link is not None,
        "link": {"subject": wording.link[0], "text": wording.link[1]} if wording.link else None,
        "version": desk.case.version,
    }


def label_of(desk: Desk, letter: Letter) -> str:
    """What the procedure calls this letter."""
    return desk.file.workflow.letters[letter.name].label


def may_write(desk: Desk) -> bool:
    """Whether this person writes the letters of this case."""
    return desk.position.view == FULL and allowed(WRITERS, desk.position)


def offered(desk: Desk) -> list[dict[str, str]]:
    """The letters that can be written by hand on this case."""
    if not may_write(desk):
        return []
    kinds = (kind for kind in desk.file.workflow.letters.values() if kind.is_for(desk.case.kind))
    report = desk.file.report.values
    here = (one for one in kinds if not one.sender or recipients(desk.file, report, one.to, {}, sender=one.sender))
    return [{"name": kind.name, "label": kind.label, "help": kind.help} for kind in here]


def _writing(desk: Desk) -> Writing:
    if not may_write(desk):
        raise Forbidden("Only the officer looking after this case writes its letters")
    return writing_of(desk)


def writing_of(desk: Desk) -> Writing:
    """The case for its letters, as the person at this desk; whether they may change one is asked elsewhere."""
    actor = desk.position.viewer.actor(role_of(desk.position))
    return Writing(desk.session, desk.home, desk.case, desk.file, actor, desk.via)


def _refuse_readers(desk: Desk) -> None:
    if desk.position.view != FULL or desk.position.is_panel:
        raise Forbidden("The letters of this case are not open to you")


def _find(session: Session, case: Case, letter_id: str) -> Letter:
    letter = session.get(Letter, letter_id, populate_existing=True)
    if letter is None or letter.case_id != case.id:
        raise NotFound("There is no such letter on this case")
    return letter


def _edit(writing: Writing, letter: Letter, given: Mapping[str, Any]) -> None:
    values = read_answers(EDIT, given, today=clock.today())
    changes = {one.name: values.get(one.name, "") for one in EDIT if one.name in given}
    correspondence.edit(writing, letter, changes)


def _posted(writing: Writing, letter: Letter, given: Mapping[str, Any]) -> None:
    values = read_answers(by_hand(writing.home, writing.case, letter), given, today=clock.today())
    correspondence.mark_posted(writing, letter, values["how"], date.fromisoformat(values["sent_on"]))


def _of_these_words(letter: Letter, given: Mapping[str, Any]) -> dict[str, Any]:
    answers = dict(given)
    if answers.pop(WORDING, letter.version_id) != letter.version_id:
        raise WrongState(CHANGED)
    return answers


def _fill(writing: Writing, letter: Letter, given: Mapping[str, Any]) -> None:
    refuse_unknown({name: value for name, value in given.items() if name != correspondence.SURE})
    correspondence.fill_again(writing, letter, sure=given.get(correspondence.SURE) in (True, "yes"))


def _plain(act: Callable[[Writing, Letter], None]) -> Callable[[Writing, Letter, Mapping[str, Any]], None]:
    def run(writing: Writing, letter: Letter, given: Mapping[str, Any]) -> None:
        refuse_unknown(given)
        act(writing, letter)

    return run


ACTS: dict[str, Callable[[Writing, Letter, Mapping[str, Any]], None]] = {
    "edit": _edit,
    "fill": _fill,
    "stop": _plain(correspondence.stop),
    "send": _plain(correspondence.send),
    "posted": _posted,
}
"""What can be done with a letter, by the last part of its address."""
