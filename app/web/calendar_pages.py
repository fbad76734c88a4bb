"""The calendar of one person for their own calendar program, and its address on their account page."""

from datetime import timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app.cases import feeds
from app.deps import Home, SignedIn, address_of, public
from app.errors import NotFound
from app.people import throttling
from app.web.account import own_page
from app.web.context import Id, see

WRONG, WRONG_IN = 10, timedelta(minutes=10)
_TRIES = "calendar_feed"
NO_FEED = "There is no such calendar. Its address may have been withdrawn."

router = APIRouter(include_in_schema=False)


@router.get("/calendar/{token}.ics", dependencies=[Depends(public)])
def calendar(request: Request, home: Home, token: str) -> Response:
    """The dates as an iCalendar file, for whoever has the address; every wrong one gets the same answer."""
    with home.db.read() as session:
        throttling.refuse_if_spent(session, _TRIES, address_of(request), WRONG, WRONG_IN)
        viewer = feeds.owner(session, home, token)
        found = feeds.calendar_of(session, home, viewer) if viewer is not None else None
    if found is None:
        with home.db.write() as session:
            throttling.count(session, _TRIES, address_of(request), WRONG_IN)
        raise NotFound(NO_FEED)
    headers = {"content-disposition": 'attachment; filename="casetrail.ics"', "cache-control": "no-store"}
    return Response(found, media_type="text/calendar; charset=utf-8", headers=headers)


@router.post("/account/calendar")
def make(request: Request, home: Home, viewer: SignedIn) -> HTMLResponse:
    """Makes the address and shows it, the only time; no redirect, so that it is in no cookie."""
    with home.db.write() as session:
        secret = feeds.issue(session, home, viewer.id, actor=viewer.actor(), via="page")
    return own_page(request, home, viewer, calendar=f"{home.settings.base_url}/calendar/{secret}.ics")


@router.post("/account/calendar/{feed_id}/revoke")
def withdraw(home: Home, viewer: SignedIn, feed_id: Id) -> Response:
    """Ends the address for good."""
    with home.db.write() as session:
        feeds.revoke(session, feed_id, viewer.id, actor=viewer.actor(), via="page")
    return see("/account", "The address of your calendar is withdrawn.")
