"""Evidence from those outside: the person who told us, and the member it is about. Each sends it with a code."""

from dataclasses import dataclass

from sqlmodel import Session, select

from app.audit.events import Event
from app.audit.limits import denied
from app.audit.log import Actor, append
from app.cases import attachments, casefile, deadlines
from app.cases.casefile import CaseFile, ref
from app.cases.disclosure import EVIDENCE
from app.cases.keeping import keep
from app.cases.models import Case
from app.cases.references import tidy_code
from app.cases.reporter import REPORTER
from app.clock import today
from app.errors import NotFound, WrongState
from app.evidence import queries
from app.evidence.arrival import Arrived
from app.installation import Installation
from app.workflow.fields import read

FROM_REPORTER, FROM_RESPONDENT = "reporter_screenshot", "from_respondent"
NO_REPORT = "No report fits this code. Check it, sign by sign."
OVER = "This case is finished. Write to the branch instead, if something new has happened."


@dataclass(frozen=True)
class Sent:
    """What became of a file somebody sent: the record's id, and whether the same bytes were there before."""

    id: str
    known: bool
    reference: str


def room_for(home: Installation, code: str, via: str) -> int:
    """How many bytes of files the report that a code opens can still take. NotFound, with a denial on the trail."""
    with home.db.write() as session:
        case = _by_code(session, home, code)
        if case is not None:
            return queries.room_of(session, home.settings, case.id)
        denied(session, REPORTER, None, via)
    raise NotFound(NO_REPORT)


def from_reporter(home: Installation, code: str, arrived: Arrived, via: str, *, shows: str = "") -> Sent:
    """Keeps a file that the person who told us sent, with one entry. NotFound, WrongState, Invalid, TooLarge.

    The same bytes again from them are kept once, and answered as if for the first time.
    """
    with home.db.write() as session:
        case = _by_code(session, home, code, lock=True)
        if case is not None:
            return add_evidence(session, home, case, arrived, FROM_REPORTER, REPORTER, via, shows=shows)
    raise NotFound(NO_REPORT)


def add_evidence(
    session: Session,
    home: Installation,
    case: Case,
    arrived: Arrived,
    method: str,
    actor: Actor,
    via: str,
    *,
    shows: str = "",
) -> Sent:
    """Keeps a file from outside as a record of evidence in the caller's transaction; the case row is locked by them.

    `method` is FROM_REPORTER or FROM_RESPONDENT. WrongState once the case is finished; Invalid, TooLarge.
    """
    file = casefile.load(session, home, case)
    rules = file.workflow.records.get(EVIDENCE)
    if rules is None:
        raise NotFound("This procedure takes no evidence")
    if case.final:
        raise WrongState(OVER)
    values = read(rules.fields, {"file": arrived.id, "method": method, "shows": shows}, today=today())
    commits = attachments.keep_files(session, home, case.id, values, {"file": arrived})
    if not commits and (before := _sent_before(file, values["file"], method)):
        return Sent(before, known=True, reference=case.reference)
    case.version += 1
    kept = keep(session, home, case, EVIDENCE, rules.fields, values, actor=actor)
    append(
        session,
        Event.RECORD_ADDED,
        actor=actor,
        via=via,
        case=ref(case),
        record=(EVIDENCE, kept.row.id),
        commits=kept.commits | commits,
    )
    deadlines.refresh_next(session, file.workflow, case, case.state)
    session.add(case)
    return Sent(kept.row.id, known=False, reference=case.reference)


def _sent_before(file: CaseFile, file_id: str, method: str) -> str | None:
    same = (row for row in file.rows if row.kind == EVIDENCE and row.plain.get("file") == file_id)
    return next((row.id for row in same if row.plain.get("method") == method), None)


def _by_code(session: Session, home: Installation, code: str, *, lock: bool = False) -> Case | None:
    lookup = home.vault.lookup(session, "access-code", tidy_code(code))
    query = select(Case).where(Case.access_lookup == lookup)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.exec(query).first()
