"""Letters of a case: prepared with the step or record that asks for them, changed, stopped, sent, handed over by hand.

Everything runs in the caller's transaction, and each of these acts is one entry.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlmodel import col, select

from app import clock
from app.audit.events import Event
from app.cases import letter_proof, reply_codes
from app.cases.casefile import REPORT, CaseFile
from app.cases.letter_drafts import Writing, draft, needs_of, wishes
from app.cases.letter_facts import Cause, Scene
from app.cases.recipients import Recipient, recipients
from app.db import new_id
from app.errors import FieldError, Invalid, WrongState
from app.letters import book, needs
from app.letters.book import Wording
from app.letters.models import FINAL, NEEDS_YOU, POSTED, QUEUED, STOPPED, Letter
from app.letters.wording import words
from app.outbox import models as outbox
from app.outbox import queue
from app.outbox.models import Mail
from app.workflow.definition import LetterKind

MAIL_KIND, SURE = "letter", "sure"
GOING = "This letter is going out at this very moment. Look again in a few minutes."
GONE = "This letter has gone out. It can no longer be changed: write another one."


def prepare(desk: Writing, name: str, cause: Cause, report: Mapping[str, Any] | None = None) -> list[str]:
    """Prepares a letter for everyone it is for, as a step or record asks; the new letters' ids, often none."""
    kind = desk.file.workflow.letters[name]
    if not kind.is_for(desk.case.kind) or letter_proof.is_settled(desk.session, desk.home, desk.case, name):
        return []
    waiting = [letter for letter in _waiting(desk, name) if not _overtaken(desk, letter, cause)]
    if waiting and any(one.by_letter == name for one in desk.file.workflow.records.values()):
        return []  # one such letter is enough: it is the reply that a record asks for
    report = report if report is not None else desk.file.report.values
    people = recipients(desk.file, report, kind.to, cause.values, kind.after, kind.sender)
    return [_write(desk, kind, Scene(desk.session, desk.home, desk.file, report, cause, one)) for one in people]


def _waiting(desk: Writing, name: str) -> Sequence[Letter]:
    chosen = select(Letter).where(Letter.case_id == desk.case.id, Letter.name == name, Letter.state == QUEUED)
    return desk.session.exec(chosen).all()


def _overtaken(desk: Writing, letter: Letter, cause: Cause) -> bool:
    """Stops a waiting letter whose record is corrected; one that is going out at this moment goes."""
    chain = desk.file.root(cause.replaces) if cause.replaces else None
    if chain is None or letter.cause_id is None or desk.file.root(letter.cause_id) != chain:
        return False
    _stopped(desk, letter)
    return True


def write_by_hand(desk: Writing, name: str) -> list[str]:
    """Prepares a letter because an officer wants it. Invalid where the procedure has none, or nobody to write to."""
    kind = desk.file.workflow.letters.get(name)
    if kind is None or not kind.is_for(desk.case.kind):
        raise Invalid([FieldError("letter", "Choose one of the letters of this procedure")])
    report = desk.file.report.values
    people = recipients(desk.file, report, kind.to, {}, sender=kind.sender)
    if not people:
        raise Invalid([FieldError("letter", "Record first, among the people in the case, whom it is for")])
    scenes = (Scene(desk.session, desk.home, desk.file, report, Cause("", {}), one) for one in people)
    return [_write(desk, kind, scene) for scene in scenes]


def edit(desk: Writing, letter: Letter, changes: Mapping[str, str]) -> None:
    """New words, mail or postal address before it goes; the wait begins anew. WrongState once it has been tried."""
    mail = _untried(desk, letter)
    before = book.read(desk.session, desk.home.vault, letter)
    _refuse_empty(changes)
    new = words(desk.template(letter.name), changes.get("text", before.text), before.organisation)
    email, address = (
        changes.get(name, old).strip() for name, old in (("email", before.email), ("address", before.address))
    )
    wording = replace(before, text=new.text, html=new.html, subject=new.subject, email=email, address=address)
    wording = replace(wording, typed=True)
    moved = (email, address) != (before.email, before.address)
    _rewrite(desk, letter, mail, wording, {needs.ADDRESS_CHANGED} if moved else set())


