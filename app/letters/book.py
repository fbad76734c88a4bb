"""The letter book: every wording of every letter, sealed when it is written and never changed after."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from app.db import new_id
from app.letters.models import Letter, LetterVersion
from app.letters.pdf import Paper, Printed, printed
from app.letters.wording import HEADING, as_mail_text, blocks, document
from app.outbox.queue import Attachment, Content
from app.vault.vault import Vault

WORDING, DISPATCH = "letter", "dispatch"
"""Groups in the vault: what a version says; what went out (the PDF, to whom, under which Message-ID)."""
_OF_CASE = select(Letter).where(col(Letter.case_id) == bindparam("case"))
_OF_CASE = _OF_CASE.order_by(col(Letter.prepared_at), col(Letter.id))
PDF_NAME = "letter.pdf"
"""No file name says anything of a case (X18)."""
PDF_TYPE = "application/pdf"


@dataclass(frozen=True)
class Wording:
    """One wording, whole: everything that mail, PDF and preview are made from."""

    name: str
    email: str
    address: str
    subject: str
    text: str
    html: str
    organisation: str
    contact: tuple[str, ...]
    day: date
    link: tuple[str, str] | None = None
    """Subject and text of a mail that only says that there is a letter, for whoever wants no more by mail."""
    code: str = ""
    """The member's code that was made with it."""
    record: tuple[str, ...] = ()
    """How far the record was when it was written, in small print on paper."""
    promised: tuple[tuple[str, str], ...] = ()
    """Each day until which it says that something holds, as date and in words."""
    typed: bool = False
    """Whether somebody changed it since it was filled in."""

    @property
    def held_code(self) -> str:
        """The code that can be read in it; empty where there is none or it was taken out."""
        return self.code if self.code and self.code in self.text else ""

    def names_day_before(self, today: date) -> bool:
        """Whether one of the days that it promised can be read in it and is over."""
        return any(date.fromisoformat(day) < today and words in self.text for day, words in self.promised)

    @property
    def title(self) -> str:
        """The heading of the letter."""
        return next((part.lines[0] for part in blocks(self.text) if part.kind == HEADING), self.subject)


def write(
    session: Session, vault: Vault, letter: Letter, wording: Wording, *, by: str | None, now: datetime
) -> dict[str, str]:
    """Keeps a new wording as the letter's present one; the commitments for the entry that tells of it."""
    version = LetterVersion(id=new_id(), letter_id=letter.id, case_id=letter.case_id, written_at=now, written_by=by)
    letter.version_id = version.id
    session.add(letter)
    session.flush()
    session.add(version)
    session.flush()
    data = {**asdict(wording), "day": wording.day.isoformat()}
    return {WORDING: vault.seal(session, letter.case_id, _table(), version.id, WORDING, data)}


def read(session: Session, vault: Vault, letter: Letter) -> Wording:
    """The present wording. Unreadable where the case was erased."""
    return _wording(vault.open(session, letter.case_id, _table(), letter.version_id, WORDING))


def commitment(session: Session, vault: Vault, letter: Letter) -> dict[str, str]:
    """The commitment of the present wording, once more: an entry about sending names what was sent."""
    return {WORDING: vault.commitment_of(session, letter.case_id, _table(), letter.version_id, WORDING)}


def keep_dispatch(session: Session, vault: Vault, letter: Letter, sent: dict[str, Any]) -> dict[str, str]:
    """Seals what went out, with its files; the commitments for the entry."""
    return {DISPATCH: vault.seal(session, letter.case_id, _table(), letter.version_id, DISPATCH, sent)}


def letters_of(session: Session, case_id: str) -> Sequence[Letter]:
    """The letters of a case, oldest first."""
    return session.exec(_OF_CASE, params={"case": case_id}).all()


def on_paper(wording: Wording) -> Printed:
    """The letter as PDF. NoPaper."""
    to = [line for line in (wording.name, *wording.address.splitlines()) if line.strip()]
    parts = blocks(wording.text)
    return printed(
        Paper(wording.title, wording.organisation, wording.contact, to, wording.day, parts, record=wording.record)
    )


def as_mail(wording: Wording) -> Content:
    """The mail without its files: the whole letter, or only word that there is one."""
    if wording.link is not None:
        subject, text = wording.link
        return Content(wording.email, subject, as_mail_text(text))
    html = document(wording.subject, wording.html)
    return Content(wording.email, wording.subject, as_mail_text(wording.text), html)


def with_pdf(wording: Wording, content: Content) -> Content:
    """The mail with the PDF beside it, unless it only says that there is a letter. NoPaper."""
    if wording.link is not None:
        return content
    pdf = Attachment(PDF_NAME, PDF_TYPE, on_paper(wording).content)
    return Content(content.to, content.subject, content.text, content.html, (pdf,))


def _table() -> str:
    return str(LetterVersion.__tablename__)


def _wording(data: dict[str, Any]) -> Wording:
    link = tuple(data["link"]) if data["link"] else None
    day, contact = date.fromisoformat(data["day"]), tuple(data["contact"])
    record = tuple(data.get("record", ()))
    promised = tuple((day, words) for day, words in data.get("promised", ()))
    return Wording(**{**data, "day": day, "contact": contact, "link": link, "record": record, "promised": promised})
