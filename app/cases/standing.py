"""Who is what to a case: handler, officer, panel member, or somebody for whom it does not exist."""

from sqlalchemy import or_
from sqlmodel import Session, col, select

from app import clock
from app.audit.events import Event
from app.audit.log import Actor, append
from app.cases.casefile import ref, standings_of
from app.cases.models import Case, CaseStanding
from app.cases.recall import recall
from app.installation import Installation
from app.letters.needs import OFFICER_CHANGED
from app.people import queries as people

HANDLER_ORDER = ("secretary", "deputy", "stand_in")
"""Procedure, section 5: the secretary in office, else the deputy, else the stand-in."""
CLEAR = frozenset({"none", "cleared", "not_asked"})
INVOLVED = "involved"
OUT = frozenset({"conflicted", "excluded", INVOLVED})
AUDITOR = "auditor"


def stand(
    session: Session, case_id: str, person_id: str, *, part: str | None = None, answer: str | None = None
) -> CaseStanding:
    """Sets a person's part and answer; what is None stays as it was."""
    row = session.get(CaseStanding, (case_id, person_id))
    if row is None:
        row = CaseStanding(case_id=case_id, person_id=person_id, part=part or "other")
    row.part = part or row.part
    if row.answer not in OUT or answer in OUT:  # whoever is out stays out, whatever they declare
        row.answer = answer or row.answer
    session.add(row)
    session.flush()
    return row


def exclude(session: Session, case: Case, person_id: str, answer: str) -> None:
    """From here on the case does not exist for this person."""
    stand(session, case.id, person_id, answer=answer)
    refresh_clearance(session, case)


def eligible_handlers(session: Session, home: Installation, case: Case) -> list[people.Holder]:
    """Officers who may handle the case today, in the order of the procedure; guests only for their own case."""
    known = standings_of(session, case.id)
    officers = [
        holder
        for holder in people.holders(session, home.vault, clock.today())
        if holder.role in HANDLER_ORDER and holder.case_id in (None, case.id)
    ]
    free = [
        holder
        for holder in officers
        if (row := known.get(holder.person_id)) is None or (row.answer not in OUT and row.part != "panel")
    ]
    return sorted(free, key=lambda holder: HANDLER_ORDER.index(holder.role))


def assign_handler(session: Session, home: Installation, case: Case, *, actor: Actor, via: str) -> None:
    """Gives the case to the first eligible officer, else to nobody (shown as a fault), with an entry of its own."""
    if place_handler(session, home, case):
        subject = ("person", case.handler_id or "nobody")
        append(session, Event.HANDLER_ASSIGNED, actor=actor, via=via, case=ref(case), subject=subject)
        recall(session, case, OFFICER_CHANGED, actor=actor, via=via)


def place_handler(session: Session, home: Installation, case: Case, person_id: str | None = None) -> bool:
    """The same, or to `person_id`, without an entry: opening and reopening say it in theirs. Whether it changed."""
    if person_id is None:
        first = next(iter(eligible_handlers(session, home, case)), None)
        person_id = first.person_id if first else None
    if person_id == case.handler_id:
        return False
    if case.handler_id is not None and (old := session.get(CaseStanding, (case.id, case.handler_id))) is not None:
        old.part = "officer"
        session.add(old)
    case.handler_id = person_id
    session.add(case)
    if person_id is not None:
        stand(session, case.id, person_id, part="handler", answer=None if _asks(home, case) else "not_asked")
    refresh_clearance(session, case)
    return True


def _asks(home: Installation, case: Case) -> bool:
    """Whether this procedure asks for declarations at all."""
    records = home.workflows.get(case.workflow, case.workflow_version).records.values()
    return any(one.kind == "effect" and one.name == "declare" for record in records for one in record.then)


def orphans(session: Session, home: Installation) -> list[Case]:
    """Open cases whose handler is not serving as an officer today, or that have none."""
    officers = [one for one in people.holders(session, home.vault, clock.today()) if one.role in HANDLER_ORDER]
    branch_wide = {holder.person_id for holder in officers if holder.case_id is None}
    guests = {(holder.person_id, holder.case_id) for holder in officers}
    without = or_(col(Case.handler_id).is_(None), col(Case.handler_id).not_in(branch_wide))
    found = session.exec(select(Case).where(col(Case.final).is_(False), without)).all()
    return [case for case in found if (case.handler_id, case.id) not in guests]


def reassign_orphans(session: Session, home: Installation, *, actor: Actor, via: str) -> int:
    """Open cases whose handler holds no office today go to the next officer; the number of cases that moved."""
    moved = 0
    for found in orphans(session, home):
        case = session.get_one(Case, found.id, with_for_update=True, populate_existing=True)
        before = case.handler_id
        assign_handler(session, home, case, actor=actor, via=via)
        moved += case.handler_id != before
    return moved


def refresh_clearance(session: Session, case: Case) -> None:
    """Notes on the case whether a declaration waits for another officer.

    The handler's, a panel member's, an auditor's, and on a finished case that of an officer who would look at it again.
    """
    waiting = (row for row in standings_of(session, case.id).values() if row.answer == "possible")
    parts = ("handler", "panel", AUDITOR, *(("officer",) if case.final else ()))
    case.awaits_clearance = any(row.part in parts for row in waiting)
    session.add(case)
