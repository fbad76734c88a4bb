"""The worklist: what an officer does first, what can wait, who is awaited; for auditors a list without content."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from app import clock
from app.cases import staffing, worklists
from app.cases.access import CARD
from app.cases.lists import Filter
from app.cases.references import tidy_reference
from app.cases.tidying import tidy_up
from app.cases.updates import due_updates
from app.cases.worklists import SOON, WorkItem
from app.deps import Home, cookie
from app.errors import FieldError
from app.installation import Installation
from app.oversight import remarks, unmasking
from app.people.policy import may
from app.people.queries import Viewer
from app.web.context import Pairs, first, respond, see
from app.web.news import news
from app.web.wording import REASON_GIVEN, in_words, letters_need_you
from app.workflow.definition import Option, State

JUST_FINISHED = 5
LETTERS = 10
"""So many cases with letters stand on the list; the page of letters has them all."""
FINISHED, OPEN, ALL = "finished", "open", "all"
CHECK_REFERENCE = "Check the reference: a year and five letters or figures, such as 2026-K7QFM"
DECLARE = "Say whether anything connects you with it"
ANSWER_REMARK = "Answer the remark of an auditor"
SEE_OPENED = "See which part an auditor opened, and why"

router = APIRouter(include_in_schema=False)
Reading = Annotated[Viewer, Depends(cookie("cases"))]


@dataclass(frozen=True)
class Row:
    """A row for the `worklist` macro."""

    reference: str
    href: str
    about: str
    next: str
    note: str
    due: date | None
    state: State
    due_note: str = ""
    """What else is to be said of a date that is over."""


@dataclass(frozen=True)
class Group:
    """Rows under a heading."""

    id: str
    title: str
    rows: Sequence[Row]
    letters: str = ""
    """Words of a link to all letters, where more of them need somebody than stand here."""


@router.get("/cases")
def worklist(request: Request, home: Home, viewer: Reading) -> Response:
    """Everything there is to do, or the cases found by a filter; a reference goes straight to its case."""
    query = list(request.query_params.multi_items())
    asked = first(query, "q")
    if reference := tidy_reference(asked):
        return see(f"/cases/{reference}")
    errors = [FieldError("q", CHECK_REFERENCE)] if asked.strip() else []
    errors += [FieldError(name, words) for name, words in _unknown(query, home)]
    if errors:
        query = [pair for pair in query if pair[0] not in {error.field for error in errors} - {"q"}]
    wanted, narrowed = _wanted(query)
    officer = may(viewer, "enter_report")
    staffing.catch_up(home)
    tidy_up(home)
    with home.db.read() as session:
        items, cursor = worklists.open_items(session, home, viewer, wanted, after=first(query, "after") or None)
        counted = worklists.counts(session, viewer)
        whole = not narrowed and officer and not first(query, "after")
        wrote = worklists.unread_items(session, home, viewer) if whole else []
        letters, needing = worklists.letter_items(session, home, viewer, limit=LETTERS) if whole else ([], 0)
        waiting = len(due_updates(session, home, viewer, limit=worklists.COUNTED)) if whole else 0
        done = worklists.just_finished(session, home, viewer, limit=JUST_FINISHED) if whole else []
        audited = [] if narrowed or first(query, "after") else _audited(session, home, viewer)
    found = [Group("found", "Cases found", [_row(item) for item in items])]
    groups = found if narrowed or not officer else _all_groups(items, wrote, letters, done, needing)
    return _respond(
        request,
        viewer,
        home,
        query,
        errors=errors,
        status=422 if errors else 200,
        groups=[group for group in [Group("audited", "From the auditors", audited), *groups] if group.rows],
        sentence=_sentence(counted, needing) if officer else "",
        officer=officer,
        narrowed=narrowed,
        waiting=waiting,
        older=_older(query, cursor),
    )


def _respond(
    request: Request, viewer: Viewer, home: Home, query: Pairs, *, status: int, **context: Any
) -> HTMLResponse:
    states, kinds = worklists.states_of(home), worklists.kinds_of(home)
    places = [("", "Open cases"), *states.items(), (FINISHED, "All finished cases"), (ALL, "All cases")]
    return respond(
        request,
        "cases/worklist.html",
        status=status,
        viewer=viewer,
        current="/cases",
        today=clock.today(),
        states=[Option(value, label) for value, label in places],
        kinds=[Option("", "Every kind"), *(Option(value, label) for value, label in kinds.items())],
        typed={name: first(query, name) for name in ("q", "state", "kind", "overdue")},
        **context,
    )


def _unknown(query: Pairs, home: Home) -> Iterator[tuple[str, str]]:
    """Choices that stand in no list, with what to do; a database cannot even hold some of them."""
    if first(query, "state") not in {"", OPEN, FINISHED, ALL, *worklists.states_of(home)}:
        yield "state", "Choose where it is from the list"
    if first(query, "kind") not in {"", *worklists.kinds_of(home)}:
        yield "kind", "Choose the kind of report from the list"


def _wanted(query: Pairs) -> tuple[Filter, bool]:
    """What was asked for, and whether that is anything but the plain list."""
    state, kind, overdue = (first(query, name) or None for name in ("state", "kind", "overdue"))
    late = True if overdue == "yes" else None
    if state in (None, OPEN):
        return Filter(final=False, kind=kind, overdue=late), bool(kind or late)
    if state in (FINISHED, ALL):
        return Filter(final=True if state == FINISHED else None, kind=kind, overdue=late), True
    return Filter(state=state, kind=kind, overdue=late), True


def _all_groups(
    items: Sequence[WorkItem],
    wrote: Sequence[WorkItem],
    letters: Sequence[WorkItem],
    done: Sequence[WorkItem],
    needing: int,
) -> list[Group]:
    """Those whose reporter wrote first, and only there; some of those with letters once more in their own place."""
    more = f"All {needing:,} letters that need you" if needing > sum(item.letters for item in letters) else ""
    known = {item.reference for item in wrote}
    urgent, *later = _groups([item for item in items if item.reference not in known])
    return [
        Group("wrote", "Somebody wrote to us", [_written(item) for item in wrote]),
        urgent,
        Group("letters", "Letters that need you", [_lettered(item) for item in letters], more),
        *later,
        Group("done", "Just finished", [_row(item) for item in done if item.reference not in known]),
    ]


def _groups(items: Sequence[WorkItem]) -> list[Group]:
    soon = clock.today() + SOON
    sorted_in: dict[str, list[Row]] = {"first": [], "time": [], "others": [], "asked": []}
    for item in items:
        sorted_in[_group_of(item, soon)].append(_row(item))
    titles = {"first": "Do first", "time": "In time", "others": "Waiting for someone else", "asked": "Asked of you"}
    return [Group(name, title, sorted_in[name]) for name, title in titles.items()]


def _group_of(item: WorkItem, soon: date) -> str:
    if not item.mine:
        return "asked"
    if item.due_on is not None and item.due_on <= soon and not item.others_turn:
        return "first"
    late = item.due_on is not None and item.due_on < clock.today()
    return "first" if late else "others" if item.others_turn else "time"


def _row(item: WorkItem) -> Row:
    channel = item.channel[:1].lower() + item.channel[1:]
    return Row(
        reference=item.reference,
        href=f"/cases/{item.reference}",
        about=", ".join(filter(None, (item.kind_title, channel))),
        next=_next(item),
        note=item.outcome or item.due_label,
        due=None if item.state.final and item.due_on and item.due_on < clock.today() else item.due_on,
        state=item.state,
        due_note=REASON_GIVEN if item.reason_given else "",
    )


def _written(item: WorkItem) -> Row:
    came = news(item.unread, item.records)
    return replace(
        _row(item),
        href=f"/cases/{item.reference}{came[0].section}{came[0].place}",
        next="Read what came and answer it",
        note=", ".join(one.words for one in came).capitalize(),
    )


def _lettered(item: WorkItem) -> Row:
    return replace(
        _row(item),
        href=f"/cases/{item.reference}/letters",
        next="See to the letters",
        note=letters_need_you(item.letters),
    )


def _audited(session: Session, home: Installation, viewer: Viewer) -> list[Row]:
    """Remarks that wait for this person, and what another auditor opened of a case they look after or audit."""
    asked = worklists.items_of(session, home, viewer, remarks.waiting(session, viewer))
    told = worklists.items_of(session, home, viewer, unmasking.to_be_told(session, viewer))
    places = [(item, "remarks", ANSWER_REMARK) for item in asked] + [(item, "openings", SEE_OPENED) for item in told]
    return [replace(_row(item), href=f"/cases/{item.reference}/{tail}", next=words) for item, tail, words in places]


def _next(item: WorkItem) -> str:
    if item.view == CARD and not item.state.final:
        waits = item.mine and item.answer == "possible"
        return "Wait for another officer to decide on your declaration" if waits else DECLARE
    if item.view == CARD:
        return "Nothing, unless it has to be looked at again"
    return item.state.next or item.due_label or "Nothing at present"


def _sentence(counted: worklists.Counts, letters: int) -> str:
    """For example: Eight cases are open. One is late and two are due within two days; the others can wait."""
    more = f" {letters_need_you(letters)}." if letters else ""
    if not counted.open:
        return f"No case of yours is open.{more}"
    opening = f"{_how_many(counted.open)} open."
    late = f"{_many(counted.late)} {'is' if counted.late == 1 else 'are'} late" if counted.late else ""
    soon = f"{_many(counted.soon)} {'is' if counted.soon == 1 else 'are'} due within two days" if counted.soon else ""
    urgent = " and ".join(filter(None, (late, soon)))
    if not urgent:
        return f"{opening} Nothing is late or due within two days.{more}"
    rest = "; the others can wait" if counted.open > counted.late + counted.soon else ""
    return f"{opening} {urgent[:1].upper()}{urgent[1:]}{rest}.{more}"


def _how_many(number: int) -> str:
    words = _many(number)
    return f"{words[:1].upper()}{words[1:]} {'case is' if number == 1 else 'cases are'}"


def _many(number: int) -> str:
    return f"more than {worklists.COUNTED}" if number > worklists.COUNTED else in_words(number)


def _older(query: Pairs, cursor: str | None) -> str:
    """The address of the next page; empty at the end."""
    kept = [(name, value) for name, value in query if name != "after"]
    return f"/cases?{urlencode([*kept, ('after', cursor)])}" if cursor else ""
