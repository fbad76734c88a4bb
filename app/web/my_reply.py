"""The pages of a member to whom a notice went: what was put to them, their reply, more time, and leaving."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.cases import door, respondent
from app.cases.code_holders import RESPONDENT, CodeHolder
from app.cases.notices import REPLIES, REQUESTS
from app.cases.own_replies import NEEDS, OwnCase, OwnNotice
from app.deps import Home, public
from app.errors import FieldError, Invalid, NotFound, TooMany, WrongState
from app.installation import Installation
from app.web import carried, own_files, receipt, reply_form
from app.web.code_pages import PAGES, TOKEN_LENGTH
from app.web.code_session import with_token
from app.web.context import Form, Id, Pairs, Visitor, first, respond, see

PAGE = PAGES[RESPONDENT]
HERE = PAGE.home
ENTERED = "What was put to you is open on this device. Leave it when you are done."
SENT = {
    REPLIES: ("Thank you. We have your reply.", "The officer looking after this reads it before anything is decided."),
    REQUESTS: ("We have your request for more time.", "The answer will be shown with what was put to you."),
    NEEDS: ("Thank you, we have noted that.", "If it changes, send it again."),
}
"""What the page that answers says first, and what happens next."""
MORE = "You can reply again while it is being looked into."
CLOSED = "Nothing more can be sent here at this stage. The last letter you got says how to reach us."

Holder = Annotated[CodeHolder | None, Depends(PAGE.holder)]
router = APIRouter(dependencies=[Depends(public)], include_in_schema=False)


@dataclass(frozen=True)
class Ask:
    """One thing to send: a kind of record, and the notice that it is about, if it is about one."""

    kind: str
    notice: str = ""

    @property
    def path(self) -> str:
        """Where its form is."""
        tails = {REPLIES: f"/notices/{self.notice}/reply", REQUESTS: f"/notices/{self.notice}/time", NEEDS: "/needs"}
        return HERE + tails[self.kind]


@router.get(HERE)
def overview(request: Request, home: Home, viewer: Visitor, holder: Holder) -> Response:
    """What was put to the member; without a session the form for reference and private code."""
    if holder is None:
        return PAGE.closed(request, home, viewer)
    own = respondent.read(home, holder, "page")
    return respond(request, "public/my_reply.html", viewer=viewer, own=own, kinds=reply_form.KINDS, ask=Ask)


@router.post(HERE)
def enter(request: Request, home: Home, viewer: Visitor, pairs: Form) -> Response:
    """Opens it for whoever has reference and code; every wrong pair gets the same answer."""
    try:
        token = PAGE.enter(request, home, pairs)
    except (NotFound, TooMany, Invalid) as problem:
        return PAGE.ask_again(request, viewer, pairs, problem)
    path, kept = carried.form_of(pairs), carried.typed(pairs)
    holder, ask = respondent.by_session(home, token) if path else None, _asked_at(path)
    form: Response = see(HERE, ENTERED)
    if holder is not None and ask is not None:
        form = _form(request, home, viewer, holder, ask, kept, [])
    elif holder is not None and path == own_files.PATHS[RESPONDENT]:
        form = own_files.draw(request, home, viewer, holder, shows=first(kept, "shows"))
    return with_token(home, form, RESPONDENT, token)


def _asked_at(path: str) -> Ask | None:
    """What the form at a path asks for; None where there is no such form."""
    about = re.fullmatch(HERE + "/notices/([0-9a-f]{32})/(reply|time)", path)
    if about is not None:
        return Ask(REPLIES if about[2] == "reply" else REQUESTS, about[1])
    return Ask(NEEDS) if path == Ask(NEEDS).path else None


@router.post(f"{HERE}/leave")
def leave(request: Request, home: Home) -> Response:
    """Ends the session and forgets its cookie."""
    return PAGE.leave(request, home)


@router.get(HERE + "/notices/{notice}/reply")
def ask_reply(request: Request, notice: Id, home: Home, viewer: Visitor, holder: Holder) -> Response:
    """The form of a reply to one notice."""
    return _ask(request, home, viewer, holder, Ask(REPLIES, notice))


@router.post(HERE + "/notices/{notice}/reply")
def send_reply(request: Request, notice: Id, home: Home, viewer: Visitor, holder: Holder, pairs: Form) -> Response:
    """Sends a reply and answers with its receipt; what was typed survives a session that ended meanwhile."""
    return _send(request, home, viewer, holder, Ask(REPLIES, notice), pairs)


@router.get(HERE + "/notices/{notice}/time")
def ask_time(request: Request, notice: Id, home: Home, viewer: Visitor, holder: Holder) -> Response:
    """The form of a request for more time."""
    return _ask(request, home, viewer, holder, Ask(REQUESTS, notice))


@router.post(HERE + "/notices/{notice}/time")
def send_time(request: Request, notice: Id, home: Home, viewer: Visitor, holder: Holder, pairs: Form) -> Response:
    """Asks for more time."""
    return _send(request, home, viewer, holder, Ask(REQUESTS, notice), pairs)


@router.get(f"{HERE}/needs")
def ask_needs(request: Request, home: Home, viewer: Visitor, holder: Holder) -> Response:
    """The form for a companion and for what the member needs."""
    return _ask(request, home, viewer, holder, Ask(NEEDS))


@router.post(f"{HERE}/needs")
def send_needs(request: Request, home: Home, viewer: Visitor, holder: Holder, pairs: Form) -> Response:
    """Names a companion, says what is needed."""
    return _send(request, home, viewer, holder, Ask(NEEDS), pairs)


def _ask(request: Request, home: Installation, viewer: Visitor, holder: CodeHolder | None, ask: Ask) -> Response:
    if holder is None:
        return RedirectResponse(HERE, 303)
    if ask.kind not in respondent.read(home, holder, "page").offers:
        raise WrongState(CLOSED)
    return _form(request, home, viewer, holder, ask, [], [])


def _send(
    request: Request, home: Installation, viewer: Visitor, holder: CodeHolder | None, ask: Ask, pairs: Pairs
) -> Response:
    sender = PAGE.sender(request, home, viewer, holder, ask.path, pairs)
    if not isinstance(sender, CodeHolder):
        return sender
    own = respondent.read(home, sender, "page")
    notice = _notice(own, ask)
    token = first(pairs, "form_token")[:TOKEN_LENGTH] or None
    try:
        raw = reply_form.raw(ask.kind, notice, pairs)
        kept_now = door.add_record_by_code(home, sender, ask.kind, raw, "page", token)
    except Invalid as invalid:
        return _form(request, home, viewer, sender, ask, pairs, reply_form.errors(invalid.errors, notice))
    except TooMany as many:
        return _form(request, home, viewer, sender, ask, pairs, [FieldError("", many.detail)], many.status)
    except WrongState as moved:  # while they wrote: their words must not be lost
        return _form(request, home, viewer, sender, ask, pairs, [FieldError("", CLOSED)], moved.status)
    return _thanks(request, viewer, ask, kept_now)


def _thanks(request: Request, viewer: Visitor, ask: Ask, kept: dict[str, Any]) -> HTMLResponse:
    """The page that answers what was sent, with its receipt."""
    said, next_thing = SENT[ask.kind]
    offered = receipt.offered(kept)
    more = MORE if ask.kind == REPLIES else ""
    page = "public/own_sent.html"
    return respond(request, page, viewer=viewer, place=PAGE, said=said, next=next_thing, more=more, **offered)


def _notice(own: OwnCase, ask: Ask) -> OwnNotice | None:
    """The notice a form is about. NotFound where it is none of theirs."""
    if not ask.notice:
        return None
    found = next((one for one in own.notices if one.id == ask.notice), None)
    if found is None:
        raise NotFound("There is no such notice to you.")
    return found


def _form(
    request: Request,
    home: Installation,
    viewer: Visitor,
    holder: CodeHolder,
    ask: Ask,
    pairs: Pairs,
    errors: Sequence[FieldError],
    status: int = 422,
) -> HTMLResponse:
    own = respondent.read(home, holder, "page")
    notice = _notice(own, ask)
    return respond(
        request,
        "public/my_reply_write.html",
        status=status if errors else 200,
        viewer=viewer,
        action=ask.path,
        notice=notice,
        words=reply_form.KINDS[ask.kind],
        questions=reply_form.questions(respondent.kind(home, holder, ask.kind), notice),
        values=dict(pairs),
        errors=list(errors),
        owner=holder.owner,
        token=first(pairs, "form_token")[:TOKEN_LENGTH] or secrets.token_hex(16),
    )
