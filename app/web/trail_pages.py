"""The record of steps for auditors: filters, pages, a copy as CSV; the check is on /integrity."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, StreamingResponse
from sqlmodel import Session

from app import clock
from app.audit.events import Event
from app.cases import trails
from app.cases.references import tidy_reference
from app.cases.sentences import KINDS
from app.cases.trails import TrailFilter
from app.deps import Home, cookie
from app.errors import FieldError, Invalid, NotFound
from app.installation import Installation
from app.oversight import checking, exporting, reading
from app.people import queries as people
from app.people.queries import Viewer
from app.web.context import Pairs, first, respond
from app.web.entries import drawn
from app.workflow.definition import Field, Option
from app.workflow.fields import read

ASKED = ("case", "actor", "event", "from", "to")
DAYS = (
    Field("from", "date", "From", future=True),
    Field("to", "date", "To", future=True, not_before="from"),
)
ACTOR = re.compile("|".join(("[0-9a-f]{32}", *trails.ROLES_WITHOUT_ACCOUNT)))
NO_SUCH_CASE = "Check the reference: a year and five letters or figures, such as 2026-K7QFM"

router = APIRouter(include_in_schema=False)
Auditor = Annotated[Viewer, Depends(cookie("trail"))]


@dataclass(frozen=True)
class LastCheck:
    """When the record was last checked, and how many faults there were."""

    at: datetime
    faults: int


@dataclass(frozen=True)
class Saving:
    """One format the record is saved in: its name for the export, how its file ends, what it is called."""

    shape: str
    ending: str
    words: str


SAVED = (
    Saving("csv", "csv", "CSV, for a spreadsheet"),
    Saving("jsonl", "jsonl", "JSON lines, whole"),
    Saving("xes", "xes", "XES, paths of cases"),
    Saving("ocel", "ocel.json", "OCEL 2.0"),
)


@router.get("/trail")
def trail(request: Request, home: Home, viewer: Auditor) -> HTMLResponse:
    """Every entry this auditor may see, newest first, narrowed as asked."""
    return _page(request, home, viewer)


@router.get("/trail.{ending}")
def save(request: Request, home: Home, viewer: Auditor, ending: str) -> StreamingResponse:
    """The same entries as one file: csv, jsonl, xes or ocel.json. NotFound for another ending."""
    saving = next((one for one in SAVED if one.ending == ending), None)
    if saving is None:
        raise NotFound("The record is not saved in this format.")
    wanted, errors = _wanted(_asked(request))
    if errors:
        raise Invalid(errors)
    lines = exporting.export_of(home, saving.shape, viewer, wanted, actor=viewer.actor(), via="page")
    named = {"content-disposition": f'attachment; filename="record-of-steps-{clock.today().isoformat()}.{ending}"'}
    return StreamingResponse(lines, media_type=exporting.MEDIA_TYPES[saving.shape], headers=named)


def _page(request: Request, home: Installation, viewer: Viewer) -> HTMLResponse:
    query = list(request.query_params.multi_items())
    typed = _asked(request)
    wanted, errors = _wanted(typed)
    page: dict[str, Any] = {"items": [], "next": None}
    if not errors:
        page = reading.read_trail(home, viewer, wanted, via="page", after=first(query, "after") or None)
    with home.db.read() as session:
        people_ = people.people_list(session, home.vault)
        count, last = checking.entry_count(session), _last_check(session)
    return respond(
        request,
        "trail/trail.html",
        status=422 if errors else 200,
        viewer=viewer,
        current="/trail",
        errors=errors,
        typed=typed,
        narrowed=any(typed.values()),
        actors=_actors(people_),
        kinds=[Option("", "Every kind"), *(Option(str(event), words) for event, words in KINDS.items())],
        entries=drawn(home, page["items"], with_case=True),
        older=_address("/trail", typed, page["next"]) if page["next"] else "",
        saved=[(one.words, _address(f"/trail.{one.ending}", typed)) for one in SAVED],
        count=count,
        last=last,
    )


def _asked(request: Request) -> dict[str, str]:
    query: Pairs = list(request.query_params.multi_items())
    return {name: first(query, name).strip() for name in ASKED}


def _wanted(typed: Mapping[str, str]) -> tuple[TrailFilter, list[FieldError]]:
    """The filter that was typed, or what to look at in it; days like 11 May 2026."""
    errors: list[FieldError] = []
    days: dict[str, Any] = {}
    try:
        days = read(DAYS, {name: typed[name] for name in ("from", "to")}, today=clock.today())
    except Invalid as wrong:
        errors += wrong.errors
    case = tidy_reference(typed["case"])
    if typed["case"] and not case:
        errors.append(FieldError("case", NO_SUCH_CASE))
    if typed["actor"] and not ACTOR.fullmatch(typed["actor"]):
        errors.append(FieldError("actor", "Choose the person from the list"))
    if typed["event"] and typed["event"] not in KINDS:
        errors.append(FieldError("event", "Choose the kind of step from the list"))
    start, end = (date.fromisoformat(days[name]) if name in days else None for name in ("from", "to"))
    return TrailFilter(case or None, typed["actor"] or None, typed["event"] or None, start, end), errors


def _actors(rows: list[people.PersonRow]) -> list[Option]:
    named = [
        Option(
            row.id,
            f"{row.name} ({', '.join(office.words for office in row.offices if office.in_force) or 'no office'})",
        )
        for row in rows
    ]
    return [Option("", "Everyone"), Option("public", "The public, or Casetrail itself"), *named]


def _address(path: str, typed: Mapping[str, str], after: str = "") -> str:
    pairs = [(name, value) for name, value in [*typed.items(), ("after", after)] if value]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _last_check(session: Session) -> LastCheck | None:
    found = trails.newest(session, Event.RECORD_CHECKED)
    return LastCheck(datetime.fromisoformat(found["recorded_at"]), found.get("count", 0)) if found else None
