"""“See it as”: the real page of a case as the reporter, a member, the panel or an auditor gets it, for its handler."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.cases import door, own_letters, own_replies, reporter, served_looks, sight
from app.cases.access import CARD
from app.cases.actions import Desk
from app.cases.code_holders import REPORTER, RESPONDENT
from app.cases.sight import AUDITOR, PANEL, Kept
from app.deps import Home, SignedIn
from app.errors import Forbidden, NotFound
from app.web import card_view, case_pages, reply_form
from app.web.audiences import has_panel, is_theirs, members
from app.web.context import Id, respond
from app.web.my_reply import Ask

Drawn = tuple[str, dict[str, Any]]
NO_FORMS: dict[str, Any] = {"own": [], "decisions": [], "steps": [], "waiting": [], "also": []}
"""What is offered to somebody in their own name is not offered here."""
TAILS = {"": case_pages.overview, "report": case_pages.report_of, "records": case_pages.records_of}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class SeenAs:
    """What stands above such a page: as whom, what is kept from them and why, and the way back."""

    who: str
    back: str
    kept: Sequence[Kept]


@router.get("/cases/{reference}/as/reporter")
def as_reporter(request: Request, reference: str, home: Home, viewer: SignedIn) -> HTMLResponse:
    """The reporter's own page."""

    def draw(session: Session, desk: Desk) -> Drawn:
        own = reporter.describe(session, home, desk.case)
        return "public/my_report.html", {
            "report": own,
            "token": "",
            "seen_as": _seen(desk, REPORTER, sight.kept_from_reporter(desk.file)),
        }

    return _page(request, home, viewer, reference, draw)


@router.get("/cases/{reference}/as/respondent/{member}")
def as_respondent(request: Request, reference: str, member: Id, home: Home, viewer: SignedIn) -> HTMLResponse:
    """The page of one of the members that the case is about."""

    def draw(session: Session, desk: Desk) -> Drawn:
        if member not in {row for row, _ in members(desk)}:
            raise NotFound("There is no such member in this case")
        letters = own_letters.of_member(session, home, desk.file, member)
        own = served_looks.with_looks(session, own_replies.describe(desk.file, member, letters))
        seen = _seen(desk, RESPONDENT, sight.kept_from_respondent(desk.file, own))
        return "public/my_reply.html", {"own": own, "kinds": reply_form.KINDS, "ask": Ask, "seen_as": seen}

    return _page(request, home, viewer, reference, draw)


@router.get("/cases/{reference}/as/panel")
def as_panel(request: Request, reference: str, home: Home, viewer: SignedIn) -> HTMLResponse:
    """The overview, or the card, as a panel member gets it."""
    return _page(request, home, viewer, reference, lambda _session, desk: _as_panel(desk, ""))


@router.get("/cases/{reference}/as/panel/{tail}")
def as_panel_more(request: Request, reference: str, tail: str, home: Home, viewer: SignedIn) -> HTMLResponse:
    """The report and the records as a panel member gets them."""
    if tail not in TAILS:
        raise NotFound("There is no such page")
    return _page(request, home, viewer, reference, lambda _session, desk: _as_panel(desk, tail))


@router.get("/cases/{reference}/as/auditor")
def as_auditor(request: Request, reference: str, home: Home, viewer: SignedIn) -> HTMLResponse:
    """Codes, dates and steps."""

    def draw(_session: Session, desk: Desk) -> Drawn:
        theirs = sight.as_auditor(desk)
        template, context = case_pages.metadata(theirs)
        seen = _seen(desk, "", sight.kept_from(theirs, AUDITOR), "auditor")
        return template, context | {"own": [], "seen_as": seen}

    return _page(request, home, viewer, reference, draw)


def _page(
    request: Request, home: Home, viewer: SignedIn, reference: str, draw: Callable[[Session, Desk], Drawn]
) -> HTMLResponse:
    """Opens the case through the door; only its handler, who reads all of it, sees it as others do."""

    def read(session: Session, desk: Desk) -> Drawn:
        if not is_theirs(desk):
            raise Forbidden("Only the officer looking after a case sees it as others do")
        return draw(session, desk)

    template, context = door.read_case(home, viewer, reference, "page", read)
    return respond(request, template, viewer=viewer, current=case_pages.section_of(viewer), **context)


def _as_panel(desk: Desk, tail: str) -> Drawn:
    if not has_panel(desk):
        raise NotFound("No panel reads cases like this one")
    theirs = sight.as_panel(desk)
    if theirs.position.view == CARD:
        template, context = card_view.card_page(theirs)
        context["steps"] = []
    else:
        template, context = TAILS[tail](theirs)
    base = f"/cases/{desk.case.reference}"
    sections = [replace(one, href=one.href.replace(base, f"{base}/as/panel", 1)) for one in context["head"].sections]
    top = replace(context["head"], href=f"{base}/as/panel", sections=sections)
    seen = _seen(desk, "", sight.kept_from(theirs, PANEL), "member of the panel")
    offered = {name: value for name, value in NO_FORMS.items() if name in context}
    return template, context | offered | {"head": top, "seen_as": seen}


def _seen(desk: Desk, part: str, kept: Sequence[Kept], who: str = "") -> SeenAs:
    words = who or desk.file.workflow.words.get(part, part)
    return SeenAs(words, f"/cases/{desk.case.reference}", kept)
