"""The pages of whoever sent a report: how far it is, messages both ways, a wish to withdraw, and leaving."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.cases import door, reporter
from app.cases.code_holders import REPORTER, CodeHolder
from app.cases.dialogue import CONFIRMATIONS, MESSAGES, REQUESTS
from app.deps import Home, public
from app.errors import FieldError, Invalid, NotFound, TooMany, WrongState
from app.installation import Installation
from app.web import carried, own_files, receipt
from app.web.code_pages import PAGES, TOKEN_LENGTH
from app.web.code_session import with_token
from app.web.context import Form, Pairs, Visitor, first, respond, see
from app.workflow.asking import asked_of
from app.workflow.definition import Field, Option

PAGE = PAGES[REPORTER]
HERE = PAGE.home
ENTERED = "Your report is open on this device. Leave it when you are done."
SENT: Mapping[str, tuple[str, str]] = {
    MESSAGES: ("Your message has reached us.", "We answer on the page of your report."),
    REQUESTS: ("We have your wish to withdraw.", "Nothing changes until we answer you on the page of your report."),
    CONFIRMATIONS: ("Thank you, that is noted.", "What we do next we write on the page of your report."),
}
"""What the page that answers says first, and what happens next."""
PRESSED = (
    "You need not. If somebody asked or pressed you to withdraw, we would like to know; it is never held against you."
)
WORDS: Mapping[str, tuple[str, str]] = {
    "kind": ("What is it about?", ""),
    "text": ("Message", "Please describe sexual pictures in words, least of all of anyone under 18."),
    "reason": ("If you want to say, why?", PRESSED),
}
KINDS = {"question": "A question, or something to add", "answer": "An answer to what you asked me"}
"""The kinds of message in the words of whoever sends them, where the procedure's are those of officers."""

Holder = Annotated[CodeHolder | None, Depends(PAGE.holder)]
router = APIRouter(dependencies=[Depends(public)], include_in_schema=False)


@dataclass(frozen=True)
class Asked:
    """One kind of thing to send: its page, and where its form is drawn."""

    kind: str
    path: str
    template: str


WRITE = Asked(MESSAGES, f"{HERE}/write", "public/my_report_write.html")
WITHDRAW = Asked(REQUESTS, f"{HERE}/withdraw", "public/my_report_withdraw.html")
CONFIRM = f"{HERE}/confirm"
ASKED = {asked.path: asked for asked in (WRITE, WITHDRAW)}


@router.get(HERE)
def overview(request: Request, home: Home, viewer: Visitor, holder: Holder) -> Response:
    """How far the report is and what was written; without a session the form for reference and private code."""
    if holder is None:
        return PAGE.closed(request, home, viewer)
    report = reporter.read(home, holder, "page")
    return respond(request, "public/my_report.html", viewer=viewer, report=report, token=secrets.token_hex(16))


@router.post(HERE)
def enter(request: Request, home: Home, viewer: Visitor, pairs: Form) -> Response:
    """Opens the report for whoever has its reference and code; every wrong pair gets the same answer."""
    try:
        token = PAGE.enter(request, home, pairs)
    except (NotFound, TooMany, Invalid) as problem:
        return PAGE.ask_again(request, viewer, pairs, problem)
    path, kept = carried.form_of(pairs), carried.typed(pairs)
    holder = reporter.by_session(home, token) if path else None
    form: Response = see(HERE, ENTERED)
    if holder is not None and path in ASKED:
        form = _form(request, home, viewer, holder, ASKED[path], dict(kept), [])
    elif holder is not None and path == own_files.PATHS[REPORTER]:
        form = own_files.draw(request, home, viewer, holder, shows=first(kept, "shows"))
    return with_token(home, form, REPORTER, token)


@router.get(f"{HERE}/receipt")
def save_receipt(home: Home, holder: Holder) -> Response:
    """The receipt of the report as a file, once more."""
    if holder is None:
        return RedirectResponse(HERE, 303)
    return receipt.as_file(home, receipt.as_text(reporter.receipt(home, holder, "page")))


@router.post(f"{HERE}/leave")
def leave(request: Request, home: Home) -> Response:
    """Ends the session and forgets its cookie."""
    return PAGE.leave(request, home)


@router.get(WRITE.path)
def ask_message(request: Request, home: Home, viewer: Visitor, holder: Holder) -> Response:
    """The form of a message."""
    return _ask(request, home, viewer, holder, WRITE)