def fill_again(desk: Writing, letter: Letter, *, sure: bool) -> None:
    """The letter from its template anew, with what is on file by now. WrongState once it has been tried.

    Invalid where it was changed by hand and nobody said that this may be lost.
    """
    mail = _untried(desk, letter)
    if not sure and book.read(desk.session, desk.home.vault, letter).typed:
        raise Invalid([FieldError(SURE, "Somebody changed it by hand: say that this may be lost")])
    kind = desk.file.workflow.letters[letter.name]
    report = desk.file.report.values
    cause = _cause_of(desk.file, letter)
    code = book.read(desk.session, desk.home.vault, letter).code
    if not reply_codes.is_over(desk.session, desk.home, code):
        cause = replace(cause, code=code)
    person = person_of(desk.file, letter)
    if person is None:
        raise WrongState("The person it was for is no longer among the people in the case.")
    scene = Scene(desk.session, desk.home, desk.file, report, cause, person)
    _rewrite(desk, letter, mail, draft(desk, kind, scene), {needs.ADDRESS_CHANGED, needs.OFFICER_CHANGED})


def person_of(file: CaseFile, letter: Letter) -> Recipient | None:
    """Whom a letter is for, as they are known by now; None once they are no longer among the people in the case."""
    everyone = recipients(file, file.report.values, file.workflow.letters[letter.name].to, {})
    chain = file.root(letter.party_id or "")
    return next((one for one in everyone if file.root(one.party_id or "") == chain), None)


def stop(desk: Writing, letter: Letter) -> None:
    """It does not go out unless somebody sends it. WrongState where it has gone, is going, or is stopped already."""
    if letter.state not in (QUEUED, NEEDS_YOU):
        raise WrongState(GONE if letter.state in FINAL else "It is stopped already.")
    if not _stopped(desk, letter):
        raise WrongState(GOING)


def stop_all(desk: Writing, party_id: str) -> None:
    """Stops what has not gone to a person in the case; one that is going out at this moment goes."""
    chosen = select(Letter).where(Letter.case_id == desk.case.id, col(Letter.state).in_((QUEUED, NEEDS_YOU)))
    for letter in desk.session.exec(chosen.order_by(col(Letter.prepared_at), col(Letter.id))).all():
        if letter.party_id and desk.file.root(letter.party_id) == desk.file.root(party_id):
            _stopped(desk, letter)


def _stopped(desk: Writing, letter: Letter) -> bool:
    if letter.state == QUEUED and not queue.withdraw(desk.session, letter.mail_id or "", outbox.STOPPED):
        return False
    letter.state = STOPPED
    desk.session.add(letter)
    desk.note(Event.LETTER_STOPPED, letter, {})
    return True


def send(desk: Writing, letter: Letter) -> None:
    """Into the queue, in spite of what an officer may overrule; what waits goes at once. Invalid: what is missing."""
    if letter.state in FINAL:
        raise WrongState(GONE)
    if letter.state == QUEUED:
        if not queue.hurry(desk.session, letter.mail_id or "", clock.now()):
            raise WrongState(GOING)
    else:
        wording = book.read(desk.session, desk.home.vault, letter)
        kept = [code for code in letter.needs if code in needs.KEPT]
        left = needs.hinders([*needs_of(desk, letter.recipient, wording), *kept])
        if left:
            raise Invalid([FieldError("", needs.in_words(code)) for code in left])
        _enqueue(desk, letter, wording)
    desk.note(Event.LETTER_RELEASED, letter, book.commitment(desk.session, desk.home.vault, letter))


def mark_posted(desk: Writing, letter: Letter, how: str, sent_on: date) -> None:
    """Notes that it was posted or handed over on a day. Invalid: its words are unfinished; WrongState once sent."""
    if letter.state in FINAL:
        raise WrongState(GONE)
    if sent_on < _written_on(desk.file, letter):
        raise Invalid([FieldError("sent_on", "Check the date: this letter had not been written by then")])
    refuse_unfinished(desk, letter)
    if letter.state == QUEUED and not queue.withdraw(desk.session, letter.mail_id or "", outbox.POSTED):
        raise WrongState(GOING)
    letter.state, letter.needs = POSTED, []
    letter.how, letter.sent_on, letter.sent_at = how, sent_on, clock.now()
    desk.session.add(letter)
    desk.session.flush()
    desk.note(Event.LETTER_POSTED, letter, book.commitment(desk.session, desk.home.vault, letter))
    letter_proof.went(desk.session, desk.home, desk.case, letter, desk.actor, desk.via)


def unfinished(desk: Writing, letter: Letter, *, as_mail: bool = False) -> list[str]:
    """What is missing in its words as things stand now, or that they name who may not be named (X17).

    Such a letter leaves the house in no way at all. One that went is on record as it was.
    """
    wording = book.read(desk.session, desk.home.vault, letter)
    told = wording if as_mail else replace(wording, subject="")  # that of the mail is not on paper
    return [] if letter.state in FINAL else needs.unfinished(needs_of(desk, letter.recipient, told))


def refuse_unfinished(desk: Writing, letter: Letter, *, as_mail: bool = False) -> None:
    """Invalid where a letter is unfinished."""
    if left := unfinished(desk, letter, as_mail=as_mail):
        raise Invalid([FieldError("", needs.in_words(code)) for code in left])


