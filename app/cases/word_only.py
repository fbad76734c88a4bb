"""A mail that says only that something stands on the reporter's own page: to a known address, where mail is wanted."""

from sqlmodel import Session, select

from app.cases.casefile import CaseFile
from app.cases.letter_facts import Cause, Scene, facts
from app.cases.recipients import POST, REPORTER, Recipient, recipients
from app.installation import Installation
from app.letters.templates import load
from app.letters.wording import as_mail_text, fill
from app.outbox.models import WAITING, Mail
from app.outbox.queue import enqueue

KIND = "word_only"
"""Of its mail, and the folder of its words."""
SAFETY = "risks"


def send_word(session: Session, home: Installation, file: CaseFile) -> None:
    """Queues one for the person who told us, unless one waits already, or they may not want it."""
    sender = home.settings.mail_from
    if home.settings.smtp_url is None or sender is None or _is_waiting(session, file.case.id):
        return
    report = file.report.values
    for person in recipients(file, report, REPORTER, {}):
        if not _may_have_it(file, person):
            continue
        known = facts(Scene(session, home, file, report, Cause("", {}), person))
        words = fill(load(home.settings.letters_dir).get(KIND) or load()[KIND], known)
        enqueue(
            session,
            home.vault,
            kind=KIND,
            to=person.email,
            subject=words.subject,
            text=as_mail_text(words.text),
            owner=file.case.id,
            host=sender.rpartition("@")[2],
        )


def _may_have_it(file: CaseFile, person: Recipient) -> bool:
    """Nothing goes by itself before somebody thought of safety, nor where they said how they may be reached."""
    thought_of = SAFETY not in file.workflow.records or bool(file.current(SAFETY))
    spoken_for = person.asked and not person.wish
    return bool(person.email) and person.wish != POST and thought_of and not spoken_for


def _is_waiting(session: Session, case_id: str) -> bool:
    chosen = select(Mail.id).where(Mail.owner == case_id, Mail.kind == KIND, Mail.state == WAITING)
    return session.exec(chosen.limit(1)).first() is not None