@router.post(WRITE.path)
def send_message(request: Request, home: Home, viewer: Visitor, holder: Holder, pairs: Form) -> Response:
    """Sends a message; what was typed survives a session that ended meanwhile."""
    return _send(request, home, viewer, holder, WRITE, pairs)


@router.get(WITHDRAW.path)
def ask_withdrawal(request: Request, home: Home, viewer: Visitor, holder: Holder) -> Response:
    """What a wish to withdraw means, and its form."""
    return _ask(request, home, viewer, holder, WITHDRAW)


@router.post(WITHDRAW.path)
def send_withdrawal(request: Request, home: Home, viewer: Visitor, holder: Holder, pairs: Form) -> Response:
    """Asks to withdraw the report."""
    return _send(request, home, viewer, holder, WITHDRAW, pairs)


@router.post(CONFIRM)
def confirm(request: Request, home: Home, viewer: Visitor, holder: Holder, pairs: Form) -> Response:
    """Says with one press whether the report is theirs."""
    sender = PAGE.sender(request, home, viewer, holder, CONFIRM, pairs)
    if not isinstance(sender, CodeHolder):
        return sender
    return _kept(request, viewer, CONFIRMATIONS, _through_the_door(home, sender, CONFIRMATIONS, pairs))


def _ask(request: Request, home: Installation, viewer: Visitor, holder: CodeHolder | None, asked: Asked) -> Response:
    if holder is None:
        return RedirectResponse(HERE, 303)
    offers = reporter.read(home, holder, "page").offers
    if asked.kind not in offers:
        instead = "Write a message instead." if MESSAGES in offers else "Get in touch with the branch instead."
        raise WrongState(f"This cannot be sent at this stage. {instead}")
    return _form(request, home, viewer, holder, asked, {"kind": "question"}, [])


def _send(
    request: Request, home: Installation, viewer: Visitor, holder: CodeHolder | None, asked: Asked, pairs: Pairs
) -> Response:
    sender = PAGE.sender(request, home, viewer, holder, asked.path, pairs)
    if not isinstance(sender, CodeHolder):
        return sender
    try:
        kept = _through_the_door(home, sender, asked.kind, pairs)
    except Invalid as invalid:
        return _form(request, home, viewer, sender, asked, dict(pairs), invalid.errors)
    except TooMany as many:
        return _form(request, home, viewer, sender, asked, dict(pairs), [FieldError("", many.detail)], many.status)
    except WrongState as moved:  # while they wrote: their words must not be lost
        return _form(request, home, viewer, sender, asked, dict(pairs), [FieldError("", moved.detail)], moved.status)
    return _kept(request, viewer, asked.kind, kept)


def _kept(request: Request, viewer: Visitor, kind: str, answer: dict[str, Any]) -> Response:
    said, then = SENT[kind]
    offered = receipt.offered(answer)
    return respond(request, "public/own_sent.html", viewer=viewer, place=PAGE, said=said, next=then, more="", **offered)


def _through_the_door(home: Installation, holder: CodeHolder, kind: str, pairs: Pairs) -> dict[str, Any]:
    token = first(pairs, "form_token")[:TOKEN_LENGTH]
    raw = {name: value for name, value in pairs if name not in carried.HIDDEN}
    return door.add_record_by_code(home, holder, kind, raw, "page", token or None)


def _form(
    request: Request,
    home: Installation,
    viewer: Visitor,
    holder: CodeHolder,
    asked: Asked,
    values: Mapping[str, Any],
    errors: Sequence[FieldError],
    status: int = 422,
) -> HTMLResponse:
    return respond(
        request,
        asked.template,
        status=status if errors else 200,
        viewer=viewer,
        action=asked.path,
        about_self=reporter.is_about_self(home, holder),
        questions=[_in_own_words(one) for one in questions_of(home, holder, asked.kind)],
        values=dict(values),
        errors=list(errors),
        owner=holder.owner,
        token=str(values.get("form_token") or secrets.token_hex(16))[:TOKEN_LENGTH],
    )


def questions_of(home: Installation, holder: CodeHolder, kind: str) -> tuple[Field, ...]:
    """What this kind of record asks of somebody who comes by a code."""
    return asked_of(reporter.kind(home, holder, kind).fields, holder=True)


def _in_own_words(question: Field) -> Field:
    label, said = WORDS.get(question.name, (question.label, question.help))
    options = tuple(Option(one.value, KINDS.get(one.value, one.label)) for one in question.options)
    return replace(question, label=label, help=said, options=options)
