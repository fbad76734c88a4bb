"""Content opened to an auditor: one field of one record, with a reason, for 24 hours; everybody concerned is told."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.audit.entries import stamp
from app.audit.events import Event
from app.audit.log import append
from app.cases import access, door
from app.cases.access import FULL, TRAIL, visible
from app.cases.actions import Desk
from app.cases.casefile import PLAIN, REPORT, STEP, CaseFile, Row, fields_of, ref
from app.cases.models import Case
from app.cases.permissions import role_of
from app.cases.queries import refuse_trail
from app.db import new_id
from app.errors import FieldError, Forbidden, Invalid
from app.installation import Installation
from app.outbox.queue import enqueue
from app.oversight.models import Unmasking
from app.people import queries as people
from app.people.policy import Role
from app.people.queries import Viewer
from app.workflow.definition import Field
from app.workflow.fields import read

LASTS = timedelta(hours=24)
UNMASKING, REASON, PART, FIELD = "unmasking", "reason", "part", "field"
POSSIBLE = "possible"
WAITS = "Another officer decides on your declaration first. Until then no part of this case is open to you."
SUBJECT = "Casetrail: an auditor opened a part of a case"
QUESTIONS = (
    Field(PART, "line", "Which part?", required=True, max_length=240),
    Field(
        REASON,
        "text",
        "Why do you need it?",
        "Whoever looks after the case and the other auditors read this. Leave out names.",
        required=True,
        min_length=10,
        max_length=2000,
    ),
)


@dataclass(frozen=True)
class Part:
    """One sealed field of one record: what it is called, without what it says."""

    record_id: str
    path: str
    kind: str
    label: str
    day: date

    @property
    def key(self) -> str:
        """How it is named when it is asked for."""
        return f"{self.record_id}:{self.path}"

    @property
    def words(self) -> str:
        """What it is called: the kind of record and the question, once where they are the same."""
        return self.kind if self.kind == self.label else f"{self.kind}: {self.label}"


@dataclass(frozen=True)
class Opened:
    """An opening: who, which part, why, until when; `text` only for whoever opened it, while it lasts."""

    id: str
    who: str
    part: Part
    reason: str
    opened_at: datetime
    ends_at: datetime
    lasts: bool
    text: str | None

    def as_json(self) -> dict[str, Any]:
        """As programs read it."""
        return {
            "id": self.id,
            "who": self.who,
            "part": self.part.key,
            "kind": self.part.kind,
            "label": self.part.label,
            "reason": self.reason,
            "opened_at": self.opened_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "lasts": self.lasts,
            "text": self.text,
        }


def parts(file: CaseFile) -> list[Part]:
    """Everything sealed that a case holds, record by record, without a word of it."""
    found = []
    for row in file.rows:
        found += [
            Part(row.id, path, _kind(file, row), label, row.day)
            for path, label, _ in _sealed(_questions(file, row), row.values)
        ]
    return found


def offered(desk: Desk) -> list[Part]:
    """What whoever stands at this desk may have opened: an auditor everything, others nothing."""
    return parts(desk.file) if desk.position.view == TRAIL and not waits(desk) else []


def waits(desk: Desk) -> bool:
    """Whether an auditor declared a possible connection that no officer decided on yet: nothing is open meanwhile."""
    standing = desk.position.standing
    return desk.position.view == TRAIL and standing is not None and standing.answer == POSSIBLE


def unmask(home: Installation, viewer: Viewer, reference: str, raw: dict[str, Any], *, via: str) -> str:
    """Opens one part to an auditor and tells the others; the id of the opening, or of one that lasts already.

    Unseen, Forbidden, Invalid.
    """
    values = read(QUESTIONS, raw, today=clock.today())

    def work(session: Session, desk: Desk) -> str:
        if desk.position.view != TRAIL:
            raise Forbidden("Only an auditor has content opened")
        if waits(desk):
            raise Forbidden(WAITS)
        part = next((one for one in offered(desk) if one.key == values[PART]), None)
        if part is None:
            raise Invalid([FieldError(PART, "Choose a part of this case")])
        if (open_now := _open_now(desk, viewer, part)) is not None:
            return open_now
        opening = _keep(desk, viewer, part, values[REASON])
        _tell(session, home, desk.case, viewer)
        return opening

    return door.with_desk(home, viewer, reference, via, work)


def _open_now(desk: Desk, viewer: Viewer, part: Part) -> str | None:
    """The opening of the same part to the same person that still lasts: a button pressed twice, or asked again."""
    chosen = select(Unmasking.id).where(Unmasking.case_id == desk.case.id, Unmasking.by_person == viewer.id)
    chosen = chosen.where(Unmasking.record_id == part.record_id, Unmasking.path == part.path)
    return desk.session.exec(chosen.where(Unmasking.ends_at > clock.now())).first()


def openings(desk: Desk) -> list[Opened]:
    """Every opening on a case, newest first. Forbidden for whom the steps of the case are not open to."""
    refuse_trail(desk)
    chosen = select(Unmasking).where(Unmasking.case_id == desk.case.id)
    rows = desk.session.exec(chosen.order_by(col(Unmasking.opened_at).desc(), col(Unmasking.id))).all()
    names = people.actors_by_id(desk.session, desk.home.vault, {row.by_person for row in rows})
    sealed = desk.home.vault.open_rows(desk.session, desk.case.id, UNMASKING, [row.id for row in rows])
    now, known, may_read = clock.now(), {part.key: part for part in parts(desk.file)}, not waits(desk)
    found = []
    for row in rows:
        part, lasts = known[f"{row.record_id}:{row.path}"], row.opened_at <= now < row.ends_at
        mine = lasts and may_read and row.by_person == desk.position.viewer.id and desk.position.view == TRAIL
        reason = sealed[UNMASKING, row.id, REASON][REASON]
        text = _text(desk.file, part) if mine else None
        who = names.get(row.by_person, "")
        found.append(Opened(row.id, who, part, reason, row.opened_at, row.ends_at, lasts, text))
    return found


def to_be_told(session: Session, viewer: Viewer) -> set[str]:
    """The ids of cases of which somebody else opened a part that still lasts, if this person looks after or audits."""
    now = clock.now()
    lasting = select(Unmasking.case_id).where(col(Unmasking.ends_at) > now, Unmasking.by_person != viewer.id)
    query = visible(viewer, col(Case.id), col(Case.handler_id)).where(col(Case.id).in_(lasting))
    rows = session.exec(query).all()
    return {case_id for case_id, handler, view in rows if view == TRAIL or (view == FULL and handler == viewer.id)}


def as_committed(row: Unmasking) -> dict[str, Any]:
    """What the group `plain` commits to, and what a check compares with the columns."""
    return {
        "record": row.record_id,
        "path": row.path,
        "by": row.by_person,
        "opened_at": stamp(row.opened_at),
        "ends_at": stamp(row.ends_at),
    }


def _keep(desk: Desk, viewer: Viewer, part: Part, reason: str) -> str:
    now = clock.now()
    row = Unmasking(
        id=new_id(),
        case_id=desk.case.id,
        record_id=part.record_id,
        path=part.path,
        by_person=viewer.id,
        opened_at=now,
        ends_at=now + LASTS,
    )
    desk.session.add(row)
    groups = {PLAIN: as_committed(row), REASON: {REASON: reason}}
    append(
        desk.session,
        Event.CONTENT_UNMASKED,
        actor=viewer.actor(role_of(desk.position)),
        via=desk.via,
        case=ref(desk.case),
        record=(UNMASKING, row.id),
        subject=(FIELD, part.record_id),
        commits=desk.home.vault.seal_groups(desk.session, row.case_id, UNMASKING, row.id, groups),
    )
    return row.id


def _tell(session: Session, home: Installation, case: Case, auditor: Viewer) -> None:
    """A mail to whoever looks after the case and to the other auditors who may see it; without a mail server none."""
    settings, today = home.settings, clock.today()
    if settings.smtp_url is None or settings.mail_from is None:
        return
    told = {*people.ids_holding(session, Role.AUDITOR, today), *([case.handler_id] if case.handler_id else [])}
    for person_id in sorted(told - {auditor.id}):
        viewer = people.viewer_for(session, home.vault, person_id, today)
        if viewer is None or access.find(session, viewer, case.reference) is None:
            continue
        text = mail_text(case.reference, settings.base_url)
        host = settings.mail_from.rpartition("@")[2]
        enqueue(session, home.vault, kind=UNMASKING, to=viewer.email, subject=SUBJECT, text=text, host=host)


def mail_text(reference: str, base_url: str) -> str:
    """The words of that mail: a reference and nothing else of the case."""
    return (
        f"An auditor gave a reason and opened one part of a case for 24 hours:\n  {reference}\n\n"
        f"Sign in to see which part and why: {base_url}/cases\n\n"
        "What a case is about is never in a mail like this.\n"
    )


def _kind(file: CaseFile, row: Row) -> str:
    if row.kind == REPORT:
        return "The report"
    if row.kind == STEP:
        return next((one.label for one in file.workflow.transitions if one.trigger == row.plain["trigger"]), "A step")
    rules = file.workflow.records.get(row.kind)
    return rules.label if rules else row.kind


def _questions(file: CaseFile, row: Row) -> Iterable[Field]:
    if row.kind == STEP:
        return next((one.inputs for one in file.workflow.transitions if one.trigger == row.plain["trigger"]), ())
    return fields_of(file, row.kind)


def _sealed(questions: Iterable[Field], values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str, str]]:
    """Dotted name, label and text of every sealed answer."""
    for question in questions:
        value = values.get(question.name)
        if not value:
            continue
        path = f"{before}{question.name}"
        if question.type == "group":
            yield from _sealed(question.fields, value, f"{path}.")
        elif question.type == "items":
            for number, item in enumerate(value):
                yield from _sealed(question.fields, item, f"{path}.{number}.")
        elif question.sealed:
            yield path, question.label, str(value)


def _text(file: CaseFile, part: Part) -> str | None:
    row = file.row(part.record_id)
    found = _sealed(_questions(file, row), row.values) if row is not None else iter(())
    return next((text for path, _, text in found if path == part.path), None)
