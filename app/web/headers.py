"""Security headers on every answer; one it already has (a sandboxed download, say) stays."""

from starlette.datastructures import MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), display-capture=()"
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": PERMISSIONS_POLICY,
    "x-frame-options": "DENY",
}
STRICT_TRANSPORT = "max-age=31536000"
STATIC_PREFIX = "/static/"


class SecureHeaders:
    """Pure ASGI middleware. `https`: the base URL is https, so browsers are told to stay on it."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app = app
        self.fixed = HEADERS | ({"strict-transport-security": STRICT_TRANSPORT} if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and completes the headers of the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.fixed.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", caching(scope, message["status"]))
            await send(message)

        await self.app(scope, receive, complete)


def caching(scope: Scope, status: int) -> str:
    """How long a browser may keep this: pages never, files with a hash (`?v=`) a year, others an hour."""
    if not scope["path"].startswith(STATIC_PREFIX) or status not in (200, 206, 304):
        return "no-store"
    if "v" in QueryParams(scope["query_string"]):
        return "public, max-age=31536000, immutable"
    return "public, max-age=3600"
