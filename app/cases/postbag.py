"""How the mail of cases went: told to the letter, to the trail and, where it stands for one, to a record."""

import base64
from dataclasses import dataclass

from sqlmodel import Session

from app import clock
from app.audit.events import Event
from app.audit.log import SYSTEM, append
from app.cases import letter_proof, reply_codes
from app.cases.casefile import load, ref
from app.cases.correspondence import MAIL_KIND
from app.cases.letter_drafts import names_reporter
from app.cases.models import Case
from app.cases.recall import LETTER
from app.installation import Installation
from app.letters import book, needs
from app.letters.models import NEEDS_YOU, Letter, letter_columns
from app.letters.models import SENT as LETTER_SENT
from app.letters.pdf import NoPaper
from app.outbox.models import SENT, Mail
from app.outbox.queue import Content
from app.outbox.sender import VIA, OwnLedger
from app.outbox.smtp import Undelivered
from app.vault.vault import SYSTEM as HOUSE

EMAIL = "email"


@dataclass(frozen=True)
class CaseLedger:
    """The ledger of letters and of any other mail that belongs to a case; mail of the house keeps its own."""

    home: Installation

    def lock(self, session: Session, mail: Mail) -> None:
        """The case first, as every other change of a case does."""
        if mail.owner != HOUSE:
            session.get_one(Case, mail.owner, with_for_update=True, populate_existing=True)

    def whole(self, session: Session, mail: Mail, content: Content) -> Content:
        """A letter gets its PDF; one whose code was replaced, or that names who may not be named now, comes back."""
        letter = self._letter(session, mail)
        if letter is None:
            return content
        wording = book.read(session, self.home.vault, letter)
        if reply_codes.is_over(session, self.home, wording.held_code):
            raise Undelivered(needs.CODE_ENDED, permanent=True)
        file = load(session, self.home, session.get_one(Case, mail.owner))
        if names_reporter(file, file.report.values, letter.recipient, wording):
            raise Undelivered(needs.NAMES_REPORTER, permanent=True)
        try:
            return book.with_pdf(wording, content)
        except NoPaper:
            raise Undelivered("no_paper", permanent=True) from None

    def note(self, session: Session, mail: Mail, content: Content) -> None:
        """One entry; the letter is final, or back with the officer who must see to it."""
        if mail.owner == HOUSE:
            OwnLedger().note(session, mail, content)
            return
        case, letter = session.get_one(Case, mail.owner), self._letter(session, mail)
        sent = mail.state == SENT
        commits = self._settle(session, mail, letter, content) if letter is not None else {}
        append(
            session,
            Event.LETTER_SENT if sent else Event.LETTER_FAILED,
            actor=SYSTEM,
            via=VIA,
            case=ref(case),
            record=(LETTER, letter.id) if letter else None,
            subject=("letter", letter.name) if letter else ("mail", mail.id),
            commits=commits,
            columns=letter_columns(letter) if letter else None,
        )
        if sent and letter is not None:
            letter_proof.went(session, self.home, case, letter, SYSTEM, VIA)

    def _settle(self, session: Session, mail: Mail, letter: Letter, content: Content) -> dict[str, str]:
        vault = self.home.vault
        if mail.state != SENT:
            letter.state, letter.needs = NEEDS_YOU, [f"{needs.FAILED}{mail.why}"]
            session.add(letter)
            session.flush()
            return {}
        letter.state, letter.how, letter.needs = LETTER_SENT, EMAIL, []
        letter.sent_on, letter.sent_at = clock.today(), clock.now()
        session.add(letter)
        session.flush()
        files = {one.name: base64.b64encode(one.content).decode() for one in content.attachments}
        sent = {"to": content.to, "subject": content.subject, "message_id": mail.message_id, "files": files}
        return book.commitment(session, vault, letter) | book.keep_dispatch(session, vault, letter, sent)

    def _letter(self, session: Session, mail: Mail) -> Letter | None:
        if mail.kind != MAIL_KIND or mail.about is None:
            return None
        return session.get(Letter, mail.about, populate_existing=True)
