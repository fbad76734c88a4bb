"""A mail that belongs to a case: dropped or pasted, looked at in one form, and kept with all that came with it."""

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from app.cases import door
from app.cases.actions import Desk
from app.cases.case_mail import (
    ANSWERS,
    ATTACHMENTS,
    BECOMES,
    MESSAGE,
    RECEIVED,
    REPLY,
    SUBJECT,
    TEXT,
    Reading,
    keeps_files,
    only_from_reporter,
    refuse,
)
from app.cases.disclosure import CAME_FROM
from app.cases.kept_mail import keep_held, read_held, read_waiting, room_for_mail
from app.cases.references import tidy_reference
from app.deps import Home, SignedIn
from app.errors import FieldError, Invalid, Problem, Stale
from app.evidence.holding import Gone, hold
from app.evidence.mail import MOST_ATTACHMENTS
from app.evidence.mail_arrival import PASTED, take_mail
from app.installation import Installation
from app.people.queries import Viewer
from app.uploads import Received
from app.web.answers import Reader, as_typed
from app.web.case_forms import Sent
from app.web.case_pages import section_of
from app.web.case_view import Link, address, head
from app.web.context import Form, Pairs, first, respond, see
from app.web.form_pages import STALE
from app.web.mail_form import faults, message_in, with_message
from app.workflow.definition import Field

NOTE = "mail"
SHAPE = tuple(Field(name, "choices" if name == ATTACHMENTS else "line", "") for name in ANSWERS)
"""The answers of the form, whatever of them is asked of this mail."""
LABELS = {CAME_FROM: "From whom", RECEIVED: "Arrived on", SUBJECT: "Subject", TEXT: "What it says"}
KEPT = "It is on the case now."
ELSEWHERE = {MESSAGE: "/messages", REPLY: "/records"}
router = APIRouter(include_in_schema=False)


async def _of_mail(request: Request, home: Home, viewer: SignedIn, reference: str) -> AsyncIterator[Received]:
    """The form with a message in it; whoever may not put one on this case is refused before it is read."""
    room = await anyio.to_thread.run_sync(room_for_mail, home, viewer, reference, "page")
    async with with_message(request, home.settings, room) as received:
        yield received


MailForm = Annotated[Received, Depends(_of_mail, scope="function")]


@dataclass(frozen=True)
class _Shown:
    """A mail that was read, as the form shows it; `note` finds it again."""

    note: str
    reading: Reading
    version: int
    token: str
    values: Mapping[str, Any]
    errors: Sequence[FieldError] = field(default_factory=list)
    status: int = 200


@router.get("/cases/{reference}/mail")
def ask(request: Request, reference: str, home: Home, viewer: SignedIn) -> HTMLResponse:
    """Where a mail is dropped or pasted."""
    return _ask(request, home, viewer, reference, [])


@router.post("/cases/{reference}/mail")
def look(request: Request, reference: str, home: Home, viewer: SignedIn, received: MailForm) -> HTMLResponse:
    """What was read, to look at; nothing is on the case yet."""
    try:
        arrived, mail = take_mail(home.settings, message_in(received), first(received.pairs, PASTED))
    except Problem as problem:
        return _ask(request, home, viewer, reference, received.pairs, faults(problem, received.pairs))
    try:
        reading, version = read_waiting(home, viewer, reference, arrived, mail, "page")
        note = hold(home, viewer.id, arrived, ())
    except BaseException:
        arrived.discard()
        raise
    received.files.clear()  # from here on it waits for the form
    values = as_typed(reading.questions, reading.answers)
    return _show(request, home, viewer, reference, _Shown(note, reading, version, secrets.token_hex(16), values))


@router.post("/cases/{reference}/mail/keep")
def keep(request: Request, reference: str, home: Home, viewer: SignedIn, pairs: Form) -> Response:
    """Keeps all of it, or shows the form again as it was sent, with what to look at."""
    note, sent = first(pairs, NOTE), Sent.of([pair for pair in pairs if pair[0] != NOTE])
    try:
        try:
            keep_held(home, viewer, reference, note, sent.raw(SHAPE), sent.version, "page", sent.token)
        except (Invalid, Stale) as problem:
            return _show_again(request, home, viewer, reference, note, sent, problem)
    except Gone as gone:
        return _ask(request, home, viewer, reference, [], [FieldError("", gone.detail)], gone.status, sent.pairs)
    return see(f"/cases/{tidy_reference(reference)}{ELSEWHERE.get(first(pairs, BECOMES), '/evidence')}", KEPT)


def _show_again(
    request: Request,
    home: Installation,
    viewer: Viewer,
    reference: str,
    note: str,
    sent: Sent,
    problem: Invalid | Stale,
) -> HTMLResponse:
    """The form as it was sent, with what to look at. Gone."""
    stale = isinstance(problem, Stale)
    reading, version = read_held(home, viewer, reference, note, "page")
    errors = problem.errors if isinstance(problem, Invalid) else [FieldError("", STALE)]
    typed, seen = sent.typed(SHAPE), version if stale else sent.version
    shown = _Shown(note, reading, seen, sent.token, typed, errors, problem.status)
    return _show(request, home, viewer, reference, shown)


def _ask(
    request: Request,
    home: Installation,
    viewer: Viewer,
    reference: str,
    pairs: Pairs,
    errors: Sequence[FieldError] = (),
    status: int = 422,
    typed: Sequence[tuple[str, str]] = (),
) -> HTMLResponse:
    """The page on which a mail is dropped; `typed` is what was written about one that waits no longer."""

    def read(_session: Session, desk: Desk) -> dict[str, Any]:
        refuse(desk)
        kept = {"keeps_files": keeps_files(desk), "of_reporter_only": only_from_reporter(desk)}
        return {"head": head(Reader.at(desk)), **kept}

    return respond(
        request,
        "cases/mail.html",
        status=status if errors else 200,
        viewer=viewer,
        current=section_of(viewer),
        values={name: value for name, value in pairs if name == PASTED},
        errors=errors,
        typed=[(LABELS[name], value) for name, value in typed if name in LABELS and value],
        file_limit=home.settings.file_limit_mb,
        most_attachments=MOST_ATTACHMENTS,
        **door.read_case(home, viewer, reference, "page", read),
    )


def _show(request: Request, home: Installation, viewer: Viewer, reference: str, shown: _Shown) -> HTMLResponse:
    """What was read, as a form."""

    def read(_session: Session, desk: Desk) -> dict[str, Any]:
        reader, base = Reader.at(desk), f"{address(desk)}/evidence"
        cards = {card: Link(f"{base}/{card}", reader.title(card)) for card in shown.reading.cards.values()}
        return {"head": head(reader), "cards": cards}

    return respond(
        request,
        "cases/mail_read.html",
        status=shown.status,
        viewer=viewer,
        current=section_of(viewer),
        shown=shown,
        **door.read_case(home, viewer, reference, "page", read),
    )
