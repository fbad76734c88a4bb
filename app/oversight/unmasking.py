"""Opening content to an auditor: one part, with a reason, for 24 hours; everybody concerned is told."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.audit.entries import stamp
from app.audit.events import Event
from app.audit.log import append
from app.cases import access, door
from app.cases.access import FULL, TRAIL, visible
from app.cases.actions import Desk
from app.cases.casefile import PLAIN, ref
from app.cases.models import Case
from app.cases.permissions import role_of
from app.db import insert_once, new_id
from app.errors import FieldError, Forbidden, Invalid
from app.installation import Installation
from app.outbox.queue import enqueue
from app.oversight.models import OpeningSeen, Unmasking
from app.oversight.parts import LETTER, Part, parts
from app.people import queries as people
from app.people.policy import Role
from app.people.queries import Viewer
from app.workflow.definition import Field
from app.workflow.fields import read

LASTS, TOLD_FOR = timedelta(hours=24), timedelta(days=30)
MOST = 50
UNMASKING, REASON, PART, FIELD, FIELDS = "unmasking", "reason", "part", "field", "fields"
POSSIBLE = "possible"
WAITS = "Another officer decides on your declaration first. Until then no part of this case is open to you."
SUBJECT = "Casetrail: an auditor opened a part of a case"
QUESTIONS = (
    Field(
        PART,
        "line",
        "Which part?",
        "A letter or a file opens as a whole. A name that is withheld is left out of a letter, not of a file.",
        required=True,
        max_length=240,
    ),
    Field(
        REASON,
        "text",
        "Why do you need it?",
        "Whoever looks after the case and the other auditors read this. Leave out names. At least ten characters.",
        required=True,
        min_length=10,
        max_length=2000,
    ),
)


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
    return _unmask(home, viewer, reference, [values[PART]], values[REASON], PART, via)[0]


def unmask_fields(home: Installation, viewer: Viewer, reference: str, raw: dict[str, Any], *, via: str) -> list[str]:
    """The same for several parts, `fields`, with one `reason`: all of them or none; the ids of the openings."""
    wanted = raw.get(FIELDS)
    if not isinstance(wanted, list) or not 0 < len(wanted) <= MOST or not all(isinstance(one, str) for one in wanted):
        raise Invalid([FieldError(FIELDS, f"Name from 1 to {MOST} parts of this case")])
    rest = {name: value for name, value in raw.items() if name != FIELDS}
    values = read(QUESTIONS[1:], rest, today=clock.today())
    return _unmask(home, viewer, reference, wanted, values[REASON], FIELDS, via)


def _unmask(
    home: Installation, viewer: Viewer, reference: str, keys: Sequence[str], reason: str, field: str, via: str
) -> list[str]:
    def work(session: Session, desk: Desk) -> list[str]:
        if desk.position.view != TRAIL:
            raise Forbidden("Only an auditor has content opened")
        if waits(desk):
            raise Forbidden(WAITS)
        known = {one.key: one for one in offered(desk)}
        if not set(keys) <= known.keys():
            raise Invalid([FieldError(field, "Choose a part of this case")])
        wanted = [known[key] for key in dict.fromkeys(keys)]
        lasting = [_open_now(desk, viewer, part) for part in wanted]
        if None in lasting:
            _tell(session, home, desk.case, viewer)
        return [now or _keep(desk, viewer, part, reason) for now, part in zip(lasting, wanted, strict=True)]

    return door.with_desk(home, viewer, reference, via, work)


def _open_now(desk: Desk, viewer: Viewer, part: Part) -> str | None:
    """The opening of the same part to the same person that still lasts: a button pressed twice, or asked again."""
    chosen = select(Unmasking.id).where(Unmasking.case_id == desk.case.id, Unmasking.by_person == viewer.id)
    chosen = chosen.where(Unmasking.record_id == part.record_id, Unmasking.path == part.path)
    return desk.session.exec(chosen.where(Unmasking.ends_at > clock.now())).first()


def to_be_told(session: Session, viewer: Viewer) -> set[str]:
    """The ids of cases of which somebody else opened a part that this person, who looks after or audits, did not see.

    Auditors, who may come new to a branch, are told of those of the last month.
    """
    mine = select(OpeningSeen.unmasking_id).where(
        OpeningSeen.unmasking_id == Unmasking.id, OpeningSeen.person_id == viewer.id
    )
    others = select(Unmasking.case_id).where(Unmasking.by_person != viewer.id, ~mine.exists())
    lately = set(session.exec(others.where(Unmasking.opened_at > clock.now() - TOLD_FOR)).all())
    query = visible(viewer, col(Case.id), col(Case.handler_id)).where(col(Case.id).in_(others))
    return {
        case_id
        for case_id, handler, view in session.exec(query).all()
        if (view == TRAIL and case_id in lately) or (view == FULL and handler == viewer.id)
    }


def note_seen(home: Installation, viewer: Viewer, ids: Sequence[str]) -> None:
    """Notes the openings just shown to somebody: they leave their list. One's own were never on it."""
    with home.db.read() as session:
        known = select(OpeningSeen.unmasking_id).where(OpeningSeen.person_id == viewer.id)
        chosen = select(Unmasking.id).where(col(Unmasking.id).in_(ids), Unmasking.by_person != viewer.id)
        unseen = session.exec(chosen.where(col(Unmasking.id).not_in(known))).all()
    if not unseen:
        return
    with home.db.write() as session:
        for opening in unseen:
            row = {"unmasking_id": opening, "person_id": viewer.id, "seen_at": clock.now()}
            insert_once(session, OpeningSeen, row)


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
        subject=(LETTER if part.holds == LETTER else FIELD, part.record_id),
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
