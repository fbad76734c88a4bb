"""A letter in the making: its words from templates and case file, and what keeps them from going out."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from app import clock
from app.audit import log_tables
from app.audit.checkpoints import read_own
from app.audit.events import Event
from app.audit.log import Actor, append
from app.audit.notes import NoteWrong
from app.cases import reply_codes
from app.cases.casefile import CaseFile, ref
from app.cases.giveaways import may_name_them, names_them
from app.cases.involvement import same_name
from app.cases.letter_facts import NOTICES, Scene, branch_facts, facts, promised
from app.cases.models import Case
from app.cases.notices import reaches
from app.cases.pauses import lasting, pauses_of
from app.cases.recall import LETTER
from app.cases.recipients import LINK, POST, REPORTER, RESPONDENT, SELF, TARGET
from app.installation import Installation
from app.letters import needs
from app.letters.book import Wording
from app.letters.models import Letter, letter_columns
from app.letters.templates import Template, load
from app.letters.wording import blanks, fill
from app.workflow.definition import LetterKind

LINK_ONLY = "link_only"
"""The template of a mail that only says that there is a letter."""


@dataclass(frozen=True)
class Writing:
    """A case on which letters are written, by whom and over which surface; the case row is locked."""

    session: Session
    home: Installation
    case: Case
    file: CaseFile
    actor: Actor
    via: str

    def note(self, event: Event, letter: Letter, commits: Mapping[str, str]) -> None:
        """The one entry about a letter that this transaction writes."""
        append(
            self.session,
            event,
            actor=self.actor,
            via=self.via,
            case=ref(self.case),
            record=(LETTER, letter.id),
            subject=("letter", letter.name),
            occurred_on=letter.sent_on if letter.sent_on != clock.today() else None,
            commits=commits,
            columns=letter_columns(letter),
        )

    def template(self, name: str) -> Template:
        """The words of a letter."""
        return load(self.home.settings.letters_dir)[name]


def draft(desk: Writing, kind: LetterKind, scene: Scene) -> Wording:
    """The letter as the templates and the case file make it; what is missing keeps its place."""
    known = facts(scene)
    filled = fill(desk.template(kind.name), known)
    organisation, contact = branch_facts(scene)
    link = fill(desk.template(LINK_ONLY), known) if scene.recipient.wish == LINK else None
    return Wording(
        name=scene.recipient.name,
        email=scene.recipient.email,
        address=scene.recipient.address,
        subject=filled.subject,
        text=filled.text,
        html=filled.html,
        organisation=organisation,
        contact=contact,
        day=clock.today(),
        link=(link.subject, link.text) if link else None,
        code=scene.cause.code,
        record=tuple(_record(desk)),
        promised=promised(scene),
    )


def _record(desk: Writing) -> Iterator[str]:
    """The newest checkpoint and the log's key, for whoever compares them later; fixed once the letter is written."""
    newest = log_tables.newest_checkpoint(desk.session)
    with suppress(NoteWrong):  # one that was edited is told elsewhere; the letter goes without
        if newest is not None:
            checkpoint = read_own(newest.note)
            yield f"Record of steps: size {checkpoint.size:,}, code {checkpoint.code}"
    yield from (f"Its public key: {key}" for key in desk.home.log.folder.verifiers()[-1:])


def needs_of(desk: Writing, part: str, wording: Wording, report: Mapping[str, Any] | None = None) -> list[str]:
    """Everything that keeps these words from going out by mail."""
    found = [f"{needs.BLANK}{name}" for name in blanks(f"{wording.subject}\n{wording.text}")]
    report = report if report is not None else desk.file.report.values
    if names_reporter(desk.file, report, part, wording):
        found.append(needs.NAMES_REPORTER)
    elif not _may_know(desk.file, report, part, wording) and may_name_them(
        desk.file, wording.text, report, (wording.name,)
    ):
        found.append(needs.PART_OF_NAME)
    if reply_codes.is_over(desk.session, desk.home, wording.held_code):
        found.append(needs.CODE_ENDED)
    if wording.names_day_before(clock.today()):
        found.append(needs.DAY_PASSED)
    if part == RESPONDENT and lasting(pauses_of(desk.file.rows)) is not None:
        found.append(needs.PAUSED)
    if not (wording.name or wording.email or wording.address):
        found.append(needs.NAMELESS)
    elif not wording.email:
        found.append(needs.NO_EMAIL)
    if desk.home.settings.smtp_url is None:
        found.append(needs.NO_SERVER)
    return found


def names_reporter(file: CaseFile, report: Mapping[str, Any], part: str, wording: Wording) -> bool:
    """Whether these words give away who sent the report to somebody who may not know it as things stand (X17)."""
    their_own = (wording.name.strip(), wording.email.strip(), wording.address.strip()) if part == TARGET else ()
    return not _may_know(file, report, part, wording) and names_them(file, wording.text, report, their_own)


def _may_know(file: CaseFile, report: Mapping[str, Any], part: str, wording: Wording) -> bool:
    """Whether it is their own report, so that nobody is given away."""
    own = file.case.kind == SELF and same_name(wording.name, (report.get(REPORTER) or {}).get("name", ""))
    return part == REPORTER or own


def wishes(scene: Scene) -> Iterable[str]:
    """What is known of how this person, or the record that asks, wants it sent."""
    if scene.recipient.wish == POST:
        yield needs.BY_POST
    elif scene.recipient.asked and not scene.recipient.wish:
        yield needs.WISH
    if scene.recipient.part == TARGET and not any(
        row.plain.get("told_affected_on") for row in scene.file.current(NOTICES)
    ):
        yield needs.FIRST_WORD
    if scene.cause.code and scene.recipient.wish == LINK:
        yield needs.CODE_APART
    notice = scene.file.latest(scene.cause.values.get("notice") or "")
    if notice is not None and not reaches(scene.file, notice):
        yield needs.NOTICE_HELD
    how, sent_on = scene.cause.values.get("how"), scene.cause.values.get("sent_on")
    if how not in (None, "email") or sent_on not in (None, clock.today().isoformat()):
        yield needs.BY_HAND
