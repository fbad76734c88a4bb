"""The dialogue with reporters, for officers: the messages of a case, and one press for every update that is due."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.cases import door, updates
from app.cases.access import FULL
from app.cases.actions import Desk
from app.cases.agenda import fillable
from app.cases.dialogue import DECISIONS, DIALOGUE, MESSAGES, REQUESTS, UPDATE, is_theirs, undecided
from app.deps import Home, SignedIn, cookie
from app.errors import FieldError, Forbidden, NotFound
from app.installation import Installation
from app.people.policy import role_words
from app.people.queries import Viewer
from app.web.answers import Pairs, Reader
from app.web.case_forms import Asked, form_at
from app.web.case_view import head, mail_link
from app.web.context import Form, first, respond
from app.web.promises import length_of
from app.web.wording import day

NEUTRAL = (
    "We are still working on what you told us. There is nothing new that we can tell you today, and that is usual at "
    "this point. We write to you again within {length}. If something new has happened, or you have a question, write "
    "to us on this page at any time."
)
ENTERED, CAME = "the person who told us, entered by", "It reached us on"
NONE_CHOSEN = "Choose at least one case"

router = APIRouter(include_in_schema=False)
Officer = Annotated[Viewer, Depends(cookie("enter_report"))]


@dataclass(frozen=True)
class Said:
    """One thing that passed between branch and reporter."""

    title: str
    text: str
    """Of a message: what was written."""
    pairs: Pairs
    by: str
    at: datetime
    theirs: bool
    """Whether the reporter sent it by their code."""
    decide: str = ""
    """Where an officer decides on it, while nobody has."""


@router.get("/cases/updates")
def ask_updates(request: Request, home: Home, viewer: Officer) -> HTMLResponse:
    """Every case whose reporter is to hear again, with one text to change and one button."""
    clock = home.workflows.default().clocks.get(UPDATE)
    text = NEUTRAL.format(length=length_of(clock) if clock else "a month")
    return _updates(request, home, viewer, {"text": text}, [])


@router.post("/cases/updates")
def send_updates(request: Request, home: Home, viewer: Officer, pairs: Form) -> HTMLResponse:
    """Writes to each of the chosen cases by itself, and says of each what became of it."""
    chosen = list(dict.fromkeys(value for name, value in pairs if name == "case"))
    text, token = first(pairs, "text"), first(pairs, "form_token")[:100]
    errors = _faults(chosen, text)
    if errors:
        return _updates(request, home, viewer, {"text": text, "chosen": chosen}, errors)
    results = updates.send_updates(home, viewer, chosen, text, "page", token or secrets.token_hex(16))
    return respond(request, "cases/updates_sent.html", viewer=viewer, current="/cases", results=results)


@router.get("/cases/{reference}/messages")
def messages(request: Request, reference: str, home: Home, viewer: SignedIn) -> HTMLResponse:
    """What the reporter wrote and was told; opening it is what counts as having read it."""
    context = door.read_shown(home, viewer, reference, "page", _messages, DIALOGUE)
    return respond(request, "cases/messages.html", viewer=viewer, current="/cases", **context)


def _messages(_session: Session, desk: Desk) -> dict[str, Any]:
    if MESSAGES not in desk.file.workflow.records:
        raise NotFound
    if desk.position.view != FULL or desk.position.is_panel:
        raise Forbidden("Only the officer who looks after this case reads its messages")
    reader = Reader.at(desk)
    writes = any(kind.name == MESSAGES for kind in fillable(desk))
    return {
        "head": head(reader, "/messages"),
        "said": said(reader),
        "by_mail": mail_link(desk),
        "form": replace(form_at(desk, Asked(record=MESSAGES), []), button="Send it") if writes else None,
    }


def said(reader: Reader) -> list[Said]:
    """Everything of the dialogue that this person may read, newest first."""
    file, base = reader.desk.file, f"/cases/{reader.desk.case.reference}/records/{DECISIONS}/new"
    waiting = {row.id for row in undecided(file)} if REQUESTS in file.workflow.records else set()
    found = []
    for kind in (file.workflow.records[name] for name in DIALOGUE if name in file.workflow.records):
        for row, values in reader.current(kind.name):
            theirs = is_theirs(row.by_role, str(values.get("kind", "")))
            by = ", ".join(filter(None, (reader.names.get(row.by_person or ""), role_words(row.by_role))))
            decide = f"{base}?request={row.id}" if row.id in waiting else ""
            title, text, pairs = kind.label, "", reader.pairs(kind.fields, values)
            if kind.name == MESSAGES:
                title, text, pairs = pairs[0][1], values["text"], []
                by = f"{ENTERED} {by}" if theirs and row.by_person else by
                pairs = [(CAME, day(date.fromisoformat(values["received_on"])))] if values.get("received_on") else []
            found.append((row.version, Said(title, text, pairs, by, row.recorded_at, theirs, decide)))
    return [one for _, one in sorted(found, key=lambda pair: pair[0], reverse=True)]


def _faults(chosen: Sequence[str], text: str) -> list[FieldError]:
    faults = [] if chosen else [FieldError("case", NONE_CHOSEN)]
    if not text.strip():
        faults.append(FieldError("text", "Write what they all get"))
    if len(text) > updates.TEXT.max_length:
        faults.append(FieldError("text", f"Use at most {updates.TEXT.max_length:,} characters"))
    return faults


def _updates(
    request: Request, home: Installation, viewer: Viewer, values: dict[str, Any], errors: list[FieldError]
) -> HTMLResponse:
    with home.db.read() as session:
        due = updates.due_updates(session, home, viewer)
    return respond(
        request,
        "cases/updates.html",
        status=422 if errors else 200,
        viewer=viewer,
        current="/cases",
        due=due,
        chosen=values.get("chosen", [one.reference for one in due]),
        question=updates.TEXT,
        values=values,
        errors=errors,
        token=secrets.token_hex(16),
    )
