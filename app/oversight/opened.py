"""What is open to an auditor now: the words of a field or a letter, or a file. All of it shuts by the clock."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.cases import codes, files
from app.cases.access import TRAIL, Unseen
from app.cases.actions import Desk
from app.cases.attachments import FILE
from app.cases.disclosure import known_of_reporter
from app.cases.likeness import masked
from app.cases.own_letters import MASKED, as_sent
from app.cases.queries import refuse_trail
from app.cases.references import BETWEEN
from app.evidence import queries
from app.evidence.models import EvidenceFile
from app.evidence.queries import FileFacts, Opening
from app.installation import Installation
from app.letters.models import Letter
from app.oversight.models import Unmasking
from app.oversight.parts import LETTER, WORDS, Part, parts, text_of
from app.oversight.unmasking import REASON, UNMASKING, waits
from app.people import queries as people
from app.people.queries import Viewer

_LIKE_A_CODE = re.compile(rf"(?<!\w)(?=((?:\w{{4}}{BETWEEN}*){{3}}\w{{4}})(?!\w))")
"""Four groups of four signs, wherever they begin."""


@dataclass(frozen=True)
class Opened:
    """An opening: who, which part, why, until when; `text` or `file` only for whoever opened it, while it lasts."""

    id: str
    who: str
    part: Part
    reason: str
    opened_at: datetime
    ends_at: datetime
    lasts: bool
    text: str | None
    file: FileFacts | None

    def as_json(self) -> dict[str, Any]:
        """As programs read it."""
        return {
            "id": self.id,
            "who": self.who,
            "part": self.part.key,
            "kind": self.part.kind,
            "label": self.part.label,
            "holds": self.part.holds,
            "reason": self.reason,
            "opened_at": self.opened_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "lasts": self.lasts,
            "text": self.text,
            "file": self.file.as_json(with_name=False) if self.file is not None else None,
        }


def openings(desk: Desk) -> list[Opened]:
    """Every opening on a case, newest first. Forbidden for whom the steps of the case are not open to."""
    refuse_trail(desk)
    chosen = select(Unmasking).where(Unmasking.case_id == desk.case.id)
    rows = desk.session.exec(chosen.order_by(col(Unmasking.opened_at).desc(), col(Unmasking.id))).all()
    names = people.actors_by_id(desk.session, desk.home.vault, {row.by_person for row in rows})
    sealed = desk.home.vault.open_rows(desk.session, desk.case.id, UNMASKING, [row.id for row in rows])
    known = {part.key: part for part in parts(desk.file)}
    facts = _facts(desk, (known[_key(row)] for row in rows if _is_open(desk, row)))
    found = []
    for row in rows:
        part, mine = known[_key(row)], _is_open(desk, row)
        reason, who = sealed[UNMASKING, row.id, REASON][REASON], names.get(row.by_person, "")
        text = _text(desk, part) if mine and part.holds != FILE else None
        file = facts.get(_file_id(desk, part)) if mine and part.holds == FILE else None
        found.append(Opened(row.id, who, part, reason, row.opened_at, row.ends_at, _lasts(row), text, file))
    return found


def open_file(home: Installation, viewer: Viewer, reference: str, opening: str, purpose: str, via: str) -> Opening:
    """A file that is open to an auditor, or a copy of it, found sound; the opening of the file is on the trail, too.

    NotFound where it is not open to them, or not any more; Damaged. A blurred thumbnail tells nothing and is no entry.
    """

    def find(desk: Desk) -> EvidenceFile:
        row = desk.session.get(Unmasking, opening)
        if row is None or row.case_id != desk.case.id or not _is_open(desk, row):
            raise Unseen
        part = next(one for one in parts(desk.file) if one.key == _key(row))
        original = queries.find(desk.session, desk.case.id, _file_id(desk, part)) if part.holds == FILE else None
        if original is None:
            raise Unseen
        return files.for_purpose(desk.session, original, purpose)

    return files.give_out(home, viewer, reference, find, via)


def _key(row: Unmasking) -> str:
    return f"{row.record_id}:{row.path}"


def _lasts(row: Unmasking) -> bool:
    return row.opened_at <= clock.now() < row.ends_at


def _is_open(desk: Desk, row: Unmasking) -> bool:
    """Whether this opening shows its part to whoever stands here: to its auditor, while it lasts and nothing waits."""
    viewer, view = desk.position.viewer, desk.position.view
    return view == TRAIL and row.by_person == viewer.id and _lasts(row) and not waits(desk)


def _facts(desk: Desk, open_now: Iterable[Part]) -> dict[str, FileFacts]:
    ids = {_file_id(desk, part) for part in open_now if part.holds == FILE}
    return queries.facts_of(desk.session, desk.home, desk.case.id, ids)


def _file_id(desk: Desk, part: Part) -> str:
    row = desk.file.row(part.record_id)
    return str(row.plain.get(part.path, "")) if row is not None else ""


def _text(desk: Desk, part: Part) -> str | None:
    text = text_of(desk.file, part) if part.holds == WORDS else _letter(desk, part)
    return text and _without_codes(desk.session, desk.home, text)


def _letter(desk: Desk, part: Part) -> str | None:
    """The words of a letter as it went. Whoever reported is named in most of theirs: that is a field of its own."""
    letter = desk.session.get(Letter, part.record_id) if part.holds == LETTER else None
    if letter is None:
        return None
    text = as_sent(desk.session, desk.home, letter).text
    known = {told for _, told in known_of_reporter(desk.file, desk.file.report.values)}
    return masked(known, text)


def _without_codes(session: Session, home: Installation, text: str) -> str:
    """The same without a code that opens anything: whoever reads it could act with it as if they were its owner."""
    for told in {found[1] for found in _LIKE_A_CODE.finditer(text)}:
        if codes.reporter_by_code(session, home, told) or codes.respondent_by_code(session, home, told):
            text = text.replace(told, MASKED)
    return text
