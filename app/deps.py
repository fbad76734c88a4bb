"""What a route may ask for: the installation, who is at the door, the access rule that it declares."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, TypeVar, cast

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import Depends, Request

from app.audit.limits import denied
from app.errors import Forbidden, NotSignedIn
from app.installation import Installation
from app.people import queries, sessions, throttling
from app.people.policy import ACCESS, may
from app.people.queries import Viewer

PUBLIC, SIGNED_IN = "public", "signed_in"
SLOW_AT_ONCE = 2
AFTER_LINK = "/account/password"
OPEN_BY_LINK = frozenset({AFTER_LINK, "/sign-out"})
"""All that somebody may open who came by a one-time link and has set no password yet."""
_Answer = TypeVar("_Answer")
_slow_lane = CapacityLimiter(SLOW_AT_ONCE)


class PasswordDue(Forbidden):
    """A password must be set first; pages answer with 303 to AFTER_LINK."""


def home(request: Request) -> Installation:
    """The installation this application was made for."""
    return cast(Installation, request.app.state.home)


async def _home(request: Request) -> Installation:  # a coroutine, so that no thread is taken for it
    return home(request)


Home = Annotated[Installation, Depends(_home)]


async def public() -> None:
    """Access rule: everyone. Use as `dependencies=[Depends(public)]`."""


class Access:
    """An access rule: a callable dependency that answers with the Viewer. `rule` is what tests read.

    `signed_in` is everyone with an account; any other rule is a key of people.policy.ACCESS.
    """

    def __init__(self, rule: str, surface: str, find: Callable[[Installation, Request], Viewer]) -> None:
        if rule != SIGNED_IN and rule not in ACCESS:
            raise ValueError(f"There is no access rule called {rule}")
        self.rule, self._surface, self._find = rule, surface, find

    def __call__(self, request: Request, home: Home) -> Viewer:
        """The person at the door. NotSignedIn; Forbidden (with its entry) where no office of theirs opens this."""
        viewer = self._find(home, request)
        if self.rule == SIGNED_IN or may(viewer, self.rule):
            return viewer
        with home.db.write() as session:
            denied(session, viewer.actor(), None, self._surface, subject=("place", self.rule))
        raise Forbidden("None of your offices opens this.")


def rule_of(dependency: Any) -> str | None:
    """The access rule that a dependency declares; None where it is no access rule."""
    if dependency is public:
        return PUBLIC
    return dependency.rule if isinstance(dependency, Access) else None


def bearer_text(request: Request) -> str | None:
    """What follows `Bearer ` in the header; None without such a header."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    return text.strip() if scheme.casefold() == "bearer" and text.strip() else None


def by_bearer(home: Installation, request: Request) -> Viewer:
    """The person of the request's API token. NotSignedIn without one, or where it is not known."""
    secret = bearer_text(request)
    if secret is None:
        raise NotSignedIn("Send your token in the header: Authorization: Bearer ct_...")
    with home.db.read() as session:
        viewer = queries.by_api_token(session, home.vault, secret)
    if viewer is None:
        raise NotSignedIn("This token is not known, or it was withdrawn.")
    return _touched(home, viewer)


def by_cookie(home: Installation, request: Request) -> Viewer:
    """The person of the request's session. NotSignedIn without one, or where it is over; PasswordDue after a link."""
    viewer = _of_session(home, request)
    if viewer is None:
        raise NotSignedIn("Sign in first; a session ends after 30 minutes without use.")
    if not _open_to(viewer, request):
        raise PasswordDue("Choose a password first.")
    return viewer


def viewer_of_page(home: Installation, request: Request) -> Viewer | None:
    """The person signed in by cookie, if any, for public pages that greet them; one of the public after a link."""
    viewer = _of_session(home, request)
    return viewer if viewer is not None and _open_to(viewer, request) else None


def _open_to(viewer: Viewer, request: Request) -> bool:
    """Whether a page is open to them at all: a one-time link alone, which others made, opens no case."""
    return not viewer.by_link or request.url.path in OPEN_BY_LINK


def _of_session(home: Installation, request: Request) -> Viewer | None:
    token = request.cookies.get(cookie_name(home))
    if not token:
        return None
    with home.db.read() as session:
        viewer = queries.by_session_token(session, home.vault, token)
    return _touched(home, viewer) if viewer is not None else None


def cookie_name(home: Installation) -> str:
    """`__Host-session` where the address is https; browsers drop that name on http."""
    return "__Host-session" if home.settings.base_url.startswith("https:") else "session"


def address_of(request: Request) -> str:
    """Where the request came from, for throttling only: the network address, of IPv6 its /64 network."""
    return throttling.place_of(request.client.host) if request.client else ""


async def slowly(work: Callable[..., _Answer], *args: Any, **named: Any) -> _Answer:
    """Runs what takes long (argon2, checking, exporting) in a lane of its own, so that quick requests never wait."""
    return await anyio.to_thread.run_sync(partial(work, *args, **named), limiter=_slow_lane)


def _touched(home: Installation, viewer: Viewer) -> Viewer:
    if viewer.needs_touch:
        with home.db.write() as session:
            sessions.touch(session, viewer)
    return viewer


def either(rule: str) -> Access:
    """Access rule of what both a browser and a program fetch: the token where one is sent, else the cookie."""
    return Access(rule, "page", lambda home, request: (by_bearer if bearer_text(request) else by_cookie)(home, request))


def bearer(rule: str = SIGNED_IN) -> Access:
    """Access rule of an API route: a bearer token, of somebody with an office that opens it where a rule is named."""
    return Access(rule, "api", by_bearer)


def cookie(rule: str = SIGNED_IN) -> Access:
    """Access rule of a page: the session cookie, as `bearer`; whoever has none is sent to /sign-in (303)."""
    return Access(rule, "page", by_cookie)


TokenHolder = Annotated[Viewer, Depends(bearer())]
SignedIn = Annotated[Viewer, Depends(cookie())]
