"""Remarks: an auditor writes one on a case or an entry, whoever looks after the case answers; each is an entry too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app import clock
from app.audit.entries import stamp
from app.audit.events import Event
from app.audit.log import append
from app.audit.models import AuditEntry
from app.cases import door
from app.cases.access import FULL, TRAIL, visible
from app.cases.actions import Desk
from app.cases.casefile import PLAIN, ref
from app.cases.models import Case
from app.cases.permissions import role_of
from app.cases.queries import refuse_trail
from app.db import new_id
from app.errors import FieldError, Forbidden, Invalid, NotFound, WrongState
from app.installation import Installation
from app.oversight.models import Remark
from app.people import queries as people
from app.people.policy import role_words
from app.people.queries import Viewer
from app.workflow.definition import Field
from app.workflow.fields import read

REMARK, TEXT, ENTRY = "remark", "text", "entry"
_HELP = "Leave out names. Whoever looks after the case reads and answers it."
QUESTIONS = (
    Field(TEXT, "text", "Remark", _HELP, required=True),
    Field(ENTRY, "line", "About which step?", "Leave empty for the case as a whole.", max_length=32),
)
ANSWER = (Field(TEXT, "text", "Answer", required=True),)


@dataclass(frozen=True)
class Said:
    """One remark or answer, opened."""

    id: str
    text: str
    who: str
    role: str
    written_at: datetime

    def as_json(self) -> dict[str, Any]:
        """As programs read it."""
        told = {"id": self.id, "text": self.text, "who": self.who, "role": self.role}
        return told | {"written_at": self.written_at.isoformat()}


@dataclass(frozen=True)
class Thread:
    """A remark with what was answered; `step` is the number of the step it is about, None for the whole case."""

    remark: Said
    entry: str | None
    step: int | None
    answers: Sequence[Said]

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return not self.answers

    def as_json(self) -> dict[str, Any]:
        """As programs read it."""
        told = {"entry": self.entry, "step": self.step, "open": self.open}
        return self.remark.as_json() | told | {"answers": [one.as_json() for one in self.answers]}


def write(home: Installation, viewer: Viewer, reference: str, raw: dict[str, Any], *, via: str) -> str:
    """An auditor's remark; its id. Unseen, Forbidden for others, Invalid."""
    values = read(QUESTIONS, raw, today=clock.today())

    def work(_session: Session, desk: Desk) -> str:
        if desk.position.view != TRAIL:
            raise Forbidden("Only an auditor writes remarks on a case")
        entry_id = _entry_of(desk, values.get(ENTRY))
        same = _said_before(desk, viewer, values[TEXT], Remark.entry_id == entry_id, col(Remark.answers).is_(None))
        return same or _keep(desk, viewer, values[TEXT], entry_id=entry_id, answers=None)

    return door.with_desk(home, viewer, reference, via, work)


def answer(home: Installation, viewer: Viewer, reference: str, remark_id: str, raw: dict[str, Any], *, via: str) -> str:
    """The answer of whoever looks after the case, one a remark; its id. Unseen, Forbidden, NotFound, WrongState."""

    def work(session: Session, desk: Desk) -> str:
        if not answers_here(desk):
            raise Forbidden("Only whoever looks after the case answers a remark")
        about = session.get(Remark, remark_id)
        if about is None or about.case_id != desk.case.id or about.answers is not None:
            raise NotFound("There is no such remark on this case")
        values = read(ANSWER, raw, today=clock.today())
        if _answers(session, about.id):
            same = _said_before(desk, viewer, values[TEXT], Remark.answers == about.id)
            if same is None:
                raise WrongState("This remark was answered already. What is on the record is not changed.")
            return same
        return _keep(desk, viewer, values[TEXT], entry_id=None, answers=about.id)

    return door.with_desk(home, viewer, reference, via, work)


def _answers(session: Session, remark_id: str) -> bool:
    return session.exec(select(Remark.id).where(Remark.answers == remark_id).limit(1)).first() is not None


