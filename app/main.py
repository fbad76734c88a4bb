"""The whole application: API, pages and files behind one edge, and one way to answer what goes wrong."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import anyio
import anyio.to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.api import health, openapi, problems, routes
from app.edge import LimitBody, LogRequests, RefuseCrossSite
from app.errors import FieldError, Forbidden, Invalid, NotFound, Problem
from app.evidence.arrival import MIB
from app.installation import Installation
from app.settings import Settings
from app.uploads import ROOM_FOR_FIELDS
from app.web import pages
from app.web.headers import SecureHeaders
from app.web.problems import bare_page, problem_page, typed_in_vain
from app.web.templating import STATIC_FOLDER, STATIC_URL
from app.worker import start_working

SQLITE_THREADS = 2
API = "/api/"
UPLOADS = tuple(
    re.compile(place)
    for place in (
        r"/api/v1/cases/[^/]+/[^/]+",
        r"/api/v1/(reports|replies)/mine/evidence",
        r"/api/v1/reports/mail",
        r"/api/v1/cases/[^/]+/mails/read",
        r"/cases/[^/]+/records/[^/]+/new",
        r"/cases/[^/]+/mail",
        r"/report/mail",
        r"/report/[^/]+/[^/]+",
        r"/my-(report|reply)/evidence",
    )
)
"""Where a form may bring files."""
PARAMETER_SAID = {
    "extra_forbidden": "There is no such parameter",
    "string_pattern_mismatch": "This holds signs that cannot stand here",
}
NO_SEARCH = "Searching by words is not possible yet"


def create_app(home: Installation, *, tick_every: float | None = None) -> FastAPI:
    """The application of one installation; whoever made the installation closes its database.

    While it serves it does what is due every so many seconds, never where `tick_every` is None.
    """
    app = FastAPI(
        title="Casetrail",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        middleware=_middleware(home),
    )
    app.state.home = home
    app.state.tick_every = tick_every
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_parameters)
    app.add_exception_handler(HTTPException, _on_status)
    for router in (*routes.ROUTERS, health.router):
        app.include_router(router)
    for router in pages.ROUTERS:
        app.include_router(router, include_in_schema=False)
    app.mount(STATIC_URL, StaticFiles(directory=STATIC_FOLDER), name="static")
    # the framework's own way of giving another description
    app.openapi = cache(lambda: openapi.describe(app, home))  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    if app.state.home.db.dialect == "sqlite":
        # more threads only wait for the one writer, and reading slows down (architecture, the way of one request)
        anyio.to_thread.current_default_thread_limiter().total_tokens = SQLITE_THREADS
    if app.state.tick_every is None:
        yield
        return
    end = start_working(app.state.home, app.state.tick_every)  # threads: a slow mail server takes no lane from requests
    yield
    await anyio.to_thread.run_sync(end)  # waits for the mail or transaction that is under way


def _middleware(home: Installation) -> Sequence[Middleware]:
    settings = home.settings
    proxies = [str(network) for network in settings.trusted_proxies]

    def answer(scope: Scope, problem: Problem) -> ASGIApp:
        if _is_api(scope["path"]):
            return problems.problem_answer(problem)
        return bare_page(settings.organisation, problem.status, problem.title, problem.detail)

    def fault(scope: Scope) -> ASGIApp:
        return answer(scope, Problem("Nothing was changed. Try again in a moment."))

    return [
        Middleware(SecureHeaders, https=settings.base_url.startswith("https:")),
        Middleware(LogRequests, answer=fault),
        *([Middleware(ProxyHeadersMiddleware, trusted_hosts=proxies)] if proxies else []),
        Middleware(LimitBody, answer=answer, uploads=UPLOADS, most_upload=_most_upload(settings)),
        Middleware(RefuseCrossSite, answer=answer, base_url=settings.base_url),
    ]


def _most_upload(settings: Settings) -> int:
    """Twice what a case may hold: what is over a limit is read and dropped, so that the rest of a form is kept."""
    return 2 * settings.case_files_limit_mb * MIB + ROOM_FOR_FIELDS


def _is_api(path: str) -> bool:
    return path.startswith(API)


async def _on_problem(request: Request, problem: Any) -> Response:
    if _is_api(request.url.path):
        return problems.problem_answer(problem)
    typed = await typed_in_vain(request, problem)
    return await anyio.to_thread.run_sync(problem_page, request, problem, typed)


def _on_parameters(request: Request, wrong: Any) -> Response:
    """Wrong parameters. On a page an address that makes no sense is one that does not exist."""
    if not _is_api(request.url.path):
        return problem_page(request, NotFound())
    return problems.problem_answer(Invalid([_field_error(error) for error in wrong.errors()]))


def _field_error(error: dict[str, Any]) -> FieldError:
    name = ".".join(str(part) for part in error["loc"][1:])
    if name == "q":
        return FieldError(name, NO_SEARCH)
    said = PARAMETER_SAID.get(error["type"]) or str(error["msg"])
    shown = "".join(sign if sign.isprintable() else "?" for sign in name[:60])
    return FieldError(shown, said)


def _on_status(request: Request, known: Any) -> Response:
    if _is_api(request.url.path):
        return problems.status_answer(known.status_code, known.headers)
    problem = {403: Forbidden, 404: NotFound}.get(known.status_code)
    if problem is not None:
        return problem_page(request, problem())
    return bare_page(request.app.state.home.settings.organisation, known.status_code)
