"""The pages of whoever sent a report: how far it is, messages both ways, a wish to withdraw, and leaving."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.cases import door, reporter
from app.cases.code_holders import REPORTER, CodeHolder
from app.cases.dialogue import CONFIRMATIONS, MESSAGES, REQUESTS
from app.deps import Home, address_of, public
from app.errors import FieldError, Invalid, NotFound, Problem, TooMany, WrongState
from app.installation import Installation
from app.people import throttling
from app.web.code_session import token_of, with_token, without_token
from app.web.context import Form, Pairs, Visitor, first, respond, see
from app.workflow.asking import asked_of
from app.workflow.definition import Field, Option

HERE = "/my-report"
WRONG_CODES = 10
WRONG_CODES_IN = timedelta(minutes=10)
CODE_LENGTH, TEXT_KEPT, TOKEN_LENGTH = 100, 20_000, 100
_TRIES = "own_report"
QUESTIONS = (
    Field("reference", "line", "Reference", "For example 2026-K7QFM", required=True),
    Field("code", "line", "Private code", "16 letters and figures", required=True),
)
AWAY = "You were away for ten minutes, so the page closed itself. Give both lines again."
ENTERED = "Your report is open on this device. Leave it when you are done."
LEFT = "You have left your report. Nothing of it stays on this device."
SENT = {
    MESSAGES: "Your message has reached us.",
    REQUESTS: "We have your wish to withdraw. Nothing changes until we answer you here.",
    CONFIRMATIONS: "Thank you, that is noted.",
}
CARRIED = ("kind", "text")
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

router = APIRouter(dependencies=[Depends(public)], include_in_schema=False)


def _holder(request: Request, home: Home) -> CodeHolder | None:
    token = token_of(home, request, REPORTER)
    return reporter.by_session(home, token) if token else None


Holder = Annotated[CodeHolder | None, Depends(_holder)]


@dataclass(frozen=True)
class Asked:
    """One kind of thing to send: its page, and where its form is drawn."""

    kind: str
    path: str
    template: str


WRITE = Asked(MESSAGES, f"{HERE}/write", "public/my_report_write.html")
WITHDRAW = Asked(REQUESTS, f"{HERE}/withdraw", "public/my_report_withdraw.html")


@router.get(HERE)
def overview(request: Request, home: Home, viewer: Visitor, holder: Holder) -> Response:
    """How far the report is and what was written; without a session the form for reference and private code."""
    if holder is None:
        return _closed(request, home, viewer, status=200)
    report = reporter.read(home, holder, "page")
    return respond(request, "public/my_report.html", viewer=viewer, report=report, token=secrets.token_hex(16))


@router.post(HERE)
def enter(request: Request, home: Home, viewer: Visitor, pairs: Form) -> Response:
    """Opens the report for whoever has its reference and code; every wrong pair gets the same answer."""
    reference, code = first(pairs, "reference")[:CODE_LENGTH], first(pairs, "code")[:CODE_LENGTH]
    try:
        _refuse_guessing(home, request)
        token = reporter.enter(home, code, reference, token_of(home, request, REPORTER) or None)
    except (NotFound, TooMany) as problem:
        if isinstance(problem, NotFound):
            _count_guess(home, request)
        return _ask_again(request, viewer, reference, problem, pairs)
    kept = _carried(pairs)
    if not kept:
        return with_token(home, see(HERE, ENTERED), REPORTER, token)
    holder = reporter.by_session(home, token)
    form = _form(request, home, viewer, holder, WRITE, kept, []) if holder else see(HERE)
    return with_token(home, form, REPORTER, token)


@router.post(f"{HERE}/leave")
def leave(request: Request, home: Home) -> Response:
    """Ends the session and forgets its cookie."""
    reporter.leave(home, token_of(home, request, REPORTER))
    return without_token(home, see(HERE, LEFT), REPORTER)


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


@router.post(f"{HERE}/confirm")
def confirm(request: Request, home: Home, viewer: Visitor, holder: Holder, pairs: Form) -> Response:
    """Says with one press whether the report is theirs."""
    if holder is None:
        return _closed(request, home, viewer)
    _through_the_door(home, holder, CONFIRMATIONS, pairs)
    return see(HERE, SENT[CONFIRMATIONS])


def _ask(request: Request, home: Installation, viewer: Visitor, holder: CodeHolder | None, asked: Asked) -> Response:
    if holder is None:
        return RedirectResponse(HERE, 303)
    if asked.kind not in reporter.read(home, holder, "page").offers:
        raise WrongState("This cannot be sent at this stage. Write a message instead.")
    return _form(request, home, viewer, holder, asked, {"kind": "question"}, [])


def _send(
    request: Request, home: Installation, viewer: Visitor, holder: CodeHolder | None, asked: Asked, pairs: Pairs
) -> Response:
    if holder is None:
        return _closed(request, home, viewer, _carried(pairs) if asked is WRITE else {})
    try:
        _through_the_door(home, holder, asked.kind, pairs)
    except Invalid as invalid:
        return _form(request, home, viewer, holder, asked, dict(pairs), invalid.errors)
    except TooMany as many:
        return _form(request, home, viewer, holder, asked, dict(pairs), [FieldError("", many.detail)], many.status)
    except WrongState as moved:  # while they wrote: their words must not be lost
        return _form(request, home, viewer, holder, asked, dict(pairs), [FieldError("", moved.detail)], moved.status)
    return see(HERE, SENT[asked.kind])


def _through_the_door(home: Installation, holder: CodeHolder, kind: str, pairs: Pairs) -> None:
    token = first(pairs, "form_token")[:TOKEN_LENGTH]
    raw = {name: value for name, value in pairs if name != "form_token"}
    door.add_record_by_code(home, holder, kind, raw, "page", token or None)


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
        questions=[_in_own_words(one) for one in questions_of(home, holder, asked.kind)],
        values=dict(values),
        errors=list(errors),
        token=str(values.get("form_token") or secrets.token_hex(16))[:TOKEN_LENGTH],
    )


def questions_of(home: Installation, holder: CodeHolder, kind: str) -> tuple[Field, ...]:
    """What this kind of record asks of somebody who comes by a code."""
    return asked_of(reporter.kind(home, holder, kind).fields, holder=True)


def _in_own_words(question: Field) -> Field:
    label, said = WORDS.get(question.name, (question.label, question.help))
    options = tuple(Option(one.value, KINDS.get(one.value, one.label)) for one in question.options)
    return replace(question, label=label, help=said, options=options)


def _carried(pairs: Pairs) -> dict[str, str]:
    """What was typed into a message before the session ended."""
    kept = {name: first(pairs, name)[:TEXT_KEPT] for name in CARRIED}
    return kept if kept["text"] else {}


def _closed(
    request: Request, home: Installation, viewer: Visitor, kept: Mapping[str, str] | None = None, status: int = 401
) -> Response:
    """The code form; where a session ended it says so, and the browser forgets the cookie."""
    ended = bool(token_of(home, request, REPORTER))
    answer = _code_form(request, viewer, "", [], status=status, away=AWAY if ended or status != 200 else "", kept=kept)
    return without_token(home, answer, REPORTER) if ended else answer


def _refuse_guessing(home: Installation, request: Request) -> None:
    with home.db.read() as session:
        throttling.refuse_if_spent(session, _TRIES, address_of(request), WRONG_CODES, WRONG_CODES_IN)


def _count_guess(home: Installation, request: Request) -> None:
    with home.db.write() as session:
        throttling.count(session, _TRIES, address_of(request), WRONG_CODES_IN)


def _ask_again(request: Request, viewer: Visitor, reference: str, problem: Problem, pairs: Pairs) -> HTMLResponse:
    guessed = isinstance(problem, NotFound)
    errors = [FieldError("reference" if guessed else "", problem.detail)]
    status = 422 if guessed else problem.status
    return _code_form(request, viewer, reference, errors, status=status, kept=_carried(pairs))


def _code_form(
    request: Request,
    viewer: Visitor,
    reference: str,
    errors: list[FieldError],
    *,
    status: int = 200,
    away: str = "",
    kept: Mapping[str, str] | None = None,
) -> HTMLResponse:
    return respond(
        request,
        "public/my_report_form.html",
        status=status,
        viewer=viewer,
        questions=QUESTIONS,
        values={"reference": reference},
        errors=errors,
        away=away,
        kept=kept or {},
    )
