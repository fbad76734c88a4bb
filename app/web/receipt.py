"""The receipt that somebody keeps: one HTML file with a neutral name, made only of what it is given."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi.responses import Response

from app import clock
from app.errors import BadRequest
from app.web.templating import render

FILE_NAME = "receipt.html"
LONGEST = 20_000
PARTS = ("reference", "entry_id", "entry", "leaf", "recorded_at")
COMMITMENT = ("group", "salt", "digest")


def recorded_at(receipt: Mapping[str, Any]) -> datetime:
    """When the report arrived by the server's clock, aware. ValueError where it is no time that a page can show."""
    moment = datetime.fromisoformat(receipt["recorded_at"])
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        clock.local(aware)
    except OverflowError:
        raise ValueError("outside the years that can be shown") from None
    return aware


def as_text(opened: Mapping[str, Any]) -> str:
    """The receipt as JSON for the form that saves it; the access code is not in it."""
    return json.dumps({"reference": opened["reference"], **opened["receipt"]}, separators=(",", ":"))


def as_file(text: str) -> Response:
    """The receipt as a file to download. BadRequest where the text is no receipt."""
    given = _read(text)
    page = render("report/receipt.html", receipt=given, moment=_moment(given), text=json.dumps(given, indent=1))
    return Response(
        page,
        media_type="text/html; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{FILE_NAME}"',
            "content-security-policy": "default-src 'none'; sandbox",
        },
    )


def _read(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text) if len(text) <= LONGEST else None
        json.dumps(given, ensure_ascii=False).encode()  # half a sign cannot stand on a page
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or set(given) != {*PARTS, "commitments"}:
        raise BadRequest("This is not a receipt.")
    plain = all(isinstance(given[part], str) for part in PARTS)
    if not plain or not isinstance(given["commitments"], list) or not all(map(_is_commitment, given["commitments"])):
        raise BadRequest("This is not a receipt.")
    return given


def _is_commitment(one: object) -> bool:
    return isinstance(one, dict) and set(one) == set(COMMITMENT) and all(isinstance(part, str) for part in one.values())


def _moment(given: Mapping[str, Any]) -> datetime:
    try:
        return recorded_at(given)
    except ValueError:
        raise BadRequest("This is not a receipt.") from None
