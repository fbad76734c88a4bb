"""The receipt somebody keeps: one HTML file with a neutral name that checks itself; and the page that checks it."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app import clock
from app.audit import log_tables, old_logs, receipts
from app.audit.models import AuditEntry
from app.cases.receipts import as_recorded
from app.deps import Home, public
from app.errors import BadRequest
from app.installation import Installation
from app.web.context import Form, Visitor, first, respond
from app.web.templating import STATIC_FOLDER, render

FILE_NAME = "receipt.html"
LONGEST = 500_000
PARTS = ("entry_id", "entry", "leaf", "recorded_at", "proof_url")
COMMITMENT = ("group", "salt", "digest")
SCRIPT, STYLE = "receipt.js", "receipt.css"
AN_ID = re.compile("[0-9a-f]{32}")
NOT_ONE = "This is not a receipt."

router = APIRouter(dependencies=[Depends(public)], include_in_schema=False)


@router.get("/receipt")
def look(request: Request, home: Home, viewer: Visitor) -> HTMLResponse:
    """The page that checks a receipt with the keys published here; the file never leaves the browser."""
    keys = [str(verifier) for verifier in home.log.folder.verifiers()]
    return respond(request, "public/receipt.html", viewer=viewer, keys=keys)


@router.post("/report/receipt")
def save(home: Home, pairs: Form) -> Response:
    """Gives back what it was given as one file to keep, with the proof if it is signed; nothing is stored."""
    return as_file(home, first(pairs, "receipt"))


def recorded_at(receipt: Mapping[str, Any]) -> datetime:
    """When the report arrived by the server's clock, aware. ValueError where it is no time that a page can show."""
    moment = datetime.fromisoformat(receipt["recorded_at"])
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        clock.local(aware)
    except OverflowError:
        raise ValueError("outside the years that can be shown") from None
    return aware


def as_text(opened: Mapping[str, Any], files: Iterable[Mapping[str, Any]] = ()) -> str:
    """The receipts of a report and of its files as JSON for the form that saves them; the access code is not in it."""
    entries = [opened["receipt"], *files]
    return json.dumps({"reference": opened["reference"], "entries": entries}, separators=(",", ":"))


def offered(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What a page shows of the receipt in the answer to something sent by code: `arrived` and `receipt`, to save it."""
    return {"arrived": recorded_at(answer["receipt"]), "receipt": as_text(answer)}


def as_file(home: Installation, text: str) -> Response:
    """The receipt as a file to download. BadRequest where the text is no receipt."""
    given = _read(text)
    moment = _moment(given["entries"][0])
    keys = [str(verifier) for verifier in home.log.folder.verifiers()]
    content = {
        "v": 1,
        "reference": given["reference"],
        "said": receipts.said_of(given["reference"], moment),
        "origin": keys[-1].partition("+")[0] if keys else "",
        "keys": keys,
        "key_changes": [note for _, note in home.log.folder.key_changes()],
        "entries": [{**entry, "proof": proof} for entry, proof in _with_proofs(home, given)],
    }
    words = receipts.words_of(_page(content, ""))
    page = _page(content, receipts.as_json(receipts.sealed({**content, "words": words})))
    headers = {
        "content-disposition": f'attachment; filename="{FILE_NAME}"',
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return Response(page, media_type="text/html; charset=utf-8", headers=headers)


def _page(document: Mapping[str, Any], data: str) -> str:
    script, style = _inline(SCRIPT), _inline(STYLE)
    return render(
        "report/receipt.html",
        document=document,
        data=data,
        script=script,
        style=style,
        policy=f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'",
        signed=all(entry["proof"] for entry in document["entries"]),
    )


def _with_proofs(home: Installation, given: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Each entry with its proof, empty until it is signed. BadRequest where it is not in the record, or another."""
    home.log.catch_up()
    with home.db.read() as session:
        for one in given["entries"]:
            entry = session.get(AuditEntry, one["entry_id"])
            if entry is None:
                raise BadRequest("What this receipt speaks of is not in the record that is kept here now.")
            known = as_recorded(session, home, given["reference"], one, entry)
            if known is None:
                raise BadRequest("Something in this receipt is not as it was recorded here. It was changed.")
            yield known, old_logs.proof_of(session, entry.id) or log_tables.proof_of(session, entry.id) or ""


@cache
def _inline(name: str) -> str:
    return (STATIC_FOLDER / name).read_text("utf-8")


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _read(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text) if len(text) <= LONGEST else None
        json.dumps(given, ensure_ascii=False).encode()  # half a sign cannot stand on a page
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or set(given) != {"reference", "entries"} or not isinstance(given["reference"], str):
        raise BadRequest(NOT_ONE)
    if not isinstance(given["entries"], list) or not given["entries"] or not all(map(_is_entry, given["entries"])):
        raise BadRequest(NOT_ONE)
    return given


def _is_entry(one: object) -> bool:
    if not isinstance(one, dict) or set(one) != {*PARTS, "commitments"}:
        return False
    plain = all(isinstance(one[part], str) for part in PARTS) and AN_ID.fullmatch(one["entry_id"])
    return bool(plain) and isinstance(one["commitments"], list) and all(map(_is_commitment, one["commitments"]))


def _is_commitment(one: object) -> bool:
    return isinstance(one, dict) and set(one) == set(COMMITMENT) and all(isinstance(part, str) for part in one.values())


def _moment(entry: Mapping[str, Any]) -> datetime:
    try:
        return recorded_at(entry)
    except ValueError:
        raise BadRequest(NOT_ONE) from None
