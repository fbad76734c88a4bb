"""Where page, API and command line come in: transactions begin and end here, refusals and denials are noted here."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlmodel import Session, col, delete

from app import clock
from app.audit import limits
from app.audit.events import Event
from app.audit.log import PUBLIC, Actor, append
from app.cases import access, actions, intake, queries, receipts, unread
from app.cases.actions import Desk
from app.cases.casefile import ref
from app.cases.code_holders import RESPONDENT, CodeHolder
from app.cases.models import Case, IdempotentAnswer
from app.cases.own_replies import completed
from app.cases.permissions import role_of
from app.cases.references import tidy_reference
from app.cases.tidying import ANSWERS_KEPT
from app.db import insert_once
from app.errors import Forbidden, Refused
from app.installation import Installation
from app.people.policy import Role
from app.people.queries import Viewer
from app.people.throttling import throttle

SENT_BY_CODE, SENT_IN = 30, 3600
"""So often an hour something may be sent to one case by code."""
Answer = TypeVar("Answer")


def open_case(
    home: Installation, raw: Mapping[str, Any], viewer: Viewer | None, via: str, key: str | None = None
) -> dict[str, Any]:
    """Opens a case and answers as `POST /reports`; the same key again gives the same answer and no second case."""
    with home.db.write() as session:
        request = _Request(viewer, key, "report", raw)
        return _once(session, home, request, lambda: intake.open_case(session, home, raw, viewer, via).as_json())[0]


def take_action(
    home: Installation,
    viewer: Viewer,
    reference: str,
    trigger: str,
    inputs: Mapping[str, Any],
    version: int | None,
    via: str,
    key: str | None = None,
) -> dict[str, Any]:
    """Takes a step, once for a key, and answers with the case as this person sees it now."""

    def step(desk: Desk) -> dict[str, Any]:
        actions.take_action(desk, trigger, inputs, version)
        return {"done": True}  # never the case: by the next time it may be closed to this person

    def work(session: Session, desk: Desk) -> dict[str, Any]:
        request = _Request(viewer, key, trigger, inputs, tidy_reference(reference))
        _, done_before = _once(session, home, request, lambda: step(desk))
        if done_before:
            limits.viewed(session, viewer.actor(role_of(desk.position)), viewer.session_id, ref(desk.case), via)
        return queries.case_json(session, home, viewer, tidy_reference(reference))

    try:
        return with_desk(home, viewer, reference, via, work)
    except Refused as refused:
        _note_refusal(home, viewer, reference, trigger, refused, via)
        raise


def add_record(
    home: Installation,
    viewer: Viewer,
    reference: str,
    kind: str,
    values: Mapping[str, Any],
    version: int | None,
    via: str,
    key: str | None = None,
) -> dict[str, Any]:
    """Keeps a record and answers with its id and the case's new version."""

    def keep(desk: Desk) -> dict[str, Any]:
        kept = actions.add_record(desk, kind, values, version)
        return {"id": kept.row.id, "version": desk.case.version, **kept.shown}

    return keep_together(home, viewer, reference, kind, values, keep, via, key)


def keep_together(
    home: Installation,
    viewer: Viewer,
    reference: str,
    asks: str,
    values: Mapping[str, Any],
    keep: Callable[[Desk], dict[str, Any]],
    via: str,
    key: str | None = None,
) -> dict[str, Any]:
    """What `keep` puts on a case, all of it or nothing; once for a key. `asks` and `values` tell requests apart."""

    def work(session: Session, desk: Desk) -> dict[str, Any]:
        request = _Request(viewer, key, asks, values, tidy_reference(reference))
        return _once(session, home, request, lambda: keep(desk))[0]

    return with_desk(home, viewer, reference, via, work)


def add_record_by_code(
    home: Installation, holder: CodeHolder, kind: str, values: Mapping[str, Any], via: str, key: str | None = None
) -> dict[str, Any]:
    """Keeps what somebody sends who comes by a code; the answer has a receipt, and of the case not even its version.

    NotFound, with its denial, where the code opens nothing any more; TooMany.
    """

    def keep(session: Session) -> dict[str, Any]:
        throttle(session, "sent_by_code", holder.place, SENT_BY_CODE, SENT_IN)
        desk = actions.sit_down_by_code(session, home, holder, via)
        whole = completed(desk.file, holder, kind, values) if holder.part == RESPONDENT else values
        kept = actions.add_record(desk, kind, whole, None, receipt=True)
        receipt = receipts.of_arrival(session, home, kept, actor=holder.actor(), via=via)
        arrived = {"id": kept.row.id, "recorded_at": kept.row.recorded_at.isoformat()}
        return {**arrived, "reference": desk.case.reference, "receipt": receipt}

    request = _Request(holder, key, kind, values, holder.place)
    try:
        with home.db.write() as session:
            answer, done_before = _once(session, home, request, lambda: keep(session))
            if done_before:
                actions.sit_down_by_code(session, home, holder, via)
            return answer
    except access.Unseen:
        with home.db.write() as session:
            limits.denied(session, holder.actor(), None, via)
        raise


