"""The cookie of somebody who came by a code: of its own name, strict, gone with the browser."""

from fastapi import Request
from fastapi.responses import Response

from app.installation import Installation


def cookie_of(home: Installation, part: str) -> str:
    """`__Host-reporter` where the address is https; browsers drop that name on http."""
    return f"__Host-{part}" if is_https(home) else part


def token_of(home: Installation, request: Request, part: str) -> str:
    """The token that the browser sends; empty without one."""
    return request.cookies.get(cookie_of(home, part), "")


def with_token(home: Installation, answer: Response, part: str, token: str) -> Response:
    """The answer with the session's cookie; no other site's page can make a browser send it."""
    answer.set_cookie(cookie_of(home, part), token, path="/", secure=is_https(home), httponly=True, samesite="strict")
    return answer


def without_token(home: Installation, answer: Response, part: str) -> Response:
    """The answer that makes the browser forget the cookie."""
    answer.delete_cookie(cookie_of(home, part), path="/", secure=is_https(home), httponly=True, samesite="strict")
    return answer


def is_https(home: Installation) -> bool:
    """Whether browsers reach this installation by https."""
    return home.settings.base_url.startswith("https:")
