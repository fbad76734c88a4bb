"""The pages of one case, each as its reader may see it: everything, the declaration card, or steps without content."""

from collections.abc import Callable, Collection
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.audit.events import Event
from app.cases import door, trails
from app.cases.access import CARD, FULL, TRAIL
from app.cases.actions import Desk
from app.cases.agenda import agenda, fillable
from app.cases.queries import refuse_trail
from app.deps import Home, SignedIn
from app.errors import Forbidden
from app.installation import Installation
from app.people.policy import may
from app.people.queries import Viewer
from app.web import audiences, card_view, case_facts, form_pages
from app.web.answers import Reader
from app.web.audited import audited
from app.web.case_forms import Asked, corrections, form_at
from app.web.case_view import (
    flow,
    head,
    held_letters,
    lettered,
    mail_link,
    more_of,
    next_box,
    record_link,
    sees_trail,
    step_link,
)
from app.web.context import respond
from app.web.entries import drawn

RECENT, STEPS_ON_PAGE = 12, 200
TOLD = "What was reported"
BEGINNING = 1200
"""So many characters of the first long answer stand on the overview."""
READING = (Event.CASE_VIEWED, Event.EVIDENCE_OPENED, Event.ACCESS_DENIED)
Drawn = tuple[str, dict[str, Any]]
Before = Annotated[int | None, Query(ge=1, le=2**31)]

router = APIRouter(include_in_schema=False)


@router.get("/cases/{reference}")
def case_page(request: Request, reference: str, home: Home, viewer: SignedIn) -> HTMLResponse:
    """The overview, the card, or what an auditor sees."""
    return _page(request, home, viewer, reference, _by_view)


@router.get("/cases/{reference}/report")
def report_page(request: Request, reference: str, home: Home, viewer: SignedIn) -> HTMLResponse:
    """What was sent, in full."""
    return _page(request, home, viewer, reference, _in_full(report_of))


@router.get("/cases/{reference}/records")
def records_page(request: Request, reference: str, home: Home, viewer: SignedIn) -> HTMLResponse:
    """Every record this person may read, by kind."""
    everything = {kind for one in home.workflows.all() for kind in one.records}
    return _page(request, home, viewer, reference, _in_full(records_of), everything)


@router.get("/cases/{reference}/trail")
def trail_page(request: Request, reference: str, home: Home, viewer: SignedIn, before: Before = None) -> HTMLResponse:
    """Every step, with who opened what; `before` is the number of the last one on the page before."""
    return _page(request, home, viewer, reference, lambda desk: _trail(desk, before))


router.include_router(form_pages.router)


def _page(
    request: Request,
    home: Installation,
    viewer: Viewer,
    reference: str,
    draw: Callable[[Desk], Drawn],
    shows: Collection[str] = (),
) -> HTMLResponse:
    """Opens the case through the door, so that the view is on the trail. `shows`: the kinds of record on the page."""

    def read(_session: Session, desk: Desk) -> Drawn:
        return draw(desk)

    template, context = door.read_shown(home, viewer, reference, "page", read, shows)
    return respond(request, template, viewer=viewer, current=section_of(viewer), **context)


def section_of(viewer: Viewer) -> str:
    """Under which link of the navigation the pages of a case stand."""
    return "/cases" if may(viewer, "cases") else "/panel"


def _by_view(desk: Desk) -> Drawn:
    views = {FULL: overview, CARD: card_view.card_page, TRAIL: metadata}
    return views[desk.position.view](desk)


def _in_full(draw: Callable[[Desk], Drawn]) -> Callable[[Desk], Drawn]:
    def only_in_full(desk: Desk) -> Drawn:
        if desk.position.view != FULL:
            raise Forbidden("Only the card of this case is open to you")
        return draw(desk)

    return only_in_full


def overview(desk: Desk) -> Drawn:
    """The overview, for whoever stands at the desk."""
    reader, plan = Reader.at(desk), agenda(desk)
    ways = [(way, step_link(desk, way), more_of(desk, way.missing)) for way in plan.others]
    shown = sees_trail(desk)
    steps = trails.of_case(desk.session, desk.home, desk.case, newest_first=True, without=READING, limit=RECENT)
    return "cases/case.html", {
        "head": head(reader, ""),
        "next_box": next_box(desk, plan),
        "held_letters": [*held_letters(desk), *lettered(desk)],
        "main": plan.main,
        "main_more": more_of(desk, plan.main.missing) if plan.main else {},
        "others": ways,
        "facts_": case_facts.key_facts(reader),
        "opening": case_facts.first_text(reader, BEGINNING),
        "withheld": case_facts.withheld(reader),
        "alleged": case_facts.alleged(reader),
        "on_file": case_facts.on_file(reader),
        "drawing": flow(desk),
        "entries": drawn(desk.home, steps) if shown else [],
        "step_count": trails.count_of_case(desk.session, desk.case) if shown else 0,
        "also": [*filter(None, [mail_link(desk)]), *(record_link(desk, kind) for kind in plan.kinds)],
        "audiences": audiences.links(desk),
    }


def report_of(desk: Desk) -> Drawn:
    """What was sent, as far as they may read it."""
    reader = Reader.at(desk)
    pairs, kept = case_facts.report_pairs(reader), case_facts.withheld(reader)
    told = case_facts.first_text(reader, BEGINNING)[0]  # asked in the words of whoever was to answer it
    pairs = [(TOLD if label == told else label, text) for label, text in pairs]
    return "cases/report.html", {"head": head(reader, "/report"), "pairs": pairs, "withheld": kept}


def records_of(desk: Desk) -> Drawn:
    """The records they may read, by kind."""
    reader = Reader.at(desk)
    offered = {kind.name for kind in fillable(desk)}
    groups = []
    for kind in desk.file.workflow.records.values():
        rows = card_view.record_rows(reader, kind)
        links = {link.href.rpartition("=")[2]: link.href for link in corrections(reader, kind)}
        add = record_link(desk, kind) if kind.name in offered else None
        if rows or add:
            groups.append((kind, rows, links if add else {}, add))
    return "cases/records.html", {"head": head(reader, "/records"), "groups": groups}


def _trail(desk: Desk, before: int | None) -> Drawn:
    refuse_trail(desk)
    items = trails.of_case(
        desk.session, desk.home, desk.case, newest_first=True, before=before, limit=STEPS_ON_PAGE + 1
    )
    entries = drawn(desk.home, items[:STEPS_ON_PAGE])
    older = entries[-1].seq if len(items) > STEPS_ON_PAGE else None
    count = trails.count_of_case(desk.session, desk.case)
    return "cases/steps.html", {
        "head": head(Reader.at(desk), "/trail"),
        "entries": entries,
        "older": older,
        "count": count,
        "audited": audited(desk),
    }


def metadata(desk: Desk) -> Drawn:
    """What an auditor gets of a case."""
    reader = Reader.at(desk)
    items = trails.of_case(desk.session, desk.home, desk.case, newest_first=True, limit=STEPS_ON_PAGE + 1)
    entries = drawn(desk.home, items[:STEPS_ON_PAGE])
    return "cases/metadata.html", {
        "own": [form_at(desk, Asked(record=kind.name), []) for kind in fillable(desk)],
        "head": head(reader),
        "facts_": case_facts.metadata(reader),
        "drawing": flow(desk),
        "entries": entries,
        "older": entries[-1].seq if len(items) > STEPS_ON_PAGE else None,
        "count": trails.count_of_case(desk.session, desk.case),
        "audited": audited(desk),
    }
