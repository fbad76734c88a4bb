"""The letters of a case and the outbox of its officer: read as sent, change, stop, send, print, note as posted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from app import clock
from app.cases import door, letter_door, letter_files, outbox_list
from app.cases.actions import Desk
from app.cases.letter_door import ACTS, EDIT, Opened
from app.cases.references import tidy_reference
from app.deps import Home, SignedIn, cookie
from app.errors import FieldError, Invalid, NotFound, Problem, WrongState
from app.installation import Installation
from app.letters import book
from app.letters.book import PDF_TYPE
from app.people.queries import Viewer
from app.web.answers import Reader
from app.web.case_view import Head, head
from app.web.context import Form, Id, first, respond, see
from app.web.wording import day as in_full
from app.web.wording import letter_html

SECTION = "/letters"
TONES = {"needs_you": "soon", "queued": "ok", "sending": "ok", "stopped": "soon", "sent": "ok", "posted": "ok"}
GROUPS = (
    ("Needs you", ("needs_you",)),
    ("Waiting to go out", ("queued", "sending")),
    ("Stopped", ("stopped",)),
    ("Gone", ("sent", "posted")),
)
DONE = {
    "edit": "Changed. It waits again before it goes.",
    "fill": "Filled in again from what is on file.",
    "stop": "Stopped. It does not go out.",
    "send": "It goes out.",
    "posted": "Noted.",
}
EML_TYPE = "message/rfc822"
router = APIRouter(include_in_schema=False)
Officer = Annotated[Viewer, Depends(cookie("letters"))]
Typed = Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """A letter in a list."""

    href: str
    label: str
    case: str
    state: str
    tone: str
    note: str


@router.get("/letters")
def outbox_page(request: Request, home: Home, viewer: Officer) -> HTMLResponse:
    """The letters of the cases this officer looks after, by pages: what needs them, what waits, what is gone."""
    after = request.query_params.get("after", "")
    page = outbox_list.outbox(home, viewer, after)
    return respond(
        request,
        "correspondence/outbox.html",
        viewer=viewer,
        current="/letters",
        groups=_grouped(page["items"]),
        later=bool(after),
        more=f"/letters?{urlencode({'after': page['next']})}" if page["next"] else "",
    )


@router.get("/cases/{reference}/letters")
def letters_page(request: Request, reference: str, home: Home, viewer: SignedIn) -> HTMLResponse:
    """The letters of a case, and what can be written by hand."""
    return _list(request, home, viewer, reference)


@router.post("/cases/{reference}/letters")
def write_letter(request: Request, reference: str, home: Home, viewer: SignedIn, pairs: Form) -> Response:
    """Prepares a letter by hand, and goes on to it."""
    try:
        made = letter_door.write_letter(home, viewer, reference, first(pairs, "letter"), "page")
    except Invalid as problem:
        return _list(request, home, viewer, reference, problem)
    return see(f"{_place(reference)}/{made['id']}", "Prepared. Read it before it goes.")


@router.get("/cases/{reference}/letters/{letter}")
def letter_page(request: Request, reference: str, letter: Id, home: Home, viewer: SignedIn) -> HTMLResponse:
    """One letter, as it will be sent or was."""
    return _one(request, home, viewer, (reference, letter))


@router.get("/cases/{reference}/letters/{letter}/pdf")
def letter_pdf(reference: str, letter: Id, home: Home, viewer: SignedIn) -> Response:
    """The letter on paper."""
    content = letter_door.read_letter(home, viewer, reference, letter, "page", letter_files.as_pdf)
    return Response(content, media_type=PDF_TYPE, headers=letter_door.attached("letter.pdf"))


@router.get("/cases/{reference}/letters/{letter}/eml")
def letter_eml(reference: str, letter: Id, home: Home, viewer: SignedIn) -> Response:
    """The whole mail as a file."""
    content = letter_door.read_letter(home, viewer, reference, letter, "page", letter_files.as_eml)
    return Response(content, media_type=EML_TYPE, headers=letter_door.attached("letter.eml"))


@router.post("/cases/{reference}/letters/{letter}/{act}")
def change_letter(
    request: Request, reference: str, letter: Id, act: str, home: Home, viewer: SignedIn, pairs: Form
) -> Response:
    """Changes, stops, sends, or notes as posted; what fails comes back as it was typed."""
    if act not in ACTS:
        raise NotFound
    typed = dict(pairs)
    try:
        letter_door.change_letter(home, viewer, reference, letter, act, typed, "page")
    except (Invalid, WrongState) as problem:
        return _one(request, home, viewer, (reference, letter), act, problem, typed)
    return see(f"{_place(reference)}/{letter}", DONE[act])


def _list(
    request: Request, home: Installation, viewer: Viewer, reference: str, problem: Problem | None = None
) -> HTMLResponse:
    def read(session: Session, desk: Desk) -> tuple[Head, dict[str, Any]]:
        return head(Reader.at(desk), SECTION), letter_door.listed(session, desk)

    top, found = door.read_case(home, viewer, reference, "page", read)
    return respond(
        request,
        "correspondence/list.html",
        status=problem.status if problem else 200,
        viewer=viewer,
        current="/cases",
        head=top,
        errors=_errors(problem),
        groups=_grouped(found["items"]),
        offered=found["offered"],
    )


def _one(
    request: Request,
    home: Installation,
    viewer: Viewer,
    where: tuple[str, str],
    act: str = "",
    problem: Problem | None = None,
    typed: Typed | None = None,
) -> HTMLResponse:
    def read(session: Session, desk: Desk, opened: Opened) -> dict[str, Any]:
        shown = letter_door.full(session, desk, opened)
        return {
            "head": head(Reader.at(desk), SECTION),
            "one": shown,
            "preview": letter_html(opened.wording.html),
            "can_print": letter_files.can_print(desk, opened),
            "lacks_signs": book.on_paper(opened.wording).lacks_signs,
            "values": {"text": shown["text"], "email": shown["to"]["email"], "address": shown["to"]["address"]},
            "writes": letter_door.may_write(desk),
            "by_hand": letter_door.by_hand(desk.home, desk.case, opened.letter),
        }

    context = letter_door.read_letter(home, viewer, *where, "page", read)
    if act == "edit" and typed is not None:
        context["values"] |= typed
    return respond(
        request,
        "correspondence/letter.html",
        status=problem.status if problem else 200,
        viewer=viewer,
        current="/cases",
        base=f"{_place(where[0])}/{where[1]}",
        note=_note(context["one"]),
        tone=TONES[context["one"]["state"]],
        errors=_errors(problem),
        failed=act,
        edit=EDIT,
        posted=typed if act == "posted" else {},
        **context,
    )


def _place(reference: str) -> str:
    return f"/cases/{tidy_reference(reference)}/letters"


def _errors(problem: Problem | None) -> Sequence[FieldError]:
    if isinstance(problem, Invalid):
        return problem.errors
    return [FieldError("", problem.detail)] if problem else []


def _grouped(items: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Line]]]:
    groups = [(title, [_line(item) for item in items if item["state"] in states]) for title, states in GROUPS]
    return [(title, lines) for title, lines in groups if lines]


def _line(item: Mapping[str, Any]) -> Line:
    href = f"/cases/{item['case']}/letters/{item['id']}"
    return Line(href, item["label"], item["case"], item["state_label"], TONES[item["state"]], _note(item))


def _note(item: Mapping[str, Any]) -> str:
    """What an officer wants to know of a letter in one line."""
    if item["state"] == "stopped":
        return "It does not go out unless you send it"
    if item["needs"]:
        more = len(item["needs"]) - 1
        return f"{item['needs'][0]['message']}{f', and {more} more' if more else ''}"
    if item["sent_on"]:
        way = "by mail" if item["how"] == "email" else letter_door.WAYS[item["how"]].lower()
        return f"{in_full(date.fromisoformat(item['sent_on']))}, {way}"
    if item["goes_at"]:
        tried = f"Tried {item['attempts']} times; {item['last_failure']}. " if item["attempts"] else ""
        at = clock.local(datetime.fromisoformat(item["goes_at"]))
        return f"{tried}Goes out at {at:%H:%M} on {in_full(at)}"
    return "It does not go out unless you send it"
