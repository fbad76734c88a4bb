"""Opening a file of a case: only where a record that this person may read names it; every opening is an entry."""

from collections.abc import Callable, Iterable

from sqlmodel import Session

from app.cases import access, disclosure, door
from app.cases.access import FULL
from app.cases.actions import Desk, sit_down
from app.cases.attachments import files_named
from app.cases.casefile import fields_of, ref
from app.cases.permissions import may_keep, role_of
from app.cases.references import tidy_reference
from app.errors import Forbidden, NotFound
from app.evidence import queries
from app.evidence.actions import note_fault, note_opening
from app.evidence.models import EvidenceFile
from app.evidence.pictures import THUMBNAIL, VIEW
from app.evidence.queries import DAMAGED, ORIGINAL, Damaged, FileFacts, Opening
from app.installation import Installation
from app.people.queries import Viewer
from app.workflow.definition import Field

PURPOSES = (ORIGINAL, VIEW, THUMBNAIL)
ONLY_COPIES = "Members of the panel see pictures as copies without hidden data, not the originals"


def upload_terms(
    home: Installation, viewer: Viewer, reference: str, kind: str, via: str
) -> tuple[tuple[Field, ...], int]:
    """The questions of a kind of record and how many bytes of files the case can still take, before a body is read.

    NotFound where the case does not exist for them, Forbidden where such a record is not theirs: both with an entry.
    """
    try:
        with home.db.read() as session:
            desk = sit_down(session, home, viewer, tidy_reference(reference), via, lock=False)
            rules = desk.file.workflow.records.get(kind)
            if rules is None:
                raise NotFound("There is no such kind of record")
            if not may_keep(rules.roles, desk.position):
                raise Forbidden(f"“{rules.label}” is not yours to record on this case")
            return rules.fields, queries.room_of(session, home.settings, desk.case.id)
    except (access.Unseen, Forbidden):
        door.note_denial(home, viewer, reference, via)
        raise


def visible_files(desk: Desk) -> dict[str, FileFacts]:
    """The files that records which this person may read in full name, by id."""
    if desk.position.view != FULL:
        return {}
    ids: set[str] = set()
    for row, values in disclosure.rows(desk.file, desk.position):
        ids |= files_named(tuple(fields_of(desk.file, row.kind)), values)
    return queries.facts_of(desk.session, desk.home, desk.case.id, ids)


def files_json(desk: Desk, ids: Iterable[str]) -> list[dict[str, object]]:
    """Facts of these files; what the sender called them is only for those who look after the case."""
    facts = queries.facts_of(desk.session, desk.home, desk.case.id, set(ids))
    return [one.as_json(with_name=not desk.position.is_panel) for one in facts.values()]


def open_file(home: Installation, viewer: Viewer, reference: str, file_id: str, purpose: str, via: str) -> Opening:
    """A file, or a copy of it (`view`, `thumbnail`), found sound byte by byte; the opening is on the trail.

    NotFound; Forbidden for an original that is not theirs; Damaged, with its entry, where it is not what was stored.
    A blurred thumbnail tells nothing and is no opening.
    """
    return give_out(home, viewer, reference, lambda desk: _find(desk, file_id, purpose), via)


def give_out(
    home: Installation, viewer: Viewer, reference: str, find: Callable[[Desk], EvidenceFile], via: str
) -> Opening:
    """The file that `find` says is for whoever stands at the desk, or refuses them; the same entries and checks."""
    tidy = tidy_reference(reference)
    try:
        with home.db.write() as session:
            desk = sit_down(session, home, viewer, tidy, via, lock=False)
            file = find(desk)
            if file.kind != THUMBNAIL:
                actor = viewer.actor(role_of(desk.position))
                note_opening(session, file, actor=actor, session_id=viewer.session_id, case=ref(desk.case), via=via)
            opened = queries.opening(session, home, file)
    except (access.Unseen, Forbidden):
        door.note_denial(home, viewer, reference, via)
        raise
    if not opened.is_sound():
        _alarm(home, viewer, tidy, file, via)
        raise Damaged(DAMAGED)
    return opened


def for_purpose(session: Session, original: EvidenceFile, purpose: str) -> EvidenceFile:
    """The original itself or its copy for a purpose. NotFound where there is none."""
    found = original if purpose == ORIGINAL else queries.copy_of(session, original, purpose)
    if found is None:
        raise NotFound("This file cannot be shown here; it can be saved as it came")
    return found


def _find(desk: Desk, file_id: str, purpose: str) -> EvidenceFile:
    if desk.position.view != FULL:
        raise Forbidden("The files of this case are not open to you")
    facts = visible_files(desk).get(file_id)
    original = queries.find(desk.session, desk.case.id, file_id) if facts is not None else None
    if facts is None or original is None:
        raise access.Unseen  # whether it exists nowhere or is not for them: one answer, one entry
    if purpose == ORIGINAL and desk.position.is_panel and facts.group == "image":
        raise Forbidden(ONLY_COPIES)
    return for_purpose(desk.session, original, purpose)


def _alarm(home: Installation, viewer: Viewer, reference: str, file: EvidenceFile, via: str) -> None:
    with home.db.write() as session:
        desk = _still(session, home, viewer, reference, via)
        if desk is None:
            return  # the case closed to them meanwhile; the next who opens it raises the alarm
        actor = viewer.actor(role_of(desk.position))
        note_fault(session, file, actor=actor, session_id=viewer.session_id, case=ref(desk.case), via=via)


def _still(session: Session, home: Installation, viewer: Viewer, reference: str, via: str) -> Desk | None:
    try:
        return sit_down(session, home, viewer, reference, via, lock=False)
    except NotFound:
        return None
