"""A letter that was sent stands for a record, where the procedure says so: it is written once, by the letter itself."""

from sqlmodel import Session, select

from app import clock
from app.audit.events import Event
from app.audit.log import Actor, append
from app.cases import deadlines, keeping
from app.cases.casefile import ref
from app.cases.models import Case, CaseRecord
from app.installation import Installation
from app.letters.models import Letter
from app.workflow.definition import RecordKind


def is_settled(session: Session, home: Installation, case: Case, name: str) -> bool:
    """Whether a letter stands for a record that is there already, or can no longer be made: then it is not needed."""
    kinds = _kinds(home, case, name)
    return bool(kinds) and all(case.state not in kind.states or _exists(session, case, kind) for kind in kinds)


def keep(session: Session, home: Installation, case: Case, letter: Letter, actor: Actor, via: str) -> None:
    """Writes the record that a sent or posted letter stands for, unless there is one. The case row is locked."""
    for kind in _kinds(home, case, letter.name):
        if case.state in kind.states and not _exists(session, case, kind) and letter.sent_on:
            _keep(session, home, case, kind, letter, actor, via)


def _keep(
    session: Session, home: Installation, case: Case, kind: RecordKind, letter: Letter, actor: Actor, via: str
) -> None:
    values = {"how": letter.how, "sent_on": letter.sent_on.isoformat() if letter.sent_on else None}
    case.version += 1
    kept = keeping.keep(session, home, case, kind.name, kind.fields, values, actor=actor)
    append(
        session,
        Event.RECORD_ADDED,
        actor=actor,
        via=via,
        case=ref(case),
        record=(kind.name, kept.row.id),
        occurred_on=letter.sent_on if letter.sent_on != clock.today() else None,
        commits=kept.commits,
    )
    workflow = home.workflows.get(case.workflow, case.workflow_version)
    deadlines.refresh_next(session, workflow, case, case.state)
    session.add(case)


def _kinds(home: Installation, case: Case, name: str) -> list[RecordKind]:
    workflow = home.workflows.get(case.workflow, case.workflow_version)
    return [kind for kind in workflow.records.values() if kind.by_letter == name]


def _exists(session: Session, case: Case, kind: RecordKind) -> bool:
    chosen = select(CaseRecord.id).where(CaseRecord.case_id == case.id, CaseRecord.kind == kind.name)
    return session.exec(chosen.limit(1)).first() is not None
