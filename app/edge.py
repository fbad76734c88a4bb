"""What every request passes before any route: the limit on size, the cross-site check, a line of log."""

import logging
import re
import secrets
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Forbidden, Problem, TooLarge

LARGEST_BODY = 1024 * 1024
UPLOAD_TYPE = "multipart/form-data"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
TOKEN_ONLY = "/api/"  # noqa: S105 (a path)
LOGGED = frozenset({"event", "level", "timestamp", "request_id", "method", "route", "status", "ms", "kind", "where"})
"""The only keys a line of log may have: whatever else somebody passes is dropped (names, addresses, text, codes)."""
Answer = Callable[[Scope, Problem], ASGIApp]


class CrossSite(Forbidden):
    """A page of another site sent this."""

    title = "This came from another website"


class LimitBody:
    """Refuses bodies over 1 MiB, announced or not; forms with files sent to one of `uploads` may have `most_upload`."""

    def __init__(
        self,
        app: ASGIApp,
        answer: Answer,
        most: int = LARGEST_BODY,
        uploads: Sequence[re.Pattern[str]] = (),
        most_upload: int = LARGEST_BODY,
    ) -> None:
        self.app, self.answer, self.most = app, answer, most
        self.uploads, self.most_upload = uploads, most_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers 413 by the announced length; without one, whoever reads past the limit gets TooLarge."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced, most = Headers(scope=scope).get("content-length", "0"), self._most(scope)
        if not announced.isdecimal() or int(announced[:20]) > most:
            await self.answer(scope, too_large(most))(scope, receive, send)
            return
        await self.app(scope, self._counting(receive, most), send)

    def _most(self, scope: Scope) -> int:
        sent_as = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
        takes_files = scope["method"] == "POST" and any(place.fullmatch(scope["path"]) for place in self.uploads)
        return self.most_upload if takes_files and sent_as == UPLOAD_TYPE else self.most

    def _counting(self, receive: Receive, most: int) -> Callable[[], Awaitable[Message]]:
        seen = 0

        async def count() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise too_large(most)
            return message

        return count


def too_large(most: int = LARGEST_BODY) -> TooLarge:
    """What is said of a body over the limit."""
    return TooLarge(f"This is more than {most // LARGEST_BODY:,} MiB. Shorten it, or send it in two parts.")


class RefuseCrossSite:
    """The rule of Go 1.25's http.CrossOriginProtection: the browser says where a request that changes something began.

    Not for the API: it knows no cookies, so another site has nothing to borrow there.
    """

    def __init__(self, app: ASGIApp, answer: Answer, base_url: str) -> None:
        self.app, self.answer, self.own = app, answer, base_url.casefold()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what is safe, same-origin, or from no browser at all."""
        if scope["type"] == "http" and not self._passes(scope):
            await self.answer(scope, CrossSite("Open the page here and send it again."))(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _passes(self, scope: Scope) -> bool:
        if scope["method"] in SAFE_METHODS or scope["path"].startswith(TOKEN_ONLY):
            return True
        headers = Headers(scope=scope)
        began = headers.get("sec-fetch-site")
        if began is not None:
            return began in ("same-origin", "none")
        origin = headers.get("origin")
        if origin is None:
            return True  # older than these headers, or no browser
        return origin.casefold() == self.own or _host_of(origin) == headers.get("host", "").casefold()


def _host_of(origin: str) -> str | None:
    """The host and port of an address; None where it names none, or is none."""
    try:
        return urlsplit(origin).netloc.casefold() or None
    except ValueError:
        return None


class LogRequests:
    """One line for each request, and for a fault its kind and place: never its text, never a traceback."""

    def __init__(self, app: ASGIApp, answer: Callable[[Scope], ASGIApp]) -> None:
        self.app, self.answer = app, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the request; a fault that nobody caught becomes a plain 500."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0
        request_id = secrets.token_hex(8)

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id.encode())]
            await send(message)

        log = structlog.get_logger()
        try:
            await self.app(scope, receive, note)
        except Exception as fault:  # noqa: BLE001 (the last place that can answer)
            log.error("fault", request_id=request_id, kind=type(fault).__name__, where=_place_of(fault))
            if not status:
                await self.answer(scope)(scope, receive, note)
        finally:
            took = round((time.perf_counter() - started) * 1000, 1)
            log.info(
                "request", request_id=request_id, method=_method(scope), route=_route(scope), status=status, ms=took
            )


def set_up_logs() -> None:
    """JSON lines on standard error for the whole process; keys that are not in LOGGED never come out."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_known_keys,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def only_known_keys(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A structlog processor: drops every key that could carry content."""
    return {key: value for key, value in event.items() if key in LOGGED}


def _place_of(fault: BaseException) -> str:
    frame, place = fault.__traceback__, "unknown"
    while frame is not None:
        code = frame.tb_frame.f_code
        if "/app/" in code.co_filename.replace("\\", "/"):
            place = f"{code.co_filename.rsplit('/', 2)[-2]}/{code.co_filename.rsplit('/', 1)[-1]}:{frame.tb_lineno}"
        frame = frame.tb_next
    return place


def _method(scope: Scope) -> str:
    return str(scope["method"]) if scope["method"].isalpha() else "unknown"


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "unknown"))