def _written_on(file: CaseFile, letter: Letter) -> date:
    """The day before which a letter cannot have left: that of its words, or an earlier one that its record names."""
    asked = file.row(letter.cause_id)
    given = asked.plain.get("sent_on") if asked is not None else None
    prepared = clock.local(letter.prepared_at).date()
    return min(prepared, date.fromisoformat(given)) if given else prepared


def _write(desk: Writing, kind: LetterKind, scene: Scene) -> str:
    wording, now = draft(desk, kind, scene), clock.now()
    letter = Letter(
        id=new_id(),
        case_id=desk.case.id,
        name=kind.name,
        recipient=scene.recipient.part,
        party_id=scene.recipient.party_id,
        cause_id=scene.cause.row_id,
        state=NEEDS_YOU,
        version_id="",
        prepared_at=now,
        prepared_by=desk.actor.id,
    )
    commits = book.write(desk.session, desk.home.vault, letter, wording, by=desk.actor.id, now=now)
    letter.needs = [*needs_of(desk, kind.to, wording, scene.report), *wishes(scene)]
    if not letter.needs:
        _enqueue(desk, letter, wording)
    desk.session.add(letter)
    desk.session.flush()
    desk.note(Event.LETTER_PREPARED, letter, commits)
    return letter.id


def _enqueue(desk: Writing, letter: Letter, wording: Wording) -> None:
    settings, content = desk.home.settings, book.as_mail(wording)
    due = clock.now() + timedelta(minutes=settings.letter_delay_minutes)
    # what may have arrived goes again as the same mail, so that nobody reads it twice
    if not (letter.mail_id and queue.try_again(desk.session, letter.mail_id, due)):
        try:
            letter.mail_id = queue.enqueue(
                desk.session,
                desk.home.vault,
                kind=MAIL_KIND,
                to=content.to,
                subject=content.subject,
                text=content.text,
                html=content.html,
                owner=desk.case.id,
                about=letter.id,
                not_before=due,
                host=(settings.mail_from or "").rpartition("@")[2] or queue.NO_HOST,
            )
        except ValueError:
            raise Invalid([FieldError("email", "Check the mail address: it is one line")]) from None
    letter.state, letter.needs = QUEUED, []
    desk.session.add(letter)


def _rewrite(desk: Writing, letter: Letter, mail: Mail | None, wording: Wording, settled: Set[str]) -> None:
    """Keeps the new words and puts them where the old ones were: in the queue, or on the officer's desk.

    `settled` are the needs that these words put right.
    """
    commits = book.write(desk.session, desk.home.vault, letter, wording, by=desk.actor.id, now=clock.now())
    left = needs_of(desk, letter.recipient, wording)
    kept = [code for code in letter.needs if code in needs.KEPT - settled]
    if mail is not None and left:
        if not queue.withdraw(desk.session, mail.id, outbox.STOPPED):
            raise WrongState(GOING)  # a worker took it meanwhile: its words are those that go
        letter.state, letter.needs = NEEDS_YOU, left
    elif mail is not None:
        due = clock.now() + timedelta(minutes=desk.home.settings.letter_delay_minutes)
        if not queue.revise(desk.session, desk.home.vault, mail.id, book.as_mail(wording), due):
            raise WrongState(GOING)
    else:
        letter.needs = [*left, *kept]
    desk.session.add(letter)
    desk.session.flush()
    desk.note(Event.LETTER_EDITED, letter, commits)


def _untried(desk: Writing, letter: Letter) -> Mail | None:
    """The mail of a letter that waits, None where it does not; WrongState where any server may have it already."""
    if letter.state in FINAL:
        raise WrongState(GONE)
    mail = desk.session.get(Mail, letter.mail_id, populate_existing=True) if letter.mail_id else None
    if mail is not None and (mail.unsure or mail.state == outbox.SENDING):
        raise WrongState("It may have reached them already, so its words stay. Send it again, or note it as posted.")
    if mail is not None and mail.state == outbox.WAITING and mail.attempts:
        raise WrongState("It is being tried. Stop it first, then change it.")
    return mail if letter.state == QUEUED else None


def _cause_of(file: CaseFile, letter: Letter) -> Cause:
    row = file.row(letter.cause_id)
    if row is None:
        return Cause("", {})
    name = row.plain["trigger"] if row.kind == "step" else row.kind
    newest = row if row.kind in ("step", REPORT) else file.latest(row.id) or row
    return Cause(name, newest.values, row.id)


def _refuse_empty(changes: Mapping[str, str]) -> None:
    text = changes.get("text")
    if text is not None and not text.strip():
        raise Invalid([FieldError("text", "Write something: a letter is never empty")])
