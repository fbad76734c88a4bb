"""Letters that need their officer: how many on which case, finished cases too."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from sqlmodel import Session, col, select

from app.cases.access import FULL, visible
from app.cases.actions import Desk
from app.cases.models import Case, CaseRecord
from app.installation import Installation
from app.letters.models import NEEDS_YOU, Letter
from app.letters.needs import FAILED
from app.people.queries import Viewer
from app.workflow.definition import Workflow

MOST = 500
"""So many letters are looked at: an officer with more has enough to do."""


def by_case(session: Session, home: Installation, viewer: Viewer) -> Mapping[str, int]:
    """How many letters need this officer on each case they look after, by the case's id."""
    cases = visible(viewer).subquery()
    mine = select(Letter, Case).join(Case, col(Case.id) == col(Letter.case_id)).join(cases, cases.c.id == col(Case.id))
    mine = mine.where(cases.c.view == FULL, Case.handler_id == viewer.id, Letter.state == NEEDS_YOU)
    found = session.exec(mine.order_by(col(Letter.prepared_at).desc()).limit(MOST)).all()
    kept = _kept(session, {case.id for _, case in found}) if found else set()
    return Counter(
        case.id
        for letter, case in found
        if _needs_somebody(home.workflows.get(case.workflow, case.workflow_version), letter, kept)
    )


def of_case(desk: Desk, without: Collection[str] = ()) -> int:
    """The same of one case that is open, without these letters; 0 for whoever does not look after it."""
    if desk.position.view != FULL or not desk.position.is_handler:
        return 0
    kept = {(desk.case.id, row.kind) for row in desk.file.rows}
    return sum(
        _needs_somebody(desk.file.workflow, letter, kept) for letter in desk.file.letters if letter.id not in without
    )


def _needs_somebody(workflow: Workflow, letter: Letter, kept: set[tuple[str, str]]) -> bool:
    """Whether it waits for its officer: not where the record that it stands for is there and nothing went wrong."""
    if letter.state != NEEDS_YOU:
        return False
    kinds = [kind.name for kind in workflow.records.values() if kind.by_letter == letter.name]
    failed = any(code.startswith(FAILED) for code in letter.needs)
    return failed or not any((letter.case_id, kind) in kept for kind in kinds)


def _kept(session: Session, case_ids: Iterable[str]) -> set[tuple[str, str]]:
    chosen = select(CaseRecord.case_id, CaseRecord.kind).where(col(CaseRecord.case_id).in_(list(case_ids)))
    return set(session.exec(chosen.distinct()).all())
