"""What follows once a letter went, where the procedure says so: the record it stands for, and a clock begun anew."""

from sqlmodel import Session, select

from app import clock
from app.audit.events import Event
from app.audit.log import Actor, append
from app.cases import deadlines, keeping
from app.cases.casefile import ref
from app.cases.models import Case, CaseRecord
from app.installation import Installation
from app.letters.models import Letter
from app.workflow.definition import RecordKind, Workflow


def is_settled(session: Session, home: Installation, case: Case, name: str) -> bool:
    """Whether a letter stands for a record that is there already, or can no longer be made: then it is not needed."""
    kinds = _kinds(home.workflows.get(case.workflow, case.workflow_version), name)
    return bool(kinds) and all(case.state not in kind.states or _exists(session, case, kind) for kind in kinds)


def went(session: Session, home: Installation, case: Case, letter: Letter, actor: Actor, via: str) -> None:
    """Follows up a letter that was sent, or posted by hand, on its `sent_on`. The case row is locked."""
    if letter.sent_on is None:
        return
    workflow = home.workflows.get(case.workflow, case.workflow_version)
    for kind in _kinds(workflow, letter.name):
        if case.state in kind.states and not _exists(session, case, kind):
            _keep(session, home, case, kind, letter, actor, via)
    written = workflow.letters.get(letter.name)
    rhythm = workflow.clocks.get(written.restarts) if written else None
    if rhythm and case.state in rhythm.states:
        deadlines.restart(session, case, rhythm, letter.sent_on, letter.id)
    deadlines.refresh_next(session, workflow, case, case.state)
    session.add(case)


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


def _kinds(workflow: Workflow, name: str) -> list[RecordKind]:
    return [kind for kind in workflow.records.values() if kind.by_letter == name]


def _exists(session: Session, case: Case, kind: RecordKind) -> bool:
    chosen = select(CaseRecord.id).where(CaseRecord.case_id == case.id, CaseRecord.kind == kind.name)
    return session.exec(chosen.limit(1)).first() is not None
