"""What somebody sent by a code and the handler has not been shown yet: one row for each record, gone once it was shown.

It is no record and has no entry: who opened the case has one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlmodel import Session, col, delete, func, select

from app.cases.models import Case, CaseRecord, Unread


def note(session: Session, case: Case, row: CaseRecord) -> None:
    """Notes that a record came."""
    session.add(Unread(record_id=row.id, case_id=case.id, kind=row.kind, case_version=row.case_version))


def counts(session: Session, case_ids: Iterable[str]) -> Mapping[str, Mapping[str, int]]:
    """How much waits to be read on each of these cases, by kind of record; cases without are not in it."""
    chosen = select(Unread.case_id, Unread.kind, func.count()).where(col(Unread.case_id).in_(list(case_ids)))
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for case_id, kind, number in session.exec(chosen.group_by(Unread.case_id, Unread.kind)):
        found[case_id][kind] = number
    return found


def shown(session: Session, case: Case, kinds: Collection[str], version: int) -> None:
    """These kinds were shown as they stood at a version of the case: what came meanwhile stays unread."""
    session.exec(
        delete(Unread).where(
            col(Unread.case_id) == case.id, col(Unread.kind).in_(kinds), col(Unread.case_version) <= version
        )
    )
