"""The letters that went to somebody who comes by a code, as they were sent: never a letter to anybody else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from app.cases import persons
from app.cases.casefile import CaseFile
from app.cases.code_holders import REPORTER, RESPONDENT
from app.cases.models import Case, CaseRecord
from app.cases.recipients import NAMED
from app.installation import Installation
from app.letters import book
from app.letters.models import FINAL, Letter
from app.letters.wording import as_mail_text

OWN_PAGE = "own_page"
"""How a letter went that stands on the page of whoever it is for, and went no other way."""
MASKED = "(your code)"
"""Whoever reads it here has the code; it need not stand on a screen."""


@dataclass(frozen=True)
class OwnLetter:
    """A letter that was sent, posted or handed over."""

    sent_on: date
    how: str
    name: str
    """Its subject line, which holds no fact of a case."""
    text: str
    html: str

    def as_json(self) -> dict[str, object]:
        """One of `letters`."""
        return {"sent_on": self.sent_on.isoformat(), "how": self.how, "name": self.name, "text": self.text}


def of_reporter(session: Session, home: Installation, case: Case) -> tuple[OwnLetter, ...]:
    """The letters to whoever sent the report, oldest first.

    One without a name is told no more than the public step: what is written only to a person affected stays out.
    So does what was written to somebody who turned out not to have sent it.
    """
    people = select(CaseRecord).where(CaseRecord.case_id == case.id, CaseRecord.kind == persons.PARTIES)
    since = max((row.recorded_at for row in persons.changes(session.exec(people).all(), REPORTER)), default=None)
    gone = [one for one in _gone(session, case.id, REPORTER) if since is None or one.prepared_at > since]
    return _opened(session, home, [one for one in gone if stands_on_their_page(home, case, one)])


def stands_on_their_page(home: Installation, case: Case, letter: Letter) -> bool:
    """Whether a letter shows on the page of whoever sent the report once it went."""
    kind = home.workflows.get(case.workflow, case.workflow_version).letters.get(letter.name)
    only_to_known = case.anonymous and kind is not None and kind.sender == NAMED
    return letter.recipient == REPORTER and not only_to_known


def of_member(session: Session, home: Installation, file: CaseFile, member: str) -> tuple[OwnLetter, ...]:
    """The letters to one member as known now, oldest first. `member` is the first row of their chain."""
    since = persons.since(file, member)
    theirs = {row.id for row in file.rows if file.root(row.id) == member and row.version >= since}
    return _opened(session, home, [one for one in _gone(session, file.case.id, RESPONDENT) if one.party_id in theirs])


def _gone(session: Session, case_id: str, part: str) -> list[Letter]:
    chosen = select(Letter).where(Letter.case_id == case_id, Letter.recipient == part, col(Letter.state).in_(FINAL))
    return list(session.exec(chosen.order_by(col(Letter.sent_at), col(Letter.id))).all())


def _opened(session: Session, home: Installation, letters: Iterable[Letter]) -> tuple[OwnLetter, ...]:
    return tuple(as_sent(session, home, one) for one in letters)


def as_sent(session: Session, home: Installation, letter: Letter) -> OwnLetter:
    """A letter that went, with its code masked."""
    said = book.read(session, home.vault, letter)
    text, html = as_mail_text(said.text), said.html
    if said.code:
        text, html = text.replace(said.code, MASKED), html.replace(said.code, MASKED)
    return OwnLetter(letter.sent_on or said.day, letter.how or "", said.subject, text, html)
