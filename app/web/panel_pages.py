"""The panel's own page: cards to answer, referred cases to read, and what is over."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from app.cases import worklists
from app.cases.access import FULL
from app.cases.standing import CLEAR
from app.cases.worklists import WorkItem
from app.deps import Home, cookie
from app.people.queries import Viewer
from app.web.context import respond
from app.web.worklist import Group, Row

router = APIRouter(include_in_schema=False)
Seated = Annotated[Viewer, Depends(cookie("panel"))]

GROUPS = {
    "asked": "Asked of you",
    "read": "To read and decide",
    "soon": "Not with the panel yet",
    "over": "What is over",
}
NEXT = {
    "asked": "Say whether anything connects you with it",
    "read": "Read the case, then decide with the others",
    "soon": "Nothing until it reaches the panel",
    "over": "You can still read it until the time for a review ends",
}


@router.get("/panel")
def panel(request: Request, home: Home, viewer: Seated) -> HTMLResponse:
    """Every case this person was asked to sit on."""
    with home.db.read() as session:
        items = worklists.panel_items(session, home, viewer)
    groups = [
        Group(name, title, [_row(item, name) for item in items if _group_of(item) == name])
        for name, title in GROUPS.items()
    ]
    return respond(
        request,
        "panel/panel.html",
        viewer=viewer,
        current="/panel",
        groups=[group for group in groups if group.rows],
        asked=sum(_group_of(item) == "asked" for item in items),
    )


def _group_of(item: WorkItem) -> str:
    if item.view == FULL:
        return "over" if item.state.final else "read"
    return "soon" if item.answer in CLEAR or item.answer == "possible" else "asked"


def _row(item: WorkItem, group: str) -> Row:
    waits = "Another officer decides on your declaration" if item.answer == "possible" else ""
    return Row(
        reference=item.reference,
        href=f"/cases/{item.reference}",
        about=item.kind_title,
        next=NEXT[group],
        note=waits or item.outcome or item.due_label,
        due=item.due_on if group == "read" else None,
        state=item.state,
    )