def _said_before(desk: Desk, viewer: Viewer, text: str, *conditions: Any) -> str | None:
    """The remark or answer that this person wrote in the same words, unanswered so far: a button pressed twice."""
    chosen = select(Remark).where(Remark.case_id == desk.case.id, Remark.by_person == viewer.id, *conditions)
    rows = [row for row in desk.session.exec(chosen).all() if not _answers(desk.session, row.id)]
    sealed = desk.home.vault.open_rows(desk.session, desk.case.id, REMARK, [row.id for row in rows])
    return next((row.id for row in rows if sealed[REMARK, row.id, TEXT][TEXT] == text), None)


def answers_here(desk: Desk) -> bool:
    """Whether whoever stands at this desk answers remarks on the case."""
    return desk.position.view == FULL and desk.position.is_handler


def threads(desk: Desk) -> list[Thread]:
    """Every remark on a case with its answers, newest first. Forbidden for whom its steps are not open to."""
    refuse_trail(desk)
    chosen = select(Remark).where(Remark.case_id == desk.case.id).order_by(col(Remark.written_at), col(Remark.id))
    rows = desk.session.exec(chosen).all()
    said = _opened(desk, rows)
    about = select(AuditEntry.id, AuditEntry.seq).where(col(AuditEntry.id).in_({row.entry_id for row in rows}))
    steps = dict(desk.session.exec(about).all())
    return [
        Thread(
            said[row.id],
            row.entry_id,
            steps.get(row.entry_id or ""),
            [said[other.id] for other in rows if other.answers == row.id],
        )
        for row in reversed(rows)
        if row.answers is None
    ]


def waiting(session: Session, viewer: Viewer) -> set[str]:
    """The ids of the cases this person looks after on which a remark has no answer."""
    reply = aliased(Remark)
    answered = select(reply.id).where(col(reply.answers) == col(Remark.id)).exists()
    unanswered = select(Remark.case_id).where(col(Remark.answers).is_(None), ~answered)
    query = visible(viewer, col(Case.id)).where(col(Case.handler_id) == viewer.id, col(Case.id).in_(unanswered))
    return {case_id for case_id, view in session.exec(query).all() if view == FULL}


def as_committed(row: Remark) -> dict[str, Any]:
    """What the group `plain` commits to, and what a check compares with the columns."""
    return {
        "entry": row.entry_id,
        "answers": row.answers,
        "by": row.by_person,
        "role": row.by_role,
        "written_at": stamp(row.written_at),
    }


def _keep(desk: Desk, viewer: Viewer, text: str, *, entry_id: str | None, answers: str | None) -> str:
    row = Remark(
        id=new_id(),
        case_id=desk.case.id,
        entry_id=entry_id,
        answers=answers,
        by_person=viewer.id,
        by_role=role_of(desk.position),
        written_at=clock.now(),
    )
    desk.session.add(row)
    groups = {PLAIN: as_committed(row), TEXT: {TEXT: text}}
    commits = desk.home.vault.seal_groups(desk.session, row.case_id, REMARK, row.id, groups)
    append(
        desk.session,
        Event.REMARK_ANSWERED if answers else Event.REMARK_WRITTEN,
        actor=viewer.actor(row.by_role),
        via=desk.via,
        case=ref(desk.case),
        record=(REMARK, row.id),
        subject=(REMARK, answers) if answers else (ENTRY, entry_id) if entry_id else None,
        commits=commits,
    )
    return row.id


def _entry_of(desk: Desk, entry_id: str | None) -> str | None:
    if entry_id is None:
        return None
    entry = desk.session.get(AuditEntry, entry_id)
    if entry is None or entry.case_id != desk.case.id:
        raise Invalid([FieldError(ENTRY, "Choose a step of this case")])
    return entry.id


def _opened(desk: Desk, rows: Sequence[Remark]) -> dict[str, Said]:
    names = people.actors_by_id(desk.session, desk.home.vault, {row.by_person for row in rows})
    sealed = desk.home.vault.open_rows(desk.session, desk.case.id, REMARK, [row.id for row in rows])
    return {
        row.id: Said(
            row.id,
            sealed[REMARK, row.id, TEXT][TEXT],
            names.get(row.by_person, ""),
            role_words(row.by_role),
            row.written_at,
        )
        for row in rows
    }