def read_case(
    home: Installation, viewer: Viewer, reference: str, via: str, read: Callable[[Session, Desk], Answer]
) -> Answer:
    """Opens a case to read: the view goes on the trail first, then `read` runs on it in a transaction of its own."""
    note_view(home, viewer, reference, via)
    try:
        with home.db.read() as session:
            return read(session, actions.sit_down(session, home, viewer, tidy_reference(reference), via, lock=False))
    except Forbidden:
        note_denial(home, viewer, reference, via)
        raise


def read_shown(
    home: Installation,
    viewer: Viewer,
    reference: str,
    via: str,
    read: Callable[[Session, Desk], Answer],
    kinds: Collection[str],
) -> Answer:
    """As `read_case`, where `read` shows every record of these kinds: what a code holder sent in them is read then."""

    def look(session: Session, desk: Desk) -> tuple[Answer, int, set[str]]:
        waiting = unread.counts(session, [desk.case.id]).get(desk.case.id, {}) if kinds else {}
        return read(session, desk), desk.case.version, set(kinds) & set(waiting)

    answer, version, seen = read_case(home, viewer, reference, via, look)
    if seen:
        _note_read(home, viewer, reference, version, seen)
    return answer


def _note_read(home: Installation, viewer: Viewer, reference: str, version: int, kinds: Collection[str]) -> None:
    """Notes what the handler was shown; of anybody else it says nothing."""
    with home.db.write() as session:
        found = access.find(session, viewer, tidy_reference(reference), lock=True)
        if found is not None and found[0].handler_id == viewer.id and found[1] == access.FULL:
            unread.shown(session, found[0], kinds, version)


def note_view(home: Installation, viewer: Viewer, reference: str, via: str) -> None:
    """Writes that this person opened this case; NotFound, and a denial, where it does not exist for them."""
    with home.db.write() as session:
        found = access.find(session, viewer, tidy_reference(reference))
        if found is not None:
            actor = viewer.actor(_role(session, home, viewer, found))
            limits.viewed(session, actor, viewer.session_id, ref(found[0]), via)
    if found is None:
        note_denial(home, viewer, reference, via)
        raise access.Unseen


def note_denial(home: Installation, viewer: Viewer | None, reference: str, via: str) -> None:
    """Writes that somebody was turned away; a hidden case and an unknown reference leave the same kind of entry.

    An auditor reads such entries: one that named a case hidden from them would be missing among their own.
    """
    with home.db.write() as session:
        case = session.exec(queries.by_reference(tidy_reference(reference))).first()
        if viewer is not None and Role.AUDITOR in viewer.offices:
            found = access.find(session, viewer, tidy_reference(reference))
            case = found[0] if found is not None else None
        actor: Actor = viewer.actor() if viewer else PUBLIC
        limits.denied(session, actor, ref(case) if case is not None else None, via)


@dataclass(frozen=True)
class _Request:
    """What makes two requests the same: who, the key they sent along, what they ask for, and every answer in it."""

    viewer: Viewer | CodeHolder | None
    key: str | None
    asks: str
    answers: Mapping[str, Any]
    reference: str = ""

    def place(self) -> str:
        """Under which the answer is kept, 64 hex characters."""
        parts = [self.viewer.id if self.viewer else "public", self.key, self.asks, self.reference, self.answers]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode("utf-8", "replace")).hexdigest()


def with_desk(
    home: Installation,
    viewer: Viewer,
    reference: str,
    via: str,
    work: Callable[[Session, Desk], Answer],
) -> Answer:
    """Sits down at a case for changes and does `work` in one transaction; who may not leaves a denial behind."""
    tidy = tidy_reference(reference)
    try:
        with home.db.write() as session:
            desk = actions.sit_down(session, home, viewer, tidy, via, lock=True)
            return work(session, desk)
    except (access.Unseen, Forbidden):
        note_denial(home, viewer, reference, via)
        raise


def _note_refusal(home: Installation, viewer: Viewer, reference: str, trigger: str, refused: Refused, via: str) -> None:
    with home.db.write() as session:
        found = access.find(session, viewer, tidy_reference(reference))
        if found is None:
            return  # somebody took it away between the refusal and this note; that is on the trail by itself
        append(
            session,
            Event.STEP_REFUSED,
            actor=viewer.actor(_role(session, home, viewer, found)),
            via=via,
            case=ref(found[0]),
            trigger=trigger,
            unmet=[item.condition for item in refused.unmet],
        )


def _role(session: Session, home: Installation, viewer: Viewer, found: tuple[Case, str]) -> str:
    return role_of(actions.position_of(session, home, viewer, *found))


def _once(
    session: Session, home: Installation, request: _Request, work: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """What `work` answers, kept for a repeat, and whether it was answered before (then nothing is done)."""
    if not request.key:
        return work(), False
    place = request.place()
    session.exec(delete(IdempotentAnswer).where(col(IdempotentAnswer.made_at) < clock.now() - ANSWERS_KEPT))
    claimed = insert_once(session, IdempotentAnswer, {"key": place, "sealed": None, "made_at": clock.now()})
    kept = session.get_one(IdempotentAnswer, place)
    if not claimed and kept.sealed is not None:
        answer: dict[str, Any] = home.vault.open_bytes(session, place, kept.sealed)
        return answer, True
    answer = json.loads(json.dumps(work()))
    kept.sealed = home.vault.seal_bytes(session, place, answer)
    session.add(kept)
    return answer, False
