"""What the person who sent a report can see with their access code: one of a few public steps, nothing more."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from app.audit.limits import denied, viewed
from app.audit.log import Actor
from app.cases import deadlines
from app.cases.casefile import ref
from app.cases.models import Case, CaseRecord
from app.cases.references import tidy_code, tidy_reference
from app.errors import NotFound
from app.installation import Installation
from app.workflow.definition import Workflow

REPORTER = Actor(None, "reporter")
SENT_ON = "sent_on"


@dataclass(frozen=True)
class OwnReport:
    """The reporter's own view: the public step they are at, all there are in order, and what was promised by when."""

    reference: str
    kind_label: str
    received_on: date
    step: str
    steps: tuple[tuple[str, str], ...]
    reply_due_on: date | None
    written_on: date | None
    """On which day the branch replied, as it was recorded; None where it has not, or could not."""

    def as_json(self) -> dict[str, object]:
        """The answer of `GET /reports/mine`."""
        return {
            "reference": self.reference,
            "kind": self.kind_label,
            "received_on": self.received_on.isoformat(),
            "step": self.step,
            "step_label": dict(self.steps)[self.step],
            "steps": [{"value": value, "label": label} for value, label in self.steps],
            "reply_due_on": self.reply_due_on.isoformat() if self.reply_due_on else None,
            "replied_on": self.written_on.isoformat() if self.written_on else None,
        }


def own_report(home: Installation, code: str, via: str, reference: str | None = None) -> OwnReport:
    """The report that a code opens, noted on the trail. NotFound alike for a wrong code and a wrong reference."""
    with home.db.write() as session:
        case = _find(session, home, code, reference)
        if case is not None:
            viewed(session, REPORTER, None, ref(case), via)
            return _describe(session, home, case)
        denied(session, REPORTER, None, via)
    raise NotFound("No report fits this reference and code. Check both, sign by sign.")


def _find(session: Session, home: Installation, code: str, reference: str | None) -> Case | None:
    lookup = home.vault.lookup(session, "access-code", tidy_code(code))
    case = session.exec(select(Case).where(Case.access_lookup == lookup)).first()
    if case is None or (reference is not None and tidy_reference(reference) != case.reference):
        return None
    return case


def _describe(session: Session, home: Installation, case: Case) -> OwnReport:
    workflow = home.workflows.get(case.workflow, case.workflow_version)
    kind = next(one for one in workflow.opening.kinds if one.name == case.kind)
    here = deadlines.running(session, workflow, case, case.state) if case.state == workflow.initial else []
    first_step = workflow.states[workflow.initial]
    return OwnReport(
        reference=case.reference,
        kind_label=kind.label,
        received_on=case.received_on,
        step=workflow.states[case.state].public_step,
        steps=tuple((option.value, option.label) for option in workflow.public_steps),
        reply_due_on=here[0].due_on
        if here and first_step.public_step == workflow.states[case.state].public_step
        else None,
        written_on=_replied_on(session, workflow, case),
    )


def _replied_on(session: Session, workflow: Workflow, case: Case) -> date | None:
    """The day given in the newest record that a step out of the first state asks for and that says when it was sent."""
    asked = {condition for arrow in workflow.leaving(workflow.initial) for condition in arrow.conditions}
    kinds = [
        kind.name
        for kind in workflow.records.values()
        if asked & set(kind.answers) and any(question.name == SENT_ON for question in kind.fields)
    ]
    rows = select(CaseRecord).where(CaseRecord.case_id == case.id, col(CaseRecord.kind).in_(kinds))
    newest = session.exec(rows.order_by(col(CaseRecord.case_version).desc()).limit(1)).first()
    given = newest.plain.get(SENT_ON) if newest is not None else None
    return date.fromisoformat(given) if given else None
